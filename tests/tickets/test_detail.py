"""The ticket's page: all about it in one place, the consumer masked, and at its bottom what the reader can do."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.models import Order, OrderLine, OrderStatus, Shipment, ShipmentStatus
from tests.factories import (
    ANSWER,
    REASON,
    CustomerFactory,
    OrderFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    reason_code,
    reopened_ticket,
    returned_ticket,
    submit,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import read, signed_in, statements
from tickets.clock import database_now
from tickets.lifecycle import Outcome, Urgency
from tickets.models import Ticket
from tickets.timeliness import moment_words

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WORKERS = ["kefu", "zhuguan", "shangjia", "dianyuan"]
MERCHANTS = ["shangjia", "dianyuan"]
SERVICE = ["kefu", "zhuguan"]
EVERY_STATE = [
    TicketFactory,
    submitted_ticket,
    returned_ticket,
    completed_ticket,
    reopened_ticket,
    cancelled_ticket,
]


def page_of(ticket: Ticket, person):
    return read(signed_in(person).get(ticket.get_absolute_url()))


# ---- what everybody reads ----


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


# ---- the consumer ----


@pytest.mark.parametrize("who", WORKERS)
def test_of_the_consumer_a_little_is_shown(who, merchant_a, request):
    customer = CustomerFactory(account="小雨妈妈", phone="13912345678")
    order = OrderFactory(merchant=merchant_a, customer=customer)
    page = page_of(TicketFactory(order=order), request.getfixturevalue(who))
    assert page.one("section", id="consumer").facts() == {
        "收货人": "陈*",
        "手机号": "139****5678",
        "收货地址": "浙江省杭州市西湖区****",
        "会员名": "小*",
    }


@pytest.fixture
def talkative(merchant_a) -> Ticket:
    """A ticket whose every text repeats the consumer's name, phone and street; they changed meanwhile, too."""
    words = "陈晓雨（小雨妈妈），139 1234 5678，浙江省杭州市西湖区文三路90号3栋501室"
    customer = CustomerFactory(account="小雨妈妈", name="陈晓雨", phone="13912345678")
    order = OrderFactory(
        merchant=merchant_a, customer=customer, buyer_remark=words, seller_remark=f"老客户 {words}",
        address="浙江省杭州市西湖区文三路90号3栋501室",
    )  # fmt: skip
    ticket = returned_ticket(
        order=order, problem=f"换货：{words}", text=f"已经联系 {words}，安排补发。", opened_ago=9 * HOUR
    )
    ticket.cancel(by_user=ticket.opened_by, reason=f"撤回：{words}")
    TicketFactory(order=order, problem=f"另一件事：{words}")
    order.consignee, order.phone = "周大伟", "13787654321"
    order.address = "上海市浦东新区世纪大道100号2楼"
    order.buyer_remark = f"改寄周大伟 13787654321 上海市浦东新区世纪大道100号2楼，原来是{words}"
    order.save()
    return ticket


SECRETS = [
    "陈晓雨", "小雨妈妈", "13912345678", "139 1234 5678", "1234", "文三路", "90号", "501",
    "周大伟", "13787654321", "8765", "世纪大道", "100号",
]  # fmt: skip


@pytest.mark.parametrize("who", WORKERS)
def test_nowhere_on_the_page_stands_a_name_a_number_or_a_street(who, talkative, request):
    text = signed_in(request.getfixturevalue(who)).get(talkative.get_absolute_url()).text
    text = text.replace(talkative.number, "").replace(talkative.order.shipments.get().tracking_number, "")
    assert "开单后有变化" in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("address", ["/tickets/?tab=all", "/tickets/review/", "/tickets/overdue/?show=late"])
def test_nor_in_any_list(address, zhuguan, merchant_a):
    words = "陈晓雨，139 1234 5678，文三路90号3栋501室"
    order = OrderFactory(
        merchant=merchant_a, phone="13912345678", address="浙江省杭州市西湖区文三路90号3栋501室"
    )
    submitted_ticket(
        order=order, problem=words, text=f"已联系 {words}，安排补发。", opened_ago=9 * HOUR, after=8 * HOUR
    )
    text = signed_in(zhuguan).get(address).text
    assert "陈*" in text
    assert [
        secret for secret in ["陈晓雨", "139 1234", "13912345678", "文三路", "501室"] if secret in text
    ] == []


