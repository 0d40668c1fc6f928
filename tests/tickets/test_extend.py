"""延期: the merchant asks, customer service answers, and the deadline moves only if it is granted in time."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.factories import REASON, TicketFactory, ask_extension, submit
from tests.pages import read, signed_in
from tests.rows import rows_of
from tickets import scanning
from tickets.lifecycle import Refused

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(order_a):
    return TicketFactory(order=order_a, opened_ago=3 * HOUR)


def test_until_it_is_granted_the_old_deadline_stands(ticket):
    due_at = ticket.due_at
    extension = ask_extension(ticket)
    assert (extension.due_before, extension.due_wanted, extension.answer) == (
        due_at,
        due_at + HOUR,
        "pending",
    )
    assert ticket.rounds.get().due_at == ticket.due_at == due_at


def test_granted_it_moves_the_deadline_and_the_last_warning(ticket, kefu):
    due_at = ticket.due_at
    extension = ask_extension(ticket)
    ticket.grant_extension(by_user=kefu, words="请抓紧", at=ticket.created_at + HOUR)
    extension.refresh_from_db()
    round_ = ticket.rounds.get()
    assert (extension.answer, extension.answered_by, extension.words) == ("granted", kefu, "请抓紧")
    assert ticket.due_at == round_.due_at == due_at + HOUR
    assert round_.critical_at == due_at + HOUR / 2
    assert round_.warn_at == ticket.created_at + 2 * HOUR


def test_declined_it_leaves_the_deadline(ticket, kefu):
    extension, due_at = ask_extension(ticket), ticket.due_at
    ticket.decline_extension(by_user=kefu, reason=REASON)
    extension.refresh_from_db()
    assert (extension.answer, extension.words, ticket.rounds.get().due_at) == ("declined", REASON, due_at)


@pytest.mark.parametrize("by", [timedelta(), -HOUR])
def test_only_a_later_time_can_be_asked_for(by, ticket):
    before = rows_of(ticket)
    with pytest.raises(ValidationError, match="必须晚于现在的截止时间"):
        ask_extension(ticket, by=by)
    assert rows_of(ticket) == before


@pytest.mark.parametrize("by", [timedelta(days=30, minutes=1), timedelta(days=2_000_000)])
def test_at_most_thirty_days_can_be_asked_for(by, ticket):
    before = rows_of(ticket)
    with pytest.raises(ValidationError, match="最多延期30天"):
        ask_extension(ticket, by=by)
    assert rows_of(ticket) == before


def test_a_wish_from_before_that_bound_is_not_granted(ticket, kefu):
    extension = ask_extension(ticket)
    extension.due_wanted += timedelta(days=31)
    extension.save()
    with pytest.raises(Refused, match="最多延期30天"):
        ticket.grant_extension(by_user=kefu)


def test_once_the_deadline_is_missed_nothing_can_be_asked(ticket):
    before = rows_of(ticket)
    with pytest.raises(Refused, match="已超过截止时间"):
        ask_extension(ticket, at=ticket.due_at)
    assert rows_of(ticket) == before


def test_one_request_waits_at_a_time(ticket):
    ask_extension(ticket)
    with pytest.raises(Refused, match="已有待答复的延期申请"):
        ask_extension(ticket, by=2 * HOUR)


@pytest.mark.parametrize("noticed", [True, False])
def test_a_missed_deadline_cannot_be_granted_away(noticed, order_a, kefu):
    ticket = TicketFactory(order=order_a, opened_ago=5 * HOUR)
    ask_extension(ticket, by=9 * HOUR)
    if noticed:
        scanning.run()
    with pytest.raises(Refused, match="已超过原截止时间"):
        ticket.grant_extension(by_user=kefu)
    assert ticket.rounds.get().due_at == ticket.created_at + 4 * HOUR
    scanning.run()
    assert ticket.rounds.get().overdue_at == ticket.created_at + 4 * HOUR


def test_only_what_is_still_possible_is_offered_as_an_answer(order_a, kefu):
    in_time, late = (TicketFactory(order=order_a, opened_ago=ago) for ago in (3 * HOUR, 5 * HOUR))
    visitor, offered = signed_in(kefu), {}
    for ticket in (in_time, late):
        ask_extension(ticket, by=9 * HOUR)
        page = read(visitor.get(ticket.get_absolute_url()))
        offered[ticket] = [
            verb
            for verb in ("grant", "decline")
            if page.all("form", action=f"{ticket.get_absolute_url()}{verb}/")
        ]
    assert offered == {in_time: ["grant", "decline"], late: ["decline"]}


@pytest.mark.parametrize("verb", ["grant_extension", "decline_extension"])
def test_without_a_request_there_is_nothing_to_answer(verb, ticket, kefu):
    with pytest.raises(Refused, match="没有待答复的延期申请"):
        getattr(ticket, verb)(by_user=kefu, **({"reason": REASON} if "decline" in verb else {}))


def test_the_answer_of_the_merchant_lets_the_request_lapse(ticket):
    extension = ask_extension(ticket)
    submit(ticket, ticket.created_at + HOUR)
    extension.refresh_from_db()
    assert (extension.answer, extension.answered_at) == ("lapsed", ticket.created_at + HOUR)


def test_a_pause_that_gave_more_than_was_asked_lets_the_request_lapse(ticket, kefu):
    extension = ask_extension(ticket)
    at = ticket.created_at + HOUR
    ticket.hold(by_user=kefu, reason=REASON, until=at + 10 * HOUR, at=at)
    ticket.resume(by_user=kefu, at=at + HOUR)
    extension.refresh_from_db()
    assert (extension.answer, ticket.due_at) == ("lapsed", ticket.created_at + 5 * HOUR)


def test_granted_after_a_pause_it_tells_the_deadline_that_it_replaced(ticket, kefu):
    extension = ask_extension(ticket, by=9 * HOUR)
    at = ticket.created_at + HOUR
    ticket.hold(by_user=kefu, reason=REASON, until=at + 10 * HOUR, at=at)
    ticket.resume(by_user=kefu, at=at + HOUR)
    ticket.grant_extension(by_user=kefu)
    extension.refresh_from_db()
    assert extension.due_before == ticket.created_at + 5 * HOUR
    assert ticket.due_at == ticket.created_at + 13 * HOUR
