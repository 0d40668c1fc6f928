"""A generated mall works as any other: verbs, pages, new numbers, the scan."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from merchants.models import User
from orders.models import Order
from tests.factories import ANSWER, REASON, reason_code
from tests.tickets.load.conftest import TICKETS
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import Status, Urgency
from tickets.models import Category, DeadlineScan, Event, Ticket, TicketDraft
from tickets.notifying.announcing import announce_alerts

pytestmark = pytest.mark.processes


@pytest.fixture
def undone(mall):
    """What the test changes is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def some(status: str, **which) -> Ticket:
    return Ticket.objects.filter(status=status, **which).order_by("pk").first()


def clerk() -> User:
    return User.objects.get(username="kefu")


def test_answering_handing_back_and_completing(undone):
    ticket = some(Status.WAITING_MERCHANT)
    answerer = ticket.merchant.people.first()
    ticket.submit(by_user=answerer, outcome="solved", text=ANSWER)
    ticket.return_to_merchant(by_user=clerk(), reason=REASON, code=reason_code("return"))
    ticket.submit(by_user=answerer, outcome="solved", text=ANSWER + "快递单号 SF123")
    ticket.approve(by_user=clerk())
    assert ticket.status == Status.COMPLETED


def test_holding_resuming_and_reopening(undone):
    held = some(Status.ON_HOLD)
    held.resume(by_user=clerk())
    held.hold(by_user=clerk(), reason=REASON, until=database_now() + timedelta(minutes=5))
    completed = some(Status.COMPLETED, archived_at=None)
    completed.reopen(by_user=clerk(), reason=REASON)
    assert completed.status == Status.WAITING_MERCHANT


def test_new_tickets_get_keys_and_numbers_after_the_generated_ones(undone):
    last = Ticket.objects.order_by("pk").last()
    ticket = Ticket.open(
        TicketDraft(Order.objects.first(), Category.objects.first(), Urgency.NORMAL, "开线"), by_user=clerk()
    )
    assert ticket.pk > last.pk
    assert ticket.number > last.number
    assert ticket.events.get().pk > last.events.latest("pk").pk


def test_the_scan_has_been_and_finds_but_what_is_new(undone):
    assert DeadlineScan.age() is not None
    scanning.run()
    assert scanning.run().alerted == 0
    assert announce_alerts(database_now()) < 25  # those that became due since it was generated


@pytest.mark.parametrize("username", ["kefu", "zhuguan", "shangjia", "dianyuan"])
def test_pages_open(undone, username):
    client, person = Client(), User.objects.get(username=username)
    client.force_login(person)
    tickets = Ticket.objects.for_user(person)
    addresses = ["/tickets/?tab=all", "/tickets/overdue/", "/tickets/timeliness/", "/notices/"]
    addresses = addresses if username == "zhuguan" else ["/tickets/?tab=all", "/notices/"]
    for status in Status:
        if ticket := tickets.filter(status=status).first():
            addresses += [ticket.get_absolute_url()]
    addresses.append(tickets.order_by("-round_no").first().get_absolute_url())
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_readyz_is_content(mall):
    assert Client().get("/readyz").status_code == 200


def test_a_second_run_says_so_and_changes_nothing(mall):
    before = (Ticket.objects.count(), Event.objects.count())
    done = mall.manage("generate_load", "--tickets", str(TICKETS), "--merchants", "40")
    assert "早已生成" in done.stdout
    assert (Ticket.objects.count(), Event.objects.count()) == before


def test_other_arguments_are_refused_where_something_was_generated(mall):
    done = mall.manage("generate_load", "--tickets", "10", check=False)
    assert done.returncode == 1
    assert f"--tickets {TICKETS} --merchants 40 --seed 1" in done.stderr


def test_nothing_is_missing_from_the_tables(generated, db):
    """Indexes and keys are those of a database that was only migrated: the suite's own."""
    migrated = structure()
    with generated.database():
        assert structure() == migrated


def structure() -> set[tuple]:
    if connection.vendor == "sqlite":
        sql = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name LIKE 'tickets%' OR tbl_name LIKE 'orders%'"
    else:
        sql = (
            "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
            " WHERE conrelid::regclass::text ~ '^(tickets|orders|merchants)_' UNION ALL"
            " SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid FROM pg_index"
            " WHERE indrelid::regclass::text ~ '^(tickets|orders|merchants)_'"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return set(cursor.fetchall())
