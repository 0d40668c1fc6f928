"""What the search of texts finds: everything that a plain look through the folded texts finds, and nothing else."""

import re

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.factories import CategoryFactory, OrderFactory, TicketFactory, completed_ticket, submitted_ticket
from tests.pages import numbers, read, signed_in
from tickets.models import Ticket, TicketDraft
from tickets.searching import keeping
from tickets.searching.asking import Question
from tickets.searching.finding import Finder
from tickets.searching.folding import BREAK, fold, fold_with_places
from tickets.searching.texts import Document, texts_of

pytestmark = pytest.mark.django_db

LETTERS = "奶粉连體体衣換换ａAaＢbß12%_\\\"'*. \n\t\x00😀👩\u200d🍼\u0301e𠮷𣎴龘ﬁ①㎏€"
TEXTS = st.lists(st.text(LETTERS, max_size=24), min_size=1, max_size=4)
ASKED = (
    st.text(LETTERS, min_size=1, max_size=6)
    | st.text(max_size=4)
    | st.text(LETTERS, min_size=30, max_size=100)
)
LOOKS = pytest.mark.parametrize("probed", [0, None], ids=["by the index", "by reading"])


def found(person, text: str, **narrowed) -> set[str]:
    """The numbers of the tickets that a text finds among what this person sees."""
    keys = Finder(person, Question.read(text), **narrowed).older(100)
    return set(Ticket.objects.filter(pk__in=keys).values_list("number", flat=True))


@LOOKS
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS, internal=TEXTS, asked=ASKED)
@example(texts=["收到的連體衣ＡＢ開線"], internal=["备注"], asked="连体衣ab开线")
@example(texts=["奶粉", "补发"], internal=[""], asked="奶%补")
@example(texts=["奶粉补发", "奶粉罐"], internal=["补发奶粉罐"], asked="奶%罐")
@example(texts=["ab_aab_abc"], internal=[""], asked="a_%_bc")
@example(texts=["a𠮷b"], internal=["👩\u200d🍼"], asked="👩🍼")
@example(texts=["5\x000"], internal=["\x1f"], asked="\x1f")
def test_a_text_is_found_by_what_a_plain_look_finds_in_it(
    probed, order_a, kefu, shangjia, texts, internal, asked
):
    ticket = Ticket.objects.first() or TicketFactory(order=order_a)
    everybody, service = [fold(text) for text in texts], [fold(text) for text in internal]
    keeping.store([Document(ticket.pk, ticket.merchant_id, BREAK.join(everybody), BREAK.join(service))])
    question = Question.read(asked)
    if question is None:
        assert not fold(asked).strip('"“” ')
        return
    for person, readable in {kefu: everybody + service, shangjia: everybody}.items():
        expected = all(
            any(word.literals[0] in text for text in readable)
            if not word.parts
            else any(re.search(".*".join(word.parts), text, re.DOTALL) for text in readable)
            for word in question.words
        )
        assert bool(Finder(person, question, probed=probed).older(5)) == expected, person


@LOOKS
def test_what_was_opened_by_the_hundred_is_found_at_once_and_after_a_verb(
    probed, merchant_a, kefu, shangjia, monkeypatch
):
    monkeypatch.setattr(keeping, "MANY", 3)
    category, orders = CategoryFactory(), [OrderFactory(merchant=merchant_a) for _ in range(3)]
    alone = TicketFactory(order=orders[0], problem="收到的连体衣开线")
    many = [TicketDraft(order, category, "normal", f"{order.number} 的连体衣掉色") for order in orders]
    opened = Ticket.open_many(many, by_user=kefu)
    everyone = {ticket.number for ticket in [alone, *opened]}
    for person in (kefu, shangjia):
        assert found(person, "连体衣", probed=probed) == everyone
        assert found(person, "衣掉色", probed=probed) == everyone - {alone.number}
    opened[0].add_note(by_user=kefu, text="仓库已核实")
    opened[1].submit(by_user=shangjia, outcome="solved", text="已经重新寄出一件新的，运费由本店承担。")
    assert found(kefu, "库已核", probed=probed) == {opened[0].number}
    assert found(shangjia, "库已核", probed=probed) == set()
    assert found(shangjia, "重新寄", probed=probed) == {opened[1].number}
    assert found(kefu, "衣掉色", probed=probed) == everyone - {alone.number}


