"""What people fill in to keep a filter under a name. The rules live on ``SavedView``."""

from django import forms

from .models import SavedView
from .models.phrase import keeps_shared
from .models.saved_view import LONGEST_NAME

NAME_ERRORS = {"required": "请填写名称", "max_length": f"名称最多{LONGEST_NAME}字"}


class SaveViewForm(forms.Form):
    """Keep the current filter: as a new view, or in place of one that the person keeps."""

    over = forms.ModelChoiceField(
        label="保存为", required=False, queryset=SavedView.objects.none(), empty_label="新的常用筛选",
        error_messages={"invalid_choice": "要覆盖的常用筛选已不存在"},
    )  # fmt: skip
    name = forms.CharField(
        label="名称", required=False, max_length=LONGEST_NAME, error_messages=NAME_ERRORS,
        help_text="例如：紧急未认领。覆盖已有的可以不填。请勿填写消费者信息。",
    )  # fmt: skip
    shared = forms.BooleanField(label="共享", required=False)
    start = forms.BooleanField(label="设为默认", required=False)

    use_required_attribute = False

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["over"].queryset = SavedView.objects.kept_by(user)
        self.fields["over"].label_from_instance = lambda view: (
            f"覆盖「{view}」{'（共享）' if view.is_shared else ''}"
        )
        self.fields["start"].help_text = "打开工单管理时直接使用"
        self.fields["shared"].help_text = "本店员工都能使用" if user.is_merchant else "全体客服都能使用"
        if not keeps_shared(user):
            del self.fields["shared"]

    def clean(self) -> dict:
        data = super().clean()
        if not data.get("over") and not data.get("name") and not self.errors:
            self.add_error("name", NAME_ERRORS["required"])
        return data


class RenameViewForm(forms.Form):
    name = forms.CharField(label="名称", max_length=LONGEST_NAME, error_messages=NAME_ERRORS)

    use_required_attribute = False
