"""Looking for a phone number without showing it."""

import pytest

from orders import phones
from orders.models import Order
from tests.factories import CustomerFactory, OrderFactory

WRITTEN = [
    "13912345678", " 139 1234 5678 ", "139-1234-5678", "+8613912345678", "+86 139 1234 5678", "8613912345678",
    "0086 139 1234 5678", "(+86)139-1234-5678", "139.1234.5678", "１３９１２３４５６７８", "139\u200b1234\u200b5678",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_a_mobile_number_is_one_however_it_is_written(text):
    assert phones.looks_like_mobile(text)
    assert phones.normal_phone(text) == "13912345678"


@pytest.mark.parametrize(
    "text",
    [
        "", "5678", "1391234567", "139123456789", "12912345678", "0571-88886666", "GD20261123-000042", "QB13912345678",
        "电话13912345678", "139****5678", "2088221712134414", "²³¹³⁹¹²³⁴⁵",
    ],
)  # fmt: skip
def test_anything_else_is_none(text):
    assert not phones.looks_like_mobile(text)


def test_a_mark_shows_the_mask_and_nothing_more():
    mark = phones.phone_mark("13912345678")
    assert mark.startswith("139****5678~")
    assert phones.is_mark(mark)
    assert "1234" not in mark.partition("~")[0]


def test_every_way_of_writing_has_the_same_mark():
    assert len({phones.phone_mark(text) for text in WRITTEN}) == 1


def test_numbers_with_the_same_mask_have_marks_of_their_own():
    assert phones.phone_mark("13912345678") != phones.phone_mark("13943215678")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "139****5678",
        "139****5678~xyz",
        "139****5678~3f2a91c",
        "１３９****５６７８~3f2a91c0",
        "%~3f2a91c0",
    ],
)
def test_what_is_no_mark(text):
    assert not phones.is_mark(text)
    assert phones.phones_of(text, Order.objects.none()) == []


@pytest.mark.parametrize(
    ("text", "mobile", "rest"),
    [
        ("13912345678", "13912345678", ""),
        ("退货 139 1234 5678", "13912345678", "退货"),
        ("电话13912345678要求换货", "13912345678", "电话 要求换货"),
        ("换货", "", "换货"),
        ("QB13912345678", "", "QB13912345678"),
        ("QB-13912345678", "", "QB-13912345678"),
        ("2088221712134414", "", "2088221712134414"),
    ],
)
def test_a_number_is_taken_out_of_a_text(text, mobile, rest):
    assert phones.take_mobile(text) == (mobile, rest)


@pytest.fixture
def orders(merchant_a) -> dict[str, Order]:
    """Orders by the phone they were imported with."""
    stored = [
        "13912345678",
        "13943215678",
        "0571-88886666",
        "13912345678-4321",
        "139****5678",
        "88886666",
        "",
    ]
    return {
        phone: OrderFactory(
            merchant=merchant_a, phone=phone, customer=CustomerFactory(), lines=0, shipments=0
        )
        for phone in stored
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13912345678", ["13912345678"]),
        ("+86 139 1234 5678", ["13912345678"]),
        ("5678", ["13912345678", "13943215678", "139****5678"]),
        ("139", []),
        ("%", []),
        ("****", []),
        ("", []),
        ("电话", []),
    ],
)
def test_orders_are_found_by_the_whole_number_or_its_last_four_digits(text, found, orders):
    assert {order.phone for order in Order.objects.with_phone(text)} == set(found)


@pytest.mark.django_db
@pytest.mark.parametrize("phone", ["13912345678", "13943215678", "0571-88886666", "88886666"])
def test_a_mark_finds_exactly_the_number_it_stands_for(phone, orders):
    assert [order.phone for order in Order.objects.with_phone(phones.phone_mark(phone))] == [phone]


@pytest.mark.django_db
def test_a_number_with_an_extension_is_found_by_its_mark(orders):
    mark = phones.phone_mark("13912345678-4321")
    assert [order.phone for order in Order.objects.with_phone(mark)] == ["13912345678-4321"]


@pytest.mark.django_db
def test_a_mark_that_nobody_made_finds_nothing(orders):
    assert not Order.objects.with_phone("139****5678~00000000").exists()


@pytest.mark.django_db
def test_a_mark_is_resolved_among_the_orders_one_may_see_only(orders, shangjia2, order_b):
    mark = phones.phone_mark("13912345678")
    assert not Order.objects.for_user(shangjia2).with_phone(mark).exists()
