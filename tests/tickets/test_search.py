"""The search bar: what each field finds, what is never shown, and what a merchant cannot reach."""

from datetime import UTC, datetime

import pytest

from orders.phones import phone_mark
from tests.factories import (
    CategoryFactory,
    CustomerFactory,
    OrderFactory,
    TicketFactory,
    cancelled_ticket,
    completed_ticket,
    submitted_ticket,
)
from tests.pages import numbers, read, signed_in
from tickets.lifecycle import Status, Urgency

pytestmark = pytest.mark.django_db

PHONE = "13912345678"


def found(person, **asked) -> set[str]:
    """The numbers that a search among all tickets finds, redirects followed."""
    return set(numbers(signed_in(person).get("/tickets/", {"tab": "all", **asked}, follow=True)))


def searched(person, **asked):
    """The page of a search, redirects followed."""
    return signed_in(person).get("/tickets/", {"tab": "all", **asked}, follow=True)


@pytest.fixture
def with_phone(merchant_a):
    """A ticket on an order with PHONE."""
    order = OrderFactory(merchant=merchant_a, phone=PHONE, customer=CustomerFactory(phone=PHONE))
    return TicketFactory(order=order)


@pytest.fixture
def other(order_a):
    """A ticket with nothing in common."""
    return TicketFactory(
        order=order_a, problem="奶粉罐身凹陷", category=CategoryFactory(name="破损"), urgency=Urgency.URGENT
    )


# ---- each field, alone and together ----


def test_by_ticket_number(kefu, with_phone, other):
    assert found(kefu, number=with_phone.number) == {with_phone.number}


def test_a_ticket_number_in_lower_case_and_with_blanks_is_found(kefu, with_phone, other):
    assert found(kefu, number=f"  {with_phone.number.lower()} ") == {with_phone.number}
    assert found(kefu, q=f"  {with_phone.number.lower()} ") == {with_phone.number}


def test_a_part_of_a_ticket_number_is_none(kefu, with_phone):
    assert found(kefu, number=with_phone.number[:-1]) == set()


def test_by_order_number(kefu, with_phone, other):
    assert found(kefu, order_number="QB10000001") == {other.number}
    assert found(kefu, q="QB10000001") == {other.number}


def test_by_words_of_the_problem(kefu, with_phone, other):
    assert found(kefu, q="罐身") == {other.number}


def test_words_are_found_in_any_case(kefu, order_a):
    ticket = TicketFactory(order=order_a, problem="SF Express 说已签收")
    assert found(kefu, q="sf eXPRESS") == {ticket.number}


def test_by_category(kefu, with_phone, other):
    assert found(kefu, category=other.category.pk) == {other.number}


def test_by_urgency(kefu, with_phone, other):
    assert found(kefu, urgency="urgent") == {other.number}


def test_by_merchant(kefu, with_phone, merchant_b, order_b):
    ticket = TicketFactory(order=order_b)
    assert found(kefu, merchant=merchant_b.pk) == {ticket.number}


def test_by_status(kefu, order_a, subtests):
    tickets = {
        Status.WAITING_MERCHANT: TicketFactory(order=order_a),
        Status.WAITING_REVIEW: submitted_ticket(order=order_a),
        Status.COMPLETED: completed_ticket(order=order_a),
        Status.CANCELLED: cancelled_ticket(order=order_a),
    }
    for status, ticket in tickets.items():
        with subtests.test(status=status):
            assert found(kefu, status=status) == {ticket.number}
    assert found(kefu, status=Status.ON_HOLD) == set()


def test_fields_narrow_each_other(kefu, with_phone, other):
    assert found(kefu, q="罐身", urgency="urgent", category=other.category.pk) == {other.number}
    assert found(kefu, q="罐身", urgency="normal") == set()
    assert found(kefu, order_number=other.order_number, phone=PHONE) == set()


def test_the_words_of_a_search_stay_in_its_fields(kefu, other):
    page = read(
        searched(kefu, q="罐身", urgency="urgent", created_from="2026-01-02", category=other.category.pk)
    )
    sent = page.one("form", role="search").sends()
    assert {name: value for name, value in sent.items() if value} == {
        "tab": "all",
        "q": "罐身",
        "urgency": "urgent",
        "category": str(other.category.pk),
        "created_from": "2026-01-02",
    }


