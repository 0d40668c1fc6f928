"""Service time: arithmetic exact to the microsecond, against a slow implementation that walks along the clock."""

import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.worktime import NoServiceTime, ServiceTime

SHANGHAI = ZoneInfo("Asia/Shanghai")
MICROSECOND, MINUTE, HOUR, DAY = (
    timedelta(microseconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
OFFICE = [(9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60)]
# Around the end of February of a leap year, so that most cases meet what is special.
FROM = date(2028, 2, 14)
DAYS = 30

# The same cases every time; WORKTIME_CASES=20000 looks for others, for whoever changes the arithmetic.
CASES = int(os.environ.get("WORKTIME_CASES", "0"))
many = settings(
    max_examples=CASES or 2_000,
    derandomize=not CASES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
# Nothing here asks a database.
pytestmark = pytest.mark.arithmetic


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


# ---- the slow implementation: every shift of every day, one after the other ----


def shifts_of(calendar, start: datetime, end: datetime):
    """Every shift that touches the time from ``start`` to ``end``, in order."""
    week, special = calendar
    day = start.astimezone(SHANGHAI).date()
    while midnight(day) < end:
        for begin, stop in special[day][0] if day in special else week[day.weekday()]:
            yield midnight(day) + begin * MINUTE, midnight(day) + stop * MINUTE
        day += DAY


def slow_between(calendar, start: datetime, end: datetime) -> timedelta:
    return sum(
        (
            max(min(stop, end) - max(begin, start), timedelta())
            for begin, stop in shifts_of(calendar, start, end)
        ),
        timedelta(),
    )


def slow_add(calendar, start: datetime, span: timedelta) -> datetime | None:
    """``None`` when the next 90 days do not hold as much."""
    if not span:
        return start
    for begin, stop in shifts_of(calendar, start, start + 90 * DAY):
        begin = max(begin, start)
        if begin < stop:
            if span <= stop - begin:
                return begin + span
            span -= stop - begin
    return None


# ---- what cases are made of: read off a few drawn numbers, which is ten times as fast as drawing every part ----

BORDERS_OF_A_DAY = 6
BYTES_OF_A_DAY = 1 + 2 * BORDERS_OF_A_DAY
SPECIAL_DAYS = 5
some_bytes = st.binary(
    min_size=(7 + SPECIAL_DAYS) * BYTES_OF_A_DAY, max_size=(7 + SPECIAL_DAYS) * BYTES_OF_A_DAY
)
numbers = st.integers(0, 2**44)


def shifts_from(data: bytes, always: tuple[tuple[int, int], ...] = ()) -> list[tuple[int, int]]:
    """The shifts of a day, none to three; they may begin or end at midnight, and may touch each other."""
    pairs = zip(data[1::2], data[2::2], strict=True)
    minutes = sorted(
        (0, 24 * 60)[low % 2] if high >= 240 else (high * 256 + low) % (24 * 60) for high, low in pairs
    )[: 2 * (data[0] % 4)]
    return [pair for pair in zip(minutes[::2], minutes[1::2], strict=True) if pair[0] < pair[1]] or list(
        always
    )


def calendar_from(data: bytes):
    """A week whose Monday has service time, and some days that differ from it."""
    days = [data[n : n + BYTES_OF_A_DAY] for n in range(0, len(data), BYTES_OF_A_DAY)]
    week = [shifts_from(days[0], always=((540, 720),)), *map(shifts_from, days[1:7])]
    special = {FROM + (day[-1] % (DAYS + 6) - 3) * DAY: (shifts_from(day), "特殊日") for day in days[7:]}
    return week, special


def moment_from(calendar, number: int) -> datetime:
    """Any moment, or one at a shift's border or a microsecond beside it, or midnight."""
    number, kind = divmod(number, 4)
    if kind < 2:
        return midnight(FROM) + number % (DAYS * DAY // MICROSECOND) * MICROSECOND
    number, day = divmod(number, DAYS)
    start = midnight(FROM + day * DAY)
    found = [border for shift in shifts_of(calendar, start, start + DAY) for border in shift]
    if kind == 2 or not found:
        return start
    return found[number % len(found)] + (number // len(found) % 3 - 1) * MICROSECOND


def span_from(number: int) -> timedelta:
    number, kind = divmod(number, 3)
    if kind < 2:
        return number % (20 * HOUR // MICROSECOND) * MICROSECOND
    return [timedelta(), MICROSECOND, MINUTE, 2 * HOUR, 4 * HOUR][number % 5]


def cases(how_many: int):
    """A calendar, moments in order, and a span."""

    def read(drawn):
        data, *places, length = drawn
        calendar = calendar_from(data)
        return calendar, sorted(moment_from(calendar, place) for place in places), span_from(length)

    return st.tuples(some_bytes, *[numbers] * how_many, numbers).map(read)


# ---- properties: 10,000 cases in all ----


@many
@given(cases(2))
def test_between_is_what_walking_along_the_shifts_gives(case):
    calendar, (start, end), _ = case
    service = ServiceTime(*calendar)
    assert service.between(start, end) == slow_between(calendar, start, end)
    assert service.between(end, start) == -slow_between(calendar, start, end)


@many
@given(cases(1))
def test_add_is_what_walking_along_the_shifts_gives(case):
    calendar, (start,), span = case
    expected = slow_add(calendar, start, span)
    if expected is not None:
        assert ServiceTime(*calendar).add(start, span) == expected


@many
@given(cases(1))
def test_add_gives_the_earliest_moment_and_between_takes_it_back(case):
    calendar, (start,), span = case
    service = ServiceTime(*calendar)
    due = service.add(start, span)
    assert service.between(start, due) == span
    assert due == start or service.between(start, due - MICROSECOND) < span


@many
@given(cases(3))
def test_time_adds_up_and_never_runs_backwards(case):
    calendar, (first, second, third), span = case
    service = ServiceTime(*calendar)
    assert service.between(first, second) + service.between(second, third) == service.between(first, third)
    assert timedelta() <= service.between(first, second) <= second - first
    assert service.add(first, span) <= service.add(second, span)
    assert service.add(service.add(first, span), HOUR) == service.add(first, span + HOUR)


@many
@given(cases(2))
def test_stretches_cut_the_whole_interval_and_what_counts_is_service_time(case):
    calendar, (start, end), _ = case
    service = ServiceTime(*calendar)
    stretches = list(service.stretches(start, end))
    assert [each.start for each in stretches] == [start, *(each.end for each in stretches)][: len(stretches)]
    assert (stretches[-1].end if stretches else start) == end
    assert all(each.start < each.end for each in stretches)
    counted = sum((each.end - each.start for each in stretches if each.counts), timedelta())
    assert counted == service.between(start, end)


# ---- by hand ----

office = ServiceTime([OFFICE] * 5 + [[], []])


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 09:00", 3, "2026-11-23 12:00"),  # to the very end of a shift
        ("2026-11-23 11:00", 2, "2026-11-23 14:30"),  # over lunch
        ("2026-11-23 12:10", 1, "2026-11-23 14:30"),  # begun in it
        ("2026-11-23 17:00", 2, "2026-11-24 10:00"),  # over night
        ("2026-11-27 17:00", 2, "2026-11-30 10:00"),  # over a weekend
        ("2026-11-28 23:00", 4, "2026-11-30 14:30"),  # begun on it
        ("2026-11-23 18:00", 1, "2026-11-24 10:00"),  # begun when a shift ends
        ("2028-02-28 17:00", 9, "2028-03-01 09:30"),  # over 29 February, a working Tuesday
    ],
)
def test_deadlines_in_office_hours(start, hours, due):
    assert office.add(wall(start), hours * HOUR) == wall(due)


def test_a_span_of_zero_is_the_start_itself_even_at_night():
    assert office.add(wall("2026-11-28 03:00"), timedelta()) == wall("2026-11-28 03:00")


def test_a_negative_span_is_no_deadline():
    for service in (office, ServiceTime.always()):
        with pytest.raises(ValueError, match="after its start"):
            service.add(wall("2026-11-23 09:00"), -MICROSECOND)


def test_a_shift_to_midnight_goes_on_in_one_that_begins_there():
    night = ServiceTime([[(0, 6 * 60), (22 * 60, 24 * 60)]] * 7)
    assert night.add(wall("2026-12-31 23:00"), 2 * HOUR) == wall("2027-01-01 01:00")
    assert [each.counts for each in night.stretches(wall("2026-12-31 22:00"), wall("2027-01-01 06:00"))] == [
        True
    ]


def test_day_and_night_is_the_wall_clock():
    always, start, end = ServiceTime.always(), wall("2026-02-14 23:00"), wall("2026-02-24 01:00")
    assert always.add(start, 4 * HOUR) == start + 4 * HOUR
    assert always.between(start, end) == end - start
    assert [(each.start, each.end, each.why) for each in always.stretches(start, end)] == [(start, end, "")]


def test_a_week_of_whole_days_is_day_and_night():
    whole = ServiceTime([[(0, 24 * 60)]] * 7)
    start, end = wall("2028-02-28 23:59"), wall("2028-03-01 00:01")
    assert whole.between(start, end) == end - start
    assert whole.add(start, 24 * HOUR) == start + DAY
    assert [each.why for each in whole.stretches(start, end)] == [""]


@pytest.mark.parametrize("special", [{}, {date(2026, 11, 24): (OFFICE, "调休")}])
def test_a_calendar_without_enough_service_time_says_so(special):
    with pytest.raises(NoServiceTime, match="没有可用的服务时间"):
        ServiceTime([[]] * 7, special).add(wall("2026-11-23 09:00"), 100 * HOUR)


def test_what_does_not_count_says_why():
    service = ServiceTime([OFFICE] * 5 + [[], []], {date(2026, 11, 26): ([], "店庆")})
    told = [each.why for each in service.stretches(wall("2026-11-25 17:00"), wall("2026-11-30 10:00"))]
    assert told == [
        "",
        "非服务时间",
        "店庆",
        "非服务时间",
        "",
        "非服务时间",
        "",
        "非服务时间",
        "周末",
        "非服务时间",
        "",
    ]


def test_the_timezone_of_a_moment_does_not_matter():
    start = wall("2026-11-23 11:00")
    assert office.add(start.astimezone(ZoneInfo("America/New_York")), 2 * HOUR) == office.add(start, 2 * HOUR)
