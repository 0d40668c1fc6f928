"""查看完整号码: what is masked is shown once, to whom may see it, for a reason, and every look is on record."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from merchants.access import NotVisible
from tests.factories import (
    TicketFactory,
    UserFactory,
    cancelled_ticket,
    completed_ticket,
    reopened_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import read, signed_in, statements
from tickets.clock import database_now
from tickets.lifecycle import Refused
from tickets.models import ExportRecord, Reveal
from tickets.models.reveal import TooMany
from tickets.period import Period

pytestmark = pytest.mark.django_db

LOG = "/tickets/sensitive/"
REASON = "联系消费者核对换货地址"


@pytest.fixture
def order_a(order_a):
    order_a.consignee, order_a.phone = "诸葛晓岚", "13987654321"
    order_a.address = "浙江省杭州市西湖区文三路90号3栋501室"
    order_a.save()
    return order_a


def look(ticket, person, **about) -> str:
    return ticket.reveal(by_user=person, **{"field": "phone", "reason": REASON} | about)


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "shangjia", "dianyuan"])
@pytest.mark.parametrize(
    "make", [TicketFactory, submitted_ticket, ticket_on_hold, reopened_ticket], ids=lambda make: make.__name__
)
def test_of_an_open_ticket_the_number_is_given_and_the_look_recorded(who, make, order_a, request):
    person, ticket = request.getfixturevalue(who), make(order=order_a)
    assert look(ticket, person, from_address="192.0.2.7") == "13987654321"
    kept = Reveal.objects.get()
    assert (kept.ticket, kept.by, kept.field, kept.reason) == (ticket, person, "phone", REASON)
    assert (kept.by_name, kept.by_role) == (person.name, person.affiliation)
    assert kept.address == "192.0.2.7"
    assert abs(kept.at - database_now()) < timedelta(minutes=1)
    assert "13987654321" not in str(list(Reveal.objects.values()))


def test_name_and_address_are_looked_at_apart(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    assert look(ticket, kefu, field="consignee") == "诸葛晓岚"
    assert look(ticket, kefu, field="address") == "浙江省杭州市西湖区文三路90号3栋501室"
    assert sorted(Reveal.objects.values_list("field", flat=True)) == ["address", "consignee"]


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "shangjia", "dianyuan"])
@pytest.mark.parametrize("make", [completed_ticket, cancelled_ticket])
def test_once_the_ticket_is_over_nobody_looks(who, make, order_a, request):
    ticket = make(order=order_a)
    with pytest.raises(Refused, match="工单已结束"):
        look(ticket, request.getfixturevalue(who))
    assert not Reveal.objects.exists()


def test_nobody_else_looks(order_a, shangjia2, sysadmin):
    ticket = TicketFactory(order=order_a)
    with pytest.raises(NotVisible):
        look(ticket, shangjia2)
    with pytest.raises(Refused):
        look(ticket, sysadmin)
    assert not Reveal.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "……", "\u200b"])
def test_a_look_needs_a_reason(reason, order_a, kefu):
    with pytest.raises(ValidationError, match="请填写查看原因"):
        look(TicketFactory(order=order_a), kefu, reason=reason)
    assert not Reveal.objects.exists()


def test_what_nobody_told_us_is_no_look(order_a, kefu):
    order_a.phone = ""
    order_a.save()
    with pytest.raises(Refused, match="没有登记手机号"):
        look(TicketFactory(order=order_a), kefu)
    assert not Reveal.objects.exists()


@override_settings(REVEALS_PER_HOUR=3)
def test_a_person_looks_so_often_an_hour_and_others_are_not_counted(order_a, kefu, zhuguan):
    ticket, now = TicketFactory(order=order_a), database_now()
    look(ticket, kefu, at=now - timedelta(minutes=61))
    for minutes in (59, 30, 1):
        look(ticket, kefu, at=now - timedelta(minutes=minutes))
    with pytest.raises(TooMany, match="每小时最多3次"):
        look(ticket, kefu)
    assert look(ticket, zhuguan)
    assert Reveal.objects.filter(by=kefu).count() == 4


@pytest.mark.parametrize(
    "sql", ["UPDATE tickets_reveal SET reason = 'another'", "DELETE FROM tickets_reveal"]
)
def test_the_record_can_be_neither_changed_nor_removed(sql, order_a, kefu):
    look(TicketFactory(order=order_a), kefu)
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(sql)
    assert Reveal.objects.count() == 1


# ---- the page ----


def ask(person, ticket, **about):
    sent = {"reveal-field": "phone", "reveal-reason": REASON} | about
    return signed_in(person).post(f"{ticket.get_absolute_url()}reveal/", sent, REMOTE_ADDR="192.0.2.9")


@pytest.mark.parametrize("who", ["kefu", "dianyuan"])
def test_the_number_stands_in_the_answer_which_nothing_keeps(who, order_a, request):
    ticket = TicketFactory(order=order_a)
    page = ask(request.getfixturevalue(who), ticket)
    assert page.status_code == 200
    assert read(page).one("strong", class_="revealed").text == "13987654321"
    assert page["Cache-Control"] == "no-store"
    assert "诸葛" not in page.text
    assert Reveal.objects.get().address == "192.0.2.9"


def test_the_form_is_in_the_consumers_block_and_says_what_happens(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    block = read(signed_in(kefu).get(ticket.get_absolute_url())).one("section", id="consumer")
    assert "查看完整号码" in block.text
    assert "每次查看都会记录" in block.text
    assert block.one("form")["method"] == "post"
    assert block.one("form").sends()["reveal-field"] == "phone"


def test_looking_at_the_address_only_leads_to_the_ticket(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    page = signed_in(kefu).get(f"{ticket.get_absolute_url()}reveal/", {"reveal-field": "phone"})
    assert (page.status_code, page["Location"]) == (302, ticket.get_absolute_url())
    assert not Reveal.objects.exists()


def test_without_a_reason_the_sentence_stands_at_the_field(order_a, kefu):
    page = ask(kefu, TicketFactory(order=order_a), **{"reveal-reason": " "})
    assert page.status_code == 422
    assert read(page).one("section", id="consumer").errors() == ["请填写查看原因"]
    assert "13987654321" not in page.text


@override_settings(REVEALS_PER_HOUR=1)
def test_too_often_is_said_and_the_words_come_back(order_a, kefu):
    ticket = TicketFactory(order=order_a)
    ask(kefu, ticket)
    page = ask(kefu, ticket, **{"reveal-reason": "再核对一次门牌号"})
    assert page.status_code == 429
    block = read(page).one("section", id="consumer")
    assert block.errors() == ["查看过于频繁：每小时最多1次，请稍后再试"]
    assert block.one("textarea").value == "再核对一次门牌号"


def test_of_a_ticket_that_ended_meanwhile_nothing_is_shown(order_a, kefu, dianyuan):
    ticket = TicketFactory(order=order_a)
    ticket.cancel(by_user=kefu, reason="消费者撤回")
    for person in (kefu, dianyuan):
        page = ask(person, ticket)
        assert page.status_code == 409
        assert "工单已结束，不能再查看完整信息" in page.text
        assert "13987654321" not in page.text


# ---- how much a merchant sees, and for how long ----


def consumer_of(person, address: str):
    return read(signed_in(person).get(address)).one("section", id="consumer").text


@pytest.mark.parametrize("make", [completed_ticket, cancelled_ticket])
def test_a_merchant_sees_nothing_of_the_consumer_once_the_ticket_is_over(make, order_a, dianyuan, kefu):
    ticket = make(order=order_a)
    order_a.address = "浙江省杭州市滨江区江南大道1号"
    order_a.save()
    for address in (ticket.get_absolute_url(), order_a.get_absolute_url()):
        page = signed_in(dianyuan).get(address)
        assert "工单已结束，消费者信息不再显示" in consumer_of(dianyuan, address)
        assert [trace for trace in ("诸*", "139****4321", "西湖区", "滨江区") if trace in page.text] == []
        assert "139****4321" in consumer_of(kefu, address)


def test_the_order_shows_the_consumer_while_one_of_its_tickets_is_open(order_a, dianyuan):
    over = completed_ticket(order=order_a)
    TicketFactory(order=order_a)
    assert "139****4321" in consumer_of(dianyuan, order_a.get_absolute_url())
    assert "不再显示" in consumer_of(dianyuan, over.get_absolute_url())


def test_with_reopening_the_merchant_sees_the_consumer_again(order_a, dianyuan):
    ticket = reopened_ticket(order=order_a)
    assert "139****4321" in consumer_of(dianyuan, ticket.get_absolute_url())


def test_a_merchant_finds_only_open_tickets_by_a_phone_number(order_a, dianyuan, kefu):
    over, open_ = completed_ticket(order=order_a), TicketFactory(order=order_a)

    def found(person) -> str:
        return signed_in(person).get("/tickets/", {"tab": "all", "phone": "4321"}).text

    assert [ticket.number in found(dianyuan) for ticket in (over, open_)] == [False, True]
    assert [ticket.number in found(kefu) for ticket in (over, open_)] == [True, True]


# ---- 敏感信息查看日志 ----


def test_managers_read_who_looked_at_what(order_a, zhuguan, dianyuan):
    ticket = TicketFactory(order=order_a)
    look(ticket, dianyuan, reason="核对诸葛晓岚的电话13987654321", from_address="192.0.2.7")
    page = signed_in(zhuguan).get(LOG)
    [row] = read(page).table()
    assert row["工单号"] == ticket.number
    assert row["查看人"].startswith(dianyuan.name)
    assert row["查看内容"] == "手机号"
    assert row["查看原因"] == "核对诸*的电话139****4321"
    assert row["来源地址"] == "192.0.2.7"


def test_the_log_is_filtered_by_person_ticket_and_period(order_a, kefu, zhuguan, dianyuan):
    first, second = TicketFactory(order=order_a), TicketFactory(order=order_a)
    now = database_now()
    look(first, kefu)
    look(second, dianyuan)
    look(second, kefu, at=now - timedelta(days=40))

    def rows(**query) -> int:
        return len(read(signed_in(zhuguan).get(LOG, query)).table())

    assert rows() == 2
    assert rows(days="90") == 3
    assert rows(days="90", by=kefu.pk) == 2
    assert rows(days="90", number=second.number.lower()) == 2
    assert rows(by=kefu.pk, number=second.number) == 0
    assert rows(number="\x00", by="x", days="x", since="x") == 2


def test_one_look_and_fifty_cost_the_same(order_a, zhuguan):
    ticket, visitor = TicketFactory(order=order_a), signed_in(zhuguan)
    look(ticket, zhuguan)
    visitor.get(LOG)
    one = statements(lambda: visitor.get(LOG))
    for _ in range(3):
        person = UserFactory()
        for _ in range(18):
            look(ticket, person)
    assert statements(lambda: visitor.get(LOG)) == one
    page = read(visitor.get(LOG))
    assert len(page.table()) == 50
    assert "共 55 条" in page.one("nav", class_="pager").text


def test_the_log_can_be_taken_away(order_a, kefu, zhuguan):
    ticket = TicketFactory(order=order_a)
    look(ticket, kefu, reason="=核对诸葛晓岚的地址")
    page = signed_in(zhuguan).get(f"{LOG}export/")
    lines = page.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "查看时间,查看人,身份,工单号,查看内容,查看原因,来源地址"
    assert f",{kefu.name}," in lines[1]
    assert ",'=核对诸*的地址," in lines[1]


def test_who_took_the_log_away_is_recorded(order_a, kefu, zhuguan):
    ticket = TicketFactory(order=order_a)
    look(ticket, kefu)
    look(ticket, kefu)
    asked = {"days": "7", "by": kefu.pk, "number": ticket.number.lower()}
    signed_in(zhuguan).get(f"{LOG}export/", asked).getvalue()
    record = ExportRecord.objects.get()
    assert (record.by, record.what, record.rows, record.file_format) == (
        zhuguan,
        "敏感信息查看日志",
        2,
        "CSV",
    )
    period = Period.latest(7, database_now())
    assert record.conditions == f"期间：{period}；查看人：王客服（客服）；工单号：{ticket.number}"
    assert record.columns == "查看时间、查看人、身份、工单号、查看内容、查看原因、来源地址"
    [row] = read(signed_in(zhuguan).get("/exports/records/")).table()
    assert (row["导出人"], row["内容"]) == ("赵主管 主管", "敏感信息查看日志 CSV")


def test_a_telephone_number_typed_as_a_tickets_is_recorded_with_stars(zhuguan):
    signed_in(zhuguan).get(f"{LOG}export/", {"number": "13912345678"}).getvalue()
    assert "工单号：139****5678" in ExportRecord.objects.get().conditions