def test_the_folded_part_is_open_when_something_is_asked_in_it(kefu):
    for query, is_open in [
        ({"q": "罐身"}, False),
        ({}, False),
        ({"urgency": "urgent"}, True),
        ({"status": "x"}, True),
    ]:
        folded = read(searched(kefu, **query)).one("form", role="search").one("details")
        assert ("open" in folded.attrs) is is_open, query


# ---- what LIKE would take for a pattern ----


@pytest.mark.parametrize("wildcard", ["%", "_", "\\", "%%", "*", "' OR '1'='1"])
def test_signs_in_a_search_mean_themselves(wildcard, kefu, order_a, other):
    ticket = TicketFactory(order=order_a, problem=f"标签写着 {wildcard} 字样")
    assert found(kefu, q=wildcard) == {ticket.number}
    assert found(kefu, number=wildcard) == found(kefu, order_number=wildcard) == set()


# ---- phones ----


@pytest.mark.parametrize("field", ["q", "phone"])
@pytest.mark.parametrize("text", [PHONE, " 139 1234 5678 ", "+86 139-1234-5678", "１３９１２３４５６７８"])
def test_a_whole_phone_number_finds_its_orders_tickets(field, text, kefu, with_phone, other):
    assert found(kefu, **{field: text}) == {with_phone.number}


def test_the_last_four_digits_are_enough(kefu, with_phone, other):
    assert found(kefu, phone="5678") == {with_phone.number}


def test_part_of_a_number_finds_nothing(kefu, with_phone):
    assert found(kefu, phone="1391234") == set()
    assert found(kefu, phone="12345678") == set()


@pytest.mark.parametrize(
    "asked", [{"q": PHONE}, {"phone": "139 1234 5678"}, {"q": f"开线 {PHONE}"}, {"phone": PHONE * 9}]
)
def test_the_number_searched_for_stands_in_no_page_and_in_no_address(asked, kefu, with_phone):
    page = signed_in(kefu).get("/tickets/", asked, follow=True)
    addresses = [address for address, _ in page.redirect_chain]
    assert addresses
    for text in [page.text, *addresses, page.wsgi_request.get_full_path()]:
        assert "1391234" not in text.replace(" ", "")
        assert "12345678" not in text.replace("%20", "").replace("+", "")


def test_the_search_goes_on_with_the_mark_of_the_number(kefu, with_phone, other):
    visitor = signed_in(kefu)
    page = visitor.get("/tickets/", {"phone": PHONE}, follow=True)
    assert "139****5678~" in read(page).one("input", name="phone")["value"]
    again = visitor.get("/tickets/", read(page).one("form", role="search").sends())
    assert numbers(again) == [with_phone.number]


def test_words_beside_a_number_narrow_the_search(kefu, merchant_a, with_phone):
    TicketFactory(order=with_phone.order, problem="包装破损")
    assert found(kefu, q=f"开线 {PHONE}") == {with_phone.number}


def test_tab_and_other_fields_survive_the_mark(kefu, with_phone):
    answer = signed_in(kefu).get("/tickets/", {"q": PHONE, "tab": "returned", "urgency": "normal"})
    assert answer.status_code == 302
    query = answer.wsgi_request.build_absolute_uri(answer["Location"])
    assert "tab=returned" in query
    assert "urgency=normal" in query


def test_an_order_number_of_digits_is_no_phone(kefu, merchant_a):
    ticket = TicketFactory(order=OrderFactory(merchant=merchant_a, number="2088221712134414"))
    assert found(kefu, q="2088221712134414") == {ticket.number}


def test_an_order_number_that_ends_like_a_phone_is_none_either(kefu, merchant_a):
    ticket = TicketFactory(order=OrderFactory(merchant=merchant_a, number=f"DD{PHONE}"))
    assert found(kefu, q=f"DD{PHONE}") == {ticket.number}


# ---- dates, on Shanghai's calendar ----


