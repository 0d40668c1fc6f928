"""Pieces of work side by side, two at a time, that must begin and end in their order.

Each has a thread and a database connection of its own: while the database works on one, the next is got ready. Only on
PostgreSQL, where two can write at once, and only outside a transaction, which a second connection could not see into;
else one piece follows upon the other.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event

from django.db import connection

AT_ONCE = 2


class OutOfTurn(Exception):
    """The piece before has failed, so this one does not go on."""


class Turn:
    """The place of one piece in the row. It locks what it needs within ``beginning``, and writes after ``wait``."""

    def __init__(self, before: "Turn | None" = None):
        self._before = before
        self._has_begun, self._has_ended = Event(), Event()
        self._is_done = False

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """Nobody begins in it before the one before has left it: locks are taken in the order of the pieces."""
        if self._before:
            self._before._has_begun.wait()
        yield
        self._has_begun.set()

    def wait(self) -> None:
        """Until the one before is done, its transaction included. Raises ``OutOfTurn`` when it has failed."""
        if self._before:
            self._before._has_ended.wait()
            if not self._before._is_done:
                raise OutOfTurn

    def take(self, work: Callable, piece):
        """``work(piece, turn)``; whoever waits for this turn goes on when it is over, however it has ended."""
        try:
            done = work(piece, self)
            self.wait()
            self._is_done = True
            return done
        finally:
            self._before = None  # else each turn would keep all that there were
            self._has_begun.set()
            self._has_ended.set()


def in_turn[Piece, Done](
    work: Callable[[Piece, Turn], Done], pieces: Iterable[Piece], on_done: Callable[[Done], object]
) -> None:
    """``work(piece, turn)`` for each piece, and ``on_done`` with what it returned, in the order of the pieces.

    Whatever goes wrong, pieces that have been begun are ended, and those that were done are told: only then is the
    error raised. Of pieces after one that has failed nothing is written.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        for piece in pieces:
            on_done(Turn().take(work, piece))
        return
    turn, under_way = None, deque()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        try:
            for piece in pieces:
                if len(under_way) == AT_ONCE:
                    on_done(under_way.popleft().result())
                turn = Turn(turn)
                under_way.append(threads.submit(_in_a_thread, turn, work, piece))
        finally:
            while under_way:
                with suppress(OutOfTurn):
                    on_done(under_way.popleft().result())


def _in_a_thread(turn: Turn, work: Callable, piece):
    try:
        return turn.take(work, piece)
    finally:
        connection.close()  # it is this thread's, and goes back to the pool
