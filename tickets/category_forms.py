"""What managers fill in on 问题类型与原因."""

from django import forms

from .models import Category, ReasonCode
from .wording import check_note, check_text


class PositionField(forms.IntegerField):
    """Where a row stands among its kind. The limits are here: SQLite knows none."""

    def __init__(self):
        wrong = dict.fromkeys(["required", "invalid", "min_value", "max_value"], "请填写0到9999之间的整数")
        super().__init__(
            label="排序",
            help_text="小的在前",
            min_value=0,
            max_value=9_999,
            initial=100,
            error_messages=wrong,
        )


class GuideForm(forms.ModelForm):
    """What a merchant's answer should say for one kind of problem."""

    class Meta:
        model = Category
        fields = ["guide"]
        widgets = {"guide": forms.Textarea({"rows": 8})}
        error_messages = {"guide": {"max_length": "填写指引最多1000字"}}

    def clean_guide(self) -> str:
        return check_note(self.cleaned_data["guide"], "填写指引")


class ReasonCodeForm(forms.ModelForm):
    """A reason. What it is for is said once, when it is made."""

    position = PositionField()

    use_required_attribute = False

    class Meta:
        model = ReasonCode
        fields = ["kind", "category", "name", "position", "is_active"]
        error_messages = {
            "kind": {"required": "请选择用于哪里", "invalid_choice": "请选择用于哪里"},
            "name": {"required": "请填写名称", "max_length": "名称最多40字"},
        }
        help_texts = {"is_active": "停用后不再出现在选项里，已有的记录不变"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["kind"], self.fields["category"]
        else:
            self.fields["kind"].choices = [("", "请选择"), *ReasonCode._meta.get_field("kind").choices]
            self.fields["category"].queryset = Category.objects.filter(is_active=True)
            self.fields["category"].empty_label = "全部类型"

    def clean_name(self) -> str:
        return check_text(self.cleaned_data["name"], "名称")
