"""What the demo holds, and that loading it again changes nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.test import Client

from merchants.models import Merchant, User
from orders.masking import MOBILE
from orders.models import Customer, Order, OrderLine, Shipment
from tickets.clock import database_now
from tickets.demo.people import PASSWORD, PEOPLE
from tickets.lifecycle import EventKind, Outcome, Status, Urgency
from tickets.models import (
    Acknowledgement,
    DeadlineScan,
    Event,
    Exemption,
    Incident,
    IncidentStep,
    Notice,
    OrderSnapshot,
    Result,
    Round,
    Ticket,
)
from tickets.models.queries import TABS
from tickets.models.snapshot import order_facts
from tickets.timeliness import Timeliness

# A run in which no test bears this mark has no database, whatever a fixture of a module asks for.
pytestmark = pytest.mark.django_db

TABLES = [Merchant, User, Customer, Order, OrderLine, Shipment, Ticket, Round, Result, Event, OrderSnapshot]
TABLES += [Acknowledgement, Exemption, Incident, IncidentStep]
NAMED_PEOPLE = {"kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "admin"}


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The demo, loaded once for the whole module; what loading it said. Each test leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        said = load()
        yield said
        transaction.set_rollback(True)


def load() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


def everything() -> dict[str, list[dict]]:
    """Every row that the demo is made of, with every column."""
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def states() -> Counter:
    now = database_now()
    return Counter((ticket.status, ticket.countdown(now).state) for ticket in Ticket.objects.all())


@pytest.mark.parametrize("username", ["kefu", "shangjia", "dianyuan"])
def test_some_of_what_people_were_told_is_new_and_the_rest_is_read(loaded, username):
    told = Notice.objects.filter(recipient__username=username)
    assert 0 < told.unread().count() < told.count()


def test_there_are_six_merchants_some_hundred_orders_and_many_tickets():
    assert Merchant.objects.count() == 6
    assert Order.objects.count() >= 300
    assert Ticket.objects.count() >= 150
    assert not Order.objects.filter(lines=None).exists()


def test_the_report_names_people_password_and_what_was_loaded(loaded):
    assert PASSWORD in loaded
    assert str(Ticket.objects.count()) in loaded
    for person in PEOPLE:
        assert person.username in loaded
        assert person.name in loaded


def test_all_people_of_the_demo_can_log_in():
    for username in sorted(NAMED_PEOPLE):
        client = Client()
        answer = client.post("/login/", {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, username
        assert client.session["_auth_user_id"] == str(User.objects.get(username=username).pk)


def test_only_the_administrator_reaches_the_admin():
    assert list(User.objects.filter(is_staff=True).values_list("username", flat=True)) == ["admin"]
    assert User.objects.get(username="admin").is_superuser


def test_no_two_people_share_a_salt():
    hashes = User.objects.values_list("password", flat=True)
    assert len(set(hashes)) == len(PEOPLE)


def test_every_state_is_there_with_every_timeliness_it_can_have():
    found = states()
    for timeliness in (Timeliness.NORMAL, Timeliness.DUE_SOON, Timeliness.OVERDUE):
        assert found[Status.WAITING_MERCHANT, timeliness]
    for status in (Status.WAITING_REVIEW, Status.COMPLETED):
        assert found[status, Timeliness.ON_TIME]
        assert found[status, Timeliness.LATE]
    assert found[Status.CANCELLED, ""]
    assert found[Status.CANCELLED, Timeliness.OVERDUE]


def test_both_levels_of_warning_are_there():
    now = database_now()
    assert {ticket.countdown(now).level for ticket in Ticket.objects.due_soon(now)} == {1, 2}


def test_what_is_overdue_is_so_by_minutes_by_hours_and_by_a_day():
    now = database_now()
    hours = [(now - ticket.due_at).total_seconds() / 3600 for ticket in Ticket.objects.overdue(now)]
    assert min(hours) < 0.5
    assert any(1 < late < 12 for late in hours)
    assert max(hours) > 24


@pytest.mark.parametrize("username", ["shangjia", "shangjia2"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_both_merchants_has_tickets(username, tab):
    owner = User.objects.get(username=username)
    assert Ticket.objects.for_user(owner).in_tab(tab, database_now()).exists()


def test_merchant_a_has_several_tickets_in_each_tab_and_more_than_merchant_b():
    now = database_now()
    a, b = (
        Ticket.objects.for_user(User.objects.get(username=username)).tab_counts(now)
        for username in ("shangjia", "shangjia2")
    )
    for tab in TABS:
        assert a[tab] >= 3
        assert a[tab] > b[tab]


def test_every_urgency_and_every_outcome_is_there():
    assert set(Ticket.objects.values_list("urgency", flat=True)) == set(Urgency.values)
    assert set(Ticket.objects.values_list("result__outcome", flat=True)) >= set(Outcome.values)


def test_tickets_came_back_once_and_twice_and_were_opened_again():
    assert set(Ticket.objects.values_list("round_no", flat=True)) >= {1, 2, 3}
    assert Ticket.objects.filter(events__kind=EventKind.REOPENED).exists()
    assert Ticket.objects.filter(is_returned=True, was_late=True).exists()


def test_no_late_round_is_without_its_record():
    assert not Round.objects.newly_overdue(DeadlineScan.objects.get().finished_at).exists()
    recorded = Event.objects.filter(kind=EventKind.OVERDUE).count()
    assert recorded == Round.objects.filter(overdue_at__isnull=False).count() > 0


def test_the_manager_has_seen_some_of_it_exempted_one_and_follows_one_through():
    now = database_now()
    assert 3 <= Acknowledgement.objects.count() < Round.objects.missed(now).count()
    assert Exemption.objects.active().count() == 1
    incident = Incident.objects.get()
    assert (incident.steps.count(), incident.stage) == (2, "evaluation")
    moments = [
        *Acknowledgement.objects.values_list("at", flat=True),
        *Exemption.objects.values_list("at", flat=True),
        *IncidentStep.objects.values_list("at", flat=True),
    ]
    assert max(moments) <= now


def test_nothing_happened_in_the_future_and_much_happened_lately():
    now = database_now()
    assert not Event.objects.filter(occurred_at__gt=now).exists()
    days_ago = Counter((now - opened).days for opened in Ticket.objects.values_list("created_at", flat=True))
    assert max(days_ago) >= 7
    assert days_ago[0] > 50


def test_the_numbers_follow_the_time_of_opening():
    numbers = list(Ticket.objects.order_by("created_at", "pk").values_list("number", flat=True))
    assert numbers == sorted(numbers)


def test_some_problems_and_results_hold_a_phone_number_to_be_masked():
    problems = Ticket.objects.values_list("problem", flat=True)
    results = Result.objects.values_list("text", flat=True)
    assert sum(bool(MOBILE.search(text)) for text in problems) >= 10
    assert any(MOBILE.search(text) for text in results)


def test_no_word_was_left_to_be_filled_in():
    texts = [*Ticket.objects.values_list("problem", flat=True), *Event.objects.values_list("text", flat=True)]
    assert not [text for text in texts if "{" in text or "}" in text or "None" in text]


def test_results_are_as_long_as_a_shopkeeper_writes_and_some_are_lists():
    texts = list(Result.objects.values_list("text", flat=True))
    assert sum(60 <= len(text) <= 250 for text in texts) > len(texts) / 2
    assert any(text.count("\n") >= 3 for text in texts)


def test_some_orders_have_several_tickets():
    assert max(Counter(Ticket.objects.values_list("order", flat=True)).values()) > 1


@pytest.mark.parametrize("fact", ["status", "refund_amount", "address", "shipments"])
def test_some_orders_changed_since_the_ticket_was_opened(fact):
    assert any(facts_now(ticket)[fact] != ticket.snapshot.facts[fact] for ticket in with_snapshots())


def test_amounts_that_did_not_change_read_the_same_as_at_the_opening():
    for ticket in with_snapshots():
        assert facts_now(ticket)["total_amount"] == ticket.snapshot.facts["total_amount"]
        assert facts_now(ticket)["lines"] == ticket.snapshot.facts["lines"]


def with_snapshots():
    return Ticket.objects.select_related("snapshot", "order").prefetch_related(
        "order__lines", "order__shipments"
    )


def facts_now(ticket: Ticket) -> dict:
    """The order's facts as they would be kept now."""
    return json.loads(json.dumps(order_facts(ticket.order), cls=DjangoJSONEncoder))


