"""What people fill in about how they, and their groups, are told."""

from django import forms

from merchants.access import Role
from merchants.models import Merchant, User

from .models import NoticePreference, Robot, RobotKind
from .models.preference import kinds_for
from .notifying.quiet import quiet_errors

TIME = {"type": "time"}
NO_TIME = {"invalid": "请填写正确的时间，例如 22:00"}


def quiet_field(label: str) -> forms.TimeField:
    """One end of the quiet hours."""
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(TIME, "%H:%M"), error_messages=NO_TIME
    )


class QuietHours(forms.Form):
    """Both ends of the quiet hours, or none."""

    quiet_from = quiet_field("免打扰开始")
    quiet_to = quiet_field("免打扰结束")

    def clean(self) -> dict:
        data = super().clean()
        if {"quiet_from", "quiet_to"} <= data.keys():
            for field, sentence in quiet_errors(data["quiet_from"], data["quiet_to"]).items():
                self.add_error(field, sentence)
        return data


class SettingsForm(QuietHours):
    """消息设置: the address for mails, what is mailed, when to keep still, and what the screen does."""

    email = forms.EmailField(
        label="邮箱",
        required=False,
        max_length=User._meta.get_field("email").max_length,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="不填写就收不到邮件",
        error_messages={"invalid": "请填写正确的邮箱地址", "max_length": "邮箱地址太长，最多254个字符"},
    )
    on_screen = forms.BooleanField(label="浏览器通知", required=False, help_text="网页开着时弹出通知")
    with_sound = forms.BooleanField(label="提示音", required=False, help_text="有新消息时响一声")

    use_required_attribute = False
    field_order = ["email"]

    def __init__(self, *args, preference: NoticePreference, **kwargs):
        super().__init__(*args, **kwargs)
        person = preference.person
        self.initial |= {
            "email": person.email,
            **{
                name: getattr(preference, name)
                for name in ("quiet_from", "quiet_to", "on_screen", "with_sound")
            },
        }
        self.groups = list(enumerate(kinds_for(person.role).items()))
        for number, (heading, kinds) in self.groups:
            self.fields[f"mailed{number}"] = forms.MultipleChoiceField(
                label=heading,
                required=False,
                choices=[(kind.value, kind.label) for kind in kinds],
                initial=[kind.value for kind in kinds if kind.value in preference.mailed],
                widget=forms.CheckboxSelectMultiple,
                error_messages={"invalid_choice": "请从列出的消息中选择"},
            )

    @property
    def mail_choices(self) -> list[forms.BoundField]:
        """The kinds to choose from, a field for each heading."""
        return [self[f"mailed{number}"] for number, _ in self.groups]

    def chosen(self) -> dict:
        """What was chosen, as ``NoticePreference.change`` wants it; only for a valid form."""
        names = ("email", "quiet_from", "quiet_to", "on_screen", "with_sound")
        mailed = [kind for number, _ in self.groups for kind in self.cleaned_data[f"mailed{number}"]]
        return {name: self.cleaned_data[name] for name in names} | {"mailed": mailed}


class RobotForm(forms.ModelForm):
    """群机器人. Address and secret go in and never come out: left empty, the kept ones stay."""

    forget_secret = forms.BooleanField(label="不再加签", required=False, help_text="清除现有的密钥")

    use_required_attribute = False

    class Meta:
        model = Robot
        fields = ["merchant", "kind", "name", "url", "secret", "quiet_from", "quiet_to", "is_active"]
        labels = {"merchant": "谁的群"}
        help_texts = {"merchant": "", "secret": "只有在平台上开启了“加签”或“签名校验”才填写"}
        widgets = {
            "name": forms.TextInput({"autocomplete": "off"}),
            "url": forms.URLInput({"autocomplete": "off", "spellcheck": "false"}),
            "secret": forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            "quiet_from": forms.TimeInput(TIME, "%H:%M"),
            "quiet_to": forms.TimeInput(TIME, "%H:%M"),
        }
        error_messages = {
            "kind": {"required": "请选择平台"},
            "name": {"required": "请填写名称"},
            "url": {
                "required": "请填写 Webhook 地址",
                "invalid": "请填写完整的 Webhook 地址，以 https:// 开头",
            },
            "quiet_from": NO_TIME,
            "quiet_to": NO_TIME,
        }

    def __init__(self, *args, by_user, **kwargs):
        super().__init__(*args, **kwargs)
        self.kept = (self.instance.url, self.instance.secret)
        is_new = self.instance.pk is None
        if by_user.role == Role.MERCHANT_OWNER:
            del self.fields["merchant"]
            self.instance.merchant = by_user.merchant
        else:
            self.fields["merchant"].queryset = Merchant.objects.filter(is_active=True)
            self.fields["merchant"].empty_label = "客服群"
        self.fields["kind"].choices = [
            choice for choice in self.fields["kind"].choices if choice[0] or is_new
        ]
        if is_new:
            self.fields["kind"].choices = [("", "请选择"), *self.fields["kind"].choices[1:]]
            del self.fields["forget_secret"]
            return
        self.initial |= {"url": "", "secret": ""}
        self.fields["url"].required = False
        self.fields["url"].help_text = f"现在是 {self.instance.shown_url}；不修改请留空"
        if self.instance.secret:
            self.fields["secret"].help_text = "已设置；不修改请留空"
        else:
            del self.fields["forget_secret"]

    def clean_url(self) -> str:
        return self.cleaned_data["url"] or self.kept[0]

    def clean(self) -> dict:
        data = super().clean()
        goes = data.get("forget_secret") or data.get("kind") == RobotKind.WECOM  # which knows no secrets
        if not data.get("secret") and not goes:
            data["secret"] = self.kept[1]
        if {"quiet_from", "quiet_to"} & self.errors.keys():  # one sentence is enough
            data["quiet_from"] = data["quiet_to"] = None
        return data
