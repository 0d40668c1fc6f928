"""The search bar of the ticket list: what may be asked, and what it means."""

from datetime import datetime, time, timedelta
from functools import cached_property

from django import forms
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe

from merchants.known import KnownChoiceField, known
from merchants.models import Merchant
from orders import phones
from orders.models import Order

from .lifecycle import Status, Urgency
from .models import Category, Ticket
from .searching.search import Search

DATE_INPUT = {"type": "date"}
# What a list is only looked through for: no index holds the tickets that fit in the order of the list. All other fields
# find their tickets by an index of their own.
LOOKED_THROUGH = frozenset({"category", "urgency", "status", "holder", "created_from", "created_to"})
# Shown in the empty box, never its value.
PLACEHOLDER = "号码，或问题、结果、商品里的文字"
# The folded part while nothing is asked, with the lists it was made from (which keeps their ids theirs).
_folded: dict[tuple, tuple] = {}
# Who has taken a ticket upon themselves; customer service holds none.
HOLDERS = {"": "全部", "mine": "我的", "free": "未认领"}


class SearchForm(forms.Form):
    """Every field is optional; fields combine with *and*. A value that cannot be read is reported and ignored."""

    q = forms.CharField(
        label="关键词", required=False, max_length=100, widget=forms.SearchInput({"placeholder": PLACEHOLDER})
    )
    number = forms.CharField(label="工单号", required=False, max_length=24)
    order_number = forms.CharField(label="订单号", required=False, max_length=64)
    phone = forms.CharField(label="手机号", required=False, max_length=40, help_text="完整号码或后4位")
    merchant = KnownChoiceField(Merchant, label="商户", required=False)
    category = KnownChoiceField(Category, label="问题类型", required=False)
    urgency = forms.ChoiceField(label="紧急程度", required=False, choices=[("", "全部"), *Urgency.choices])
    status = forms.ChoiceField(label="工单状态", required=False, choices=[("", "全部"), *Status.choices])
    created_from = forms.DateField(
        label="创建时间从", required=False, widget=forms.DateInput(DATE_INPUT, "%Y-%m-%d")
    )
    created_to = forms.DateField(
        label="创建时间至", required=False, widget=forms.DateInput(DATE_INPUT, "%Y-%m-%d")
    )
    holder = forms.ChoiceField(label="处理人", required=False)
    consumer_of = forms.CharField(
        label="同一消费者", required=False, max_length=24, help_text="填写该消费者的任意一张工单的工单号"
    )
    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["q"].widget.attrs.update(
            {"aria-label": "关键词：号码，或问题、结果、备注、留言、商品里的文字"}
        )
        self.fields["holder"].choices = [
            (value, label) for value, label in HOLDERS.items() if value != "mine" or user.is_merchant
        ]
        if not user.is_service:
            del self.fields["merchant"]

    def clean_created_from(self):
        return _near(self.cleaned_data["created_from"])

    def clean_created_to(self):
        return _near(self.cleaned_data["created_to"])

    def clean(self) -> dict:
        data = super().clean()
        start, end = data.get("created_from"), data.get("created_to")
        if start and end and start > end:
            self.add_error("created_to", "结束日期不能早于开始日期")
        return data

    @property
    def asked(self) -> dict:
        """The fields that were filled in and understood."""
        return {
            name: value for name, value in self.cleaned_data.items() if value and name not in ("tab", "sort")
        }

    @property
    def more_open(self) -> bool:
        """Whether the folded part of the bar has something to show."""
        return bool(self.errors) or any(name != "q" for name in self.asked)

    def masked_query(self) -> dict[str, str] | None:
        """The same question with a whole phone number replaced by its mark; ``None`` when there is none in it.

        A number is somebody's: it may stand neither in the pages that follow nor in their addresses.
        """
        query = {name: value for name, value in self.data.items() if value}
        mobile, rest = phones.take_mobile(query.get("q", ""))
        if mobile:
            return query | {"q": rest, "phone": phones.phone_mark(mobile)}
        phone = query.get("phone", "").strip()
        if not phones.is_mark(phone) and len(phones.normal_phone(phone)) > 4:
            return query | {"phone": phones.phone_mark(phone)}
        return None

    def folded_fields(self) -> str:
        """The fields of the folded part as HTML. While nothing is asked they are the same for everybody on one side."""
        if self.asked or self.errors:
            return self._render_folded()
        key = (self.user.is_service, *map(id, (known(Merchant), known(Category))))
        if key not in _folded:
            _folded.clear() if len(_folded) > 8 else None
            _folded[key] = self._render_folded(), known(Merchant), known(Category)
        return _folded[key][0]

    def _render_folded(self) -> str:
        return mark_safe(render_to_string("tickets/_search_fields.html", {"form": self}))  # noqa: S308 - a template

    def apply(self, tickets):
        """The tickets that fit everything that was asked, but for the text: that is a matter of ``search``."""
        for name, value in self.asked.items():
            if name != "q":
                tickets = tickets.filter(getattr(self, f"_by_{name}")(value))
        return tickets

    def found(self, tickets):
        """The tickets that fit everything that was asked, the text included where its hits are few enough to be named
        (``search.condition``).
        """
        condition = self.search.condition if self.search else None
        return self.apply(tickets) if condition is None else self.apply(tickets).filter(condition)

    @cached_property
    def search(self) -> Search:
        """What the text in the box finds."""
        return Search(
            self.user,
            self.cleaned_data.get("q", ""),
            self.cleaned_data.get("merchant"),
            alone=self.asked.keys() <= {"q", "merchant"},
        )

    def scope(self, tickets, by_creation: bool):
        """The tickets that a page is looked through for; ``None`` where an index finds all that was asked.

        ``by_creation``: in the order of creation, in which the days that were asked for are one stretch.
        """
        asked = self.asked.keys()
        if asked - LOOKED_THROUGH - {"merchant"} or not asked & LOOKED_THROUGH:
            return None
        for name in asked & ({"merchant", "created_from", "created_to"} if by_creation else {"merchant"}):
            tickets = tickets.filter(getattr(self, f"_by_{name}")(self.asked[name]))
        return tickets

    def _by_number(self, number: str) -> Q:
        return Q(number=number.strip().upper())

    def _by_order_number(self, number: str) -> Q:
        return Q(order_number=number.strip())

    def _by_phone(self, phone: str) -> Q:
        found = Q(order__in=Order.objects.for_user(self.user).with_phone(phone))
        # A merchant's look at its consumers ends with the ticket, and finding one by the number is a look.
        return found if self.user.is_service else found & Q(is_open=True)

    def _by_merchant(self, merchant: Merchant) -> Q:
        return Q(merchant=merchant)

    def _by_category(self, category: Category) -> Q:
        return Q(category=category)

    def _by_urgency(self, urgency: str) -> Q:
        return Q(urgency=urgency)

    def _by_status(self, status: str) -> Q:
        return Q(status=status)

    def _by_holder(self, holder: str) -> Q:
        return Q(assignee=self.user) if holder == "mine" else Q(assignee=None)

    def _by_consumer_of(self, number: str) -> Q:
        tickets = Ticket.objects.for_user(self.user).filter(number=number.strip().upper())
        return Q(customer__in=tickets.filter(customer__isnull=False).values("customer"))

    def _by_created_from(self, day) -> Q:
        return Q(created_at__gte=_midnight(day))

    def _by_created_to(self, day) -> Q:
        return Q(created_at__lt=_midnight(day + timedelta(days=1)))


def _near(day):
    if day and not 2000 <= day.year <= 2100:
        raise forms.ValidationError("请填写2000年至2100年之间的日期")
    return day


def _midnight(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
