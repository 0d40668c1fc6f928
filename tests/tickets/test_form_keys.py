"""A form that is sent twice is one act, and its second answer is the first one's."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.conf import settings

from merchants.access import Role
from tests.factories import (
    ANSWER,
    REASON,
    CategoryFactory,
    MerchantFactory,
    OrderFactory,
    TicketFactory,
    UserFactory,
    reason_code,
    submitted_ticket,
)
from tests.pages import read, signed_in
from tests.rows import kinds_of, rows_of
from tickets.models import Calendar, Policy, SpecialDay, Submission, Ticket, TicketDraft

KEY = "a-key-of-sixteen-or-more"
# Whoever sends these twice has done nothing twice: login and logout, a password that needs the old one, words cleared.
KEYLESS = {
    "merchants/login.html",
    "merchants/password_change.html",
    "base.html",
    "tickets/rate.html",  # used once by itself, and by nobody who is signed in
    "tickets/inbox.html",  # read is read
    "tickets/undelivered.html",  # what waits again already is not there to be sent again
}
# Words cleared are cleared, and read is read.
KEYLESS_FORMS = ('id="draft-clear"', "data-reads")
# Many tickets, each in a transaction of its own, each refused where it has moved on: one key would tie them together.
KEYLESS |= {
    "tickets/list.html",
    "tickets/bulk.html",
    "tickets/bulk_done.html",
    "tickets/_overdue_rows.html",
}


def messages_of(page) -> list[str]:
    return [line.text for line in read(page).all("p", class_="message")]


def test_every_form_that_changes_something_carries_a_key():
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        name = str(path.relative_to(Path(settings.BASE_DIR, "templates")))
        forms = re.findall(r"<form[^>]*post.*?</form>", path.read_text(), re.DOTALL)
        for form in forms if name not in KEYLESS else []:
            assert any(mark in form for mark in ("form_key()", *KEYLESS_FORMS)), f"{name}: {form[:120]}"


@pytest.mark.django_db
class TestOnce:
    def test_a_ticket_is_opened_once(self, kefu, order_a):
        visitor = signed_in(kefu)
        form = read(visitor.get("/tickets/new/")).one("main").one("form")
        sent = form.sends() | {
            "order_number": order_a.number,
            "category": CategoryFactory().pk,
            "problem": REASON,
        }
        first, second = (visitor.post("/tickets/new/", sent) for _ in range(2))
        ticket = Ticket.objects.get()
        assert (
            (first.status_code, first.url) == (second.status_code, second.url) == (302, f"/tickets/{ticket}/")
        )
        assert messages_of(visitor.get(second.url)) == [f"工单 {ticket} 已送达商户「{order_a.merchant}」"] * 2

    def test_a_reminder_is_sent_once_and_told_twice(self, kefu, order_a):
        ticket, visitor = TicketFactory(order=order_a), signed_in(kefu)
        sent = {"form_key": KEY, "remind-seen_round": 1, "remind-note": "请尽快"}
        for _ in range(2):
            page = visitor.post(f"/tickets/{ticket}/remind/", sent, follow=True)
            assert messages_of(page) == ["已催办商家（本轮第1次）"]
        assert kinds_of(ticket) == ["opened", "reminded"]

    def test_a_form_that_came_back_is_sent_again_with_the_same_key(self, kefu, order_a):
        ticket, visitor = submitted_ticket(order=order_a), signed_in(kefu)
        sent = {
            "form_key": KEY,
            "return-seen_round": 1,
            "return-reason": "",
            "return-code": reason_code("return").pk,
        }
        for _ in range(2):
            assert visitor.post(f"/tickets/{ticket}/return/", sent).status_code == 422
        assert not Submission.objects.exists()
        assert visitor.post(f"/tickets/{ticket}/return/", sent | {"return-reason": REASON}).status_code == 302

    def test_other_words_out_of_the_same_page_are_another_act(self, kefu, order_a):
        visitor = signed_in(kefu)
        sent = {"form_key": KEY, "category": CategoryFactory().pk, "urgency": "normal"}
        sent |= {"order_number": order_a.number, "problem": REASON}
        visitor.post("/tickets/new/", sent)
        other = OrderFactory()
        page = visitor.post("/tickets/new/", sent | {"order_number": other.number})
        assert page.status_code == 302
        assert set(Ticket.objects.values_list("order_number", flat=True)) == {order_a.number, other.number}

    def test_a_key_is_ones_own(self, kefu, zhuguan, order_a):
        ticket = submitted_ticket(order=order_a)
        sent = {"form_key": KEY, "approve-seen_round": 1}
        assert signed_in(kefu).post(f"/tickets/{ticket}/approve/", sent).status_code == 302
        assert signed_in(zhuguan).post(f"/tickets/{ticket}/approve/", sent).status_code == 409

    def test_a_key_is_for_one_address(self, kefu, order_a):
        first, second = (submitted_ticket(order=order_a) for _ in range(2))
        visitor = signed_in(kefu)
        for ticket in (first, second):
            visitor.post(f"/tickets/{ticket}/approve/", {"form_key": KEY, "approve-seen_round": 1})
        assert kinds_of(second)[-1] == "approved"

    @pytest.mark.parametrize("key", ["", "short", "x" * 65, "键" * 20, "\x00" * 20, "a\nb" * 10])
    def test_a_key_that_is_none_of_ours_is_passed_over(self, key, kefu, order_a):
        ticket = submitted_ticket(order=order_a)
        page = signed_in(kefu).post(f"/tickets/{ticket}/approve/", {"form_key": key})
        assert page.status_code == 302
        assert not Submission.objects.exists()

    def test_a_failure_in_the_middle_leaves_neither_act_nor_key(self, kefu, order_a, monkeypatch):
        ticket = submitted_ticket(order=order_a)
        before = rows_of(ticket)

        def broken(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr("tickets.views.pressing.messages.success", broken)
        visitor = signed_in(kefu, raise_request_exception=False)
        assert visitor.post(f"/tickets/{ticket}/approve/", {"form_key": KEY}).status_code == 500
        assert rows_of(ticket) == before
        assert not Submission.objects.exists()

    def test_policies_calendars_holidays_and_staff_too(self, zhuguan, shangjia):
        manager, owner = signed_in(zhuguan), signed_in(shangjia)
        day = {"form_key": KEY, "day": "2030-01-01", "is_working": "0", "name": "元旦", "year": "2030"}
        for _ in range(2):
            assert manager.post("/tickets/deadlines/holidays/add/", day).status_code == 302
        assert SpecialDay.objects.filter(name="元旦", day__year=2030).count() == 1
        form = read(manager.get("/tickets/deadlines/policies/new/")).one("main").one("form")
        sent = form.sends() | {"category": CategoryFactory().pk, "warning_minutes": 5, "deadline_minutes": 9}
        sent |= {"urgency": "urgent", "calendar": Calendar.objects.get(is_always=True).pk}
        for _ in range(2):
            assert manager.post("/tickets/deadlines/policies/new/", sent).status_code == 302
        assert Policy.objects.filter(deadline_minutes=9).count() == 1
        person = read(owner.get("/staff/new/")).one("main").one("form").sends()
        person |= {"username": "newcomer", "name": "周店员", "password": "a-long-password-3"}
        for _ in range(2):
            assert owner.post("/staff/new/", person).status_code == 302

    def test_a_password_leaves_no_trace_in_the_checksum(self, shangjia):
        owner = signed_in(shangjia)
        sent = {"form_key": KEY, "username": "newcomer", "name": "周店员"}
        owner.post("/staff/new/", sent | {"password": "a-long-password-3"})
        first = Submission.objects.get()
        first.delete()
        owner.post("/staff/new/", sent | {"username": "newcomer2", "password": "a-long-password-3"})
        assert Submission.objects.get().content != first.content
        assert len(first.content) == 64

    def test_only_ones_own_forms_are_told_to_have_arrived(self, kefu, zhuguan, order_a):
        ticket = submitted_ticket(order=order_a)
        signed_in(kefu).post(f"/tickets/{ticket}/approve/", {"form_key": KEY, "approve-seen_round": 1})
        assert signed_in(kefu).get("/tickets/sent/", {"key": KEY}).json() == {"done": True}
        assert signed_in(zhuguan).get("/tickets/sent/", {"key": KEY}).json() == {"done": False}
        assert signed_in(kefu).get("/tickets/sent/", {"key": "\x00"}).json() == {"done": False}


# ---- in the same moment, on a real server ----


@pytest.mark.processes
def test_ten_times_the_same_form_at_once_is_one_act_with_ten_equal_answers(site):
    with site.database():
        clerk = UserFactory(username="clerk", role=Role.SUPPORT)
        order = OrderFactory(merchant=MerchantFactory())
        tickets = [
            Ticket.open(TicketDraft(order, CategoryFactory(), "normal", "奶瓶漏水"), by_user=clerk)
            for _ in range(4)
        ]
        numbers = [ticket.number for ticket in tickets]
        session = signed_in(clerk).cookies[settings.SESSION_COOKIE_NAME].value
    barrier = Barrier(10)
    visitors = [site.visitor() for _ in range(10)]
    for visitor in visitors:
        visitor.keep(settings.SESSION_COOKIE_NAME, session)
        visitor.get("/password/")

    def remind(visitor) -> list[tuple]:
        answers = []
        for number in numbers:
            barrier.wait(60)
            page = visitor.post(
                f"/tickets/{number}/remind/",
                {"form_key": f"{KEY}-{number}", "remind-seen_round": 1, "remind-note": ANSWER},
                follow=False,
            )
            answers.append((page.status, page.headers.get("Location")))
        return answers

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(remind, visitors))
    assert answers == [[(302, f"/tickets/{number}/") for number in numbers]] * 10
    with site.database():
        for number in numbers:
            assert kinds_of(Ticket.objects.get(number=number)) == ["opened", "reminded"]
    assert "Traceback" not in site.log.read_text()
