"""What becomes of one generated ticket, as moments only: rounds, answers, pauses, how it ends or where it stands.

Moments are whole seconds since 1970, and none lies after ``now``. The rules are those of the verbs: the ladder of
alerts, the record of a missed deadline, a clock that stands while a ticket is on hold.
"""

from dataclasses import dataclass, field

MINUTE, HOUR, DAY = 60, 3_600, 86_400
# 重要预警 begins this long before the deadline (timeliness.CRITICAL_BEFORE).
CRITICAL_BEFORE = 30 * MINUTE
# The share of tickets with at least two, three, … rounds.
MORE_ROUNDS = (0.17, 0.05, 0.016, 0.006)
LATE = 0.11
CANCELLED = 0.035
PAUSED = 0.02
REOPENED = 0.15
ARCHIVED_AFTER = 90 * DAY
SCAN_EVERY = 30


@dataclass(slots=True)
class Leg:
    """One round. ``came_by`` is the verb that began it: open, return or reopen."""

    start: int
    came_by: str
    warn: int = 0
    critical: int = 0
    due: int = 0
    paused: int | None = None
    until: int | None = None
    resumed: int | None = None
    submitted: int | None = None
    closed: int | None = None
    # How long after a rung of the ladder the scan noticed.
    delay: int = 0
    alerts: list[tuple[int, int, int]] = field(default_factory=list)  # level, occurred, recorded

    @property
    def stands(self) -> bool:
        """On hold now."""
        return self.paused is not None and self.resumed is None

    @property
    def is_late(self) -> bool:
        return len(self.alerts) == 3

    def counted(self, until: int) -> int:
        """Seconds on the clock up to a moment."""
        off = 0
        if self.paused is not None and until > self.paused:
            off = min(until, self.resumed or until) - self.paused
        return until - self.start - off


@dataclass(slots=True)
class Course:
    """``status`` as ``lifecycle.Status`` says it; ``ended`` is when it was completed or cancelled."""

    legs: list[Leg]
    status: str
    ended: int | None = None
    archived: int | None = None


def course(chance, created: int, now: int, is_open: bool, warning: int, deadline: int) -> Course:
    """The course of a ticket opened at ``created`` with these times to warn and to answer, in seconds."""
    rounds = 1 + sum(1 for _ in iter(lambda: chance() < 0.3, False)) if is_open else _rounds(chance)
    rounds = min(rounds, 5)
    told = (
        _open(chance, created, now, rounds, deadline)
        if is_open
        else _over(chance, created, now, rounds, deadline)
    )
    for leg in told.legs:
        _clock(chance, leg, now, warning, deadline)
    if told.ended and told.status in ("completed", "cancelled"):
        # The nightly tidying, at four in the morning in Shanghai.
        night = (told.ended + ARCHIVED_AFTER) // DAY * DAY + DAY - 4 * HOUR
        told.archived = night if night < now else None
    return told


def _rounds(chance) -> int:
    drawn = chance()
    return 1 + sum(drawn < share for share in MORE_ROUNDS)


def _answer_after(chance, deadline: int) -> int:
    if chance() < LATE:
        return int(deadline * (1 + 0.02 + 1.5 * chance() ** 3))
    return int(deadline * (0.03 + 0.93 * chance() ** 1.4))


def _finished(chance, start: int, rounds: int, deadline: int) -> list[Leg]:
    """Rounds that were answered and looked at, one after the other."""
    legs, came_by = [], "open"
    for _ in range(rounds):
        submitted = start + _answer_after(chance, deadline)
        closed = submitted + 3 * MINUTE + int(chance() ** 2 * 4 * HOUR)
        legs.append(Leg(start, came_by, submitted=submitted, closed=closed))
        came_by = "reopen" if chance() < REOPENED else "return"
        start = closed + int(HOUR + chance() * 3 * DAY) if came_by == "reopen" else closed
    return legs


def _squeezed(legs: list[Leg], end: int) -> None:
    """Make them end by a moment: everything happens sooner in proportion."""
    start, last = legs[0].start, legs[-1].closed
    if last <= end:
        return
    span, room = last - start, max(end - start, 4 * len(legs))
    for leg in legs:
        leg.start, leg.submitted, leg.closed = (
            start + (moment - start) * room // span for moment in (leg.start, leg.submitted, leg.closed)
        )
        leg.submitted = max(leg.submitted, leg.start + 1)
        leg.closed = max(leg.closed, leg.submitted + 1)


