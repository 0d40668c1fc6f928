"""The tabs above a list: each with its count, and an address that keeps what else was asked."""

from urllib.parse import urlencode


def tab_links(
    labels: dict[str, str], counts: dict[str, int], current: str, rest: dict[str, str], name: str = "show"
) -> list[dict]:
    """What the macro ``tabs`` shows. ``rest`` is what stays in the address, ``name`` the parameter of the tab."""
    return [
        {
            "key": key,
            "label": label,
            "count": counts[key],
            "url": "?" + urlencode(rest | {name: key}),
            "current": key == current,
        }
        for key, label in labels.items()
    ]