@pytest.mark.postgresql  # SQLite has one index for all
def test_a_document_has_its_tokens_in_one_of_the_indexes_and_nothing_waits_to_be_merged(
    merchant_a, kefu, monkeypatch
):
    monkeypatch.setattr(keeping, "MANY", 3)
    category, orders = CategoryFactory(), [OrderFactory(merchant=merchant_a) for _ in range(3)]
    drafts = [TicketDraft(order, category, "normal", "收到的连体衣开线") for order in orders]

    def places() -> list[tuple[bool, bool]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tokens <> '{}', tokens_of_many IS NOT NULL FROM tickets_searchdocument ORDER BY ticket_id"
            )
            return cursor.fetchall()

    Ticket.open_many(drafts[:2], by_user=kefu)
    last = Ticket.open_many(drafts, by_user=kefu)[-1]
    assert places() == [(True, False)] * 2 + [(False, True)] * 3
    with connection.cursor() as cursor:
        cursor.execute(keeping.MERGE)
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT tokens_of_many FROM tickets_searchdocument WHERE ticket_id = %s", [last.pk])
        [(tokens,)] = cursor.fetchall()
    said = texts_of([last.pk])[last.pk].document()
    assert sorted(tokens) == sorted(keeping.bucket_base(last.pk) + token for token in said.tokens)
    last.remind(by_user=kefu)
    assert places() == [(True, False)] * 2 + [(False, True)] * 2 + [(True, False)]


@given(st.text(LETTERS, max_size=30) | st.text(max_size=30))
@settings(max_examples=150, deadline=None)
def test_places_lead_back_into_the_text(text):
    folded, places = fold_with_places(text)
    assert len(places) == len(folded) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


# ---- one way of writing for many ----


@pytest.mark.parametrize(
    "asked",
    [
        "连体衣", "連體衣", "衣", "ＡＢ-12", "ab-12", "ａｂ", "b-1", "５０%", "😀", "straße",
        "STRASSE", "漏粉 连体衣", "开线%换货", "开_的",
    ],
)  # fmt: skip
@LOOKS
def test_a_text_is_found_however_it_is_written(asked, probed, kefu, order_a):
    ticket = TicketFactory(
        order=order_a, problem="漏粉，連體衣 AB-12 开线😀，Straße 的开绽的地方，打了50%，要求换货"
    )
    TicketFactory(order=order_a, problem="玩具车轮子脱落，需要补寄配件")
    ours = {ticket.number} if asked not in ("连体衣", "連體衣", "衣") else found(kefu, "衣")
    assert ticket.number in ours
    assert found(kefu, asked, probed=probed) == ours


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("奶粉%凹陷", True), ("凹陷%奶粉", False), ("奶_罐", True), ("奶__罐", False), ("%奶粉%", True),
        ("_奶粉罐", False),
        ("奶粉％凹陷", True), ("奶粉%退款", False), ('"奶粉%凹陷"', False), ("“奶粉罐身”", True),
        ("奶粉罐身凹陷" * 9, False),
        ("%", False), ("_", False), ("%%%", False), ("80%", True),
    ],
)  # fmt: skip
@LOOKS
def test_wildcards_stand_for_what_they_do_in_older_systems(asked, is_found, probed, kefu, order_a):
    ticket = submitted_ticket(
        order=order_a, problem="奶粉罐身有凹陷，80分", text="已安排退款并且补发一罐新的奶粉。"
    )
    assert found(kefu, asked, probed=probed) == ({ticket.number} if is_found else set())


def test_a_word_of_wildcards_alone_means_itself(kefu, order_a):
    ticket = TicketFactory(order=order_a, problem="标签上写着50%羊毛，实际是化纤")
    TicketFactory(order=order_a, problem="标签上没有写成分")
    assert found(kefu, "%") == {ticket.number}


