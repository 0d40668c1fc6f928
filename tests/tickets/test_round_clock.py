"""A round's clock through pauses and extensions, against a slow model that only knows what is left of each rung."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.mentions import masker
from orders.models import Order
from tests.tickets.test_worktime import (
    CASES,
    DAY,
    HOUR,
    MICROSECOND,
    calendar_from,
    many,
    moment_from,
    numbers,
    slow_add,
    slow_between,
    some_bytes,
    wall,
)
from tickets.explaining import counted_time, explain
from tickets.models import Calendar, Extension, Pause, Policy, Round
from tickets.worktime import ServiceTime

pytestmark = pytest.mark.arithmetic

OFFICE = [(9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60)]
CRITICAL_BEFORE = timedelta(minutes=30)
RUNGS = ("warn_at", "critical_at", "due_at")
ORDER = Order(consignee="", phone="", address="")

# A history is several cases: a beginning, up to four pauses.
many_histories = settings(many, max_examples=CASES or 700)


def begun_round(calendar, started_at: datetime, warning: timedelta, deadline: timedelta) -> Round:
    """A round in memory: its calendar is what the test says, its rows are nowhere."""
    kept = Calendar(pk=1, name="测试日历")
    kept.service_time = lambda: ServiceTime(*calendar)
    minute = timedelta(minutes=1)
    policy = Policy(
        pk=1, calendar=kept, warning_minutes=warning // minute, deadline_minutes=deadline // minute
    )
    round_ = Round(ticket_id=1, number=1, started_at=started_at, calendar=kept)
    round_.begin(policy, kept.service_time())
    return round_


@dataclass
class SlowClock:
    """What is left of each rung since ``since``; a rung that has passed has a moment instead."""

    calendar: tuple
    since: datetime
    left: dict[str, timedelta]
    passed: dict[str, datetime] = field(default_factory=dict)

    def moment(self, rung: str) -> datetime | None:
        return self.passed.get(rung) or slow_add(self.calendar, self.since, self.left[rung])

    def stand(self, at: datetime) -> None:
        for rung in list(self.left):
            moment = self.moment(rung)
            if moment <= at:
                self.passed[rung] = moment
                del self.left[rung]
            else:
                self.left[rung] -= slow_between(self.calendar, self.since, at)

    def go_on(self, at: datetime) -> None:
        self.since = at


# ---- what happens to a round: a pause each, somewhere before its deadline, for a while ----

pauses_drawn = st.lists(st.tuples(st.integers(1, 99), st.integers(0, 80 * HOUR // MICROSECOND)), max_size=4)
hours_drawn = st.integers(1, 9)


@st.composite
def histories(draw):
    """A round that stood several times, its pauses, and the model that went along; or nothing where 90 days were
    not enough for the model.
    """
    calendar = calendar_from(draw(some_bytes))
    started_at = moment_from(calendar, draw(numbers))
    deadline = draw(hours_drawn) * HOUR
    warning = max(deadline / 2, timedelta(minutes=1))
    critical = max(deadline - CRITICAL_BEFORE, warning)
    model = SlowClock(calendar, started_at, dict(zip(RUNGS, (warning, critical, deadline), strict=True)))
    if slow_add(calendar, started_at, deadline + DAY) is None:
        return None
    round_ = begun_round(calendar, started_at, warning, deadline)
    pauses = []
    at = started_at
    for percent, length in draw(pauses_drawn):
        paused_at = at + (round_.due_at - at) * percent / 100
        resumed_at = paused_at + length * MICROSECOND
        if paused_at >= round_.due_at or slow_add(calendar, resumed_at, deadline + DAY) is None:
            continue
        round_.pause(paused_at)
        model.stand(paused_at)
        round_.resume(resumed_at)
        model.go_on(resumed_at)
        pauses.append(
            Pause(
                round=round_, reason="等消费者", started_at=paused_at, until=resumed_at, ended_at=resumed_at
            )
        )
        at = resumed_at
    return calendar, round_, pauses, model, deadline


@many_histories
@given(histories())
def test_whatever_the_pauses_each_rung_comes_when_the_model_says(history):
    if history is None:
        return
    _, round_, _, model, _ = history
    assert {rung: getattr(round_, rung) for rung in RUNGS} == {rung: model.moment(rung) for rung in RUNGS}
    assert round_.started_at <= round_.warn_at <= round_.critical_at <= round_.due_at


@many_histories
@given(histories())
def test_the_account_of_a_round_covers_it_and_counts_exactly_its_deadline(history):
    if history is None:
        return
    _, round_, pauses, _, deadline = history
    assert counted_time(round_, pauses, round_.due_at) == deadline
    now = round_.due_at - timedelta(minutes=1)
    pieces = explain(round_, pauses, [], now, masker(ORDER)).pieces
    assert sum(piece.width for piece in pieces) == pytest.approx(100, abs=0.05)


def test_a_pause_over_a_night_costs_the_merchant_nothing_and_gives_nothing():
    round_ = office_round("2026-11-23 16:00", hours=4)
    assert round_.due_at == wall("2026-11-24 11:00")
    round_.pause(wall("2026-11-23 19:00"))
    round_.resume(wall("2026-11-24 08:00"))
    assert round_.due_at == wall("2026-11-24 11:00")


def office_round(start: str, hours: int) -> Round:
    return begun_round(([OFFICE] * 5 + [[], []], {}), wall(start), hours * HOUR / 2, hours * HOUR)


@pytest.mark.parametrize(
    ("paused_at", "resumed_at", "due"),
    [
        ("2026-11-23 11:00", "2026-11-23 12:30", "2026-11-23 15:30"),  # an hour before lunch
        ("2026-11-23 12:00", "2026-11-23 13:30", "2026-11-23 14:30"),  # lunch itself
        ("2026-11-23 11:00", "2026-11-23 17:30", "2026-11-24 10:30"),  # into the evening
        ("2026-11-23 11:00", "2026-11-28 10:00", "2026-11-30 11:00"),  # until a Saturday
        ("2026-11-23 09:30", "2026-11-23 09:30", "2026-11-23 14:30"),  # not at all
    ],
)
def test_what_was_left_when_it_stood_is_left_when_it_goes_on(paused_at, resumed_at, due):
    round_ = office_round("2026-11-23 09:00", hours=4)
    assert round_.due_at == wall("2026-11-23 14:30")
    round_.pause(wall(paused_at))
    round_.resume(wall(resumed_at))
    assert round_.due_at == wall(due)


def test_a_pause_over_the_leap_day_moves_the_deadline_past_it():
    round_ = office_round("2028-02-28 15:00", hours=4)
    assert round_.due_at == wall("2028-02-29 10:00")
    round_.pause(wall("2028-02-28 17:00"))  # two hours left
    round_.resume(wall("2028-02-29 17:00"))
    assert round_.due_at == wall("2028-03-01 10:00")


def test_an_extension_counts_on_in_the_calendar_and_takes_the_second_rung_along():
    round_ = office_round("2026-11-23 09:00", hours=4)
    round_.extend(wall("2026-11-24 10:30"))  # five more service hours
    assert round_.due_at == wall("2026-11-24 10:30")
    assert round_.critical_at == wall("2026-11-24 10:00")
    assert round_.warn_at == wall("2026-11-23 11:00")
    assert counted_time(round_, [], round_.due_at) == 9 * HOUR


@many_histories
@given(histories(), st.integers(1, 3 * DAY // MICROSECOND))
def test_an_extension_adds_the_service_time_up_to_it_and_nothing_else(history, length):
    if history is None:
        return
    calendar, round_, pauses, _, deadline = history
    before = round_.due_at
    wanted = before + length * MICROSECOND
    round_.extend(wanted)
    assert round_.due_at == wanted
    assert counted_time(round_, pauses, wanted) == deadline + slow_between(calendar, before, wanted)
    assert round_.warn_at <= round_.critical_at <= wanted
    asked = Extension(
        due_before=before, due_wanted=wanted, answered_at=before, answer=Extension.Answer.GRANTED
    )
    steps = explain(round_, pauses, [asked], wanted, masker(ORDER)).steps
    assert len([step for step in steps if "同意延期" in step]) == 1
