"""认领, 接手 and 退回待认领: who of the shop works on a ticket is said, and nothing is locked by it."""

from datetime import timedelta

import pytest

from tests.factories import ANSWER, TicketFactory, UserFactory, reason_code, returned_ticket, submitted_ticket
from tests.pages import numbers, read, signed_in
from tests.rows import rows_of
from tickets.lifecycle import Outcome, Refused, Status
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_it_names_the_person_and_changes_nothing_else(order_a, dianyuan):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    ticket.claim(by_user=dianyuan)
    after = rows_of(ticket)
    assert after["ticket"] == [before["ticket"][0] | {"assignee_id": dianyuan.pk}]
    assert {name for name in after if after[name] != before[name]} == {"ticket", "rounds", "events"}
    event = ticket.events.get(kind="claimed")
    assert (event.actor, event.text, event.to_status) == (dianyuan, "", Status.WAITING_MERCHANT)


def test_it_is_the_merchants_first_response_and_counts_once(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan, at=ticket.created_at + timedelta(minutes=7))
    ticket.claim(by_user=shangjia, take_over_from=dianyuan.pk, at=ticket.created_at + timedelta(minutes=9))
    assert ticket.rounds.get().responded_after == timedelta(minutes=7)


def test_anybody_of_the_shop_may_still_answer(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    ticket.submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)
    assert ticket.status == Status.WAITING_REVIEW
    assert ticket.assignee == dianyuan


