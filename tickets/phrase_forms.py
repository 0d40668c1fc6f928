"""What people fill in to keep a phrase. The rules live on ``Phrase``."""

from django import forms

from .category_forms import PositionField
from .models import Phrase
from .models.phrase import PLACEHOLDERS, keeps_shared


class PhraseForm(forms.ModelForm):
    """A phrase; who keeps those of the side says when it is made whether it is shared."""

    position = PositionField()
    shared = forms.BooleanField(label="共享", required=False)

    use_required_attribute = False

    class Meta:
        model = Phrase
        fields = ["title", "text", "position"]
        widgets = {"text": forms.Textarea({"rows": 6})}
        help_texts = {
            "text": f"可以写{'、'.join(PLACEHOLDERS)}，插入时换成该工单的内容。请勿填写消费者信息。"
        }
        error_messages = {
            "title": {"required": "请填写标题", "max_length": "标题最多20字"},
            "text": {"required": "请填写内容", "max_length": "内容最多1000字"},
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].strip = False
        if self.instance.pk or not keeps_shared(user):
            del self.fields["shared"]
        else:
            whose = "本店员工" if user.is_merchant else "全体客服"
            self.fields["shared"].help_text = f"{whose}都能使用"