@pytest.fixture
def around_midnight(order_a) -> dict[str, str]:
    """Tickets around the 10th of January in Shanghai, which begins at 16:00 UTC of the 9th."""
    moments = {
        "last of the 9th": datetime(2026, 1, 9, 15, 59, 59, 999_000, tzinfo=UTC),
        "first of the 10th": datetime(2026, 1, 9, 16, tzinfo=UTC),
        "last of the 10th": datetime(2026, 1, 10, 15, 59, 59, 999_000, tzinfo=UTC),
        "first of the 11th": datetime(2026, 1, 10, 16, tzinfo=UTC),
    }
    return {name: TicketFactory(order=order_a, at=moment).number for name, moment in moments.items()}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"created_from": "2026-01-10"}, {"first of the 10th", "last of the 10th", "first of the 11th"}),
        ({"created_to": "2026-01-10"}, {"last of the 9th", "first of the 10th", "last of the 10th"}),
        (
            {"created_from": "2026-01-10", "created_to": "2026-01-10"},
            {"first of the 10th", "last of the 10th"},
        ),
        ({"created_from": "2026-01-12"}, set()),
    ],
)
def test_days_are_whole_days_of_shanghai(asked, expected, kefu, around_midnight):
    assert found(kefu, **asked) == {around_midnight[name] for name in expected}


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("created_from", "昨天", "日期"),
        ("created_to", "2026-02-30", "日期"),
        ("created_from", "0001-01-01", "请填写2000年至2100年之间的日期"),
        ("created_to", "9999-12-31", "请填写2000年至2100年之间的日期"),
        ("created_to", "\x00", "日期"),
    ],
)
def test_a_date_that_is_none_is_told_at_its_field_and_ignored(field, text, sentence, kefu, other):
    page = searched(kefu, **{field: text})
    assert page.status_code == 200
    assert sentence in read(page).one("ul", class_="errors", id=f"id_{field}_error").text
    assert numbers(page) == [other.number]


def test_an_end_before_the_start_is_told_at_the_end(kefu, other):
    page = searched(kefu, created_from="2026-01-10", created_to="2026-01-09")
    assert read(page).one("ul", class_="errors").text == "结束日期不能早于开始日期"
    assert read(page).one("ul", class_="errors")["id"] == "id_created_to_error"


# ---- values that no form of ours sends ----


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "x"}, {"status": "waiting_merchant\x00"}, {"urgency": "x"}, {"category": "x"},
        {"category": "9" * 30}, {"category": "\x00"}, {"merchant": "-1"}, {"merchant": "\x00"}, {"q": "x" * 101},
        {"q": "\x00"}, {"number": "\x00"}, {"order_number": "\x00"}, {"phone": "\x00"}, {"number": "x" * 500},
        {"unknown": "x"},
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_ignored(asked, kefu, other):
    page = searched(kefu, **asked)
    assert page.status_code == 200
    assert numbers(page) == [other.number]


def test_a_parameter_given_twice_is_answered(kefu, other):
    assert signed_in(kefu).get("/tickets/?q=a&q=罐身&tab=x&tab=all&status=x&status=").status_code == 200


# ---- a merchant's view ----


@pytest.mark.parametrize("who", ["shangjia", "dianyuan"])
def test_a_merchant_has_no_field_for_merchants(who, request):
    form = read(signed_in(request.getfixturevalue(who)).get("/tickets/")).one("form", role="search")
    assert "merchant" not in form.sends()


def test_a_merchant_cannot_widen_its_view(shangjia2, merchant_a, with_phone, order_b, subtests):
    own = TicketFactory(order=order_b)
    attempts = [
        {"merchant": merchant_a.pk}, {"number": with_phone.number}, {"order_number": with_phone.order_number},
        {"phone": PHONE}, {"phone": "5678"}, {"phone": phone_mark(PHONE)}, {"q": with_phone.number}, {"q": PHONE},
        {"tab": "overdue"},
    ]  # fmt: skip
    for asked in attempts:
        with subtests.test(asked=asked):
            assert found(shangjia2, **asked) <= {own.number}


def test_customer_service_chooses_among_all_merchants(kefu, merchant_a, merchant_b):
    choices = read(signed_in(kefu).get("/tickets/")).one("select", name="merchant").all("option")
    assert {choice.text for choice in choices} == {"全部", merchant_a.name, merchant_b.name}
