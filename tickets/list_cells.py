"""The rows of the ticket list as HTML: one function for each column of ``tickets/columns.py``.

A page has five hundred cells; a template takes several times as long for them. Whatever comes from a row passes
``escape`` (half as dear as that of ``markupsafe``, which only what may carry the marks of a search needs), or one of
``row_marks``, which escape themselves. Moments and numbers need none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

import markupsafe
from markupsafe import Markup

from orders.masking import mask_name

from . import row_marks
from .columns import Column
from .timeliness import moment_words

DASH = "—"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is: what decides how its cells look. ``mark`` is what the links to the tickets carry."""

    keys: frozenset[str]
    sees_consumers: bool
    mark: str


def rows_html(rows: Iterable[dict], columns: list[Column], user, mark: str) -> Markup:
    """The table's rows, one cell for each column. ``rows`` are those of ``views.listing``."""
    reader = Reader(frozenset(column.key for column in columns), user.is_service, escape(mark))
    cells = [CELLS[column.key] for column in columns]
    pieces = []
    for row in rows:
        pieces.append(f'<tr id="{escape(row["number"])}">')
        pieces += [cell(row, reader) for cell in cells]
        pieces.append("</tr>\n")
    return Markup("".join(pieces))  # noqa: S704 - every piece is escaped where it is made


def _number(row: dict, reader: Reader) -> str:
    number = escape(row["number"])
    return (
        '<td class="id"><label class="choose"><input type="checkbox" name="ticket" form="bulk"'
        f' value="{number}~{row["round_no"]}~{escape(row["status"])}"> {number}</label></td>'
    )


def _order(row: dict, reader: Reader) -> str:
    return f'<td class="order"><a href="{escape(row["order_url"])}">{escape(row["order_number"])}</a></td>'


def _merchant(row: dict, reader: Reader) -> str:
    return f'<td class="merchant">{escape(row["merchant_name"])}</td>'


def _consumer(row: dict, reader: Reader) -> str:
    """A merchant's look at its consumers ends with the ticket."""
    seen = row["is_open"] or reader.sees_consumers
    name = escape(mask_name(row["order__consignee"])) if seen else DASH
    return f'<td class="consumer" data-label="消费者">{name}</td>'


def _category(row: dict, reader: Reader) -> str:
    return f'<td class="category">{escape(row["category"])}</td>'


def _problem(row: dict, reader: Reader) -> str:
    """With the hits of a search, if there was one."""
    hits = "".join(
        [
            f' <p class="hit clamp"><span class="quiet">{escape(hit.label)}</span> {markupsafe.escape(hit.words)}</p>'
            for hit in row.get("hits", ())
        ]
    )
    return f'<td class="problem"><p class="clamp">{markupsafe.escape(row["problem"])}</p>{hits}</td>'


def _urgency(row: dict, reader: Reader) -> str:
    return f'<td class="urgency">{row_marks.urgency(row["urgency"], row["urgency_label"])}</td>'


def _state(row: dict, reader: Reader) -> str:
    said = ""
    if row["is_returned"]:
        said = f" <small>被退回 第{row['round_no']}轮</small>"
    if row["holder"] and "holder" not in reader.keys:
        said += f' <small class="holder">{escape(row["holder"])} 处理</small>'
    if row["archived_at"]:
        said += ' <small class="quiet">已归档</small>'
    return f'<td class="state">{row_marks.status(row["status"], row["status_label"])}{said}</td>'


def _round(row: dict, reader: Reader) -> str:
    return f'<td class="round">第{row["round_no"]}轮</td>'


def _holder(row: dict, reader: Reader) -> str:
    return f'<td class="holder" data-label="处理人">{escape(row["holder"] or DASH)}</td>'


def _clock(row: dict, reader: Reader) -> str:
    return f'<td class="clock">{row_marks.countdown(row["countdown"])}</td>'


def _due(row: dict, reader: Reader) -> str:
    return f'<td class="stamp" data-label="截止">{moment_words(row["due_at"])}</td>'


def _created(row: dict, reader: Reader) -> str:
    return f'<td class="stamp" data-label="创建">{moment_words(row["created_at"])}</td>'


def _handled(row: dict, reader: Reader) -> str:
    return f'<td class="stamp" data-label="处理">{moment_words(row["handled_at"])}</td>'


def _action(row: dict, reader: Reader) -> str:
    number = escape(row["number"])
    return (
        f'<td class="action"><a class="button" id="open-{number}" href="{escape(row["url"])}{reader.mark}"'
        f' aria-label="查看 {number}">查看</a></td>'
    )


CELLS: dict[str, Callable[[dict, Reader], str]] = {
    "number": _number,
    "order": _order,
    "merchant": _merchant,
    "consumer": _consumer,
    "category": _category,
    "problem": _problem,
    "urgency": _urgency,
    "state": _state,
    "round": _round,
    "holder": _holder,
    "clock": _clock,
    "due": _due,
    "created": _created,
    "handled": _handled,
    "action": _action,
}