def _over(chance, created: int, now: int, rounds: int, deadline: int) -> Course:
    legs = _finished(chance, created, rounds, deadline)
    last = legs[-1]
    cancelled = chance() < CANCELLED
    if cancelled and chance() < 0.7:  # before it was answered
        last.closed, last.submitted = last.start + max(MINUTE, (last.submitted - last.start) // 2), None
    elif rounds == 1 and chance() < PAUSED:
        _paused_once(chance, last)
    if last.submitted is None or last.paused is not None:
        if last.closed > now - 30:  # too fresh for such a story
            last.paused = last.until = last.resumed = None
            last.submitted = last.start + (last.closed - last.start) // 2
            cancelled = False
            _squeezed(legs, now - 20)
    else:
        _squeezed(legs, now - 20)
    return Course(legs, "cancelled" if cancelled else "completed", ended=last.closed)


def _paused_once(chance, leg: Leg) -> None:
    """On hold for some hours in the middle of the merchant's time; everything after that comes later."""
    leg.paused = leg.start + (leg.submitted - leg.start) // 3 + 1
    stood = int((1 + 20 * chance()) * HOUR)
    leg.resumed = leg.paused + stood
    leg.until = leg.resumed + (HOUR if chance() < 0.5 else 0)
    leg.submitted += stood
    leg.closed += stood


def _open(chance, created: int, now: int, rounds: int, deadline: int) -> Course:
    """Waiting in time, waiting late, on hold or in review."""
    age = now - created
    fresh = age < 4 * HOUR
    drawn = chance()
    status = "waiting_review" if drawn < 0.28 else "on_hold" if drawn < 0.4 else "waiting_merchant"
    if fresh:
        rounds = 1 if age < 2 * HOUR else min(rounds, 2)
    legs = _finished(chance, created, rounds - 1, deadline) if rounds > 1 else []
    is_late = status == "waiting_merchant" and chance() < 0.55
    if fresh or (is_late and rounds == 1):
        last = created
    elif is_late:
        last = min(legs[-1].closed, now - HOUR)
    else:
        within = deadline * 0.97 if status == "waiting_merchant" else min(20 * HOUR, age * 0.8)
        last = now - MINUTE - int(chance() * within)
    if rounds == 1 and last > created:
        legs = _finished(chance, created, 1, deadline)
    return _standing(chance, legs, Leg(last, "open"), now, status, deadline)


def _standing(chance, legs: list[Leg], leg: Leg, now: int, status: str, deadline: int) -> Course:
    if legs:
        if leg.start < legs[-1].closed and leg.start - legs[0].start < 10 * MINUTE * len(legs):
            leg.start = min(legs[0].start + 10 * MINUTE * len(legs), now - 2)
        _squeezed(legs, leg.start)
        leg.start = max(leg.start, legs[-1].closed)
        if leg.start - legs[-1].closed > HOUR:
            leg.came_by = "reopen"
        else:
            leg.came_by, legs[-1].closed = "return", leg.start
    gone = now - leg.start
    if gone < MINUTE:
        status = "waiting_merchant"
    if status == "waiting_review":
        leg.submitted = leg.start + max(1, min(_answer_after(chance, deadline), int(gone * 0.9)))
    elif status == "on_hold":
        leg.paused = leg.start + max(1, min(int(deadline * 0.4 * chance()), gone // 2))
        # No more than 48 hours, and not yet over.
        longest = min(leg.paused + 47 * HOUR, now + 20 * HOUR)
        leg.until = now + max(5 * MINUTE, int(chance() * (longest - now)))
    return Course([*legs, leg], status)


def _clock(chance, leg: Leg, now: int, warning: int, deadline: int) -> None:
    """Set the deadline, and the rungs of the ladder that were reached and recorded."""
    leg.delay = int(chance() * SCAN_EVERY)
    leg.warn, leg.due = leg.start + warning, leg.start + deadline
    leg.critical = max(leg.warn, leg.due - CRITICAL_BEFORE)
    stood = leg.resumed - leg.paused if leg.resumed else 0
    stop = leg.submitted or leg.closed or (leg.paused if leg.stands else now)
    rungs = [leg.warn, leg.critical, leg.due]
    if stood:
        rungs = [moment + stood if moment > leg.paused else moment for moment in rungs]
        leg.warn, leg.critical, leg.due = rungs
    for level, moment in enumerate(rungs, start=1):
        if moment <= stop:
            leg.alerts.append((level, moment, min(moment + leg.delay, stop)))
