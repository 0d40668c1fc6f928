"""转派商户: who sees the ticket afterwards, and by whose names its texts are masked."""

from datetime import timedelta

import pytest

from tests.factories import (
    ANSWER,
    REASON,
    CustomerFactory,
    OrderFactory,
    TicketFactory,
    ask_extension,
    reason_code,
    submitted_ticket,
)
from tests.pages import numbers, read, signed_in
from tickets.models import Alert, Event, Notice, Result, Round, Ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


# ---- who sees it then ----


@pytest.fixture
def gone(order_a, order_b, kefu, dianyuan) -> Ticket:
    """A ticket with everything a ticket can have, taken from merchant A and given to B."""
    ticket = submitted_ticket(order=order_a, opened_ago=12 * HOUR, after=6 * HOUR)
    ticket.return_to_merchant(by_user=kefu, code=reason_code("return"), reason=REASON)
    ticket.claim(by_user=dianyuan)
    ask_extension(ticket)
    ticket.transfer(by_user=kefu, order=order_b, reason=REASON)
    return ticket


def test_of_the_merchant_before_no_row_is_visible_any_more(gone, shangjia, dianyuan, shangjia2):
    for person, sees in ((shangjia, False), (dianyuan, False), (shangjia2, True)):
        for model in (Ticket, Round, Result, Event, Alert):
            assert model.objects.for_user(person).exists() is sees, (person, model)
    assert not Notice.objects.for_user(dianyuan).exists()
    assert Notice.objects.filter(recipient=dianyuan).exists()


def test_of_the_merchant_before_no_page_shows_a_trace(gone, order_a, shangjia, dianyuan, subtests):
    pages = [
        "/tickets/", "/tickets/?tab=all", f"/tickets/?tab=all&q={gone.number}", "/tickets/?tab=all&q=连体衣",
        f"/tickets/?tab=all&number={gone.number}", f"/tickets/?tab=all&order_number={order_a.number}",
        f"/tickets/?tab=all&consumer_of={gone.number}", "/tickets/?tab=all&holder=mine",
        f"/tickets/?tab=all&phone={order_a.phone[-4:]}", f"/orders/{order_a.number}/",
    ]  # fmt: skip
    for person in (shangjia, dianyuan):
        visitor = signed_in(person)
        for path in pages:
            with subtests.test(person=str(person), path=path):
                page = visitor.get(path)
                assert page.status_code == 200
                assert f"/tickets/{gone.number}/" not in page.text
                assert "连体衣开线" not in page.text
        with subtests.test(person=str(person), path="counts"):
            assert 'class="count" >0<' in visitor.get("/tickets/?tab=all").text.replace(
                '"count">', '"count" >'
            )
        for address in ("", "submit/", "claim/", "assign/", "extend/", "release/"):
            with subtests.test(person=str(person), address=address):
                assert visitor.get(f"/tickets/{gone.number}/{address}").status_code == 404


def test_what_the_merchant_before_had_typed_comes_back_with_the_404(gone, dianyuan):
    answer = signed_in(dianyuan).post(
        f"/tickets/{gone.number}/submit/", {"outcome": "solved", "result": ANSWER, "seen_round": 2}
    )
    assert answer.status_code == 404
    assert "工单不存在或无权查看" in answer.text
    assert ANSWER in answer.text


def test_the_new_merchant_sees_the_whole_history_and_the_new_orders_consumer(gone, order_b, shangjia2):
    page = read(signed_in(shangjia2).get(gone.get_absolute_url()))
    assert [part.text for part in page.one("section", id="progress").all("h3")] == ["第1轮", "第2轮", "第3轮"]
    assert ANSWER in page.one("section", id="progress").text
    assert page.one("section", id="order").facts()["订单号"] == order_b.number
    assert gone.number in numbers(signed_in(shangjia2).get("/tickets/"))


def test_customer_service_sees_what_was_kept_of_the_order_before_and_the_merchant_does_not(
    gone, kefu, shangjia2, order_a
):
    block = read(signed_in(kefu).get(gone.get_absolute_url())).one("section", id="order")
    kept = block.one("details")
    assert order_a.number in kept.one("summary").text
    assert kept.facts()["收货人"] == "陈*"
    assert (
        read(signed_in(shangjia2).get(gone.get_absolute_url())).one("section", id="order").all("details")
        == []
    )


def test_texts_are_masked_by_the_names_of_both_orders(merchant_a, merchant_b, kefu, shangjia2, subtests):
    wrong = OrderFactory(
        merchant=merchant_a, consignee="欧阳晓晓", address="浙江省杭州市西湖区文三路90号",
        customer=CustomerFactory(name="上官婷", account="婷婷妈妈"),
    )  # fmt: skip
    right = OrderFactory(merchant=merchant_b, consignee="司马青", address="北京市海淀区中关村大街27号")
    said = "欧阳晓晓（上官婷，婷婷妈妈）在文三路90号，司马青在中关村大街27号。"
    ticket = submitted_ticket(order=wrong, problem=said, text=f"已经联系：{said}")
    ticket.transfer(by_user=kefu, order=right, reason=f"订单错了：{said}")
    ticket.submit(by_user=shangjia2, outcome="solved", text=f"已经处理：{said}")
    traces = ["欧阳晓晓", "上官婷", "婷婷妈妈", "文三路90", "司马青", "中关村大街27"]
    paths = [ticket.get_absolute_url(), "/tickets/?tab=all", f"/orders/{right.number}/"]
    for person, path in [
        *((kefu, path) for path in [*paths, "/tickets/review/"]),
        *((shangjia2, p) for p in paths),
    ]:
        with subtests.test(person=str(person), path=path):
            page = signed_in(person).get(path)
            assert page.status_code == 200
            assert [trace for trace in traces if trace in page.text] == []


def test_on_the_overdue_desk_too(merchant_a, merchant_b, kefu, zhuguan):
    wrong = OrderFactory(merchant=merchant_a, consignee="欧阳晓晓", address="浙江省杭州市西湖区文三路90号")
    ticket = TicketFactory(order=wrong, problem="欧阳晓晓说文三路90号没有收到", opened_ago=9 * HOUR)
    ticket.transfer(
        by_user=kefu, order=OrderFactory(merchant=merchant_b), reason=REASON, at=ticket.created_at
    )
    page = signed_in(zhuguan).get("/tickets/overdue/")
    assert ticket.number in page.text
    assert "欧阳晓晓" not in page.text
    assert "文三路90" not in page.text
