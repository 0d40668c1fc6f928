"""Controls that Django writes with a template each, written without one: a ticket's page has a dozen of them.

Each is Django's own, character for character (tests/tickets/test_widgets.py).
"""

from django import forms
from markupsafe import Markup, escape


class Textarea(forms.Textarea):
    """Lines of text."""

    def render(self, name, value, attrs=None, renderer=None):
        written = _written(self.build_attrs(self.attrs, attrs))
        text = self.format_value(value) or ""
        html = f'<textarea name="{escape(name)}"{written}>\n{escape(text)}</textarea>'
        return Markup(html)  # noqa: S704 - every part is escaped


class RadioSelect(forms.RadioSelect):
    """One out of a few; the page writes the label of each (``choices`` in components/forms.html)."""

    def _render(self, template_name, context, renderer):
        widget = context["widget"]
        if template_name != self.option_template_name or widget.get("wrap_label"):
            return super()._render(template_name, context, renderer)
        value = widget["value"]
        about = "" if value is None else f' value="{escape(value)}"'
        html = f'<input type="radio" name="{escape(widget["name"])}"{about}{_written(widget["attrs"])}>'
        return Markup(html)  # noqa: S704 - every part is escaped


def _written(attrs: dict) -> str:
    return "".join(
        f" {escape(key)}" if value is True else f' {escape(key)}="{escape(value)}"'
        for key, value in attrs.items()
        if value is not False and value is not None
    )
