"""What people fill in. The rules live on the models; a form only carries their sentences to the right field."""

from collections.abc import Iterable

from django import forms

from qinqin.widgets import RadioSelect, Textarea

from .lifecycle import Outcome
from .models import ReasonCode, ReasonKind, Result, Ticket
from .models.clock_verbs import HOLD_MISSING
from .models.rating import STARS_MISSING, WORDS_LIMIT
from .models.reason import REASON_OF_OUTCOME
from .models.reveal import SensitiveField
from .sameness import same
from .wording import RESULT_HELP, check_text

AREA = {"rows": 6}
SMALL_AREA = {"rows": 3}


def reason_field(
    kind: ReasonKind, ticket: Ticket, offered: Iterable | None = None, *, required: bool = True
) -> forms.ModelChoiceField:
    """A list of the reasons that fit the ticket. The sentence is that of ``check_reason``.

    A form that is only shown takes the reasons ``offered`` that were read already.
    """
    sentence = f"请选择{kind.label}"
    field = forms.ModelChoiceField(
        label=kind.label,
        queryset=ReasonCode.objects.offered(kind, ticket.category_id)
        if offered is None
        else ReasonCode.objects.none(),
        required=required,
        empty_label="请选择",
        error_messages={"required": sentence, "invalid_choice": sentence},
    )
    if offered is not None:
        field.choices = [("", "请选择"), *((reason.pk, reason.name) for reason in offered)]
    return field


class TypedForm(forms.Form):
    """A form whose words are given back when they could not be taken: nothing that was typed may be lost."""

    use_required_attribute = False

    def typed(self) -> list[dict[str, str]]:
        """What was typed, with the names of the fields."""
        return [
            {"label": field.label, "text": text}
            for name, field in self.fields.items()
            if isinstance(field.widget, forms.Textarea | forms.TextInput)
            and (text := self.data.get(self.add_prefix(name), "").strip())
        ]


def seen(ticket: Ticket) -> dict[str, int | str]:
    """What a page shows of a ticket now, for the hidden fields of its forms."""
    return {"seen_round": ticket.round_no, "seen_status": ticket.status}


class TurnForm(TypedForm):
    """A form about one round of a ticket: it remembers which round its page showed."""

    seen_round = forms.IntegerField(required=False, min_value=1, max_value=10_000, widget=forms.HiddenInput)

    @property
    def round_shown(self) -> int | None:
        """The round the person acted on, if the form says so."""
        return self.cleaned_data.get("seen_round")

    @property
    def status_shown(self) -> str:
        """The state the person acted on, if the form says so."""
        return self.cleaned_data.get("seen_status", "")


