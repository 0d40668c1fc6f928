"""内部备注 and 协商留言: who may say what when, who reads it, who hears of it; neither state nor clock moves."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from merchants.access import NotVisible
from tests.factories import (
    TicketFactory,
    UserFactory,
    cancelled_ticket,
    completed_ticket,
    submit,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import read, signed_in, statements
from tests.rows import rows_of
from tests.tickets.test_wording import INVISIBLE
from tickets.clock import database_now
from tickets.lifecycle import Refused
from tickets.models import Message, Notice, Ticket

pytestmark = pytest.mark.django_db
STATES = {
    "waiting_merchant": TicketFactory,
    "waiting_review": submitted_ticket,
    "on_hold": ticket_on_hold,
    "completed": completed_ticket,
    "cancelled": cancelled_ticket,
}
OPEN = {"waiting_merchant", "waiting_review", "on_hold"}
SERVICE = ("kefu", "zhuguan")
# verb, person: the states in which the person may
MAY = {
    **{("add_note", who): set(STATES) for who in SERVICE},
    **{("add_note", who): set() for who in ("shangjia", "dianyuan", "sysadmin")},
    **{("add_message", who): OPEN | {"completed"} for who in SERVICE},
    **{("add_message", who): OPEN for who in ("shangjia", "dianyuan")},
    ("add_message", "sysadmin"): set(),
}


def archived(ticket: Ticket) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(archived_at=database_now())
    return ticket


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("verb", "who"), MAY)
def test_who_may_say_what_in_which_state(verb, who, state, order_a, request):
    ticket, person = STATES[state](order=order_a), request.getfixturevalue(who)
    before = rows_of(ticket)
    if state in MAY[verb, who]:
        message = getattr(ticket, verb)(by_user=person, text="请先联系消费者")
        assert (message.author, message.author_name, message.author_role, message.merchant_id) == (
            person, person.name, person.affiliation, person.merchant_id,
        )  # fmt: skip
    else:
        with pytest.raises(Refused):
            getattr(ticket, verb)(by_user=person, text="请先联系消费者")
        assert not Message.objects.exists()
    # Not the state, not the clock, not 最近处理时间.
    assert rows_of(ticket) | {"messages": []} == before | {"messages": []}


@pytest.mark.parametrize("verb", ["add_note", "add_message"])
def test_nothing_is_said_on_a_ticket_that_is_put_away(verb, kefu, order_a):
    ticket = archived(completed_ticket(order=order_a))
    with pytest.raises(Refused, match="工单已归档"):
        getattr(ticket, verb)(by_user=kefu, text="补充一点")


@pytest.mark.parametrize("verb", ["add_note", "add_message"])
def test_another_merchant_does_not_find_the_ticket(verb, shangjia2, order_a):
    with pytest.raises(NotVisible):
        getattr(TicketFactory(order=order_a), verb)(by_user=shangjia2, text="你们是哪家的")


@pytest.mark.parametrize(("verb", "what"), [("add_note", "备注内容"), ("add_message", "留言内容")])
def test_a_message_says_something(verb, what, kefu, order_a, subtests):
    ticket = TicketFactory(order=order_a)
    for name, text in INVISIBLE.items():
        with subtests.test(name), pytest.raises(ValidationError, match=f"请填写{what}"):
            getattr(ticket, verb)(by_user=kefu, text=text)
    with pytest.raises(ValidationError, match=f"{what}最多10000字"):
        getattr(ticket, verb)(by_user=kefu, text="好" * 10_001)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"text": "\u200b\u3164\u2800 "}, "message_has_a_text"),
        ({"audience": "everybody"}, "message_audience_known"),
        ({"audience": "internal"}, "message_merchants_write_no_internal_ones"),
    ],
)
def test_the_database_refuses_what_no_message_can_be(wrong, name, dianyuan, order_a):
    message = TicketFactory(order=order_a).add_message(by_user=dianyuan, text="已收到")
    message.pk = None
    for field, value in wrong.items():
        setattr(message, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        message.save(force_insert=True)


# ---- who reads it ----


@pytest.fixture
def talk(kefu, dianyuan, order_a) -> Ticket:
    """A note, a message of each side, and an answer, in this order."""
    ticket = TicketFactory(order=order_a, by_user=kefu, opened_ago=timedelta(hours=1))
    at = ticket.created_at
    ticket.add_note(by_user=kefu, text="这家上周也漏发过", at=at + timedelta(minutes=1))
    ticket.add_message(by_user=kefu, text="请写明补发单号", at=at + timedelta(minutes=2))
    ticket.add_message(by_user=dianyuan, text="好的，仓库在查", at=at + timedelta(minutes=3))
    return submit(ticket, at + timedelta(minutes=4))


def test_each_side_finds_what_it_may_read(talk, kefu, zhuguan, shangjia, dianyuan, shangjia2, sysadmin):
    def texts(person) -> list[str]:
        return [message.text[:5] for message in Message.objects.for_user(person)]

    for person in (kefu, zhuguan):
        assert texts(person) == ["这家上周也", "请写明补发", "好的，仓库"]
    for person in (shangjia, dianyuan):
        assert texts(person) == ["请写明补发", "好的，仓库"]
    for person in (shangjia2, sysadmin):
        assert texts(person) == []


def lines(page) -> list[str]:
    return [" ".join(line.text.split()) for line in read(page).one("section", id="progress").all("li")]


def test_the_page_tells_it_between_the_events(talk, kefu):
    told = lines(signed_in(kefu).get(talk.get_absolute_url()))
    assert [line.split()[0] for line in told] == [
        "新建工单", "内部备注", "协商留言", "协商留言", "提交处理结果",
    ]  # fmt: skip
    assert told[1].startswith("内部备注 王客服 客服 仅客服可见")
    assert told[3].startswith("协商留言 李店员 亲贝母婴旗舰店")


def test_to_a_merchant_the_page_reads_as_if_there_were_no_note(talk, dianyuan, kefu):
    visitor = signed_in(dianyuan)
    before = lines(visitor.get(talk.get_absolute_url()))
    handled = Ticket.objects.get(pk=talk.pk).handled_at
    talk.add_note(by_user=kefu, text="再记一笔")
    assert lines(visitor.get(talk.get_absolute_url())) == before
    assert [line.split()[0] for line in before] == ["新建工单", "协商留言", "协商留言", "提交处理结果"]
    assert Ticket.objects.get(pk=talk.pk).handled_at == handled


def test_the_names_of_customer_service_are_not_offered_to_a_merchant(talk, dianyuan, shangjia, kefu, zhuguan):
    names = [option["value"] for option in read(
        signed_in(dianyuan).get(talk.get_absolute_url())).one("datalist", id="colleagues").all("option")]  # fmt: skip
    assert names == ["钱店长"]


def test_many_messages_cost_no_more_statements_than_one(kefu, order_a):
    few, many = TicketFactory(order=order_a), TicketFactory(order=order_a)
    few.add_note(by_user=kefu, text="第一条")
    for number in range(50):
        many.add_note(by_user=kefu, text=f"第{number}条")
    visitor = signed_in(kefu)
    one = statements(lambda: visitor.get(few.get_absolute_url()))
    assert statements(lambda: visitor.get(many.get_absolute_url())) == one


def test_what_a_message_says_about_the_consumer_is_masked(dianyuan, kefu, order_a):
    ticket = TicketFactory(order=order_a)
    ticket.add_message(by_user=dianyuan, text="陈晓雨 13912345678 说没有收到，地址文三路90号3栋")
    page = signed_in(kefu).get(ticket.get_absolute_url()).text
    assert [secret for secret in ("陈晓雨", "13912345678", "文三路90号") if secret in page] == []


# ---- the page's forms ----


@pytest.mark.parametrize(("verb", "who"), [("note", "kefu"), ("message", "kefu"), ("message", "dianyuan")])
def test_the_form_of_the_page_says_it(verb, who, order_a, request):
    ticket = TicketFactory(order=order_a)
    visitor = signed_in(request.getfixturevalue(who), enforce_csrf_checks=True)
    page = read(visitor.get(ticket.get_absolute_url()))
    form = page.one("form", action=f"/tickets/{ticket.number}/{verb}/#say")
    assert form["data-draft"] == verb
    sent = form.sends() | {f"{verb}-text": " 请看\r\n第二行 "}
    assert visitor.post(form["action"], sent).status_code == 302
    assert ticket.messages.get().text == "请看\n第二行"


def test_an_empty_message_is_told_so_at_its_field(kefu, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(kefu).post(f"/tickets/{ticket.number}/note/", {"note-text": "\u200b……"})
    form = read(page).one("form", action=f"/tickets/{ticket.number}/note/#say")
    assert (page.status_code, form.errors()) == (422, ["请填写备注内容"])
    assert form.one("textarea").value == "\u200b……"


def test_a_merchant_too_late_reads_why_and_gets_the_words_back(dianyuan, kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    ticket.approve(by_user=kefu)
    page = signed_in(dianyuan).post(f"/tickets/{ticket.number}/message/", {"message-text": "还有一句"})
    assert page.status_code == 409
    assert "工单已完结，只有客服可以留言" in page.text
    assert read(page).one("textarea", id="typed-message-0-1").value == "还有一句"


# ---- who hears of it ----


def heard(kind: str) -> set[str]:
    return {notice.recipient.name for notice in Notice.objects.filter(kind=kind)}


def test_a_message_of_customer_service_is_told_to_the_merchants_people(
    kefu, shangjia, dianyuan, shangjia2, order_a
):
    UserFactory(staff_of=shangjia.merchant, is_active=False)
    TicketFactory(order=order_a, by_user=kefu).add_message(by_user=kefu, text="请写明单号")
    assert heard("message") == {"钱店长", "李店员"}


def test_or_only_to_who_works_on_it(kefu, shangjia, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=dianyuan)
    ticket.add_message(by_user=kefu, text="请写明单号")
    assert heard("message") == {"李店员"}


def test_a_message_of_the_merchant_is_told_to_who_opened_the_ticket(
    kefu, zhuguan, shangjia, dianyuan, order_a
):
    TicketFactory(order=order_a, by_user=kefu).add_message(by_user=dianyuan, text="仓库在查")
    assert heard("message") == {"王客服"}


def test_a_note_is_told_to_nobody_but_those_it_names(kefu, zhuguan, shangjia, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, by_user=kefu)
    message = ticket.add_note(by_user=kefu, text="@赵主管 @钱店长 @王客服 @李店员 麻烦看一下")
    assert [mention.person for mention in message.mentions.all()] == [zhuguan]
    assert heard("mentioned") == {"赵主管"}
    assert heard("message") == set()


def test_a_merchants_mention_stays_within_the_shop(kefu, zhuguan, shangjia, dianyuan, order_a):
    message = TicketFactory(order=order_a, by_user=kefu).add_message(
        by_user=dianyuan, text="@钱店长 请店长定一下，@赵主管 也看看"
    )
    assert [mention.person for mention in message.mentions.all()] == [shangjia]
    assert heard("mentioned") == {"钱店长"}


def test_a_notice_never_repeats_the_words(kefu, zhuguan, dianyuan, order_a):
    zhuguan.email = "zhuguan@example.com"
    zhuguan.save()
    ticket = TicketFactory(order=order_a, by_user=kefu)
    message = ticket.add_note(by_user=kefu, text="@赵主管 暗号长颈鹿")
    ticket.add_message(by_user=kefu, text="暗号长颈鹿")
    notices = list(Notice.objects.filter(kind__in=["mentioned", "message"]))
    assert len(notices) == 2
    assert notices[-1].key == f"message:{message.pk}"
    assert [notice for notice in notices if "长颈鹿" in notice.text] == []
    assert all(ticket.number in notice.text for notice in notices)
