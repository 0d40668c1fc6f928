"""Nothing typed is lost where a form never reached its verb: an old token, a lapsed session, another role."""

from urllib.parse import unquote

import pytest
from django.conf import settings

from tests.factories import (
    REASON,
    TicketFactory,
    UserFactory,
    submitted_ticket,
)
from tests.pages import read, signed_in
from tests.rows import rows_of
from tests.tickets.pressing import TEXTS, address, answer, form_of, given_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]


# ---- nothing typed is lost outside either ----


def test_a_form_without_its_token_is_refused_and_given_back(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    before = rows_of(ticket)
    visitor = signed_in(dianyuan, enforce_csrf_checks=True)
    page = visitor.post(address(ticket, "submit"), answer(TEXTS["signs"]))
    assert page.status_code == 403
    assert "页面已失效" in read(page).one("h1").text
    assert given_back(page) == [TEXTS["signs"]]
    assert rows_of(ticket) == before


def test_a_form_with_an_old_token_is_refused_and_given_back(kefu, order_a):
    ticket = submitted_ticket(order=order_a)
    visitor = signed_in(kefu, enforce_csrf_checks=True)
    form = form_of(visitor.get(ticket.get_absolute_url()), ticket, "return")
    visitor.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    page = visitor.post(form["action"], form.sends() | {"return-reason": TEXTS["lines"]})
    assert page.status_code == 403
    assert given_back(page) == [TEXTS["lines"]]


@pytest.mark.parametrize("name", TEXTS)
def test_a_form_after_the_session_has_lapsed_is_given_back(name, client, order_a):
    ticket = TicketFactory(order=order_a)
    page = client.post(
        address(ticket, "submit"),
        answer(TEXTS[name]),
        headers={"referer": f"http://testserver{ticket.get_absolute_url()}"},
    )
    assert page.status_code == 401
    assert "登录已过期，请重新登录，填写内容已保留" in read(page).text
    assert [text.strip() for text in given_back(page)] == [TEXTS[name].strip()]
    assert unquote(read(page).one("a", "重新登录")["href"]) == f"/login/?next=/tickets/{ticket.number}/"


def test_of_a_form_only_the_words_are_given_back(client, kefu, order_a):
    ticket = TicketFactory(order=order_a)
    form = form_of(signed_in(kefu).get(ticket.get_absolute_url()), ticket, "cancel")
    page = client.post(form["action"], form.sends() | {"cancel-reason": REASON})
    assert given_back(page) == [REASON]


def test_after_logging_in_again_one_is_back_at_the_ticket(client, dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    expired = client.post(
        address(ticket, "submit"),
        answer(),
        headers={"referer": f"http://testserver{address(ticket, 'submit')}"},
    )
    login = read(expired).one("a", "重新登录")["href"]
    page = client.post(login, {"username": "dianyuan", "password": "qinqin-demo"}, follow=True)
    assert page.redirect_chain[-1][0] == ticket.get_absolute_url()


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/x",
        "http://testserver//evil.example",
        "http://testserver.evil.example/",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_way_back_after_a_login_is_ones_own(referer, client, order_a):
    page = client.post("/tickets/x/submit/", answer(), headers={"referer": referer})
    assert read(page).one("a", "重新登录")["href"] == "/login/"


def test_who_lost_sight_of_a_ticket_gets_the_text_back_too(shangjia2, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(shangjia2).post(address(ticket, "submit"), answer(TEXTS["emoji"]))
    assert page.status_code == 404
    assert "工单不存在或无权查看" in page.text
    assert given_back(page) == [TEXTS["emoji"]]


def test_who_changed_role_meanwhile_gets_the_text_back_too(order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(UserFactory()).post(address(ticket, "submit"), answer(TEXTS["emoji"]))
    assert page.status_code == 403
    assert given_back(page) == [TEXTS["emoji"]]


def test_more_text_than_any_form_of_ours_takes_is_a_page_in_chinese(dianyuan, order_a):
    ticket = TicketFactory(order=order_a)
    page = signed_in(dianyuan).post(address(ticket, "submit"), answer("长" * 1_000_000))
    assert page.status_code == 400
    assert "内容过长" in page.text
