"""批量: many tickets by one verb, each for itself; nothing half done, and for each that was not done the reason."""

import csv
import io

import pytest
from django.db import connection

from tests.factories import (
    ANSWER,
    REASON,
    OrderFactory,
    TicketFactory,
    UserFactory,
    completed_ticket,
    reason_code,
    submitted_ticket,
)
from tests.pages import numbers, read, signed_in, statements
from tests.rows import rows_of
from tickets.bulk import MOST, Pick
from tickets.clock import database_now
from tickets.lifecycle import Outcome, Status
from tickets.models import Event, ExportRecord, Ticket

pytestmark = pytest.mark.django_db

URL = "/tickets/bulk/"


def picked(*tickets: Ticket) -> list[str]:
    """What the boxes of these tickets' rows send, as the rows are at this moment."""
    return [str(Pick(ticket.number, ticket.round_no, ticket.status)) for ticket in tickets]


def send(person, verb: str, chosen: list[str], **said):
    return signed_in(person).post(URL, {"verb": verb, "ticket": chosen, "confirmed": "1"} | said)


def lines(page, block: str) -> dict[str, str]:
    """The numbers of one block of the result with what is said of each."""
    found = page.all("section", id=block)
    return {row["工单号"]: row.get("原因", row["工单状态"]) for row in found[0].table()} if found else {}


# ---- the list ----


def test_each_row_has_a_box_that_says_what_the_row_shows(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    box = read(signed_in(kefu).get("/tickets/?tab=all")).one("input", type="checkbox", name="ticket")
    assert (box["form"], box["value"]) == ("bulk", f"{ticket.number}~1~waiting_review")


@pytest.mark.parametrize(
    ("who", "labels"),
    [
        ("kefu", ["催办", "审核通过", "转派同事", "撤销工单", "导出", "取消选择"]),
        ("zhuguan", ["催办", "审核通过", "转派同事", "撤销工单", "导出", "取消选择"]),
        ("shangjia", ["认领", "转派同事", "导出", "取消选择"]),
        ("dianyuan", ["认领", "转派同事", "导出", "取消选择"]),
    ],
)
def test_the_bar_offers_what_the_role_may_do_to_many(who, labels, request):
    form = read(signed_in(request.getfixturevalue(who)).get("/tickets/")).one("form", id="bulk")
    assert [button.text for button in form.all("button")] == labels


def test_a_page_can_hold_as_many_as_can_be_done_at_once(order_a, kefu, dianyuan):
    visitor = signed_in(kefu)
    TicketFactory.create_batch(51, order=order_a)
    page = read(visitor.get("/tickets/?urgency=normal"))
    assert len(page.table()) == 50
    link = page.one("a", f"每页{MOST}张")
    longer = read(visitor.get(f"/tickets/{link['href']}"))
    assert len(longer.table()) == 51
    assert longer.one("a", "每页50张")["href"] == "?urgency=normal"


# ---- the question ----


def test_a_verb_pressed_asks_first_and_does_nothing_yet(order_a, kefu):
    tickets = [submitted_ticket(order=order_a) for _ in range(2)]
    before = [rows_of(ticket) for ticket in tickets]
    answer = signed_in(kefu).post(
        URL, {"verb": "approve", "ticket": picked(*tickets), "back": "/tickets/?tab=all"}
    )
    page = read(answer)
    assert answer.status_code == 200
    assert [rows_of(ticket) for ticket in tickets] == before
    assert numbers(answer) == [ticket.number for ticket in tickets]
    assert [box["value"] for box in page.all("input", type="checkbox", checked=True)] == picked(*tickets)
    assert page.one("a", "返回列表")["href"] == "/tickets/?tab=all"


@pytest.mark.parametrize(
    "back", ["https://evil.example/tickets/", "//evil.example", "/logout/", "javascript:1", ""]
)
def test_the_way_back_leads_to_the_list_and_nowhere_else(back, order_a, kefu):
    sent = {"verb": "approve", "ticket": picked(submitted_ticket(order=order_a)), "back": back}
    assert read(signed_in(kefu).post(URL, sent)).one("a", "返回列表")["href"] == "/tickets/"


def test_without_a_choice_it_says_so_and_gives_back_what_was_typed(kefu):
    answer = send(kefu, "cancel", [], reason="消费者统一撤回了投诉")
    page = read(answer)
    assert answer.status_code == 422
    assert "请先勾选工单" in page.text
    assert page.one("textarea", name="reason").value == "消费者统一撤回了投诉"


@pytest.mark.parametrize("verb", ["", "x", "submit", "transfer", "claim"])
def test_a_verb_that_is_not_offered_is_none(verb, order_a, kefu):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    answer = send(kefu, verb, picked(ticket))
    assert answer.status_code == 422
    assert "请选择要做的操作" in answer.text
    assert rows_of(ticket) == before


def test_more_than_two_hundred_are_too_many(order_a, kefu):
    ticket = submitted_ticket(order=order_a)
    others = [str(Pick(f"GD20990101-{index:06d}", 1, "waiting_review")) for index in range(MOST)]
    answer = send(kefu, "approve", picked(ticket) + others)
    assert answer.status_code == 422
    assert "一次最多处理200张工单" in answer.text
    assert Ticket.objects.get(pk=ticket.pk).status == Status.WAITING_REVIEW


def test_what_no_row_has_sent_is_no_choice(kefu):
    for text in [
        "",
        "x",
        "GD1",
        "GD1~1",
        "GD1~x~waiting_review",
        "GD1~1~x",
        "GD\x00~1~on_hold",
        "~1~on_hold",
        "a~" + "9" * 40,
    ]:
        assert Pick.read(text) is None
    assert send(kefu, "approve", ["x", "GD1~1~y"]).status_code == 422


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [("cancel", "请填写撤销原因"), ("assign", "请选择同事"), ("assign", "请填写转派原因")],
)
def test_what_must_be_said_for_one_must_be_said_for_many(verb, sentence, order_a, dianyuan, kefu):
    tickets = TicketFactory.create_batch(2, order=order_a)
    before = [rows_of(ticket) for ticket in tickets]
    answer = send(kefu, verb, picked(*tickets), reason="  ")
    assert answer.status_code == 422
    assert sentence in read(answer).errors()
    assert [rows_of(ticket) for ticket in tickets] == before