@LOOKS
def test_forty_wildcards_are_answered_like_one(probed, kefu, order_a):
    """They are read from left to right once; trying every way back would take longer than the world has been."""
    ticket = TicketFactory(order=order_a, problem="罐" * 2_000)
    asked = "%罐" * 40
    assert found(kefu, asked, probed=probed) == {ticket.number}
    assert found(kefu, f"{asked}%粉", probed=probed) == set()
    assert numbers(signed_in(kefu).get("/tickets/", {"tab": "all", "q": asked})) == [ticket.number]


@pytest.mark.parametrize("nothing", ["", "  ", "\x00", "\ud800", "\u200b", '"'])
def test_what_no_text_can_hold_asks_nothing(nothing):
    assert Question.read(nothing) is None or nothing == '"'


# ---- who finds what ----


@LOOKS
def test_customer_services_notes_are_found_by_customer_service_only(probed, kefu, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    ticket.add_note(by_user=kefu, text="怀疑是职业打假")
    assert found(kefu, "职业打假", probed=probed) == {ticket.number}
    assert found(shangjia, "职业打假", probed=probed) == set()
    assert found(shangjia, "打", probed=probed) == set()


def test_a_merchant_sees_nothing_of_a_note_in_the_list(kefu, shangjia, order_a):
    ticket = TicketFactory(order=order_a)
    ticket.add_note(by_user=kefu, text="怀疑是职业打假，开线是剪的")
    page = signed_in(shangjia).get("/tickets/", {"tab": "all", "q": "开线"})
    assert numbers(page) == [ticket.number]
    assert "职业打假" not in page.text
    assert "剪的" not in page.text
    page = signed_in(shangjia).get("/tickets/", {"tab": "all", "q": "剪的"})
    assert numbers(page) == []
    assert {count.text for count in read(page).one("nav", class_="tabs").all("span", class_="count")} == {"0"}


@LOOKS
def test_a_merchant_finds_its_own_tickets_only(probed, shangjia, shangjia2, sysadmin, order_a, order_b):
    ours, theirs = TicketFactory(order=order_a), TicketFactory(order=order_b)
    assert found(shangjia, "连体衣", probed=probed) == {ours.number}
    assert found(shangjia2, "连体衣", probed=probed) == {theirs.number}
    assert found(sysadmin, "连体衣", probed=probed) == set()


@pytest.mark.parametrize("asked", ["诸葛晓岚", "诸葛", "葛晓", "文三路", "13987654321", "1398765"])
def test_a_text_does_not_tell_who_it_speaks_of(asked, shangjia, kefu, merchant_a):
    from tests.consumers import ADDRESS, NAME, PHONE, SAID
    from tests.factories import OrderFactory

    order = OrderFactory(merchant=merchant_a, consignee=NAME, address=ADDRESS, phone=PHONE)
    ticket = completed_ticket(order=order, problem=f"岚岚的小窝来电，{SAID}")
    for person in (shangjia, kefu):
        assert found(person, asked) == set()
    assert found(kefu, "来电") == {ticket.number}


@LOOKS
def test_a_choice_of_tickets_narrows_what_is_found(probed, kefu, order_a, merchant_b, order_b):
    open_one, over = TicketFactory(order=order_a), completed_ticket(order=order_a)
    theirs = TicketFactory(order=order_b)
    tickets = Ticket.objects.for_user(kefu)
    assert found(kefu, "连体衣", probed=probed) == {open_one.number, over.number, theirs.number}
    assert found(kefu, "连体衣", probed=probed, tickets=tickets.filter(is_open=False)) == {over.number}
    assert found(kefu, "连体衣", probed=probed, merchant=merchant_b.pk) == {theirs.number}
    assert found(kefu, "连体衣", probed=probed, tickets=tickets.none()) == set()


@LOOKS
def test_the_newest_come_first_page_after_page_and_back(probed, kefu, order_a):
    keys = [TicketFactory(order=order_a).pk for _ in range(7)]
    finder = Finder(kefu, Question.read("连体衣"), probed=probed)
    assert finder.older(3) == keys[:3:-1]
    assert finder.older(3, keys[4]) == [keys[3], keys[2], keys[1]]
    assert finder.older(3, keys[0]) == []
    assert finder.newer(2, keys[2]) == [keys[4], keys[3]]
    assert finder.newer(9, keys[4]) == [keys[6], keys[5]]