# ---- what changed since ----


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


# ---- what has happened ----


def test_every_stage_tells_who_when_and_what(kefu, zhuguan, dianyuan, order_a):
    start = database_now() - 3 * HOUR
    ticket = TicketFactory(order=order_a, by_user=kefu, at=start)
    ticket.submit(by_user=dianyuan, outcome=Outcome.PARTLY, text=ANSWER, at=start + HOUR)
    ticket.return_to_merchant(
        by_user=zhuguan, reason=REASON, code=reason_code("return"), at=start + 1.5 * HOUR
    )
    page = page_of(ticket, kefu).one("section", id="progress")
    stages = [" ".join(line.text.split()) for line in page.all("li")]
    times = [moment_words(start + after) for after in (0 * HOUR, HOUR, 1.5 * HOUR)]
    assert stages == [
        f"新建工单 王客服 客服 {times[0]}",
        f"提交处理结果 李店员 亲贝母婴旗舰店 部分解决 用时 1小时00分 / 时限 4小时00分 {times[1]} 处理结果 {ANSWER}",
        f"退回商家 赵主管 主管 没有写明处理经过 用时 30分 {times[2]} 退回原因 {REASON}",
    ]


def test_a_missed_deadline_is_a_stage_and_the_answer_is_marked_late(kefu, order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=10 * HOUR, after=5 * HOUR)
    progress = page_of(ticket, kefu).one("section", id="progress")
    _, warned, critical, late, submitted = progress.all("li")
    assert warned.text.startswith("一般预警 系统 定时检查")
    assert critical.text.startswith("重要预警 系统 定时检查")
    assert late.text.startswith("工单超时 系统 定时检查")
    assert f"超过时限 4小时00分，截止时间 {moment_words(ticket.due_at)}" in late.text
    assert submitted.one(class_="late").text == "用时 5小时00分 / 时限 4小时00分 · 超时"


def test_an_answer_in_time_is_not_marked_late(kefu, order_a):
    assert page_of(submitted_ticket(order=order_a), kefu).all(class_="late") == []


def test_every_round_has_its_own_heading_time_and_deadline(kefu, order_a):
    ticket = reopened_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    first, second = page_of(ticket, kefu).one("section", id="progress").all("section", class_="round")
    assert first.one("h3").text == "第1轮"
    assert first.one("header").one(class_="took").text == "用时 5小时00分 / 时限 4小时00分 · 超时"
    assert second.one("h3").text == "第2轮"
    assert f"{moment_words(ticket.due_at)} 截止" in second.one("header").text
    assert second.one("header").all(class_="took") == []
    assert "重新打开" in second.one("ol").text


def test_the_answer_of_the_current_round_stands_in_the_last_block(kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=HOUR)
    ticket.submit(
        by_user=dianyuan,
        outcome=Outcome.UNSOLVED,
        text=ANSWER,
        code=reason_code("unsolved"),
        at=ticket.created_at + HOUR / 2,
    )
    text = page_of(ticket, kefu).one("section", id="result").text
    assert "未解决 消费者联系不上 李店员（亲贝母婴旗舰店） 用时 30分 / 时限 4小时00分" in text
    assert ANSWER in text


def test_the_answer_of_an_earlier_round_is_no_answer_now(dianyuan, order_a):
    page = page_of(returned_ticket(order=order_a), dianyuan)
    assert ANSWER not in page.one("section", id="result").text
    assert ANSWER in page.one("section", id="progress").text


# ---- what a merchant can do ----


@pytest.mark.parametrize("who", MERCHANTS)
@pytest.mark.parametrize("make", [TicketFactory, returned_ticket, reopened_ticket])
def test_the_one_primary_button_hands_the_answer_over(make, who, order_a, request):
    page = page_of(make(order=order_a), request.getfixturevalue(who))
    assert [button.text for button in page.all(class_="primary")] == ["提交工单"]
    assert page.one("section", id="result").all("button", class_="primary")


def test_the_field_for_the_answer_is_empty(dianyuan, order_a):
    field = page_of(returned_ticket(order=order_a), dianyuan).one("textarea", name="result")
    assert (field.value, "placeholder" in field.attrs, "required" in field.attrs) == ("", False, True)