# ---- what becomes of each ----


def test_a_bulk_approval_of_200_of_which_20_were_changed_by_others(order_a, kefu, dianyuan):
    """The acceptance of the issue: 180 approved, 20 explained."""
    tickets = [submitted_ticket(order=order_a, by_user=kefu) for _ in range(MOST)]
    chosen = picked(*tickets)
    changed = tickets[::10]
    other = UserFactory(name="赵同事")
    for number, ticket in enumerate(changed):
        if number % 4 == 0:
            ticket.return_to_merchant(by_user=other, code=reason_code("return"), reason=REASON)
        elif number % 4 == 1:
            ticket.approve(by_user=other)
        elif number % 4 == 2:
            ticket.cancel(by_user=other, reason=REASON)
        else:  # back in review, but with an answer that nobody has read
            ticket.return_to_merchant(by_user=other, code=reason_code("return"), reason=REASON)
            ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=f"{ANSWER}（补充）")
    kept = [rows_of(ticket) for ticket in changed]
    answer = send(kefu, "approve", chosen, note="批量审核")
    page = read(answer)
    done, refused = lines(page, "done"), lines(page, "refused")
    assert answer.status_code == 200
    assert set(refused) == {ticket.number for ticket in changed}
    assert set(done) == {ticket.number for ticket in tickets} - set(refused)
    assert len(done) == 180
    assert [rows_of(ticket) for ticket in changed] == kept
    assert Event.objects.filter(kind="approved", actor=kefu, text="批量审核").count() == 180
    for number, ticket in enumerate(changed):
        what = [
            "退回商家，现在是待商家处理",
            "审核通过，现在是已完结",
            "撤销工单，现在是已撤销",
            "提交处理结果，现在是待客服审核",
        ]
        assert refused[ticket.number].startswith("该工单已处理，请刷新后查看")
        assert refused[ticket.number].endswith(what[number % 4])
    assert "已审核通过 180 张" in page.text
    assert "20 张没有审核通过" in page.text


