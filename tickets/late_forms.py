"""What managers fill in about late rounds and incidents. The rules live on the models."""

from django import forms

from qinqin.widgets import RadioSelect

from .forms import TypedForm
from .models.incident import RESPONSIBLE_LIMIT, Stage
from .wording import check_text

AREA = {"rows": 3}


class AcknowledgeForm(TypedForm):
    """确认 needs nothing; a note is welcome."""

    note = forms.CharField(
        label="确认说明（选填）", required=False, max_length=2_000, widget=forms.Textarea(AREA)
    )


class WhyForm(TypedForm):
    """豁免 and 取消豁免 need a reason."""

    reason = forms.CharField(label="原因", strip=False, widget=forms.Textarea(AREA))

    def __init__(self, *args, what: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.what = what
        self.fields["reason"].label = what
        self.fields["reason"].error_messages["required"] = f"请填写{what}"

    def clean_reason(self) -> str:
        return check_text(self.cleaned_data["reason"], self.what)


class StepForm(TypedForm):
    """One step of an incident: it remembers how many steps its page showed."""

    seen_steps = forms.IntegerField(required=False, min_value=0, max_value=30_000, widget=forms.HiddenInput)
    stage = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label="内容", strip=False, widget=forms.Textarea({"rows": 5}))

    def __init__(self, *args, stage: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.what = Stage(stage).label
        self.fields["text"].label = self.what
        self.fields["text"].error_messages["required"] = f"请填写{self.what}"

    def clean_text(self) -> str:
        return check_text(self.cleaned_data["text"], self.what)


class MeasureForm(StepForm):
    """整改措施: what, who, until when."""

    responsible = forms.CharField(
        label="责任人",
        max_length=RESPONSIBLE_LIMIT,
        error_messages={"required": "请填写责任人", "max_length": f"责任人最多{RESPONSIBLE_LIMIT}字"},
    )
    due_on = forms.DateField(
        label="期限",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        error_messages={"required": "请填写期限", "invalid": "请填写正确的日期"},
    )


class EvaluationForm(StepForm):
    """效果评估: whether it helped."""

    is_effective = forms.TypedChoiceField(
        label="结论",
        choices=[("yes", "有效"), ("no", "无效")],
        coerce=lambda value: value == "yes",
        widget=RadioSelect,
        error_messages={"required": "请选择有效或无效", "invalid_choice": "请选择有效或无效"},
    )


STEP_FORMS: dict[str, type[StepForm]] = {Stage.MEASURE: MeasureForm, Stage.EVALUATION: EvaluationForm}
