"""Forms about people."""

from django import forms
from django.contrib.auth import password_validation

from .access import Role
from .models import User


class StaffForm(forms.ModelForm):
    """A merchant owner's form for one of its staff accounts; a password is needed only for a new one."""

    password = forms.CharField(
        label="登录密码",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ["username", "name", "is_active"]
        labels = {"username": "登录名", "name": "姓名", "is_active": "允许登录"}
        help_texts = {
            "username": "字母、数字或 @ . + - _，最多150个字符",
            "is_active": "取消勾选后该员工立即无法登录",
        }
        error_messages = {"username": {"required": "请填写登录名"}, "name": {"required": "请填写姓名"}}

    def __init__(self, *args, owner: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "off"
        self.instance.merchant = owner.merchant
        self.instance.role = Role.MERCHANT_STAFF
        self.is_new = self.instance.pk is None
        self.fields["password"].help_text = "" if self.is_new else "不修改请留空"

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if self.is_new and not password:
            raise forms.ValidationError("请设置登录密码")
        return password

    def _post_clean(self) -> None:
        # Only now the account has the name that was typed, which the password must not repeat.
        super()._post_clean()
        if password := self.cleaned_data.get("password"):
            try:
                password_validation.validate_password(password, self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)

    def save(self, commit: bool = True) -> User:
        if self.cleaned_data["password"]:
            self.instance.set_password(self.cleaned_data["password"])
        return super().save(commit)
