"""What is written when something happens: with it, once, in words that hold nothing of a consumer."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import (
    ANSWER,
    REASON,
    MerchantFactory,
    OrderFactory,
    RobotFactory,
    TicketFactory,
    UserFactory,
    reason_code,
    submit,
)
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled, Urgency
from tickets.models import (
    Category,
    Delivery,
    Event,
    Notice,
    NoticeKind,
    NoticePreference,
    Ticket,
    TicketDraft,
)

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


@pytest.fixture
def staff(merchant_a):
    return UserFactory(staff_of=merchant_a, email="dian@example.com")


def drafts(how_many: int, merchant) -> list[TicketDraft]:
    order, category = OrderFactory(merchant=merchant), Category.objects.first()
    return [TicketDraft(order, category, Urgency.NORMAL, f"问题{n}") for n in range(how_many)]


def test_the_words_name_ticket_category_urgency_round_merchant_deadline_and_address(order_a, staff, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    due = timezone.localtime(ticket.due_at).strftime("%Y-%m-%d %H:%M")
    words = f"【新工单】工单 {ticket.number}（商品质量，一般，第1轮），商户 亲贝母婴旗舰店，截止 {due}"
    assert Notice.objects.get().text == words
    assert Delivery.objects.get().text == f"{words}\nhttp://localhost/tickets/{ticket.number}/"


def test_nothing_of_a_consumer_and_nothing_that_was_written_gets_into_a_message(order_a, staff, kefu):
    staff2 = UserFactory(owner_of=order_a.merchant, email="dian2@example.com")
    RobotFactory(merchant=order_a.merchant)
    RobotFactory(merchant=None)
    NoticePreference.objects.create(person=kefu, mailed=NoticeKind.values)
    order_a.consignee, order_a.phone, order_a.address = "张雅婷", PHONE, "杭州市文三路90号"
    order_a.save()
    ticket = TicketFactory(order=order_a, by_user=kefu, problem=f"张雅婷 {PHONE} 文三路90号，奶粉漏了")
    submit(ticket, database_now(), text=f"已致电张雅婷 {PHONE}，今天从文三路90号取回并补发")
    ticket.return_to_merchant(
        by_user=kefu, reason=f"张雅婷 {PHONE} 说没有人联系，文三路90号", code=reason_code("return")
    )
    ticket.ask_extension(
        by_user=staff2,
        reason=f"{PHONE} 打不通，张雅婷在文三路90号",
        due_wanted=ticket.due_at + timedelta(hours=1),
    )
    said = "\n".join(
        [*Notice.objects.values_list("text", flat=True), *Delivery.objects.values_list("text", flat=True)]
    )
    assert said.count(ticket.number) >= 8
    for secret in (PHONE, "张", "雅婷", "文三路", "奶粉", "补发", "5678", "打不通"):
        assert secret not in said


def test_it_is_written_once(order_a, staff, kefu):
    TicketFactory(order=order_a, by_user=kefu)
    for row in (Notice.objects.get(), Delivery.objects.get()):
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_it_carries_the_number_of_its_event(order_a, staff, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    assert Notice.objects.get().key == Delivery.objects.get().key == f"event:{ticket.events.get().pk}"


def test_a_verb_that_is_taken_back_leaves_no_rows(order_a, staff, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    before = Notice.objects.count(), Delivery.objects.count()
    with transaction.atomic():
        ticket.cancel(by_user=kefu, reason=REASON)
        assert Notice.objects.filter(kind=NoticeKind.CANCELLED).exists()
        transaction.set_rollback(True)
    assert (Notice.objects.count(), Delivery.objects.count()) == before


def test_a_refused_verb_tells_nobody(order_a, staff, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    before = Notice.objects.count()
    with pytest.raises(AlreadyHandled):
        ticket.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"))
    assert Notice.objects.count() == before


def test_when_the_rows_cannot_be_written_the_verb_does_not_happen(order_a, staff, kefu):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    following = ticket.events.get().pk + 1
    Notice.objects.create(
        recipient=staff, key=f"event:{following}", kind="opened", text="-", created_at=database_now()
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.cancel(by_user=kefu, reason=REASON)
    ticket.refresh_from_db()
    assert ticket.is_open
    assert not Event.objects.filter(kind="cancelled").exists()


# ---- many at once ----


def test_up_to_three_tickets_are_told_one_by_one(merchant_a, staff, kefu):
    Ticket.open_many(drafts(3, merchant_a), by_user=kefu)
    assert Notice.objects.count() == Delivery.objects.count() == 3


def test_more_are_told_in_one_sentence_for_each_merchant(merchant_a, merchant_b, staff, kefu):
    shopkeeper_b = UserFactory(owner_of=merchant_b, email="b@example.com")
    tickets = Ticket.open_many(drafts(37, merchant_a) + drafts(1, merchant_b), by_user=kefu)
    gathered = Notice.objects.get(recipient=staff)
    assert gathered.text.startswith("【新工单】新工单 37 张（一般 37 张），商户 亲贝母婴旗舰店，最早截止 ")
    assert gathered.ticket is None
    assert Delivery.objects.get(person=staff).text.endswith("\nhttp://localhost/tickets/")
    assert Notice.objects.get(recipient=shopkeeper_b).ticket == tickets[-1]


def test_an_import_costs_the_same_few_statements_for_one_and_for_many(kefu):
    counts = []
    for how_many in (4, 60):
        shops = [MerchantFactory() for _ in range(3)]
        for shop in shops:
            UserFactory(staff_of=shop, email="x@example.com")
            RobotFactory(merchant=shop)
        some = [draft for shop in shops for draft in drafts(how_many, shop)]
        with CaptureQueriesContext(connection) as captured:
            Ticket.open_many(some, by_user=kefu)
        counts.append(sum("_notice" in query["sql"] or "_delivery" in query["sql"] for query in captured))
        assert any("INSERT INTO" in query["sql"] and "tickets_delivery" in query["sql"] for query in captured)
        assert any("INSERT INTO" in query["sql"] and "tickets_notice" in query["sql"] for query in captured)
    assert counts[0] == counts[1] <= 4


# ---- quiet hours ----


def test_in_quiet_hours_mail_and_robot_wait_and_the_inbox_does_not(order_a, staff, kefu):
    quiet = {"quiet_from": time(22), "quiet_to": time(7)}
    NoticePreference.objects.create(person=staff, **quiet)
    RobotFactory(merchant=order_a.merchant, **quiet)
    night = timezone.localtime(database_now()).replace(hour=2, minute=30) - timedelta(days=1)
    TicketFactory(order=order_a, by_user=kefu, at=night)
    assert Notice.objects.get().created_at == night
    assert {row.next_attempt_at for row in Delivery.objects.all()} == {
        night.replace(hour=7, minute=0, second=0, microsecond=0)
    }
    assert Delivery.objects.count() == 2


def test_a_submission_reaches_who_wants_mail_of_it(order_a, kefu, dianyuan):
    kefu.email = "kefu@example.com"
    kefu.save()
    NoticePreference.objects.create(person=kefu, mailed=["submitted"])
    ticket = TicketFactory(order=order_a, by_user=kefu)
    ticket.submit(by_user=dianyuan, outcome="solved", text=ANSWER)
    assert Delivery.objects.get().kind == NoticeKind.SUBMITTED
