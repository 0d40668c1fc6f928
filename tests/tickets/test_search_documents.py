"""The documents that are searched say what the tickets say: after every verb, and after a rebuild."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from orders.models import Customer, Order, OrderStatus
from tests.consumers import ACCOUNT, ADDRESS, NAME, PHONE, SAID, TRACES, ticket_with_everything
from tests.factories import CustomerFactory, OrderFactory, TicketFactory, completed_ticket, submitted_ticket
from tests.importing import run
from tests.tickets.test_transitions import FROM, MAY, TICKETS, act, prepare
from tickets import anonymising, scanning
from tickets.clock import database_now
from tickets.models import SearchDocument, Ticket
from tickets.searching import filling, rebuilding
from tickets.searching.keeping import wrong_documents
from tickets.searching.texts import texts_of

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=1)
WORDS = "换了一罐漏粉的奶粉"


def assert_all_right() -> None:
    tickets = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    assert tickets
    assert list(SearchDocument.objects.order_by("pk").values_list("pk", flat=True)) == tickets
    assert wrong_documents(tickets) == []


def rebuilt(**options) -> int:
    made = rebuilding.rebuild(**options)
    assert_all_right()
    return made


@pytest.mark.parametrize(
    ("verb", "status"), [(verb, status) for verb in MAY for status in sorted(FROM[verb])]
)
def test_after_every_verb_the_documents_are_right(verb, status, order_a, request):
    person = request.getfixturevalue(sorted(MAY[verb])[0])
    ticket = prepare(verb, TICKETS[status](order=order_a))
    assert_all_right()
    act(verb, ticket, person)
    assert_all_right()


def test_one_ticket_says_what_it_says_among_many(kefu, zhuguan, merchant_a):
    """One is asked by a prepared statement, many by one that is written for them."""
    first, other, third = (OrderFactory(merchant=merchant_a) for _ in range(3))
    whole = ticket_with_everything(first, kefu, zhuguan)
    tickets = [completed_ticket(order=other), TicketFactory(order=third), whole]
    tickets[0].add_note(by_user=kefu, text=WORDS)
    numbers = [ticket.pk for ticket in tickets]
    together = texts_of(numbers)
    assert [texts_of([number]) for number in numbers] == [{number: together[number]} for number in numbers]
    assert all(len(texts.texts) > 0 for texts in together.values())
    assert len(together[numbers[2]].texts) > 3


def test_what_was_said_is_in_the_document_and_notes_are_apart(kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    ticket.add_note(by_user=kefu, text=f"内部说：{WORDS}")
    ticket.add_message(by_user=dianyuan, text=f"商家说：{WORDS}")
    assert_all_right()
    document = SearchDocument.objects.get(pk=ticket.pk)
    assert f"商家说:{WORDS}" in document.text
    assert f"内部说:{WORDS}" in document.internal
    assert "内部说" not in document.text


def test_goods_remarks_and_results_are_in_the_document(merchant_a):
    order = OrderFactory(merchant=merchant_a, buyer_remark="请送到门卫", seller_remark="已改地址")
    ticket = submitted_ticket(order=order, text="已经重新寄出一件新的连体衣，运费由本店承担。")
    text = SearchDocument.objects.get(pk=ticket.pk).text
    for words in ("请送到门卫", "已改地址", "重新寄出", "粉色 / 73cm"):
        assert words in text


def test_imported_tickets_have_documents(files, kefu, order_a):
    row = f"订单号,问题类型,问题描述\n{order_a.number},商品质量,奶粉罐凹陷，消费者要求换货\n"
    run("import_tickets", files.text(row), by="kefu")
    assert_all_right()


def test_a_transfer_takes_the_document_to_the_new_merchant(kefu, order_a, order_b):
    ticket = TicketFactory(order=order_a)
    ticket.transfer(by_user=kefu, order=order_b, reason="订单填错了，应该是另一家的")
    assert SearchDocument.objects.get(pk=ticket.pk).merchant == order_b.merchant
    assert_all_right()


def test_a_pause_that_ends_by_itself_is_in_the_document(order_a):
    TICKETS["on_hold"](order=order_a, opened_ago=timedelta(hours=5), lasting=timedelta(hours=1))
    scanning.run()
    assert_all_right()
    assert "自动恢复计时" in SearchDocument.objects.get().text


@pytest.fixture
def consumers_ticket(merchant_a, kefu, zhuguan) -> Ticket:
    """Over for long; everybody has written about the consumer on it."""
    customer = CustomerFactory(account=ACCOUNT, name=NAME, phone=PHONE)
    Customer.objects.filter(pk=customer.pk).update(created_at=database_now() - 500 * DAYS)
    personal = {"consignee": NAME, "phone": PHONE, "address": ADDRESS, "buyer_remark": SAID}
    about = {"ordered_at": database_now() - 500 * DAYS, "status": OrderStatus.COMPLETED}
    order = OrderFactory(merchant=merchant_a, customer=customer, **personal, **about)
    ticket = ticket_with_everything(order, kefu, zhuguan)
    ticket.add_note(by_user=kefu, text=SAID)
    return ticket


def test_no_document_holds_the_consumer(consumers_ticket):
    document = SearchDocument.objects.get(pk=consumers_ticket.pk)
    assert "诸*" in document.text
    assert "诸*" in document.internal
    assert [trace for trace in TRACES if trace in document.text + document.internal] == []


def test_after_the_consumer_has_gone_the_documents_are_right(consumers_ticket):
    call_command("archive_tickets", stdout=StringIO())
    assert_all_right()
    done = anonymising.run(database_now() - 365 * DAYS, database_now())
    assert done.tickets == 1
    assert_all_right()


def test_a_name_that_an_import_puts_right_is_masked_by_the_next_rebuild(order_a):
    ticket = TicketFactory(order=order_a, problem="慕容晓晓说收到的连体衣开线，要求换货。")
    assert "慕容" in SearchDocument.objects.get().text
    Order.objects.filter(pk=order_a.pk).update(
        consignee="慕容晓晓", updated_at=database_now() + timedelta(seconds=1)
    )
    assert rebuilt() == 1
    assert "慕容" not in SearchDocument.objects.get(pk=ticket.pk).text


# ---- rebuild_search ----


@pytest.fixture
def order_a(order_a) -> Order:
    """Imported yesterday: a test is one transaction, in which PostgreSQL's clock stands at its beginning."""
    Order.objects.filter(pk=order_a.pk).update(updated_at=database_now() - DAYS)
    return order_a


