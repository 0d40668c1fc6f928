"""The controls written without a template say what Django's own say."""

import re

import pytest
from django import forms

from qinqin.widgets import RadioSelect, Select, Textarea


@pytest.mark.parametrize("value", [None, "", "收到了\n“<b>&'\"", 7])
@pytest.mark.parametrize(
    "attrs", [{}, {"id": "id_text", "required": True, "aria-invalid": "true", "rows": 6}]
)
def test_a_textarea_is_djangos_own(value, attrs):
    own = {"rows": 3, "maxlength": 500, "disabled": False}
    assert Textarea(own).render("text", value, attrs) == forms.Textarea(own).render("text", value, attrs)


@pytest.mark.parametrize("chosen", ["", "b&", None])
@pytest.mark.parametrize("attrs", [{}, {"required": True, "aria-invalid": "true", "disabled": False}])
def test_a_radio_is_djangos_own(chosen, attrs):
    def written(widget) -> list[str]:
        class Choice(forms.Form):
            use_required_attribute = False
            one = forms.ChoiceField(choices=[("", "无"), ("b&", "<乙>"), (3, "丙")], widget=widget(attrs))

        bound = Choice(initial={"one": chosen}, prefix="p")["one"]
        return [bound.as_widget(), *(radio.tag() for radio in bound), *(radio.tag(True) for radio in bound)]

    assert written(RadioSelect) == written(forms.RadioSelect)


@pytest.mark.parametrize("chosen", ["", None, 3, "3", "b&"])
def test_a_select_is_djangos_own(chosen):
    choices = [("", "全部"), ("b&", "<乙>"), (3, "丙")]
    attrs = {"id": "id_one", "required": True, "disabled": False, "title": '"&'}
    ours, own = (
        widget({"class": "wide"}, choices).render("one", chosen, attrs) for widget in (Select, forms.Select)
    )
    assert ours == re.sub(r">\s+<", "><", own).strip()
