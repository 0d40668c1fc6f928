"""What somebody fills in to open a ticket. The rules live on the models."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from orders.models import Order
from qinqin.widgets import RadioSelect, Textarea

from .forms import AREA
from .lifecycle import Urgency
from .models import Category, Ticket, TicketDraft
from .wording import check_problem


class OpenForm(forms.Form):
    """新建工单: an order of the mall, what kind of problem, how urgent, and the problem itself."""

    order_number = forms.CharField(
        label="订单号",
        max_length=64,
        error_messages={"required": "请填写订单号"},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    category = forms.ModelChoiceField(
        label="问题类型",
        queryset=Category.objects.filter(is_active=True),
        empty_label="请选择",
        error_messages={"required": "请选择问题类型", "invalid_choice": "请选择问题类型"},
    )
    urgency = forms.ChoiceField(
        label="紧急程度",
        choices=Urgency.choices,
        initial=Urgency.NORMAL,
        widget=RadioSelect,
        error_messages={"required": "请选择紧急程度", "invalid_choice": "请选择紧急程度"},
    )
    problem = forms.CharField(
        label="问题描述",
        strip=False,
        error_messages={"required": "请填写问题描述"},
        widget=Textarea(AREA),
        help_text="消费者遇到了什么、希望怎么解决。请勿填写消费者的手机号和地址。",
    )
    open_anyway = forms.BooleanField(label="仍要新建", required=False)

    use_required_attribute = False

    def __init__(self, *args, order: Order | None = None, **kwargs):
        """``order``: the one that has the number in ``data``, if this person may open a ticket on it."""
        super().__init__(*args, **kwargs)
        self.order = order

    def focus(self, name: str) -> None:
        """Begin in this field; without a name where the page itself would."""
        if name:
            self.fields[name].widget.attrs["autofocus"] = True

    def clean_order_number(self) -> str:
        if self.order is None:
            raise ValidationError("没有找到该订单，请核对订单号")
        return self.order.number

    def clean_problem(self) -> str:
        return check_problem(self.cleaned_data["problem"])

    def clean(self) -> dict:
        data = super().clean()
        if self.is_complete and self.same_open_tickets and not data.get("open_anyway"):
            self.add_error(None, "该订单已有同类型的未完结工单，请先确认是否重复；确需新建请勾选“仍要新建”。")
        return data

    @property
    def is_complete(self) -> bool:
        """Whether everything but the question about duplicates is answered."""
        return self.order is not None and not self.errors

    @cached_property
    def same_open_tickets(self) -> list[Ticket]:
        """Open tickets of the same order and category: probably the same matter. Asked once."""
        category = self.cleaned_data.get("category")
        if not (self.order and category):
            return []
        return list(self.order.tickets.open().filter(category=category).select_related("snapshot"))

    def draft(self) -> TicketDraft:
        """The ticket as the model wants it; only for a valid form."""
        data = self.cleaned_data
        return TicketDraft(self.order, data["category"], data["urgency"], data["problem"])
