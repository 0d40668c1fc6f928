"""The addresses of many things of one kind: a list has hundreds, and only the name in them differs."""

from functools import cache

from django.urls import get_script_prefix, reverse

PLACE = "0-PLACE-0"


def address(name: str, value: str) -> str:
    """As ``reverse(name, args=[value])``."""
    if not (value.isascii() and value.replace("-", "").isalnum()):
        return reverse(name, args=[value])
    before, after = _around(name, get_script_prefix())
    return f"{before}{value}{after}"


@cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    before, after = reverse(name, args=[PLACE]).split(PLACE)
    return before, after
