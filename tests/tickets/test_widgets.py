"""The controls written without a template say what Django's own say."""

import pytest
from django import forms

from tickets.widgets import Textarea


@pytest.mark.parametrize("value", [None, "", "收到了\n“<b>&'\"", 7])
@pytest.mark.parametrize(
    "attrs", [{}, {"id": "id_text", "required": True, "aria-invalid": "true", "rows": 6}]
)
def test_a_textarea_is_djangos_own(value, attrs):
    own = {"rows": 3, "maxlength": 500, "disabled": False}
    assert Textarea(own).render("text", value, attrs) == forms.Textarea(own).render("text", value, attrs)