def test_the_refused_that_can_be_done_now_are_chosen_again_as_they_are_now(order_a, kefu, dianyuan):
    again, over = submitted_ticket(order=order_a), submitted_ticket(order=order_a)
    chosen = picked(again, over)
    again.return_to_merchant(by_user=kefu, code=reason_code("return"), reason=REASON)
    again.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=f"{ANSWER}（补充）")
    over.cancel(by_user=kefu, reason=REASON)
    page = read(send(kefu, "approve", chosen, note="批量审核"))
    boxes = page.all("input", type="checkbox", form="again")
    assert [box["value"] for box in boxes] == [f"{again.number}~2~waiting_review"]
    form = page.one("form", id="again")
    assert form.sends()["note"] == "批量审核"
    sent = form.sends() | {"ticket": [box["value"] for box in boxes]}
    assert lines(read(signed_in(kefu).post(URL, sent)), "done") == {again.number: "已完结"}


def test_the_same_form_sent_twice_does_nothing_twice(order_a, kefu):
    tickets = [submitted_ticket(order=order_a) for _ in range(3)]
    chosen = picked(*tickets)
    send(kefu, "approve", chosen)
    before = [rows_of(ticket) for ticket in tickets]
    page = read(send(kefu, "approve", chosen))
    assert len(lines(page, "refused")) == 3
    assert [rows_of(ticket) for ticket in tickets] == before


def test_a_ticket_in_the_wrong_state_is_told_so(order_a, kefu):
    waiting, review, over = (
        TicketFactory(order=order_a),
        submitted_ticket(order=order_a),
        completed_ticket(order=order_a),
    )
    page = read(send(kefu, "approve", picked(waiting, review, over)))
    assert lines(page, "done") == {review.number: "已完结"}
    assert lines(page, "refused") == {
        waiting.number: "待商家处理的工单不能审核通过",
        over.number: "已完结的工单不能审核通过",
    }


