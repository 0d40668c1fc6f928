"""Bringing the rows of one order together, wherever in the file they stand, without holding the file in memory.

Malls write an order's articles one below the other, but files that were sorted or joined do not. An order that is
seen whole can be compared with the stored one, whether it is new, changed or the same; half an order cannot. So the
rows go through a temporary database on disk (it vanishes with its connection) and come out by order.
"""

import itertools
import json
import sqlite3
from collections.abc import Iterator

from .reading import Unusable

encode = json.JSONEncoder(ensure_ascii=False).encode


class Rows:
    """Rows by order number: put in as they come, taken out order by order, in the order of first appearance."""

    def __init__(self):
        # An empty name: a file that nobody else can see, written only when the cache is full.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000; PRAGMA temp_store = FILE;"
            "CREATE TABLE row (line INTEGER PRIMARY KEY, number TEXT NOT NULL, told TEXT NOT NULL);"
            "BEGIN"
        )
        self.count = 0

    def put(self, line: int, number: str, told: dict[str, str]) -> None:
        try:
            self._rows.execute("INSERT INTO row VALUES (?, ?, ?)", (line, number, encode(told)))
        except sqlite3.OperationalError as error:
            raise Unusable(f"临时文件写不下：{error}") from error
        self.count += 1

    def orders(self) -> Iterator[tuple[str, list[tuple[int, dict[str, str]]]]]:
        """Each order's number with its rows, as (line, what it tells)."""
        self._rows.execute("CREATE INDEX by_number ON row (number)")
        found = self._rows.execute(
            "SELECT number, line, told FROM (SELECT number, min(line) AS first FROM row GROUP BY number)"
            " CROSS JOIN row USING (number) ORDER BY first, line"
        )
        for number, rows in itertools.groupby(found, key=lambda row: row[0]):
            yield number, [(line, json.loads(told)) for _, line, told in rows]

    def close(self) -> None:
        self._rows.close()

    def __enter__(self) -> "Rows":
        return self

    def __exit__(self, *exception) -> None:
        self.close()
