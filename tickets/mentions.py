"""What the texts of tickets may say of a consumer, in the rows of lists.

As ``orders.mentions``, and besides by the names of the orders that a ticket was about before its order was put right.
"""

from functools import cache

from orders import mentions

ORDER = "order__"
FORMER = "snapshot__facts__former"


def consumer_columns(path: str) -> list[str]:
    """What a ``values()`` query must bring for ``mask_row``; ``path`` leads from the row to its ticket's order."""
    return [*mentions.consumer_columns(path), _former(path)]


def mask_row(text: str | None, values: dict, path: str) -> str:
    """As ``mask_about``, for a row of a ``values()`` query with ``consumer_columns(path)``."""
    return mentions.mask_row(text, values, path, values[_former(path)])


@cache
def _former(path: str) -> str:
    return path.removesuffix(ORDER) + FORMER
