"""The addresses of many things of one kind: a list has hundreds, and only the name in them differs."""

from functools import cache

from django.urls import NoReverseMatch, get_script_prefix, reverse

PLACE = "0-PLACE-0"


def address(name: str, value: str) -> str:
    """As ``reverse(name, args=[value])``."""
    if not (value.isascii() and value.replace("-", "").isalnum()):
        return reverse(name, args=[value])
    around = _around(name, get_script_prefix())
    return f"{around[0]}{value}{around[1]}" if around else reverse(name, args=[value])


@cache
def _around(name: str, prefix: str) -> tuple[str, str] | None:
    """What stands before and behind a text in this address; ``None`` where no text may stand there."""
    try:
        before, after = reverse(name, args=[PLACE]).split(PLACE)
    except NoReverseMatch:
        return None
    return before, after