def test_what_was_answered_meanwhile_is_not_approved_unread(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    chosen = picked(ticket)
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    assert list(lines(read(send(kefu, "approve", chosen)), "refused")) == [ticket.number]
    assert Ticket.objects.get(pk=ticket.pk).status == Status.WAITING_REVIEW


def test_reminding_some_that_have_been_reminded_tells_which(order_a, kefu):
    fresh, reminded = TicketFactory.create_batch(2, order=order_a)
    reminded.remind(by_user=kefu)
    page = read(send(kefu, "remind", picked(fresh, reminded), note="消费者很着急"))
    assert lines(page, "done") == {fresh.number: "待商家处理"}
    assert lines(page, "refused")[reminded.number].startswith("15分钟内只能催办一次")


def test_cancelling_takes_the_reason_to_each(order_a, kefu):
    tickets = [TicketFactory(order=order_a), submitted_ticket(order=order_a)]
    read(send(kefu, "cancel", picked(*tickets), reason="活动误开的工单"))
    for ticket in tickets:
        assert Ticket.objects.get(pk=ticket.pk).status == Status.CANCELLED
        assert ticket.events.get(kind="cancelled").text == "活动误开的工单"


def test_assigning_across_shops_does_those_of_the_shop(order_a, order_b, kefu, dianyuan, shangjia2):
    mine, other = TicketFactory(order=order_a), TicketFactory(order=order_b)
    question = read(signed_in(kefu).post(URL, {"verb": "assign", "ticket": picked(mine, other)}))
    assert [option.text for option in question.one("select", name="to").all("option")] == [
        "请选择", "李店员（亲贝母婴旗舰店）", "孙店长（童乐玩具专营店）",
    ]  # fmt: skip
    page = read(send(kefu, "assign", picked(mine, other), to=dianyuan.pk, reason="今天由李店员统一跟进"))
    assert lines(page, "done") == {mine.number: "待商家处理 李店员 处理"}
    assert lines(page, "refused") == {other.number: "李店员不是该商户在用的账号，请选择其他同事"}


def test_a_merchants_people_claim_many_and_a_colleagues_are_named(order_a, dianyuan, shangjia):
    free, held = TicketFactory.create_batch(2, order=order_a)
    held.claim(by_user=shangjia)
    page = read(send(dianyuan, "claim", picked(free, held)))
    assert lines(page, "done") == {free.number: "待商家处理 李店员 处理"}
    assert "该工单已由钱店长认领" in lines(page, "refused")[held.number]


def test_anothers_tickets_are_not_there(order_a, order_b, shangjia2):
    ticket, mine = TicketFactory(order=order_a, problem="别人的问题描述"), TicketFactory(order=order_b)
    before = rows_of(ticket)
    question = signed_in(shangjia2).post(URL, {"verb": "claim", "ticket": picked(ticket, mine)})
    answer = send(shangjia2, "claim", picked(ticket, mine))
    for page in (question, answer):
        assert "工单不存在或无权查看" in page.text
        assert "别人的问题描述" not in page.text
    assert list(lines(read(answer), "done")) == [mine.number]
    assert rows_of(ticket) == before


# ---- export ----


def exported(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_chosen_rows_are_exported_masked_and_harmless(merchant_a, kefu):
    order = OrderFactory(merchant=merchant_a, number="QB77", consignee="欧阳晓晓")
    ticket = TicketFactory(order=order, problem='=HYPERLINK("http://x") 欧阳晓晓 139 1234 5678')
    TicketFactory(order=order)
    answer = signed_in(kefu).post(URL, {"verb": "export", "ticket": picked(ticket)})
    [row] = exported(answer)
    assert answer["Content-Type"].startswith("text/csv")
    assert (row["工单号"], row["订单号"], row["商户"]) == (ticket.number, "QB77", "亲贝母婴旗舰店")
    assert row["问题描述"] == '\'=HYPERLINK("http://x") 欧* 139****5678'


def test_it_is_recorded_as_the_tickets_that_were_chosen(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    exported(signed_in(kefu).post(URL, {"verb": "export", "ticket": picked(ticket)}))
    record = ExportRecord.objects.get()
    assert (record.by, record.conditions, record.rows) == (kefu, "勾选的 1 张", 1)


def test_a_merchant_exports_its_own_only(order_a, order_b, shangjia2):
    theirs, mine = TicketFactory(order=order_a), TicketFactory(order=order_b)
    rows = exported(signed_in(shangjia2).post(URL, {"verb": "export", "ticket": picked(theirs, mine)}))
    assert [row["工单号"] for row in rows] == [mine.number]
    assert "商户" not in rows[0]


def test_an_export_of_nothing_says_so(kefu):
    assert signed_in(kefu).post(URL, {"verb": "export"}).status_code == 422


# ---- what it costs ----


def test_a_ticket_costs_the_same_whether_alone_or_among_many(order_a, kefu):
    def cost(how_many: int) -> int:
        chosen = picked(*(submitted_ticket(order=order_a) for _ in range(how_many)))
        return statements(lambda: send(kefu, "approve", chosen))

    one, two, ten = cost(1), cost(2), cost(10)
    assert ten - two == 8 * (two - one)
    # What is searched is kept with three of them, on SQLite with six.
    assert two - one <= (12 if connection.vendor == "postgresql" else 15)


def test_the_question_costs_the_same_for_one_and_for_fifty(order_a, kefu):
    tickets = TicketFactory.create_batch(50, order=order_a, at=database_now())
    visitor = signed_in(kefu)
    one = statements(lambda: visitor.post(URL, {"verb": "remind", "ticket": picked(tickets[0])}))
    assert statements(lambda: visitor.post(URL, {"verb": "remind", "ticket": picked(*tickets)})) == one
