"""消费者评价: recorded by customer service, or by the consumer through a link that works once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from tests.factories import STEP, cancelled_ticket, completed_ticket, submit, submitted_ticket
from tests.pages import numbers, read, signed_in, statements
from tests.rows import kinds_of, rows_of
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled
from tickets.models import Draft, Notice, Rating, Ticket
from tickets.models.rating import AlreadyRated

from .test_timeliness_figures import of

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


def reopened_and_completed(ticket: Ticket) -> Ticket:
    ticket.reopen(by_user=ticket.opened_by, reason="问题又出现了")
    submit(ticket, database_now())
    ticket.approve(by_user=ticket.opened_by)
    return ticket


# ---- recorded by customer service ----


def test_recording_uses_up_ones_own_draft_of_it_and_nothing_else(ticket, kefu, zhuguan):
    for person, verb in ((kefu, "rate"), (kefu, "reopen"), (zhuguan, "rate")):
        Draft.keep(by_user=person, verb=verb, fields={"words": WORDS}, ticket=ticket, round_no=1)
    ticket.rate(by_user=kefu, stars=5, words=WORDS)
    assert set(Draft.objects.values_list("person", "verb")) == {(kefu.pk, "reopen"), (zhuguan.pk, "rate")}


def test_the_consumers_own_word_takes_no_draft_away(ticket, kefu):
    Draft.keep(by_user=kefu, verb="rate", fields={"words": WORDS}, ticket=ticket, round_no=1)
    ticket.rate(stars=5)
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("who", ["kefu", "zhuguan"])
def test_customer_service_records_what_the_consumer_says(who, ticket, request):
    person, before = request.getfixturevalue(who), rows_of(ticket)["ticket"]
    ticket.rate(by_user=person, stars=4, words=f"  {WORDS}\r\n")
    rating = Rating.objects.get()
    assert (rating.ticket, rating.round.number, rating.stars, rating.words) == (ticket, 1, 4, WORDS)
    assert (rating.by, rating.token_digest) == (person, "")
    event = ticket.events.last()
    assert (event.kind, event.actor, event.text) == ("rated", person, f"4星\n{WORDS}")
    assert rows_of(ticket)["ticket"] == before


@pytest.mark.parametrize("stars", [None, 0, 6, -1, "5"])
def test_one_to_five_stars(stars, ticket, kefu):
    with pytest.raises(ValidationError, match="请选择1到5星"):
        ticket.rate(by_user=kefu, stars=stars)


def test_words_have_an_end(ticket, kefu):
    with pytest.raises(ValidationError, match="最多500字"):
        ticket.rate(by_user=kefu, stars=5, words="好" * 501)
    assert ticket.rate(by_user=kefu, stars=5, words="好" * 500).stars == 5


def test_a_completion_is_rated_once(ticket, kefu, zhuguan):
    ticket.rate(by_user=kefu, stars=5)
    with pytest.raises(AlreadyRated, match="已有消费者评价"):
        ticket.rate(by_user=zhuguan, stars=1)
    with pytest.raises(AlreadyRated):
        ticket.invite_rating(by_user=zhuguan)
    assert Rating.objects.get().stars == 5
    assert kinds_of(ticket).count("rated") == 1


def test_each_completion_has_a_rating_of_its_own(ticket, kefu):
    ticket.rate(by_user=kefu, stars=1)
    reopened_and_completed(ticket).rate(by_user=kefu, stars=5)
    assert list(Rating.objects.order_by("round__number").values_list("round__number", "stars")) == [
        (1, 1),
        (2, 5),
    ]


@pytest.mark.parametrize("make", [submitted_ticket, cancelled_ticket])
def test_only_what_is_completed_is_rated(make, order_a, kefu):
    ticket = make(order=order_a)
    with pytest.raises(AlreadyHandled):
        ticket.rate(by_user=kefu, stars=5)
    with pytest.raises(AlreadyHandled):
        ticket.invite_rating(by_user=kefu)


@pytest.mark.parametrize("change", [{"stars": 6}, {"stars": 0}, {"stars": None}, {"at": None}])
def test_the_database_keeps_to_it(change, ticket, kefu):
    ticket.rate(by_user=kefu, stars=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.update(**change)


def test_the_database_keeps_one_rating_for_a_round(ticket, kefu):
    rating = ticket.rate(by_user=kefu, stars=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(ticket=ticket, round=rating.round)


def test_on_the_page_it_is_recorded_and_shown_to_both_sides(ticket, kefu, dianyuan):
    visitor = signed_in(kefu)
    form = read(visitor.get(ticket.get_absolute_url())).one(
        "form", action=f"{ticket.get_absolute_url()}rate/"
    )
    sent = form.sends() | {"rate-stars": "5", "rate-words": "陈晓雨说很好，电话13812345678"}
    assert visitor.post(form["action"], sent).status_code == 302
    for person in (kefu, dianyuan):
        result = read(signed_in(person).get(ticket.get_absolute_url())).one("section", id="result")
        assert "★★★★★ 5星" in result.one(id="rating").text
        assert "陈*说很好，电话138****5678" in result.text
        assert "记录消费者评价" not in result.text
        assert "评价链接" not in result.text


def test_without_stars_the_words_come_back(ticket, kefu):
    sent = {"rate-words": WORDS, "rate-seen_round": "1"}
    page = signed_in(kefu).post(f"{ticket.get_absolute_url()}rate/", sent)
    assert page.status_code == 422
    form = read(page).one("form", action=f"{ticket.get_absolute_url()}rate/")
    assert form.errors() == ["请选择1到5星"]
    assert form.one("textarea").value == WORDS


# ---- few stars ----


def test_few_stars_are_told_to_who_opened_the_ticket_and_reopening_is_suggested(ticket, kefu, zhuguan):
    ticket.rate(by_user=zhuguan, stars=2, words="没有解决")
    notice = Notice.objects.get(kind="rated_low")
    assert (notice.recipient, notice.ticket) == (kefu, ticket)
    assert ticket.number in notice.text
    assert "没有解决" not in notice.text
    result = read(signed_in(kefu).get(ticket.get_absolute_url())).one("section", id="result")
    assert "建议联系消费者" in result.text
    assert result.one("form", action=f"{ticket.get_absolute_url()}reopen/")


def test_where_who_opened_it_has_left_the_managers_hear_of_it(ticket, kefu, zhuguan, path):
    kefu.is_active = False
    kefu.save()
    ticket.rate(stars=1)
    assert list(Notice.objects.filter(kind="rated_low").values_list("recipient", flat=True)) == [zhuguan.pk]


@pytest.mark.parametrize("stars", [3, 4, 5])
def test_more_stars_are_told_to_nobody(stars, ticket, zhuguan, kefu):
    ticket.rate(by_user=zhuguan, stars=stars)
    assert not Notice.objects.filter(kind="rated_low").exists()
    assert "建议联系消费者" not in signed_in(kefu).get(ticket.get_absolute_url()).text


# ---- the link ----


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


# ---- 满意率 ----


def test_the_share_of_content_consumers_with_how_many_were_rated(order_a, kefu, zhuguan):
    for stars in (5, 4, 3, 1):
        completed_ticket(order=order_a).rate(by_user=kefu, stars=stars)
    completed_ticket(order=order_a)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (2, 4)
    assert str(of(zhuguan).content) == "50.0%"


def test_of_a_reopened_ticket_the_latest_rating_counts(order_a, kefu, zhuguan):
    better, worse = completed_ticket(order=order_a), completed_ticket(order=order_a)
    better.rate(by_user=kefu, stars=1)
    worse.rate(by_user=kefu, stars=5)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (1, 2)
    reopened_and_completed(worse)
    assert of(zhuguan).content.part == 1
    worse.rate(by_user=kefu, stars=2)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (0, 2)
    reopened_and_completed(better).rate(by_user=kefu, stars=4)
    assert (of(zhuguan).content.part, of(zhuguan).content.whole) == (1, 2)


def test_an_invitation_without_an_answer_counts_nowhere(ticket, zhuguan, path):
    assert str(of(zhuguan).content) == "—"


def test_the_figure_opens_the_lists_it_counts(order_a, kefu, zhuguan, shangjia):
    content, other = completed_ticket(order=order_a), completed_ticket(order=order_a)
    content.rate(by_user=kefu, stars=5)
    other.rate(by_user=kefu, stars=3)
    for person in (zhuguan, shangjia):
        visitor = signed_in(person)
        page = read(visitor.get("/tickets/timeliness/"))
        [stat] = [each for each in page.all("div", class_="stat") if "满意率" in each.text]
        assert stat.text == "满意率 50.0% n=2"
        lists = [numbers(visitor.get(link["href"])) for link in stat.all("a")]
        assert lists[0] == [content.number]
        assert set(lists[1]) == {content.number, other.number}


def test_the_page_costs_the_same_however_many_were_rated(order_a, kefu, zhuguan):
    visitor = signed_in(zhuguan)
    completed_ticket(order=order_a).rate(by_user=kefu, stars=5)
    visitor.get("/tickets/timeliness/")
    one = statements(lambda: visitor.get("/tickets/timeliness/"))
    for _ in range(10):
        completed_ticket(order=order_a, after=2 * STEP).rate(by_user=kefu, stars=2)
    assert statements(lambda: visitor.get("/tickets/timeliness/")) == one
