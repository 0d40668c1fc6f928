"""Service time: the stretches of the wall clock that count against a deadline, and arithmetic with them.

Everything is done in whole microseconds of Shanghai's wall clock (UTC+8 without summer time), so that adding and
subtracting are exact. A question costs a few bisections, whatever lies between its two moments.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
WEEK_DAYS = 7
SHANGHAI_OFFSET = 8 * 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 1970-01-01 was a Thursday.
EPOCH_WEEKDAY = 3
# A deadline further away than this has no service time left to fall into.
HORIZON_DAYS = 366 * 20

WHOLE_DAY = ((0, 24 * 60),)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the wall clock; ``why`` is empty where it counts, else says why it does not."""

    start: datetime
    end: datetime
    why: str = ""

    @property
    def counts(self) -> bool:
        return not self.why


class NoServiceTime(ValueError):
    """The calendar has no shift in which the deadline could fall."""


class ServiceTime:
    """A service calendar made ready for arithmetic.

    ``week`` gives the shifts of Monday (0) to Sunday (6) as (from, to) in minutes after midnight, in order and apart.
    ``special`` gives single days: their shifts, and why they differ (国庆节, 调休上班).
    """

    def __init__(
        self,
        week: Sequence[Sequence[tuple[int, int]]],
        special: Mapping[date, tuple[Sequence[tuple[int, int]], str]] | None = None,
    ):
        self._week = [tuple((start * MINUTE, end * MINUTE) for start, end in day) for day in week]
        self._names: dict[int, str] = {}
        self._special: dict[int, tuple] = {}
        for day, (shifts, name) in sorted((special or {}).items()):
            index = (day - date(1970, 1, 1)).days
            self._special[index] = tuple((start * MINUTE, end * MINUTE) for start, end in shifts)
            self._names[index] = name
        amounts = [_amount(day) for day in self._week]
        self._per_week = sum(amounts)
        # What the days of a week before its n-th day hold, counted from the epoch's weekday on.
        turned = amounts[EPOCH_WEEKDAY:] + amounts[:EPOCH_WEEKDAY]
        self._before_in_week = [sum(turned[:n]) for n in range(WEEK_DAYS)]
        # How much more or less service time the special days up to each of them bring.
        self._special_days = list(self._special)
        self._correction = [0]
        for index in self._special_days:
            usual = amounts[(index + EPOCH_WEEKDAY) % WEEK_DAYS]
            self._correction.append(self._correction[-1] + _amount(self._special[index]) - usual)

    @staticmethod
    def always() -> "ServiceTime":
        """Day and night, every day (7×24)."""
        return Always([WHOLE_DAY] * WEEK_DAYS)

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The earliest moment at which ``span`` of service time has passed since ``start``.

        ``span`` must not be negative; a span of zero is ``start`` itself. Raises ``NoServiceTime`` when the calendar
        never gets there.
        """
        if span < timedelta():
            raise ValueError("a deadline lies after its start")
        if not span:
            return start
        target = self._until(_wall(start)) + span // MICROSECOND
        first = _wall(start) // DAY
        day = bisect_left(_Days(self, first), target) + first
        if day - first >= HORIZON_DAYS:
            raise NoServiceTime("该日历没有可用的服务时间")
        left = target - self._before(day)
        for begin, end in self._shifts(day):
            if left <= end - begin:
                return _moment(day * DAY + begin + left)
            left -= end - begin
        raise AssertionError("a day holds what its shifts hold")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The service time from ``start`` to ``end``; negative when they are the other way round."""
        return timedelta(microseconds=self._until(_wall(end)) - self._until(_wall(start)))

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The wall clock from ``start`` to ``end``, cut where counting begins or stops, neighbours of a kind joined."""
        pending: Stretch | None = None
        for piece in self._pieces(_wall(start), _wall(end)):
            stretch = Stretch(_moment(piece[0]), _moment(piece[1]), piece[2])
            if pending and pending.why == stretch.why:
                pending = Stretch(pending.start, stretch.end, pending.why)
                continue
            if pending:
                yield pending
            pending = stretch
        if pending:
            yield pending

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        for day in range(start // DAY, -(-end // DAY)):
            midnight, at = day * DAY, 0
            why = self._why(day)
            for begin, stop in (*self._shifts(day), (DAY, DAY)):
                for low, high, reason in ((at, begin, why), (begin, stop, "")):
                    low, high = max(midnight + low, start), min(midnight + high, end)
                    if low < high:
                        yield low, high, reason
                at = stop

    def _why(self, day: int) -> str:
        """Why the hours of a day outside its shifts do not count."""
        if not self._shifts(day):
            return self._names.get(day) or ("周末" if (day + EPOCH_WEEKDAY) % WEEK_DAYS > 4 else "非服务日")
        return "非服务时间"

    def _shifts(self, day: int) -> tuple[tuple[int, int], ...]:
        special = self._special.get(day)
        return self._week[(day + EPOCH_WEEKDAY) % WEEK_DAYS] if special is None else special

    def _before(self, day: int) -> int:
        """Service time from the epoch to the midnight that begins ``day``."""
        weeks, rest = divmod(day, WEEK_DAYS)
        return (
            weeks * self._per_week
            + self._before_in_week[rest]
            + self._correction[bisect_left(self._special_days, day)]
        )

    def _until(self, wall: int) -> int:
        day, within = divmod(wall, DAY)
        return self._before(day) + sum(
            min(within, end) - begin for begin, end in self._shifts(day) if begin < within
        )


class Always(ServiceTime):
    """7×24: the wall clock itself."""

    def add(self, start: datetime, span: timedelta) -> datetime:
        if span < timedelta():
            raise ValueError("a deadline lies after its start")
        return start + span

    def between(self, start: datetime, end: datetime) -> timedelta:
        return end - start

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        if start < end:
            yield Stretch(start, end)


class _Days(Sequence):
    """For bisecting: at position n, the service time up to the end of the n-th day after ``first``."""

    def __init__(self, service: ServiceTime, first: int):
        self.service, self.first = service, first

    def __len__(self) -> int:
        return HORIZON_DAYS

    def __getitem__(self, position: int) -> int:
        return self.service._before(self.first + position + 1)


def _amount(shifts: Sequence[tuple[int, int]]) -> int:
    return sum(end - start for start, end in shifts)


def _wall(moment: datetime) -> int:
    """Microseconds of Shanghai's wall clock since 1970."""
    return (moment - EPOCH) // MICROSECOND + SHANGHAI_OFFSET


def _moment(wall: int) -> datetime:
    return EPOCH + timedelta(microseconds=wall - SHANGHAI_OFFSET)
