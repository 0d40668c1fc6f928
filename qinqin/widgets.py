"""Controls that Django writes with a template each, written without one: a page has a dozen, or two hundred options.

Each is Django's own, character for character but for blanks between tags (tests/qinqin/test_widgets.py).
"""

from django import forms
from markupsafe import Markup

NOTHING = Markup("")


class Textarea(forms.Textarea):
    """Lines of text."""

    def render(self, name, value, attrs=None, renderer=None):
        written = _written(self.build_attrs(self.attrs, attrs))
        return Markup('<textarea name="%s"%s>\n%s</textarea>') % (
            name,
            written,
            self.format_value(value) or "",
        )


class RadioSelect(forms.RadioSelect):
    """One out of a few; the page writes the label of each (``choices`` in components/forms.html)."""

    def _render(self, template_name, context, renderer):
        widget = context["widget"]
        if template_name != self.option_template_name or widget.get("wrap_label"):
            return super()._render(template_name, context, renderer)
        about = _written({"name": widget["name"], "value": widget["value"]} | widget["attrs"])
        return Markup('<input type="radio"%s>') % about


class Select(forms.Select):
    """One out of many, without groups."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = "" if value is None else str(value)
        options = NOTHING.join(
            Markup("<option%s>%s</option>")
            % (_written({"value": str(key), "selected": str(key) == chosen}), label)
            for key, label in self.choices
        )
        written = _written({"name": name} | self.build_attrs(self.attrs, attrs))
        return Markup("<select%s>%s</select>") % (written, options)


def _written(attrs: dict) -> Markup:
    return NOTHING.join(
        Markup(" %s") % key if value is True else Markup(' %s="%s"') % (key, value)
        for key, value in attrs.items()
        if value is not False and value is not None
    )