def test_what_a_colleague_holds_is_refused_with_the_name(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    before = rows_of(ticket)
    for seen in (None, shangjia.pk):
        with pytest.raises(Refused, match="该工单已由李店员认领"):
            ticket.claim(by_user=shangjia, take_over_from=seen)
    assert rows_of(ticket) == before


def test_taking_over_from_the_colleague_one_saw_is_done_and_told(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    ticket.claim(by_user=shangjia, take_over_from=dianyuan.pk)
    assert Ticket.objects.get(pk=ticket.pk).assignee == shangjia
    assert ticket.events.last().text == "接手，原处理人：李店员"


def test_taking_over_from_somebody_who_holds_it_no_more_is_refused(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=UserFactory(staff_of=order_a.merchant, name="周店员"))
    with pytest.raises(Refused, match="周店员"):
        ticket.claim(by_user=shangjia, take_over_from=dianyuan.pk)


def test_claiming_ones_own_again_writes_nothing(order_a, dianyuan):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    before = rows_of(ticket)
    ticket.claim(by_user=dianyuan)
    assert rows_of(ticket) == before


def test_what_somebody_held_who_can_no_longer_log_in_is_free(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    dianyuan.is_active = False
    dianyuan.save()
    ticket.claim(by_user=shangjia)
    assert ticket.assignee == shangjia


def test_it_stays_with_the_person_when_the_ticket_comes_back(order_a, dianyuan, kefu):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    ticket.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    ticket.return_to_merchant(by_user=kefu, code=reason_code("return"), reason="没有写明补发的快递单号")
    assert Ticket.objects.get(pk=ticket.pk).assignee == dianyuan


def test_releasing_makes_it_anybodys(order_a, dianyuan):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    ticket.release(by_user=dianyuan)
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert ticket.events.last().kind == "released"


def test_the_owner_may_release_what_staff_hold_and_staff_not_what_the_owner_holds(
    order_a, dianyuan, shangjia
):
    ticket = TicketFactory(order=order_a)
    ticket.claim(by_user=dianyuan)
    ticket.release(by_user=shangjia)
    assert ticket.events.last().text == "原处理人：李店员"
    ticket.claim(by_user=shangjia)
    with pytest.raises(Refused, match="该工单由钱店长处理，只有本人或商户管理员可以退回待认领"):
        ticket.release(by_user=dianyuan)


def test_what_nobody_holds_cannot_be_released(order_a, dianyuan):
    with pytest.raises(Refused, match="还没有人认领"):
        TicketFactory(order=order_a).release(by_user=dianyuan)


# ---- the pages ----


def holder_of(page) -> str:
    return page.one("section", id="ticket").facts()["处理人"]


def test_the_page_says_who_holds_it_and_offers_what_can_be_done(order_a, dianyuan, shangjia, kefu, subtests):
    ticket = TicketFactory(order=order_a)
    url = ticket.get_absolute_url()
    shown = {
        "free": {dianyuan: "未认领 认领", kefu: "未认领"},
        "held": {
            dianyuan: "李店员 退回待认领",
            shangjia: "李店员 接手 退回待认领",
            kefu: "李店员",
        },
    }
    for state, words in shown.items():
        if state == "held":
            ticket.claim(by_user=dianyuan)
        for person, text in words.items():
            with subtests.test(state=state, person=str(person)):
                assert holder_of(read(signed_in(person).get(url))) == text


def test_the_button_claims_and_the_other_takes_over(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    for person, words in ((dianyuan, "认领"), (shangjia, "接手")):
        visitor = signed_in(person)
        page = read(visitor.get(ticket.get_absolute_url()))
        form = page.one("form", action=f"/tickets/{ticket.number}/claim/")
        assert form.one("button").text == words
        answer = visitor.post(form["action"], form.sends())
        assert answer["Location"] == ticket.get_absolute_url()
        assert Ticket.objects.get(pk=ticket.pk).assignee == person


def test_an_old_page_on_which_it_was_free_is_told_who_was_quicker(order_a, dianyuan, shangjia):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(shangjia)
    form = read(visitor.get(ticket.get_absolute_url())).one("form", action=True, text="认领")
    ticket.claim(by_user=dianyuan)
    answer = visitor.post(form["action"], form.sends())
    assert answer.status_code == 409
    assert "该工单已由李店员认领" in answer.text


def test_nothing_is_offered_when_it_is_not_the_merchants_turn(order_a, dianyuan):
    page = read(signed_in(dianyuan).get(submitted_ticket(order=order_a).get_absolute_url()))
    assert holder_of(page) == "未认领"


def test_the_list_names_the_holder_and_finds_mine_and_free_ones(order_a, dianyuan, shangjia):
    mine, others, free = TicketFactory.create_batch(3, order=order_a)
    mine.claim(by_user=dianyuan)
    others.claim(by_user=shangjia)
    visitor = signed_in(dianyuan)
    states = {row["工单号"]: row["工单状态"] for row in read(visitor.get("/tickets/")).table()}
    assert states == {
        mine.number: "待商家处理 李店员 处理",
        others.number: "待商家处理 钱店长 处理",
        free.number: "待商家处理",
    }
    assert numbers(visitor.get("/tickets/?holder=mine")) == [mine.number]
    assert numbers(visitor.get("/tickets/?holder=free")) == [free.number]


def test_customer_service_can_look_for_what_nobody_has_taken_and_holds_nothing_itself(
    order_a, dianyuan, kefu
):
    held, free = TicketFactory.create_batch(2, order=order_a)
    held.claim(by_user=dianyuan)
    visitor = signed_in(kefu)
    assert numbers(visitor.get("/tickets/?holder=free")) == [free.number]
    page = read(visitor.get("/tickets/"))
    options = [option.text for option in page.one("select", name="holder").all("option")]
    assert options == ["全部", "未认领"]


def test_the_quick_ways_to_mine_and_free_ones_keep_the_search(dianyuan, order_a, kefu):
    returned_ticket(order=order_a)
    page = read(signed_in(dianyuan).get("/tickets/?tab=returned&urgency=normal&after=x"))
    links = {link.text: link["href"] for link in page.one("nav", class_="holders").all("a")}
    assert links == {
        "不限": "?tab=returned&urgency=normal",
        "我的": "?tab=returned&urgency=normal&holder=mine",
        "未认领": "?tab=returned&urgency=normal&holder=free",
    }
    assert read(signed_in(kefu).get("/tickets/")).all("nav", class_="holders") == []
