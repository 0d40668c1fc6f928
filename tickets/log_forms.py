"""Forms of the logs that managers read: who did something, and when."""

from django import forms

from merchants.access import WORKING_ROLES
from merchants.models import User

from .desk import PeriodForm


class LogForm(PeriodForm):
    """A period, and one of the people who work here; ``who`` names what such a person has done."""

    who = ""

    by = forms.ModelChoiceField(required=False, queryset=User.objects.none(), empty_label="全部")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, days=30, **kwargs)
        self.fields["since"].label, self.fields["until"].label = "从", "至"
        people = User.objects.filter(role__in=WORKING_ROLES).select_related("merchant")
        self.fields["by"].label = self.who
        self.fields["by"].queryset = people.order_by("merchant__name", "name")
        self.fields["by"].label_from_instance = lambda person: f"{person}（{person.affiliation}）"
