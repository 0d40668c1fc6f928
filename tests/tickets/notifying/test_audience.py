"""Who hears what: those concerned, nobody else, and nobody of what they did themselves."""

from datetime import timedelta

import pytest

from merchants.access import Role
from tests.factories import (
    ANSWER,
    REASON,
    RobotFactory,
    TicketFactory,
    UserFactory,
    ask_extension,
    completed_ticket,
    reason_code,
    submit,
    submitted_ticket,
    ticket_on_hold,
)
from tickets.clock import database_now
from tickets.lifecycle import Outcome
from tickets.models import Delivery, Notice, NoticeKind, NoticePreference, Ticket

pytestmark = pytest.mark.django_db
MERCHANT = {"shangjia", "dianyuan"}


@pytest.fixture(autouse=True)
def colleague(everybody) -> object:
    """Somebody of customer service who has nothing to do with the ticket."""
    return UserFactory(username="kefu2", role=Role.SUPPORT)


def told(kind: NoticeKind, ticket: Ticket | None = None) -> set[str]:
    """Whom the newest occurrence of this kind was told."""
    notices = Notice.objects.filter(kind=kind)
    if ticket:
        assert set(notices.values_list("ticket", flat=True)) == {ticket.pk}
    key = notices.latest("created_at", "pk").key
    return set(notices.filter(key=key).values_list("recipient__username", flat=True))


def test_the_merchant_hears_of_a_new_ticket(order_a, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    assert told(NoticeKind.OPENED, ticket) == MERCHANT


def test_who_opened_it_hears_of_the_answer(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    assert told(NoticeKind.SUBMITTED, ticket) == {"kefu"}


def test_the_managers_hear_of_the_answer_once_the_account_that_opened_it_is_out_of_use(
    order_a, kefu, dianyuan
):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    kefu.is_active = False
    kefu.save()
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    assert told(NoticeKind.SUBMITTED) == {"zhuguan"}


def test_the_merchant_hears_of_everything_that_moves_its_turn(order_a, kefu, zhuguan):
    answered = submitted_ticket(order=order_a, by_user=kefu)
    answered.return_to_merchant(by_user=zhuguan, reason=REASON, code=reason_code("return"))
    assert told(NoticeKind.RETURNED, answered) == MERCHANT
    answered.cancel(by_user=kefu, reason=REASON)
    assert told(NoticeKind.CANCELLED, answered) == MERCHANT
    done = completed_ticket(order=order_a, by_user=kefu)
    done.reopen(by_user=kefu, reason=REASON)
    assert told(NoticeKind.REOPENED, done) == MERCHANT
    held = ticket_on_hold(order=order_a, by_user=kefu)
    assert told(NoticeKind.HELD, held) == MERCHANT
    held.resume(by_user=kefu)
    assert told(NoticeKind.RESUMED, held) == MERCHANT


def test_an_extension_goes_to_customer_service_and_its_answer_to_the_merchant(order_a, kefu, zhuguan):
    for answer, kind in [
        (Ticket.grant_extension, NoticeKind.EXTENSION_GRANTED),
        (
            lambda ticket, by_user: ticket.decline_extension(by_user=by_user, reason=REASON),
            NoticeKind.EXTENSION_DECLINED,
        ),
    ]:
        ticket = TicketFactory(order=order_a, by_user=kefu)
        ask_extension(ticket)
        assert told(NoticeKind.EXTENSION_ASKED) == {"kefu"}
        answer(ticket, by_user=zhuguan)
        assert told(kind) == MERCHANT


def test_the_first_reminder_spares_the_owner_and_the_second_does_not(order_a, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=timedelta(hours=1))
    ticket.remind(by_user=kefu, at=ticket.created_at)
    assert told(NoticeKind.REMINDED) == {"dianyuan"}
    ticket.remind(by_user=kefu)
    assert told(NoticeKind.REMINDED) == MERCHANT


def test_in_a_shop_without_staff_the_owner_hears_the_first_reminder(order_b, kefu, shangjia2):
    ticket = TicketFactory(order=order_b, by_user=kefu)
    ticket.remind(by_user=kefu)
    assert told(NoticeKind.REMINDED) == {"shangjia2"}


def test_an_approval_is_told_to_nobody(order_a, kefu):
    before = Notice.objects.count()
    ticket = completed_ticket(order=order_a, by_user=kefu)
    kinds = Notice.objects.filter(ticket=ticket).values_list("kind", flat=True)
    assert before == 0
    assert set(kinds) == {NoticeKind.OPENED, NoticeKind.SUBMITTED}


def test_who_does_something_does_not_hear_of_it(order_a, zhuguan, kefu, dianyuan):
    kefu.is_active = False
    kefu.save()
    ticket = submit(TicketFactory(order=order_a, by_user=zhuguan), at=database_now())
    assert told(NoticeKind.SUBMITTED, ticket) == {"zhuguan"}
    assert not Notice.objects.filter(recipient=zhuguan, kind=NoticeKind.OPENED).exists()


@pytest.mark.parametrize("what", ["account", "merchant"])
def test_who_cannot_sign_in_hears_nothing(what, order_a, kefu, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    off = dianyuan if what == "account" else order_a.merchant
    off.is_active = False
    off.save()
    RobotFactory(merchant=order_a.merchant)
    ticket.cancel(by_user=kefu, reason=REASON)
    hearers = set(
        Notice.objects.filter(kind=NoticeKind.CANCELLED).values_list("recipient__username", flat=True)
    )
    assert hearers == ({"shangjia"} if what == "account" else set())
    assert Delivery.objects.count() == (1 if what == "account" else 0)


def test_robots_hear_what_concerns_their_group(order_a, merchant_b, kefu, dianyuan):
    theirs = RobotFactory(merchant=order_a.merchant)
    service = RobotFactory(merchant=None)
    RobotFactory(merchant=merchant_b)
    RobotFactory(merchant=order_a.merchant, is_active=False)
    ticket = TicketFactory(order=order_a, by_user=kefu)
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    heard = {(row.robot, row.kind) for row in Delivery.objects.all()}
    assert heard == {(theirs, NoticeKind.OPENED), (service, NoticeKind.SUBMITTED)}


def test_mail_goes_to_who_has_an_address_and_chose_it(order_a, kefu, dianyuan, shangjia):
    for person in (dianyuan, shangjia):
        person.email = f"{person.username}@example.com"
        person.save()
    UserFactory(staff_of=order_a.merchant, email="")
    NoticePreference.objects.create(person=shangjia, mailed=[NoticeKind.RETURNED])
    ticket = TicketFactory(order=order_a, by_user=kefu)
    assert [row.person for row in Delivery.objects.filter(ticket=ticket)] == [dianyuan]


def test_others_hear_nothing(order_a, kefu, shangjia2, sysadmin, colleague):
    ticket = submitted_ticket(order=order_a, by_user=kefu)
    ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    outsiders = [shangjia2, sysadmin, colleague]
    assert not Notice.objects.filter(recipient__in=outsiders).exists()