def test_a_second_run_says_so_and_changes_nothing():
    before = everything()
    assert "已存在" in load()
    assert everything() == before


def test_a_second_run_keeps_what_was_entered_meanwhile():
    dianyuan = User.objects.get(username="dianyuan")
    dianyuan.set_password("其他人不知道的密码")
    dianyuan.save()
    User.objects.create_user("xinren", name="新来的客服", role="support")
    answered = Ticket.objects.for_user(dianyuan).in_tab("todo", database_now()).first()
    answered.submit(
        by_user=dianyuan, outcome=Outcome.SOLVED, text="已经联系消费者，今天补发一件新的，运费由我们承担。"
    )

    before = everything()
    load()

    assert everything() == before
    assert Ticket.objects.get(pk=answered.pk).status == Status.WAITING_REVIEW
    assert User.objects.get(username="dianyuan").check_password("其他人不知道的密码")


def test_a_demo_whose_people_were_renamed_is_still_recognised():
    User.objects.filter(username="kefu").update(username="linyue")
    assert "已存在" in load()
    assert not User.objects.filter(username="kefu").exists()


def test_some_tickets_are_held_and_some_were_given_to_a_colleague():
    held = Ticket.objects.filter(assignee__isnull=False, is_open=True)
    assert held.filter(merchant__code="heyu").count() >= 5
    assert held.count() < Ticket.objects.filter(is_open=True).count() / 2
    assert Event.objects.filter(kind=EventKind.ASSIGNED).count() >= 2
    assert not [ticket for ticket in held if ticket.assignee.merchant_id != ticket.merchant_id]


def test_one_went_to_the_right_merchant_and_one_into_its_twin():
    moved = Event.objects.get(kind=EventKind.TRANSFERRED).ticket
    assert [round_.merchant.code for round_ in moved.rounds.order_by("number")] == ["heyu", "tuanguo"]
    merged = Ticket.objects.get(merged_into__isnull=False)
    assert merged.merged_into.order == merged.order
    assert merged.merged_into.is_open
