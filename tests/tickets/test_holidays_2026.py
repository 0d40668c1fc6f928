"""Deadlines around the real holidays and working weekends of 2026, worked out by hand (国办发明电〔2025〕7号).

客服工作时间 is Monday to Friday 9:00–12:00 and 13:30–18:00. Everything goes the whole way: the year's days from the
library into their table, the policies out of theirs, a ticket opened, its page.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.factories import TicketFactory, reason_code
from tests.pages import read, signed_in
from tickets.lifecycle import Urgency
from tickets.models import Calendar, Policy, SpecialDay
from tickets.models.calendar import import_holidays

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def office_hours():
    import_holidays(2026)
    Policy.objects.update(calendar=Calendar.objects.get(name="客服工作时间"))


def test_the_library_knows_the_working_weekends_of_2026(office_hours):
    working = SpecialDay.objects.filter(is_working=True).values_list("day", flat=True)
    assert [f"{day:%m-%d}" for day in working] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


# Four hours of service time each.
FOUR_HOURS = [
    # 元旦: Thursday to Saturday; Sunday the 4th is worked.
    ("2025-12-31 17:00", "2026-01-04 12:00"),
    ("2026-01-02 10:00", "2026-01-04 14:30"),
    ("2026-01-04 16:00", "2026-01-05 11:00"),
    # 春节: the 15th to the 23rd of February; Saturday the 14th and Saturday the 28th are worked.
    ("2026-02-13 16:00", "2026-02-14 11:00"),
    ("2026-02-14 14:00", "2026-02-14 18:00"),
    ("2026-02-14 17:30", "2026-02-24 14:00"),
    ("2026-02-18 10:00", "2026-02-24 14:30"),
    ("2026-02-23 23:59", "2026-02-24 14:30"),
    ("2026-02-27 17:00", "2026-02-28 12:00"),
    ("2026-02-28 15:00", "2026-03-02 10:00"),
    # 清明节: Saturday to Monday.
    ("2026-04-03 16:30", "2026-04-07 11:30"),
    # 劳动节: the 1st to the 5th of May; Saturday the 9th is worked.
    ("2026-04-30 17:00", "2026-05-06 12:00"),
    ("2026-05-08 15:00", "2026-05-09 10:00"),
    ("2026-05-09 16:00", "2026-05-11 11:00"),
    # 端午节: Friday to Sunday.
    ("2026-06-18 17:00", "2026-06-22 12:00"),
    # Sunday the 20th of September is worked, the Saturday before is not; 中秋节: Friday to Sunday.
    ("2026-09-18 17:00", "2026-09-20 12:00"),
    ("2026-09-19 12:00", "2026-09-20 14:30"),
    ("2026-09-20 17:00", "2026-09-21 12:00"),
    ("2026-09-24 16:00", "2026-09-28 11:00"),
    # 国庆节: the 1st to the 7th of October; Saturday the 10th is worked.
    ("2026-09-30 16:00", "2026-10-08 11:00"),
    ("2026-10-05 08:00", "2026-10-08 14:30"),
    ("2026-10-09 16:00", "2026-10-10 11:00"),
    ("2026-10-10 17:00", "2026-10-12 12:00"),
]


@pytest.mark.parametrize(("opened_at", "due_at"), FOUR_HOURS)
def test_four_hours_in_office_hours_around_the_holidays(office_hours, opened_at, due_at):
    ticket = TicketFactory(at=wall(opened_at))
    assert ticket.due_at == ticket.rounds.get().due_at == wall(due_at)


def test_every_rung_of_an_urgent_ticket_before_the_long_holiday(office_hours):
    ticket = TicketFactory(
        at=wall("2026-09-30 17:15"), urgency=Urgency.URGENT
    )  # 45 minutes before its last hour
    assert ticket.warn_at == wall("2026-10-08 09:15")
    assert ticket.critical_at == wall("2026-10-08 09:45")
    assert ticket.due_at == wall("2026-10-08 10:15")


def test_a_ticket_returned_in_the_holiday_has_its_new_round_after_it(office_hours, kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, at=wall("2026-02-13 09:00"))
    ticket.submit(
        by_user=dianyuan,
        outcome="solved",
        text="已联系消费者并补发，快递明天到。",
        at=wall("2026-02-13 10:00"),
    )
    ticket.return_to_merchant(
        by_user=kefu, code=reason_code("return"), reason="没有写明快递单号", at=wall("2026-02-17 20:00")
    )
    assert ticket.due_at == wall("2026-02-24 14:30")


def test_the_page_names_the_holiday_that_moved_the_deadline(office_hours, kefu):
    ticket = TicketFactory(at=wall("2026-02-14 17:30"))
    text = read(signed_in(kefu).get(ticket.get_absolute_url())).one("section", id="deadline").text
    assert "2026-02-24 14:00 截止" in text
    assert "2026-02-15 00:00 至 2026-02-24 00:00 春节，不计时" in text
    assert "按「客服工作时间」计时，时限 4小时00分" in text


def test_the_page_counts_a_working_weekend_without_a_word_about_it(office_hours, kefu):
    ticket = TicketFactory(at=wall("2026-10-09 16:00"))
    text = read(signed_in(kefu).get(ticket.get_absolute_url())).one("section", id="deadline").text
    assert "2026-10-10 11:00 截止" in text
    assert "周末，不计时" not in text


def test_without_the_holidays_entered_the_same_days_count_as_usual():
    Policy.objects.update(calendar=Calendar.objects.get(name="客服工作时间"))
    assert TicketFactory(at=wall("2026-09-30 16:00")).due_at == wall("2026-10-01 11:00")


def test_a_holiday_entered_later_leaves_the_rounds_that_run(office_hours):
    running = TicketFactory(at=wall("2026-11-24 16:00"))
    SpecialDay.enter([SpecialDay(day=wall("2026-11-25 00:00").date(), name="店庆")])
    running.refresh_from_db()
    assert running.due_at == running.rounds.get().due_at == wall("2026-11-25 11:00")
    assert TicketFactory(at=wall("2026-11-24 16:00")).due_at == wall("2026-11-26 11:00")


def test_other_shifts_leave_the_rounds_that_run(office_hours):
    running = TicketFactory(at=wall("2026-11-24 16:00"))
    Calendar.objects.get(name="客服工作时间").keep([[(8 * 60, 20 * 60)]] * 5 + [[], []])
    running.refresh_from_db()
    assert running.due_at == running.rounds.get().due_at == wall("2026-11-25 11:00")
    assert TicketFactory(at=wall("2026-11-24 16:00")).due_at == wall("2026-11-24 20:00")