def test_a_rebuild_makes_what_is_missing_and_leaves_the_rest(order_a):
    tickets = [completed_ticket(order=order_a) for _ in range(5)]
    SearchDocument.objects.filter(pk__in=[ticket.pk for ticket in tickets[:3]]).update(edition=0)
    assert rebuilt(batch=2) == 3
    assert rebuilt(batch=2) == 0
    assert rebuilt(batch=2, everything=True) == 5
    assert rebuilt(everything=True, after=tickets[2].pk) == 2


def test_an_interrupted_rebuild_goes_on(order_a):
    for _ in range(4):
        TicketFactory(order=order_a)
    rebuilding.forget()

    def stop(done: int, last: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuilding.rebuild(batch=2, on_batch=stop)
    assert rebuilt() == 2


def test_the_command_says_what_it_has_done(order_a):
    TicketFactory(order=order_a)
    rebuilding.forget()
    out = StringIO()
    call_command("rebuild_search", stdout=out)
    assert out.getvalue() == "已建立 1 张工单的搜索文字\n"
    assert_all_right()


def test_a_chunk_for_an_empty_house_is_as_a_rebuild_would_make_it(order_a, kefu):
    ticket = submitted_ticket(order=order_a, problem="反斜杠\\和\t制表符、引号\"'{}，以及\n第二行")
    ticket.add_note(by_user=kefu, text="备注\\N")
    rebuilding.forget()
    assert filling.fill_chunk(0, ticket.pk + 1) == 1
    assert_all_right()
