"""Where load_demo refuses to work, and that it loads all or nothing."""

from datetime import UTC, datetime
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from merchants.models import Merchant, User
from orders.models import Customer, Order, Shipment
from tests.factories import MerchantFactory, TicketFactory, UserFactory
from tickets.demo import world
from tickets.demo.shops import CODES, read_shops
from tickets.models import Event, Ticket
from tickets.wording import check_result

pytestmark = pytest.mark.django_db


def assert_refused(what: str) -> None:
    people = set(User.objects.values_list("username", flat=True))
    with pytest.raises(CommandError, match=what):
        call_command("load_demo")
    assert set(User.objects.values_list("username", flat=True)) == people
    assert not Order.objects.filter(number__in=world.order_numbers()).exists()


def test_a_database_with_a_person_is_refused():
    UserFactory(username="linjie")
    assert_refused("账号")


def test_a_person_with_a_name_of_the_demo_is_not_taken_for_the_demo():
    UserFactory(username="kefu")
    assert_refused("账号")


def test_a_database_with_a_ticket_is_refused_for_somebody_has_opened_it():
    TicketFactory()
    assert_refused("账号")


def test_a_merchant_with_a_code_of_the_demo_is_refused():
    MerchantFactory(code=CODES[0])
    assert_refused("商户")


def test_a_run_that_breaks_off_leaves_nothing(monkeypatch):
    def break_off(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(Ticket, "approve", break_off)
    with pytest.raises(KeyboardInterrupt):
        call_command("load_demo", verbosity=0)
    for model in (Merchant, User, Customer, Order, Ticket, Event):
        assert not model.objects.exists()


def test_the_same_seed_gives_the_same_world():
    now = datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
    assert picture_of_a_world(now) == picture_of_a_world(now)


def picture_of_a_world(now: datetime) -> tuple:
    """Orders, parcels and consumers, when what would happen, and how far that has used up the dice."""
    rng, moments = Random(7), []

    def only_look(told):
        moments.extend(at for at, _ in told)
        return []

    with transaction.atomic():
        world.build(rng, now, only_look)
        rows = [
            list(
                Order.objects.order_by("number").values_list(
                    "number", "phone", "address", "status", "ordered_at"
                )
            ),
            list(Shipment.objects.order_by("tracking_number").values_list("tracking_number", "status")),
            list(Customer.objects.order_by("account").values_list("account", "name", "phone")),
        ]
        transaction.set_rollback(True)
    return rows, moments, rng.getstate()


@pytest.mark.parametrize("shop", read_shops(), ids=lambda shop: shop.code)
def test_every_case_fits_its_shop(shop):
    for case in shop.cases:
        assert {case.goods, case.also or case.goods} <= set(shop.goods)
        assert case.spec in ["", *shop.goods[case.goods].specs]
        assert bool(case.first) == bool(case.sent_back)
        assert ("{refund}" in case.answer) <= bool(case.refund)
        assert ("{new_tracking}" in case.answer) == (case.then == "reship")
        for answer in filter(None, [case.answer, case.first]):
            check_result(answer, case.outcome)
