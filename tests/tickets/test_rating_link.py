"""消费者评价 by the consumer: a link that works once, a page without login, an end to both."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.factories import completed_ticket, submit
from tests.pages import read, signed_in
from tickets.clock import database_now
from tickets.models import Rating, Ticket

pytestmark = pytest.mark.django_db

WORDS = "客服很耐心，补发的也收到了。"


@pytest.fixture(autouse=True)
def nobody_has_asked_yet():
    cache.clear()


@pytest.fixture
def ticket(order_a, kefu) -> Ticket:
    return completed_ticket(order=order_a, by_user=kefu)


@pytest.fixture
def path(ticket, kefu) -> str:
    """The path of a rating link for the ticket."""
    return ticket.invite_rating(by_user=kefu).removeprefix(settings.SITE_URL)


def test_the_link_is_shown_once_and_only_its_digest_is_kept(ticket, kefu):
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one(
        "form", action=f"{ticket.get_absolute_url()}invite/"
    )
    page = visitor.post(form["action"], form.sends())
    address = read(page).one("textarea", id="link").value
    assert address.startswith(f"{settings.SITE_URL}/r/")
    assert page["Cache-Control"] == "no-store"
    token = address.rstrip("/").rpartition("/")[2]
    assert len(token) == 32
    assert token not in str(list(Rating.objects.values()))
    assert token not in visitor.get(ticket.get_absolute_url()).text


def test_a_new_link_makes_the_former_one_useless(ticket, kefu, path):
    second = ticket.invite_rating(by_user=kefu).removeprefix(settings.SITE_URL)
    assert [Client().get(each).status_code for each in (path, second)] == [404, 200]


def test_the_consumers_page_needs_no_login_and_says_hardly_anything(ticket, path):
    page = Client().get(path)
    assert page.status_code == 200
    traces = [
        ticket.number,
        ticket.order_number,
        ticket.problem,
        "陈",
        ticket.order.phone[-4:],
        "连体衣",
        "商品质量",
    ]
    assert [trace for trace in traces if trace in page.text] == []
    assert ticket.merchant.name in page.text
    assert "登录" not in page.text
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Cache-Control"] == "no-store"
    assert read(page).one("meta", name="robots")["content"] == "noindex, nofollow"


def test_the_consumer_rates_once_with_csrf_and_without_a_login(ticket, path):
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.post(path, {"stars": "5"}).status_code == 403
    form = read(visitor.get(path)).one("form")
    sent = form.sends() | {"stars": "5", "words": WORDS}
    page = visitor.post(path, sent)
    assert (page.status_code, page["Location"]) == (302, path)
    assert "谢谢，您已评价" in visitor.get(path).text
    assert "谢谢，您已评价" in visitor.post(path, sent | {"stars": "1"}).text
    rating = Rating.objects.get()
    assert (rating.stars, rating.words, rating.by) == (5, WORDS, None)
    event = ticket.events.get(kind="rated")
    assert (event.actor, event.actor_name, event.actor_role) == (None, "消费者", "评价链接")


def test_looking_changes_nothing(ticket, path):
    before = list(Rating.objects.values())
    for _ in range(3):
        Client().get(path, {"stars": "5"})
        Client().head(path)
    assert list(Rating.objects.values()) == before


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "请选择1到5星"),
        ({"stars": "6"}, "请选择1到5星"),
        ({"stars": "x"}, "请选择1到5星"),
        ({"stars": "5", "words": "好" * 501}, "评价内容最多500字，现在是501字"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field(sent, sentence, path):
    page = Client().post(path, {"words": WORDS} | sent)
    assert page.status_code == 422
    assert read(page).one("form").errors() == [sentence]
    assert read(page).one("textarea").value == ({"words": WORDS} | sent)["words"]
    assert Rating.objects.get().stars is None


def gone(path: str) -> bool:
    """Whether the link says that it is no good, to whoever looks and whoever sends."""
    pages = [Client().get(path), Client().post(path, {"stars": "5"})]
    return all(page.status_code == 404 and "链接无效或已过期" in page.text for page in pages)


def test_a_link_lives_for_fourteen_days(ticket, path):
    assert timedelta(days=13) < Rating.objects.get().expires_at - database_now() <= timedelta(days=14)
    Rating.objects.update(expires_at=database_now() + timedelta(minutes=5))
    assert Client().get(path).status_code == 200
    Rating.objects.update(expires_at=database_now())
    assert gone(path)


def test_a_link_ends_with_the_completion_it_asks_about(ticket, path):
    ticket.reopen(by_user=ticket.opened_by, reason="问题又出现了")
    assert gone(path)
    submit(ticket, database_now())
    ticket.approve(by_user=ticket.opened_by)
    assert gone(path)


def test_a_link_ends_with_archiving(order_a, kefu):
    ticket = completed_ticket(order=order_a, opened_ago=timedelta(days=100))
    path = ticket.invite_rating(by_user=kefu).removeprefix(settings.SITE_URL)
    Ticket.objects.archive(older_than=timedelta(days=90), batch=1)
    assert gone(path)


@pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 3000, "%00", "<b>"])
def test_a_strange_key_opens_nothing(token, path):
    assert gone(f"/r/{token}/")


def test_who_asks_too_often_has_to_wait(path, monkeypatch):
    monkeypatch.setattr("tickets.views.rating.REQUESTS", 3)
    assert [Client().get(path).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert Client(REMOTE_ADDR="192.0.2.8").get(path).status_code == 200
