"""Who hears that a ticket changed hands: the assignee, the new merchant's people, and nobody at the merchant before."""

from datetime import timedelta

import pytest

from tests.factories import REASON, TicketFactory, submitted_ticket
from tickets.models import Notice, NoticeKind
from tickets.timeliness import moment_words

pytestmark = pytest.mark.django_db


def heard(kind: str) -> dict[str, str]:
    """Who was told of this, with the words."""
    return {notice.recipient.username: notice.text for notice in Notice.objects.filter(kind=kind)}


def test_the_assignee_alone_hears_that_it_is_theirs_now(order_a, kefu, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.assign(by_user=kefu, to=dianyuan, reason=REASON)
    told = heard(NoticeKind.ASSIGNED)
    assert list(told) == ["dianyuan"]
    assert told["dianyuan"].startswith(f"【转派同事】工单 {ticket.number}（商品质量，一般，第1轮）")
    assert told["dianyuan"].endswith(f"截止 {moment_words(ticket.due_at)}")


def test_whoever_gives_it_to_themselves_hears_nothing(order_a, dianyuan):
    TicketFactory(order=order_a).assign(by_user=dianyuan, to=dianyuan, reason=REASON)
    assert heard(NoticeKind.ASSIGNED) == {}


def test_the_new_merchants_people_hear_of_it_as_of_a_new_ticket(
    order_a, order_b, kefu, dianyuan, shangjia, shangjia2
):
    ticket = TicketFactory(order=order_a)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    told = heard(NoticeKind.TRANSFERRED)
    assert list(told) == ["shangjia2"]
    assert f"商户 童乐玩具专营店，截止 {moment_words(ticket.due_at)}" in told["shangjia2"]


def test_what_the_merchant_before_was_told_is_gone_from_its_inbox(order_a, order_b, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    assert Notice.objects.for_user(dianyuan).unread().count() == 1
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    assert not Notice.objects.for_user(dianyuan).exists()


def test_a_ticket_that_went_into_another_is_told_like_a_cancelled_one(order_a, kefu, dianyuan):
    ticket, other = TicketFactory(order=order_a), submitted_ticket(order=order_a)
    ticket.merge(by_user=kefu, into=other, reason=REASON)
    told = heard(NoticeKind.CANCELLED)
    assert list(told) == ["dianyuan"]
    assert ticket.number in told["dianyuan"]


def test_a_reminder_goes_to_the_holder_first_and_the_next_one_to_all(order_a, kefu, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=shangjia)
    ticket.remind(by_user=kefu, at=ticket.created_at)
    assert list(heard(NoticeKind.REMINDED)) == ["shangjia"]
    ticket.remind(by_user=kefu, at=ticket.created_at + timedelta(minutes=20))
    again = Notice.objects.filter(kind=NoticeKind.REMINDED).values_list("recipient__username", flat=True)
    assert sorted(again) == ["dianyuan", "shangjia", "shangjia"]
