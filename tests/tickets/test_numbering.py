"""工单号: GD + the day in Shanghai + a running number."""

from datetime import UTC, date, datetime

import pytest

from tests.factories import TicketFactory
from tickets.models.numbering import DailyNumber, take_numbers

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_numbers_run_through_the_day():
    assert take_numbers(NOON) == ["GD20261123-000001"]
    assert take_numbers(NOON, 3) == ["GD20261123-000002", "GD20261123-000003", "GD20261123-000004"]
    assert take_numbers(NOON) == ["GD20261123-000005"]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, 999_999, tzinfo=UTC), "20261123"),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "20261124"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "20270101"),
    ],
)
def test_the_day_is_shanghais(moment, day):
    assert take_numbers(moment) == [f"GD{day}-000001"]


def test_each_day_begins_at_one_and_an_earlier_day_goes_on_where_it_was():
    take_numbers(NOON, 7)
    take_numbers(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    assert take_numbers(NOON) == ["GD20261123-000008"]
    assert dict(DailyNumber.objects.values_list("day", "last")) == {
        date(2026, 11, 23): 8, date(2026, 11, 24): 1,
    }  # fmt: skip


def test_no_numbers_are_taken_where_none_are_needed():
    assert take_numbers(NOON, 0) == []
    assert take_numbers(NOON) == ["GD20261123-000001"]


def test_after_a_million_the_number_grows_longer_and_still_fits():
    DailyNumber.objects.create(day=date(2026, 11, 23), last=999_999)
    (number,) = take_numbers(NOON)
    assert number == "GD20261123-1000000"
    assert len(number) <= 24


def test_the_number_is_of_the_day_on_which_the_ticket_was_opened(order_a):
    ticket = TicketFactory(order=order_a, at=datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
    assert ticket.number == "GD20261124-000001"