def test_no_outcome_is_chosen_beforehand(dianyuan, order_a):
    page = page_of(TicketFactory(order=order_a), dianyuan)
    radios = page.all("input", type="radio", name="outcome")
    assert [radio["value"] for radio in radios] == ["solved", "partly", "unsolved", "platform"]
    assert [radio for radio in radios if "checked" in radio.attrs] == []
    labels = [page.one("label", for_=radio["id"]).one("strong").text for radio in radios]
    assert labels == ["已解决", "部分解决", "未解决", "需平台协助"]


def test_the_form_remembers_the_round_it_was_shown_in(dianyuan, order_a):
    ticket = returned_ticket(order=order_a)
    form = page_of(ticket, dianyuan).one("form", action=f"/tickets/{ticket.number}/submit/#result")
    assert form.sends()["seen_round"] == "2"


@pytest.mark.parametrize(
    ("make", "sentence", "sayings"),
    [
        (submitted_ticket, "已提交，等待客服审核", ["message"]),
        (completed_ticket, "工单已完结", []),
        (cancelled_ticket, "工单已撤销，无需处理", []),
    ],
)
def test_where_it_is_not_the_merchants_turn_there_is_nothing_to_answer(
    make, sentence, sayings, dianyuan, order_a
):
    page = page_of(make(order=order_a), dianyuan)
    block = page.one("section", id="result")
    assert sentence in block.text
    assert [form["data-draft"] for form in block.all("form")] == sayings
    assert page.all(class_="primary") == []


# ---- what customer service can do ----


@pytest.mark.parametrize("who", SERVICE)
@pytest.mark.parametrize(
    ("make", "verbs"),
    [
        (TicketFactory, ["hold", "remind", "transfer", "cancel"]),
        (submitted_ticket, ["approve", "return", "transfer", "cancel"]),
        (returned_ticket, ["hold", "remind", "assign", "transfer", "cancel"]),
        (completed_ticket, ["reopen", "rate", "invite"]),
        (reopened_ticket, ["hold", "remind", "assign", "transfer", "cancel"]),
        (ticket_on_hold, ["resume", "transfer", "cancel"]),
        (cancelled_ticket, []),
    ],
)
def test_customer_service_is_offered_what_the_state_allows(make, verbs, who, order_a, request):
    ticket = make(order=order_a)
    page = page_of(ticket, request.getfixturevalue(who))
    forms = page.one("section", id="result").all("form")
    verbs = verbs + (["note"] if make is cancelled_ticket else ["message", "note"])
    addresses = [form["action"].removesuffix("#say") for form in forms]
    assert addresses == [f"/tickets/{ticket.number}/{verb}/" for verb in verbs]


@pytest.mark.parametrize("make", EVERY_STATE)
def test_customer_service_has_no_primary_button_and_no_answer_to_write(make, kefu, order_a):
    page = page_of(make(order=order_a), kefu)
    assert page.all(class_="primary") == []
    assert page.all("input", name="outcome") == []
    assert page.all("textarea", name="result") == []


def test_fields_for_reasons_are_empty_and_have_names_of_their_own(kefu, order_a):
    page = page_of(submitted_ticket(order=order_a), kefu)
    fields = page.one("section", id="result").all("textarea")
    assert [(field["name"], field.value) for field in fields] == [
        ("approve-note", ""), ("return-reason", ""), ("transfer-reason", ""), ("cancel-reason", ""),
        ("message-text", ""), ("note-text", ""),
    ]  # fmt: skip
    assert [field for field in fields if "placeholder" in field.attrs] == []
    ids = [element["id"] for element in page.walk() if "id" in element.attrs]
    assert sorted(set(ids)) == sorted(ids)


# ---- what it costs ----


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


def test_a_look_and_a_link_are_asked_for_once_at_a_time(order_a, kefu):
    forms = {"reveal": TicketFactory(order=order_a), "invite": completed_ticket(order=order_a)}
    for verb, ticket in forms.items():
        page = read(signed_in(kefu).get(ticket.get_absolute_url()))
        form = next(each for each in page.all("form") if f"/{verb}/" in each["action"])
        assert "data-lock" in form.attrs


def test_what_is_only_marked_as_read_needs_no_key(order_a, dianyuan):
    page = read(signed_in(dianyuan).get(TicketFactory(order=order_a).get_absolute_url()))
    assert "form_key" not in page.one("form", data_reads=True).sends()
