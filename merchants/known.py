"""What forms offer to choose from, remembered by each process for a moment: the same names on every page of the day.

A name that is new, changed or switched off may be missing from, or stand in, a filter of another process for
``SECONDS``. Who may see what never depends on it.
"""

import time

from django import forms
from django.db.models import Model

from qinqin.widgets import Select

SECONDS = 10

_known: dict[type[Model], tuple[float, list[Model]]] = {}


def known(model: type[Model]) -> list[Model]:
    """All rows of a small table, in its own order. One statement every ``SECONDS``."""
    until, rows = _known.get(model, (0, []))
    if time.monotonic() >= until:
        rows = list(model._default_manager.all())
        _known[model] = (time.monotonic() + SECONDS, rows)
    return rows


def forget() -> None:
    """Start again: another database (tests)."""
    _known.clear()


class KnownChoiceField(forms.TypedChoiceField):
    """One row of a small table, or ``None``; as a ``ModelChoiceField``, without its statements."""

    widget = Select

    def __init__(self, model: type[Model], **kwargs):
        self.model = model
        super().__init__(choices=self._offered, coerce=self._row, empty_value=None, **kwargs)

    def _offered(self) -> list[tuple]:
        return [("", "全部"), *((row.pk, str(row)) for row in known(self.model))]

    def _row(self, key: str) -> Model:
        return next(row for row in known(self.model) if str(row.pk) == key)
