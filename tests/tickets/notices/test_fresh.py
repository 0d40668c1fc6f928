"""What a page that stands open asks every few seconds."""

from datetime import UTC, datetime, time

import pytest

from merchants.models import Session
from tests.factories import NoticeFactory, TicketFactory
from tests.pages import signed_in, statements
from tickets.models import Notice, NoticeKind, NoticePreference

pytestmark = pytest.mark.django_db

FRESH = "/notices/fresh/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def ticket(order_a):
    ticket = TicketFactory(order=order_a)
    Notice.objects.all().delete()
    return ticket


@pytest.fixture
def visitor(dianyuan):
    return signed_in(dianyuan)


def again(visitor, answer):
    return visitor.get(FRESH, headers=JSON | {"If-None-Match": answer["ETag"]})


def test_it_tells_what_the_bell_shows_and_the_newest_in_words(visitor, dianyuan, ticket):
    NoticeFactory.create_batch(7, recipient=dianyuan, ticket=ticket)
    newest = NoticeFactory(recipient=dianyuan, ticket=ticket, kind=NoticeKind.URGENT)
    told = visitor.get(FRESH, headers=JSON).json()
    assert (told["shown"], told["label"], len(told["notices"])) == ("8", "消息，8 条未读", 5)
    assert told["notices"][0] == {
        "id": newest.pk,
        "title": "紧急预警",
        "text": "请尽快处理",
        "url": ticket.get_absolute_url(),
        "still": False,
    }
    assert (told["on_screen"], told["with_sound"]) == (True, True)


def test_while_nothing_changes_there_is_no_body(visitor, dianyuan, ticket):
    NoticeFactory(recipient=dianyuan, ticket=ticket)
    first = visitor.get(FRESH, headers=JSON)
    second = again(visitor, first)
    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")
    assert second["ETag"] == first["ETag"]
    assert "private" in first["Cache-Control"]
    assert "private" in second["Cache-Control"]


def test_what_comes_and_what_is_read_are_changes(visitor, dianyuan, ticket):
    first = NoticeFactory(recipient=dianyuan, ticket=ticket)
    answer = visitor.get(FRESH)
    NoticeFactory(recipient=dianyuan, ticket=ticket)
    answer = again(visitor, answer)
    assert (answer.status_code, answer.json()["shown"]) == (200, "2")
    Notice.objects.filter(pk=first.pk).mark_read(by_user=dianyuan)
    NoticeFactory(recipient=dianyuan, ticket=ticket, created_at=first.created_at)
    assert again(visitor, answer).status_code == 200


def test_one_persons_answer_is_not_anothers(visitor, shangjia, kefu):
    answer = visitor.get(FRESH)
    for other in (shangjia, kefu):
        assert again(signed_in(other), answer).status_code == 200


def test_what_is_told_to_others_changes_nothing(visitor, shangjia2, kefu, ticket):
    answer = visitor.get(FRESH)
    NoticeFactory(recipient=shangjia2, ticket=ticket)
    NoticeFactory(recipient=kefu, ticket=ticket)
    assert again(visitor, answer).status_code == 304
    assert signed_in(shangjia2).get(FRESH).json()["notices"] == []


@pytest.mark.parametrize("unread", [0, 1, 50])
def test_an_unchanged_answer_costs_one_statement_beside_the_logins(visitor, dianyuan, ticket, unread):
    NoticeFactory.create_batch(unread, recipient=dianyuan, ticket=ticket)
    answer = visitor.get(FRESH)
    assert statements(lambda: again(visitor, answer)) == 2


def test_asking_leaves_the_session_alone(visitor):
    before = list(Session.objects.values())
    visitor.get(FRESH)
    assert list(Session.objects.values()) == before


def test_without_a_login_a_script_hears_401_and_gets_no_login_page(client):
    answer = client.get(FRESH, headers=JSON)
    assert (answer.status_code, "<form" in answer.text) == (401, False)


@pytest.mark.parametrize(
    ("start", "end", "wall", "still"),
    [
        (time(22), time(8), "2026-11-24T23:30", True),
        (time(22), time(8), "2026-11-24T07:59", True),
        (time(22), time(8), "2026-11-24T08:00", False),
        (time(22), time(8), "2026-11-24T22:00", True),
        (time(12), time(14), "2026-11-24T13:00", True),
        (time(12), time(14), "2026-11-24T14:00", False),
        (None, None, "2026-11-24T03:00", False),
    ],
)
def test_within_quiet_hours_only_the_urgent_is_heard(
    visitor, dianyuan, ticket, monkeypatch, start, end, wall, still
):
    NoticePreference.objects.create(person=dianyuan, quiet_from=start, quiet_to=end)
    now = datetime.fromisoformat(f"{wall}:00+08:00").astimezone(UTC)
    monkeypatch.setattr("tickets.views.fresh.database_now", lambda: now)
    NoticeFactory(recipient=dianyuan, ticket=ticket, kind=NoticeKind.CRITICAL)
    NoticeFactory(recipient=dianyuan, ticket=ticket, kind=NoticeKind.URGENT)
    told = {notice["title"]: notice["still"] for notice in visitor.get(FRESH).json()["notices"]}
    assert told == {"重要预警": still, "紧急预警": False}


def test_it_says_what_the_person_wants_of_the_screen(visitor, dianyuan):
    NoticePreference.objects.create(person=dianyuan, on_screen=False, with_sound=False)
    told = visitor.get(FRESH).json()
    assert (told["on_screen"], told["with_sound"]) == (False, False)