class ResultForm(TurnForm):
    """提交工单: how it went, and what was done."""

    outcome = forms.ChoiceField(
        label="处理情况",
        choices=Outcome.choices,
        widget=RadioSelect,
        error_messages={"required": "请选择处理情况", "invalid_choice": "请选择处理情况"},
    )
    result = forms.CharField(
        label="处理结果",
        required=False,  # Result.clean has the sentence
        strip=False,
        widget=Textarea(AREA | {"required": True, "aria-required": "true"}),
        help_text=RESULT_HELP,
    )
    same_anyway = forms.BooleanField(label="确认仍要提交", required=False)

    def __init__(self, *args, ticket: Ticket, unsolved=None, platform=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        self.fields["unsolved_code"] = reason_field(ReasonKind.UNSOLVED, ticket, unsolved, required=False)
        self.fields["platform_code"] = reason_field(ReasonKind.PLATFORM, ticket, platform, required=False)
        # Whether the person has to be asked about a text that came back already.
        self.asks_about_same = bool(self.data.get("same_anyway"))

    @property
    def code(self) -> ReasonCode | None:
        """The reason that belongs to the outcome; what stands in the other list was not meant. For a valid form."""
        kind = REASON_OF_OUTCOME.get(self.cleaned_data["outcome"])
        return self.cleaned_data[f"{kind}_code"] if kind else None

    def clean(self) -> dict:
        data = super().clean()
        # Without an outcome the text is still judged, so that one round trip shows everything that is missing.
        outcome = data.get("outcome") or Outcome.SOLVED
        kind = REASON_OF_OUTCOME.get(outcome)
        probe = Result(
            outcome=outcome,
            text=data.get("result", ""),
            reason_code=data.get(f"{kind}_code") if kind else None,
        )
        wrong = probe.faults(self.ticket.category)
        for field, messages in wrong.items():
            name = "result" if field == "text" else field
            if name not in self.errors:
                self.add_error(name, messages)
        # An old page is refused, whatever stands in it; nobody is asked about it.
        if not self.errors and data["seen_round"] in (None, self.ticket.round_no):
            self._ask_about_same(probe.text)
        return data

    def _ask_about_same(self, text: str) -> None:
        """A text that has come back once is sent again only by somebody who says so."""
        returned = self.ticket.last_returned_result()
        self.asks_about_same = returned is not None and same(text, returned.text)
        if self.asks_about_same and not self.cleaned_data["same_anyway"]:
            self.add_error("result", "与上次被退回的处理结果相同，仍要提交请勾选确认")


class ReasonForm(TurnForm):
    """Taking something back, or asking again, needs a reason."""

    reason = forms.CharField(label="原因", strip=False, widget=Textarea(SMALL_AREA))

    def __init__(self, *args, what: str = "原因", **kwargs):
        super().__init__(*args, **kwargs)
        self.what = what
        self.fields["reason"].label = what
        self.fields["reason"].error_messages["required"] = f"请填写{what}"

    def clean_reason(self) -> str:
        return check_text(self.cleaned_data["reason"], self.what)


class ReturnForm(ReasonForm):
    """退回商家: what kind of shortcoming, and in words."""

    def __init__(self, *args, ticket: Ticket, reasons=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = reason_field(ReasonKind.RETURN, ticket, reasons)
        self.order_fields(["code", "reason"])


class SayForm(TurnForm):
    """内部备注 or 协商留言: words, and nothing else."""

    text = forms.CharField(strip=False, required=False, widget=Textarea(SMALL_AREA))

    def __init__(self, *args, what: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.what = what
        self.fields["text"].label = what

    def clean_text(self) -> str:
        return check_text(self.cleaned_data["text"], self.what)


class SeenReasonForm(ReasonForm):
    """For what several states allow, in one of which an answer lies on the table: which one was seen?"""

    seen_status = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class NoteForm(TurnForm):
    """Agreeing needs nothing; a note is welcome."""

    note = forms.CharField(
        label="审核意见（选填）", required=False, max_length=2_000, widget=Textarea(SMALL_AREA)
    )


class RemindForm(NoteForm):
    """催办 needs nothing; a word on why is welcome."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].label = "催办说明（选填）"


class GrantForm(NoteForm):
    """同意延期 needs nothing; a word to the merchant is welcome."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["note"].label = "答复说明（选填）"


class ResumeForm(TurnForm):
    """恢复 needs nothing."""


class RevealForm(ReasonForm):
    """查看完整号码: which fact, and why."""

    field = forms.ChoiceField(
        label="查看内容",
        choices=SensitiveField.choices,
        initial=SensitiveField.PHONE,
        widget=RadioSelect,
        error_messages={"required": "请选择查看内容", "invalid_choice": "请选择查看内容"},
    )
    field_order = ["field", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, what="查看原因", **kwargs)
        self.fields[
            "reason"
        ].help_text = "例如：联系消费者核对换货地址。会写进敏感信息查看日志，请勿填写号码。"


STARS = [(1, "1星 很差"), (2, "2星 不满意"), (3, "3星 一般"), (4, "4星 满意"), (5, "5星 很满意")]


class StarsForm(forms.Form):
    """Stars and words of a consumer."""

    stars = forms.TypedChoiceField(
        label="满意程度",
        choices=STARS,
        coerce=int,
        widget=RadioSelect,
        error_messages={"required": STARS_MISSING, "invalid_choice": STARS_MISSING},
    )
    words = forms.CharField(
        label="消费者怎么说（选填）", required=False, strip=False, widget=Textarea(SMALL_AREA)
    )


class RateForm(StarsForm, TurnForm):
    """记录消费者评价: what the consumer told customer service."""


class ConsumerRatingForm(StarsForm):
    """The consumer's own."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].label = "还想说什么（选填）"
        self.fields["words"].help_text = "请勿填写电话和地址。"
        self.fields["words"].widget.attrs["maxlength"] = WORDS_LIMIT


MOMENT = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
MOMENT_WRONG = "请填写正确的日期和时间"


class HoldForm(ReasonForm):
    """挂起: why, and when somebody gets in touch again. The model judges both."""

    until = forms.DateTimeField(
        label="下次联系时间",
        help_text="到时自动恢复计时",
        widget=MOMENT,
        error_messages={"required": HOLD_MISSING, "invalid": MOMENT_WRONG},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = HOLD_MISSING


class ExtendForm(ReasonForm):
    """申请延期: why, and until when."""

    due_wanted = forms.DateTimeField(
        label="希望延期到",
        widget=MOMENT,
        error_messages={"required": "请填写希望延期到的时间", "invalid": MOMENT_WRONG},
    )
