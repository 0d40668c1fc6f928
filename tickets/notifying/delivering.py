"""The delivery worker: tells what the deadline scan has found, makes the daily list, and empties the outbox.

One thread does everything with the database; the others only talk to robots and to the mail server, so that a
robot that hangs keeps its own thread and nobody else. Several workers on several hosts share the work.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as wall_time
from queue import Empty, SimpleQueue

from django.utils import timezone

from ..clock import database_now
from ..models import DeliveryRun
from . import announcing, claiming
from .channels import letters, robots
from .channels.outcome import Undelivered

logger = logging.getLogger(__name__)

# At most this many robots are spoken to at once.
ROBOT_THREADS = 8
# A round tells the alerts of so many batches and leaves the others to the next, so that mails go out in between.
ALERT_BATCHES = 20
LIST_AT = wall_time(9)
NOTE_EVERY = timedelta(seconds=10)
UNEXPECTED = "发送时出现意外错误"


@dataclass(frozen=True)
class Delivered:
    """What one round of the worker did: rounds whose alert was told, deliveries by their fate.

    ``failed`` counts attempts that did not succeed; some of these deliveries will be tried again.
    """

    at: datetime
    announced: int = 0
    sent: int = 0
    failed: int = 0

    @property
    def did_something(self) -> bool:
        return bool(self.announced or self.sent or self.failed)


def run_once(clock: Callable[[], datetime] = database_now) -> Delivered:
    """One round: everything that is due is told and tried once. ``clock`` stands in for the database's."""
    with Worker(clock) as worker:
        done = worker.go_round()
        return worker.finish(done)


class Worker:
    """Goes round and round (``go_round``); between rounds it notes what its threads report, as soon as they do."""

    def __init__(self, clock: Callable[[], datetime] = database_now):
        self.clock = clock
        self.threads = ThreadPoolExecutor(ROBOT_THREADS + 1, thread_name_prefix="deliver")
        self.stopping = threading.Event()
        # The next letter waits for the note of the one before: a kill repeats one letter, not a bagful.
        self.letter_noted = threading.Semaphore(0)
        # Claims that came back with what became of them: (claim, failure), (claim, PUT_BACK), or None to wake up.
        self.results: SimpleQueue = SimpleQueue()
        self.unnoted: list[tuple[claiming.Claim, object]] = []
        self.talking = 0
        self.mailing = False
        self.sent = self.failed = 0
        self.noted_at: datetime | None = None

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *exception) -> None:
        self.stopping.set()
        self.letter_noted.release()
        self.threads.shutdown(wait=True)

    def go_round(self) -> Delivered:
        """Tell what is new, then hand what is due to the threads that are free. Does not wait for them."""
        self._note_what_is_known()
        now = self.clock()
        announced = announce_all(now)
        announce_daily(now)
        if not self.mailing:
            self._start_mails(claiming.claim_mails(now))
        for claim in claiming.claim_robots(now, ROBOT_THREADS - self.talking):
            self.talking += 1
            self.threads.submit(self._talk, claim)
        if self.noted_at is None or now - self.noted_at >= NOTE_EVERY:
            DeliveryRun.note(now)
            self.noted_at = now
        return Delivered(now, announced)

    def finish(self, done: Delivered) -> Delivered:
        """Wait for what is under way, note it, and add it to the account of a round."""
        while self.talking or self.mailing:
            self._take(self.results.get())
            self._note_what_is_known()
        self._note_what_is_known()
        return self.account(done)

    def account(self, done: Delivered) -> Delivered:
        """The round with what has been noted since the last account."""
        sent, failed, self.sent, self.failed = self.sent, self.failed, 0, 0
        return Delivered(done.at, done.announced, sent, failed)

    def wait(self, seconds: float) -> None:
        """Note results as they come, for so long or until somebody asks to stop."""
        ends_at = time.monotonic() + seconds
        while not self.stopping.is_set() and (left := ends_at - time.monotonic()) > 0:
            try:
                self._take(self.results.get(timeout=left))
            except Empty:
                return
            self._note_what_is_known()

    def stop(self) -> None:
        """Ask to stop; a signal handler may call it."""
        self.stopping.set()
        self.results.put(None)

    # In the threads: nothing of the database.

    def _talk(self, claim: claiming.Claim) -> None:
        try:
            robots.send(claim.door, claim.text)
        except Undelivered as failure:
            self.results.put((claim, failure))
        except Exception as error:
            self.results.put((claim, _unexpected(error)))
        else:
            self.results.put((claim, None))

    def _mail(self, claims: list[claiming.Claim]) -> None:
        left = list(reversed(claims))
        ends_at = time.monotonic() + claiming.MAIL_FOR.total_seconds()

        def in_time():
            while left and not self.stopping.is_set() and time.monotonic() < ends_at:
                claim = left.pop()
                yield claim, claim.letter
                self.letter_noted.acquire(timeout=max(ends_at - time.monotonic(), 0))

        try:
            letters.send_all(in_time(), lambda claim, failure: self.results.put((claim, failure)))
        except Exception as error:
            _unexpected(error)  # the letter in hand comes due again when its lease is over
        for claim in left:
            self.results.put((claim, PUT_BACK))
        self.results.put(MAILS_DONE)

    # In the worker's own thread.

    def _start_mails(self, claims: list[claiming.Claim]) -> None:
        if claims:
            self.mailing = True
            self.letter_noted = threading.Semaphore(0)
            self.threads.submit(self._mail, claims)

    def _take(self, result) -> None:
        if result is None:
            return
        if result is MAILS_DONE:
            self.mailing = False
            return
        claim, _ = result
        if claim.robot:
            self.talking -= 1
        self.unnoted.append(result)

    def _note_what_is_known(self) -> None:
        """Note every result at hand. What the database does not take now is noted in the next round."""
        try:
            while True:
                self._take(self.results.get_nowait())
        except Empty:
            pass
        while self.unnoted:
            claim, fate = self.unnoted[0]
            if fate is PUT_BACK:
                claiming.put_back(claim, self.clock())
            else:
                claiming.note(claim, fate, self.clock())
                if fate is None:
                    self.sent += len(claim.rows)
                else:
                    self.failed += len(claim.rows)
            del self.unnoted[0]
            if claim.letter and fate is not PUT_BACK:
                self.letter_noted.release()


PUT_BACK = object()
MAILS_DONE = object()


def announce_all(now: datetime) -> int:
    """Tell every alert that people have not heard of; returns of how many rounds."""
    announced = 0
    for _ in range(ALERT_BATCHES):
        taken = announcing.announce_alerts(now)
        announced += taken
        if taken < announcing.BATCH:
            break
    return announced


def announce_daily(now: datetime) -> None:
    """Once a day, from nine o'clock on Shanghai's wall: what is late."""
    wall = timezone.localtime(now)
    key = announcing.list_key(wall.date())
    if wall.time() >= LIST_AT and not announcing.is_written(key):
        announcing.announce_overdue_list(now, key)


def _unexpected(error: Exception) -> Undelivered:
    """An error of ours. Its text may hold an address with a token, so only its kind is told."""
    logger.error("delivery failed: %s", type(error).__name__)
    return Undelivered(UNEXPECTED)
