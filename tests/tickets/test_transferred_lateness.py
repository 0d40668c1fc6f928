"""转派商户: whose lateness it is."""

from datetime import timedelta

import pytest

from tests.factories import (
    REASON,
    TicketFactory,
)
from tests.pages import read, signed_in
from tickets.clock import database_now
from tickets.models import Round
from tickets.period import Period
from tickets.timeliness_lists import TimelinessLists

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


# ---- whose lateness it is ----


def missed(person) -> dict[str, tuple[int, int]]:
    """Late rounds and due rounds by merchant, as the figures of the last week count them."""
    now = database_now()
    lines = TimelinessLists(person, Period.latest(7, now), now).by_merchant()
    return {line.name: (line.missed.part, line.missed.whole) for line in lines if line.missed.whole}


def test_lateness_counts_for_the_merchant_that_was_late_and_for_no_other(
    order_a, order_b, kefu, zhuguan, shangjia, shangjia2
):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    assert missed(zhuguan) == missed(shangjia) == {"亲贝母婴旗舰店": (1, 1)}
    assert missed(shangjia2) == {}


def test_a_round_that_was_taken_away_in_time_counts_nowhere(order_a, order_b, kefu, zhuguan):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON, at=ticket.created_at + HOUR)
    assert missed(zhuguan) == {"童乐玩具专营店": (1, 1)}


def test_how_late_it_was_stands_still_once_the_ticket_is_gone(order_a, order_b, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON, at=ticket.created_at + 6 * HOUR)
    late = Round.objects.with_lateness(database_now()).get(ticket=ticket, number=1)
    assert late.late_by == 2 * HOUR


def test_the_list_behind_the_figure_says_only_that_there_is_one(order_a, order_b, kefu, shangjia):
    ticket = TicketFactory(order=order_a, opened_ago=9 * HOUR)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    page = signed_in(shangjia).get("/tickets/timeliness/list/?figure=missed")
    [row] = read(page).table()
    assert (row["工单号"], row["问题描述"], row["操作"]) == ("已转派其他商户", "", "")
    assert ticket.number not in page.text
    assert "连体衣" not in page.text
