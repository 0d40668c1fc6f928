"""新建工单: from an order to a ticket in the merchant's back office, without losing a typed word."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    REASON,
    CategoryFactory,
    CustomerFactory,
    OrderFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
)
from tests.pages import numbers, read, signed_in
from tickets.lifecycle import Urgency
from tickets.models import Category, Policy, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]

PROBLEM = '罐身 <凹陷> & "漏粉"，\r\n消费者要求换货👶'
PHONE = "13912345678"


@pytest.fixture
def category(db) -> Category:
    return CategoryFactory(name="破损")


@pytest.fixture
def filled(order_a, category) -> dict:
    return {"order_number": order_a.number, "category": category.pk, "urgency": "urgent", "problem": PROBLEM}


def main_form(page):
    return read(page).one("main").one("form", method="post")


# ---- opening ----


@pytest.mark.parametrize("who", ["kefu", "zhuguan"])
def test_a_filled_form_opens_a_ticket_at_the_orders_merchant(who, filled, order_a, category, request):
    person = request.getfixturevalue(who)
    page = signed_in(person).post("/tickets/new/", filled, follow=True)
    ticket = Ticket.objects.get()
    assert page.redirect_chain == [(ticket.get_absolute_url(), 302)]
    assert f"工单 {ticket.number} 已送达商户「亲贝母婴旗舰店」" in read(page).one(class_="message").text
    assert (ticket.order, ticket.merchant, ticket.category) == (order_a, order_a.merchant, category)
    assert (ticket.urgency, ticket.problem, ticket.opened_by) == (
        Urgency.URGENT,
        PROBLEM.replace("\r\n", "\n"),
        person,
    )


def test_the_form_of_the_page_is_all_that_is_needed(kefu, filled, order_a):
    visitor = signed_in(kefu, enforce_csrf_checks=True)
    form = main_form(visitor.get("/tickets/new/", {"order": order_a.number}))
    assert visitor.post("/tickets/new/", form.sends() | filled).status_code == 302


@pytest.mark.parametrize("who", ["shangjia", "dianyuan"])
def test_the_merchant_sees_it_at_once(who, kefu, filled, request):
    visitor = signed_in(request.getfixturevalue(who))
    assert numbers(visitor.get("/tickets/")) == []
    signed_in(kefu).post("/tickets/new/", filled)
    assert numbers(visitor.get("/tickets/")) == [Ticket.objects.get().number]


def test_another_merchant_does_not(kefu, shangjia2, filled):
    signed_in(kefu).post("/tickets/new/", filled)
    assert numbers(signed_in(shangjia2).get("/tickets/?tab=all")) == []


@pytest.mark.parametrize("who", ["shangjia", "dianyuan", "sysadmin"])
def test_nobody_else_opens_tickets(who, filled, request):
    visitor = signed_in(request.getfixturevalue(who))
    assert visitor.get("/tickets/new/").status_code == 403
    assert visitor.post("/tickets/new/", filled).status_code == 403
    assert not Ticket.objects.exists()


def test_blanks_around_the_order_number_are_no_matter(kefu, filled):
    assert signed_in(kefu).post("/tickets/new/", filled | {"order_number": " QB10000001 "}).status_code == 302


# ---- the empty form ----


def test_the_empty_form_has_the_usual_urgency_and_nothing_else(kefu, category):
    form = main_form(signed_in(kefu).get("/tickets/new/"))
    sent = form.sends()
    for hidden in ("csrfmiddlewaretoken", "form_key", "sheet", "tray"):
        assert hidden in sent
        sent.pop(hidden)
    assert sent == {"order_number": "", "category": "", "urgency": "normal", "problem": ""}
    assert [field for field in form.all() if "placeholder" in field.attrs] == []


def test_only_categories_in_use_are_offered(kefu, category):
    Category.objects.exclude(pk=category.pk).update(is_active=False)
    options = main_form(signed_in(kefu).get("/tickets/new/")).one("select", name="category").all("option")
    assert [option.text for option in options] == ["请选择", "破损"]


def test_coming_from_an_order_it_is_filled_in_and_shown(kefu, order_a):
    form = main_form(signed_in(kefu).get("/tickets/new/", {"order": order_a.number}))
    assert form.sends()["order_number"] == order_a.number
    assert form.one(id="lookup").facts()["商户"] == "亲贝母婴旗舰店"


# ---- what is wrong is told at its field, and everything stays ----


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        ({"order_number": ""}, ["请填写订单号"]),
        ({"order_number": "QB404"}, ["没有找到该订单，请核对订单号"]),
        ({"category": ""}, ["请选择问题类型"]),
        ({"category": "x"}, ["请选择问题类型"]),
        ({"category": "9" * 30}, ["请选择问题类型"]),
        ({"urgency": "x"}, ["请选择紧急程度"]),
        ({"urgency": ""}, ["请选择紧急程度"]),
        ({"problem": ""}, ["请填写问题描述"]),
        ({"problem": "\u200b \u3164"}, ["请填写问题描述"]),
        ({"problem": "罐身凹陷" * 2501}, ["问题描述最多10000字，现在是10004字"]),
        (
            {"order_number": "", "category": "", "problem": ""},
            ["请填写订单号", "请选择问题类型", "请填写问题描述"],
        ),
    ],
)
def test_what_is_wrong_is_told_and_all_else_stays(change, sentences, kefu, filled):
    sent = {name: str(value) for name, value in (filled | change).items()}
    page = signed_in(kefu).post("/tickets/new/", sent)
    form = main_form(page)
    back = form.sends()
    assert page.status_code == 422
    assert form.errors() == sentences
    assert {
        name: back.get(name) for name in sent if name not in change or name in ("order_number", "problem")
    } == {
        name: value
        for name, value in sent.items()
        if name not in change or name in ("order_number", "problem")
    }
    assert not Ticket.objects.exists()


def test_an_error_stands_at_its_own_field(kefu, filled):
    form = main_form(signed_in(kefu).post("/tickets/new/", filled | {"order_number": "QB404", "problem": ""}))
    assert form.one("ul", id="id_order_number_error").text == "没有找到该订单，请核对订单号"
    assert form.one("ul", id="id_problem_error").text == "请填写问题描述"
    for name in ("order_number", "problem"):
        told_by = form.one(name=name)["aria-describedby"].split()
        assert [form.one(id=part)["id"] for part in told_by] == [f"id_{name}_helptext", f"id_{name}_error"]


def test_a_merchant_that_was_switched_off_is_told_at_the_order(kefu, filled, merchant_a):
    merchant_a.is_active = False
    merchant_a.save()
    form = main_form(signed_in(kefu).post("/tickets/new/", filled))
    assert form.one("ul", id="id_order_number_error").text == "商户「亲贝母婴旗舰店」已停用，工单无人处理"
    assert form.sends()["problem"] == PROBLEM


def test_without_a_deadline_policy_it_is_told_and_nothing_is_lost(kefu, filled):
    Policy.objects.all().delete()
    page = signed_in(kefu).post("/tickets/new/", filled)
    assert page.status_code == 422
    assert main_form(page).errors() == ["未设置紧急工单的处理时限，请联系主管"]
    assert main_form(page).sends()["problem"] == PROBLEM
    assert main_form(page).all("input", name="open_anyway") == []


@pytest.mark.parametrize("number", ["\x00", "x" * 65, "%", "' OR 1=1 --"])
def test_a_strange_number_is_told_like_any_other(number, kefu, filled):
    page = signed_in(kefu).post("/tickets/new/", filled | {"order_number": number})
    assert page.status_code == 422
    assert main_form(page).all("ul", id="id_order_number_error")


@pytest.mark.parametrize("number", ["\x00", "QB404", "%", "x" * 500])
def test_a_strange_number_in_the_address_is_an_empty_form(number, kefu):
    page = signed_in(kefu).get("/tickets/new/", {"order": number})
    assert page.status_code == 200
    assert main_form(page).one(id="lookup").all("dl") == []


# ---- the same matter twice ----


@pytest.fixture
def known(order_a, category) -> Ticket:
    return TicketFactory(order=order_a, category=category, problem=f"罐身凹陷，请打 {PHONE}")


def test_an_open_ticket_of_the_same_kind_is_asked_about_first(kefu, filled, known):
    page = signed_in(kefu).post("/tickets/new/", filled)
    form = main_form(page)
    assert page.status_code == 422
    assert form.errors() == ["该订单已有同类型的未完结工单，请先确认是否重复；确需新建请勾选“仍要新建”。"]
    same = form.one("section", id="problem")
    assert same.one("a", known.number)["href"] == known.get_absolute_url()
    assert "139****5678" in same.text
    assert PHONE not in page.text
    assert "checked" not in form.one("input", name="open_anyway").attrs
    assert form.sends()["problem"] == PROBLEM
    assert Ticket.objects.count() == 1


def test_who_insists_opens_it(kefu, filled, known):
    visitor = signed_in(kefu)
    form = main_form(visitor.post("/tickets/new/", filled))
    assert visitor.post("/tickets/new/", form.sends() | {"open_anyway": "on"}).status_code == 302
    assert Ticket.objects.count() == 2


def test_insisting_survives_another_mistake(kefu, filled, known):
    page = signed_in(kefu).post("/tickets/new/", filled | {"open_anyway": "on", "problem": ""})
    assert main_form(page).sends()["open_anyway"] == "on"


@pytest.mark.parametrize(
    "other",
    [
        lambda order, category, merchant: TicketFactory(
            order=order, category=CategoryFactory(name="物流问题")
        ),
        lambda order, category, merchant: completed_ticket(order=order, category=category),
        lambda order, category, merchant: cancelled_ticket(order=order, category=category),
        lambda order, category, merchant: TicketFactory(
            order=OrderFactory(merchant=merchant), category=category
        ),
    ],
    ids=["another kind", "completed", "cancelled", "another order"],
)
def test_what_is_another_matter_is_not_asked_about(other, kefu, filled, order_a, category, merchant_a):
    other(order_a, category, merchant_a)
    assert signed_in(kefu).post("/tickets/new/", filled).status_code == 302


# ---- looking an order up, without a script: a button of the same form ----


def test_looking_up_keeps_all_that_was_typed_and_opens_nothing(kefu, filled, order_a):
    page = signed_in(kefu).post("/tickets/new/", filled | {"look": "1"})
    form = main_form(page)
    assert page.status_code == 200
    assert form.errors() == []
    back = form.sends()
    assert {name: back[name] for name in filled} == {name: str(value) for name, value in filled.items()}
    assert form.one(id="lookup").facts()["订单号"] == order_a.number
    assert not Ticket.objects.exists()


def test_looking_up_with_everything_else_empty_complains_about_nothing(kefu):
    page = signed_in(kefu).post("/tickets/new/", {"order_number": "QB404", "look": "1"})
    assert main_form(page).errors() == []
    assert "没有找到该订单，请核对订单号" in main_form(page).one(id="lookup").text


def test_picking_one_of_several_keeps_all_that_was_typed(kefu, filled, order_a, merchant_a):
    OrderFactory(merchant=merchant_a, number="QB10000002")
    visitor = signed_in(kefu)
    several = main_form(visitor.post("/tickets/new/", filled | {"order_number": "QB1000", "look": "1"}))
    picks = several.all("button", name="pick")
    assert [pick["value"] for pick in picks] == ["QB10000001", "QB10000002"]
    form = main_form(visitor.post("/tickets/new/", several.sends() | {"pick": picks[1]["value"]}))
    back = form.sends()
    assert {name: back[name] for name in filled} == {
        name: str(value) for name, value in (filled | {"order_number": "QB10000002"}).items()
    }
    assert form.one(id="lookup").facts()["订单号"] == "QB10000002"
    assert not Ticket.objects.exists()


def test_enter_in_the_order_field_looks_up_and_does_not_open(kefu, order_a):
    buttons = main_form(signed_in(kefu).get("/tickets/new/", {"order": "QB1000"})).all("button")
    assert buttons[0]["name"] == "look"  # a browser presses the first submit button of the form


def test_looking_up_by_phone_finds_orders_and_shows_the_number_to_nobody(kefu, filled, merchant_a):
    order = OrderFactory(merchant=merchant_a, phone=PHONE, customer=CustomerFactory(phone=PHONE))
    visitor = signed_in(kefu)
    page = visitor.post("/tickets/new/", filled | {"order_number": "139 1234 5678", "look": "1"})
    assert [pick["value"] for pick in main_form(page).all("button", name="pick")] == [order.number]
    assert "1234 5678" not in page.text
    assert PHONE not in page.text
    again = visitor.post("/tickets/new/", main_form(page).sends() | {"look": "1"})
    assert [pick["value"] for pick in main_form(again).all("button", name="pick")] == [order.number]


@pytest.mark.parametrize("send", [lambda visitor: visitor.get("/tickets/new/", {"order": PHONE}),
                                  lambda visitor: visitor.post("/tickets/new/", {"order_number": PHONE})])  # fmt: skip
def test_a_phone_number_is_echoed_masked_only(send, kefu):
    page = send(signed_in(kefu))
    assert PHONE not in page.text
    assert main_form(page).sends()["order_number"].startswith("139****5678~")


# ---- what it costs ----


@pytest.mark.parametrize("how", ["sent", "asked", "refused", "shown"])
def test_the_order_is_read_once(how, kefu, filled, order_a):
    visitor = signed_in(kefu)
    acts = {
        "sent": lambda: visitor.post("/tickets/new/", filled),
        "asked": lambda: visitor.post("/tickets/new/", filled | {"look": "1"}),
        "refused": lambda: visitor.post("/tickets/new/", filled | {"problem": ""}),
        "shown": lambda: visitor.get("/tickets/new/", {"order": order_a.number}),
    }
    with CaptureQueriesContext(connection) as queries:
        acts[how]()
    for table in ("orders_order", "orders_orderline", "orders_shipment"):
        assert len([query for query in queries if f'FROM "{table}"' in query["sql"]]) == 1, table


# ---- the preview ----


def test_the_preview_warns_of_open_tickets(kefu, order_a, known):
    done = completed_ticket(order=order_a, opened_ago=timedelta(days=2))
    lookup = main_form(signed_in(kefu).get("/tickets/new/", {"order": order_a.number})).one(id="lookup")
    assert "该订单还有 1 张未完结工单" in lookup.text
    assert [link.text for link in lookup.one("ul").all("a")] == [known.number]
    assert done.number not in lookup.text


def test_a_cancelled_ticket_is_no_reason_to_warn(kefu, order_a, known):
    known.cancel(by_user=kefu, reason=REASON)
    lookup = main_form(signed_in(kefu).get("/tickets/new/", {"order": order_a.number})).one(id="lookup")
    assert "未完结" not in lookup.text
