"""Addresses below a ticket's own, of which its page has dozens."""

from functools import cache

from django.urls import get_script_prefix, reverse


def address(name: str, number: str) -> str:
    """``reverse("tickets:<name>", args=[number])`` for a ticket's number, which needs no quoting, but quick."""
    before, after = _around_the_number(name, get_script_prefix())
    return f"{before}{number}{after}"


@cache
def _around_the_number(name: str, script_prefix: str) -> tuple[str, str]:
    before, _, after = reverse(f"tickets:{name}", args=["NUMBER"]).partition("NUMBER")
    return before, after
