"""Controls that Django writes with a template each, written without one: a ticket's page has a dozen of them."""

from django import forms
from markupsafe import Markup


class Textarea(forms.Textarea):
    """Django's own, character for character (tests/tickets/test_widgets.py)."""

    def render(self, name, value, attrs=None, renderer=None):
        written = Markup().join(
            Markup(" {}").format(key) if text is True else Markup(' {}="{}"').format(key, text)
            for key, text in self.build_attrs(self.attrs, attrs).items()
            if text is not False and text is not None
        )
        text = self.format_value(value) or ""
        return Markup('<textarea name="{}"{}>\n{}</textarea>').format(name, written, text)
