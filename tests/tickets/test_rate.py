"""消费者评价 recorded by customer service, and what few stars set off."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.factories import cancelled_ticket, completed_again, completed_ticket, submitted_ticket
from tests.pages import read, signed_in
from tests.rows import kinds_of, rows_of
from tickets.lifecycle import AlreadyHandled
from tickets.models import Draft, Notice, Rating, Ticket
from tickets.models.rating import AlreadyRated

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
    completed_again(ticket).rate(by_user=kefu, stars=5)
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
