"""The ticket's page: all about ticket, order and deadline in one place, and what it costs to read."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.models import Order, OrderLine, OrderStatus, Shipment, ShipmentStatus
from tests.factories import (
    REASON,
    OrderFactory,
    TicketFactory,
    reason_code,
    submit,
    submitted_ticket,
)
from tests.pages import page_of, signed_in, statements
from tickets.clock import database_now
from tickets.lifecycle import Urgency
from tickets.timeliness import moment_words

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WORKERS = ["kefu", "zhuguan", "shangjia", "dianyuan"]


@pytest.mark.parametrize("who", WORKERS)
def test_the_blocks_stand_one_below_the_other(who, order_a, request):
    page = page_of(TicketFactory(order=order_a), request.getfixturevalue(who))
    blocks = [section.one("h2").text for section in page.all("section", class_="card")]
    agreed = ["工单信息", "订单详细信息", "消费者信息", "处理进度", "处理结果"]
    assert [block for block in blocks if block in agreed] == agreed
    assert page.all("section", hidden=True) == []


def test_the_ticket_itself(dianyuan, kefu, order_a):
    ticket = TicketFactory(
        order=order_a, urgency=Urgency.IMPORTANT, by_user=kefu, problem="尺码不对，\n要求换货。"
    )
    block = page_of(ticket, dianyuan).one("section", id="ticket")
    assert block.one("blockquote").raw.strip() == "尺码不对，\n要求换货。"
    assert block.facts() == {
        "工单号": ticket.number,
        "商户": "亲贝母婴旗舰店",
        "问题类型": "商品质量",
        "紧急程度": "重要",
        "工单状态": "待商家处理",
        "处理轮次": "第1轮",
        "处理人": "未认领 认领",
        "开单人": "王客服",
        "创建时间": moment_words(ticket.created_at),
    }


def test_the_order_in_detail(dianyuan, merchant_a):
    moment = database_now().replace(year=2026, month=3, day=1, hour=1, minute=30)
    order = OrderFactory(
        merchant=merchant_a, number="QB3", status=OrderStatus.COMPLETED, total_amount=Decimal("1268"),
        refund_amount=None, paid_amount=Decimal("1248.5"), ordered_at=moment, seller_remark="已核对尺码",
    )  # fmt: skip
    order.completed_at = moment + timedelta(days=6)
    order.save()
    block = page_of(TicketFactory(order=order), dianyuan).one("section", id="order")
    assert block.facts() == {
        "订单号": "QB3", "订单状态": "交易成功", "订单金额": "¥1,268.00", "实付金额": "¥1,248.50", "优惠金额": "¥20.00",
        "运费": "¥0.00", "退款金额": "—", "下单时间": "2026-03-01 09:30", "付款时间": "2026-03-01 09:32",
        "发货时间": "2026-03-02 09:30", "完成时间": "2026-03-07 09:30", "买家留言": "请尽快发货",
        "商家备注": "已核对尺码",
    }  # fmt: skip
    lines, parcels = block.all("table")
    assert [[cell.text for cell in row.all("td")] for row in lines.one("tbody").all("tr")] == [
        ["婴儿纯棉连体衣 1", "粉色 / 73cm", "SKU-1", "2", "¥67.00", "¥134.00"],
        ["婴儿纯棉连体衣 2", "粉色 / 73cm", "SKU-2", "2", "¥67.00", "¥134.00"],
    ]
    parcel = order.shipments.get()
    assert [cell.text for cell in parcels.one("tbody").all("td")] == [
        "顺丰速运", parcel.tracking_number, "运输中", "2026-03-02 09:30", "—",
    ]  # fmt: skip


def test_what_nobody_told_us_is_a_dash_and_no_guess(dianyuan, merchant_a):
    order = Order.objects.create(number="QB4", merchant=merchant_a)
    page = page_of(TicketFactory(order=order), dianyuan)
    facts = page.one("section", id="order").facts()
    assert facts.pop("订单号") == "QB4"
    assert set(facts.values()) == {"—"}
    assert set(page.one("section", id="consumer").facts().values()) == {"—"}


def test_the_deadline_is_explained(dianyuan, order_a):
    ticket = TicketFactory(order=order_a, urgency=Urgency.URGENT)
    card = page_of(ticket, dianyuan).one("section", id="deadline")
    assert card.facts() == {
        "开始": moment_words(ticket.created_at),
        "一般预警": moment_words(ticket.created_at + HOUR),
        "重要预警": moment_words(ticket.created_at + 1.5 * HOUR),
        "截止": moment_words(ticket.created_at + 2 * HOUR),
    }
    assert card.one("summary").text == "按「7×24」计时，时限 2小时00分"


@pytest.mark.parametrize(
    ("opened_ago", "words", "level"),
    [
        (HOUR / 2, "剩余3小时29分", "0"),
        (2.5 * HOUR, "即将超时 剩余1小时29分", "1"),
        (3.75 * HOUR, "即将超时 剩余14分", "2"),
        (6.1 * HOUR, "已超时2小时06分", "3"),
    ],
)
def test_whoever_looks_sees_how_much_is_left_or_how_late_it_is(opened_ago, words, level, dianyuan, order_a):
    page = page_of(TicketFactory(order=order_a, opened_ago=opened_ago), dianyuan)
    clock = page.one("header", class_="strip").one("span", class_="countdown")
    assert (clock.text, clock["data-level"]) == (words, level)


def test_what_somebody_wrote_is_text_and_nothing_else(kefu, order_a):
    said = '<img src=x onerror="alert(1)"> & <b>粗体</b> 已经为消费者办理退货退款'
    ticket = submitted_ticket(order=order_a, problem=said, text=said)
    page = page_of(ticket, kefu)
    assert page.one("section", id="ticket").one("blockquote").text == said
    assert said in [text.text for text in page.one("section", id="result").all(class_="prose")]
    assert page.all("img", src="x") == []


def test_changes_of_the_order_are_shown_beside_what_it_was(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    order_a.status = OrderStatus.REFUNDING
    order_a.refund_amount = Decimal("67")
    order_a.phone = "13700001111"
    order_a.save()
    order_a.shipments.update(status=ShipmentStatus.DELIVERED)
    Shipment.objects.create(order=order_a, carrier="圆通", tracking_number="YT2")
    OrderLine.objects.filter(order=order_a, position=2).delete()
    parcel = order_a.shipments.first().tracking_number
    strip = page_of(ticket, dianyuan).one("section", id="order").one(class_="changes")
    assert [line.text for line in strip.all("li")] == [
        "订单状态：开单时 已发货 → 现在 退款中",
        "退款金额：开单时 — → 现在 ¥67.00",
        f"收货电话：开单时 {order_a.customer.phone[:3]}****{order_a.customer.phone[-4:]} → 现在 137****1111",
        "商品：开单时 婴儿纯棉连体衣 1 ×2、婴儿纯棉连体衣 2 ×2 → 现在 婴儿纯棉连体衣 1 ×2",
        f"物流 {parcel}：开单时 运输中 → 现在 已签收",
        "物流 YT2：开单时 — → 现在 圆通",
    ]
    assert moment_words(ticket.created_at) in strip.text


def test_where_nothing_changed_nothing_is_said(dianyuan, order_a):
    assert page_of(TicketFactory(order=order_a), dianyuan).all(class_="changes") == []


@pytest.mark.parametrize("who", WORKERS)
def test_many_rounds_and_events_cost_no_more_statements_than_one(who, order_a, kefu, request):
    visitor = signed_in(request.getfixturevalue(who))
    short, long = submitted_ticket(order=order_a), submitted_ticket(order=order_a, opened_ago=30 * HOUR)
    for _ in range(5):
        moment = long.handled_at + timedelta(minutes=5)
        long.return_to_merchant(by_user=kefu, reason=REASON, code=reason_code("return"), at=moment)
        submit(long, moment + 5 * HOUR)
    assert long.events.count() == 17
    assert long.rounds.count() == 6
    one = statements(lambda: visitor.get(short.get_absolute_url()))
    assert statements(lambda: visitor.get(long.get_absolute_url())) == one


def test_many_lines_parcels_and_other_tickets_cost_no_more(dianyuan, merchant_a):
    plain = TicketFactory(order=OrderFactory(merchant=merchant_a, lines=1))
    rich = TicketFactory(order=OrderFactory(merchant=merchant_a, lines=20, shipments=5))
    TicketFactory.create_batch(3, order=plain.order)
    TicketFactory.create_batch(12, order=rich.order)
    visitor = signed_in(dianyuan)
    one = statements(lambda: visitor.get(plain.get_absolute_url()))
    assert statements(lambda: visitor.get(rich.get_absolute_url())) == one
