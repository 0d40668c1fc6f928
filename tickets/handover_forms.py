"""What people fill in to pass a ticket on: to a colleague, to another merchant, into another ticket."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from merchants.models import User
from orders.models import Order

from .forms import ReasonForm, SeenReasonForm, TurnForm
from .models import Ticket

NO_AUTOCOMPLETE = {"autocomplete": "off", "spellcheck": "false"}


class ClaimForm(TurnForm):
    """认领 needs nothing; taking over names the colleague whom the page showed."""

    take_over_from = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AssignForm(ReasonForm):
    """转派同事: to whom, and why. ``tickets`` are those it is about; their holders' names need no choosing.

    A form that is only shown takes the ``workers`` that were read already.
    """

    to = forms.ModelChoiceField(
        label="转派给",
        queryset=User.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择同事", "invalid_choice": "请选择在用的同事账号"},
    )
    field_order = ["to"]

    def __init__(self, *args, tickets: list[Ticket], user: User, workers: Iterable | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        if workers is not None:
            self.fields["to"].choices = [("", "请选择"), *((each.pk, str(each)) for each in workers)]
            return
        merchants = {ticket.merchant_id for ticket in tickets}
        people = User.objects.for_user(user).working_for(*merchants).select_related("merchant")
        if len(tickets) == 1:
            people = people.exclude(pk=tickets[0].assignee_id)
        self.fields["to"].queryset = people.order_by("merchant__name", "name", "pk")
        if len(merchants) > 1:
            self.fields["to"].label_from_instance = lambda person: f"{person}（{person.merchant}）"


class LookUpForm(SeenReasonForm):
    """What names an order or another ticket, of those that ``user`` sees."""

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user


class TransferForm(LookUpForm):
    """转派商户: the right order, and why."""

    order_number = forms.CharField(
        label="正确的订单号",
        max_length=64,
        help_text="工单转给这个订单的商户，重新计时；原商户不再看得到。同一商户的订单只更正订单。",
        error_messages={"required": "请填写正确的订单号"},
        widget=forms.TextInput(NO_AUTOCOMPLETE),
    )
    field_order = ["order_number"]

    order: Order | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["order_number"].widget.attrs |= {
            "hx-get": reverse("orders:lookup"),
            "hx-trigger": "input delay:250ms",
            "hx-target": "#transfer-order",
            "hx-swap": "innerHTML",
        }

    def clean_order_number(self) -> str:
        number = self.cleaned_data["order_number"].strip()
        orders = Order.objects.for_user(self.user).select_related("merchant", "customer")
        self.order = orders.prefetch_related("lines", "shipments").filter(number=number).first()
        if self.order is None:
            raise ValidationError("没有找到该订单，请核对订单号")
        return number


class MergeForm(LookUpForm):
    """合并重复: into which ticket, and why."""

    into = forms.CharField(
        label="并入工单",
        max_length=24,
        help_text="填写保留的那张工单的工单号；本工单撤销，留言和记录保留在本工单里。",
        error_messages={"required": "请填写并入的工单号"},
        widget=forms.TextInput(NO_AUTOCOMPLETE | {"list": "duplicates"}),
    )
    field_order = ["into"]

    ticket: Ticket | None = None

    def clean_into(self) -> str:
        number = self.cleaned_data["into"].strip().upper()
        self.ticket = Ticket.objects.for_user(self.user).filter(number=number).first()
        if self.ticket is None:
            raise ValidationError("没有找到该工单，请核对工单号")
        return number
