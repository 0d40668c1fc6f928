"""快捷短语: one's own and those of one's side; filled for a ticket, kept by those who may."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import TicketFactory
from tests.pages import read, signed_in, statements
from tickets.models import Phrase
from tickets.models.phrase import MOST_PHRASES

pytestmark = pytest.mark.django_db
WORDS = {"title": "补发", "text": "今天补发\r\n单号：", "position": "10"}


@pytest.fixture
def phrases(kefu, zhuguan, shangjia, dianyuan, shangjia2, merchant_a, merchant_b) -> dict[str, Phrase]:
    owners = {
        "kefu": {"owner": kefu},
        "dianyuan": {"owner": dianyuan},
        "service": {},
        "a": {"merchant": merchant_a},
        "b": {"merchant": merchant_b},
    }
    return {
        name: Phrase.objects.create(title=name, text=f"词 {name}", **whose) for name, whose in owners.items()
    }


SEES = {
    "kefu": {"kefu", "service"},
    "zhuguan": {"service"},
    "shangjia": {"a"},
    "dianyuan": {"dianyuan", "a"},
    "shangjia2": {"b"},
}
KEEPS = {
    "kefu": {"kefu"},
    "zhuguan": {"service"},
    "shangjia": {"a"},
    "dianyuan": {"dianyuan"},
    "shangjia2": {"b"},
}


@pytest.mark.parametrize("who", SEES)
def test_each_uses_and_keeps_their_own_and_their_sides(who, phrases, order_a, request):
    person = request.getfixturevalue(who)
    visitor = signed_in(person)
    assert {phrase.title for phrase in Phrase.objects.for_user(person)} == SEES[who]
    page = visitor.get("/tickets/phrases/").text
    assert {name for name in phrases if f"词 {name}" in page} == SEES[who]
    answers = {
        name: visitor.get(f"/tickets/phrases/{phrase.pk}/").status_code for name, phrase in phrases.items()
    }
    assert answers == {name: 200 if name in KEEPS[who] else 404 for name in phrases}


@pytest.mark.parametrize("who", SEES)
def test_nobody_deletes_or_changes_anothers(who, phrases, request):
    visitor = signed_in(request.getfixturevalue(who))
    for phrase in phrases.values():
        visitor.post(f"/tickets/phrases/{phrase.pk}/", WORDS | {"title": "改"})
        visitor.post(f"/tickets/phrases/{phrase.pk}/delete/")
    assert set(Phrase.objects.values_list("title", flat=True)) == set(phrases) - KEEPS[who]


@pytest.mark.parametrize(
    ("who", "asked", "shared"),
    [
        ("kefu", True, False),
        ("zhuguan", True, True),
        ("zhuguan", False, False),
        ("shangjia", True, True),
        ("dianyuan", True, False),
    ],
)
def test_a_new_one_is_ones_own_or_shared_by_those_who_may(who, asked, shared, request):
    person = request.getfixturevalue(who)
    page = signed_in(person).post("/tickets/phrases/new/", WORDS | ({"shared": "on"} if asked else {}))
    phrase = Phrase.objects.get()
    assert page.status_code == 302
    assert (phrase.owner, phrase.merchant) == ((None, person.merchant) if shared else (person, None))
    assert phrase.text == "今天补发\n单号："


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "请填写标题"),
        ({"title": "……"}, "请填写标题"),
        ({"title": "长" * 21}, "标题最多20字"),
        ({"text": "\u200b"}, "请填写内容"),
        ({"text": "长" * 1_001}, "内容最多1000字"),
        ({"position": "x"}, "请填写0到9999之间的整数"),
        ({"position": "99999"}, "请填写0到9999之间的整数"),
    ],
)
def test_a_phrase_that_is_none_is_told_so(wrong, sentence, kefu):
    page = signed_in(kefu).post("/tickets/phrases/new/", WORDS | wrong)
    assert page.status_code == 422
    assert sentence in page.text
    assert not Phrase.objects.exists()


def test_there_are_no_more_than_a_menu_holds(kefu):
    Phrase.objects.bulk_create(Phrase(owner=kefu, title=f"{n}", text="好") for n in range(MOST_PHRASES))
    page = signed_in(kefu).post("/tickets/phrases/new/", WORDS)
    assert page.status_code == 422
    assert "最多50条短语" in page.text
    one = Phrase.objects.first()
    assert signed_in(kefu).post(f"/tickets/phrases/{one.pk}/", WORDS).status_code == 302


def test_a_phrase_belongs_to_a_person_or_to_a_merchant(dianyuan, merchant_a):
    with pytest.raises(IntegrityError, match="phrase_is_own_or_shared"), transaction.atomic():
        Phrase.objects.create(owner=dianyuan, merchant=merchant_a, title="x", text="x")


def test_on_a_ticket_its_placeholders_are_filled(dianyuan, merchant_a, order_a):
    ticket = TicketFactory(order=order_a)
    Phrase.objects.create(
        merchant=merchant_a, title="单", text="{商户} 的订单 {订单号}（{工单号}）{其他} <b>{}</b>"
    )
    shown = read(signed_in(dianyuan).get(ticket.get_absolute_url())).one("details", id="phrases")
    wanted = f"{merchant_a.name} 的订单 {order_a.number}（{ticket.number}）{{其他}} <b>{{}}</b>"
    assert shown.one("p", class_="prose").text == wanted


def test_many_phrases_cost_no_more_statements_than_one(kefu):
    Phrase.objects.create(owner=kefu, title="一", text="一")
    visitor = signed_in(kefu)
    one = statements(lambda: visitor.get("/tickets/phrases/"))
    Phrase.objects.bulk_create(Phrase(owner=kefu, title="x", text="好") for _ in range(49))
    assert statements(lambda: visitor.get("/tickets/phrases/")) == one
