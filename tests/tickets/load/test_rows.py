"""What ``generate_load`` writes is what the verbs would have written."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone

from merchants.models import Merchant, User
from orders.models import Customer, Order, OrderLine, Shipment
from tests.tickets.load.conftest import TICKETS
from tickets.clock import database_now
from tickets.lifecycle import OPEN_STATUSES, TRANSITIONS, EventKind, Status
from tickets.models import (
    Alert,
    Event,
    Message,
    Notice,
    OrderSnapshot,
    Pause,
    Rating,
    Result,
    Round,
    Ticket,
)
from tickets.models.numbering import DailyNumber
from tickets.models.snapshot import CONSUMER_FACTS

pytestmark = pytest.mark.processes


def test_as_many_as_asked_for_and_two_in_a_hundred_open(mall):
    assert Ticket.objects.count() == TICKETS
    assert 0.015 < Ticket.objects.filter(is_open=True).count() / TICKETS < 0.025
    assert Merchant.objects.count() == 40


def test_every_table_that_a_ticket_has_rows_in_is_filled(mall):
    for model in (
        Customer,
        OrderLine,
        Shipment,
        Alert,
        Pause,
        Message,
        OrderSnapshot,
        Rating,
        Notice,
        Result,
    ):
        assert model.objects.exists(), model


def test_open_tickets_are_in_every_open_state_in_time_and_late(mall):
    now = database_now()
    assert set(Ticket.objects.filter(is_open=True).values_list("status", flat=True)) == OPEN_STATUSES
    assert Round.objects.overdue(now).exists()
    assert Round.objects.due_soon(now).exists()
    assert Round.objects.running().filter(warn_at__gt=now).exists()
    assert Ticket.objects.filter(is_open=True, is_returned=True).exists()


def test_merchants_are_uneven(mall):
    sizes = sorted(Counter(Ticket.objects.values_list("merchant", flat=True)).values(), reverse=True)
    assert sizes[0] > 8 * sizes[len(sizes) // 2]


def test_consumers_come_again_and_some_orders_have_two_tickets(mall):
    assert Customer.objects.annotate(n=Count("orders")).filter(n__gte=3).exists()
    assert Order.objects.annotate(n=Count("tickets")).filter(n=2).exists()


def test_the_ticket_repeats_its_last_round(mall):
    last = Round.objects.filter(ticket=OuterRef("pk")).order_by("-number")
    tickets = Ticket.objects.annotate(
        **{
            f"last_{name}": Subquery(last.values(name)[:1])
            for name in ("number", "warn_at", "critical_at", "due_at", "is_open", "submitted_at", "result")
        }
    )
    differing = (
        ~Q(round_no=F("last_number"))
        | ~Q(warn_at=F("last_warn_at"))
        | ~Q(critical_at=F("last_critical_at"))
        | ~Q(due_at=F("last_due_at"))
        | ~Q(is_open=F("last_is_open"))
        | ~Q(result=F("last_result")) & Q(last_result__isnull=False)
        | Q(result__isnull=False, last_result__isnull=True)
        | ~Q(stopped_at=F("last_submitted_at")) & Q(last_submitted_at__isnull=False)
        | Q(stopped_at__isnull=False, last_submitted_at__isnull=True) & ~Q(status=Status.CANCELLED)
    )
    assert not tickets.filter(differing).exists()


def test_the_ticket_repeats_its_order(mall):
    differing = (
        ~Q(order_number=F("order__number"))
        | ~Q(merchant=F("order__merchant"))
        | ~Q(customer=F("order__customer"))
    )
    assert not Ticket.objects.filter(differing).exists()
    assert not Round.objects.exclude(merchant=F("ticket__merchant")).exists()


def test_history_leads_from_state_to_state_as_the_verbs_do(mall):
    allowed = {(row.event, source, row.target) for row in TRANSITIONS.values() for source in row.sources}
    allowed |= {
        (EventKind.OPENED, "", Status.WAITING_MERCHANT),
        (EventKind.OVERDUE, Status.WAITING_MERCHANT, Status.WAITING_MERCHANT),
        (EventKind.ARCHIVED, Status.COMPLETED, Status.COMPLETED),
        (EventKind.ARCHIVED, Status.CANCELLED, Status.CANCELLED),
    }
    stands: dict[int, str] = {}
    moved: dict[int, object] = {}
    for ticket, kind, source, target, at in Event.objects.order_by("ticket", "occurred_at", "pk").values_list(
        "ticket", "kind", "from_status", "to_status", "occurred_at"
    ):
        assert (kind, source, target) in allowed
        assert source == stands.get(ticket, "")
        stands[ticket] = target
        if source != target:
            moved[ticket] = at
    assert stands == dict(Ticket.objects.values_list("pk", "status"))
    assert moved == dict(Ticket.objects.values_list("pk", "handled_at"))


def test_rounds_follow_each_other_and_nothing_lies_ahead(mall):
    now, ends = database_now(), {}
    for round_ in Round.objects.order_by("ticket", "number"):
        assert round_.started_at >= ends.get(round_.ticket_id, round_.started_at)
        assert round_.number == 1 or round_.ticket_id in ends
        if round_.closed_at:
            assert round_.closed_at >= (round_.submitted_at or round_.started_at)
            ends[round_.ticket_id] = round_.closed_at
        assert (round_.stopped_at or round_.started_at) <= now
    assert not Event.objects.filter(recorded_at__gt=now).exists()
    assert not Event.objects.filter(recorded_at__lt=F("occurred_at")).exists()


def test_a_round_has_the_times_its_policy_gives_and_its_pauses_add(mall):
    pauses = {pause.round_id: pause for pause in Pause.objects.filter(ended_at__isnull=False)}
    for round_ in Round.objects.select_related("policy", "ticket"):
        stood = timedelta()
        if (pause := pauses.get(round_.pk)) and round_.due_at > pause.started_at:
            stood = pause.ended_at - pause.started_at
        assert round_.due_at == round_.started_at + round_.policy.deadline_after + stood
        assert round_.urgency == round_.ticket.urgency
        assert round_.policy.urgency == round_.urgency


def test_the_time_taken_is_the_clock_s(mall):
    for round_ in Round.objects.filter(submitted_at__isnull=False).prefetch_related("pauses"):
        assert round_.took == round_.counted(round_.submitted_at)
        assert timedelta() < round_.responded_after <= round_.took


def test_alerts_are_the_rungs_that_were_reached_and_people_know(mall):
    reached: dict[int, list] = {}
    for alert in Alert.objects.order_by("round", "level"):
        reached.setdefault(alert.round_id, []).append((alert.level, alert.occurred_at, alert.recorded_at))
    for round_ in Round.objects.all():
        alerts = reached.get(round_.pk, [])
        assert [(level, at) for level, at, _ in alerts] == round_.ladder()[: round_.alert_level]
        assert round_.told_level == round_.alert_level or round_.is_running
        if round_.overdue_at:
            assert (round_.overdue_at, round_.overdue_recorded_at) == alerts[2][1:]
    late = Round.objects.filter(overdue_at__isnull=False)
    assert Event.objects.filter(kind=EventKind.OVERDUE).count() == late.count() > 0
    assert set(Event.objects.filter(kind=EventKind.OVERDUE).values_list("round", flat=True)) == set(
        late.values_list("pk", flat=True)
    )


def test_a_ticket_was_late_when_one_of_its_ended_clocks_was(mall):
    late = Round.objects.filter(overdue_at__isnull=False).filter(
        Q(number__lt=F("ticket__round_no")) | Q(is_running=False)
    )
    assert set(Ticket.objects.filter(was_late=True).values_list("pk", flat=True)) == set(
        late.values_list("ticket", flat=True)
    )


def test_results_say_enough_and_give_their_reason(mall):
    for result in Result.objects.select_related("reason_code", "round__ticket__category"):
        assert result.faults(result.round.ticket.category) == {}
    submitted = Event.objects.filter(kind=EventKind.SUBMITTED)
    assert set(submitted.values_list("round", "text", "reason_name")) == set(
        Result.objects.values_list("round", "text", "reason_name")
    )


def test_the_snapshot_holds_the_facts_of_the_order(mall):
    for snapshot in OrderSnapshot.objects.select_related("ticket__order")[:200]:
        order = snapshot.ticket.order
        for name in CONSUMER_FACTS:
            assert snapshot.facts[name] == getattr(order, name)
        assert len(snapshot.facts["lines"]) == order.lines.count()
        assert snapshot.taken_at == snapshot.ticket.created_at


def test_numbers_run_through_each_day_in_the_order_of_opening(mall):
    last: dict[str, int] = {}
    for number, at in Ticket.objects.order_by("created_at", "pk").values_list("number", "created_at"):
        day, running = number.removeprefix("GD").split("-")
        assert day == f"{timezone.localtime(at):%Y%m%d}"
        assert int(running) == last.get(day, 0) + 1
        last[day] = int(running)
    kept = {f"{day:%Y%m%d}": number for day, number in DailyNumber.objects.values_list("day", "last")}
    assert all(kept[day] >= number for day, number in last.items())


def test_texts_are_short_and_long_and_their_words_frequent_and_rare(mall):
    problems = list(Ticket.objects.values_list("problem", flat=True))
    results = list(Result.objects.values_list("text", flat=True))
    lengths = sorted(len(text) for text in problems + results)
    assert lengths[0] <= 12
    assert lengths[-1] >= 350
    assert len(set(problems)) > 0.9 * len(problems)
    pairs = Counter(pair for text in problems for pair in {text[i : i + 2] for i in range(len(text) - 1)})
    assert pairs.most_common(1)[0][1] > len(problems) / 4
    assert sum(count == 1 for count in pairs.values()) > 1_000


def test_foreign_keys_hold(mall):
    connection.check_constraints()


def test_people_have_one_of_each_role_to_sign_in_as(mall):
    roles = dict(User.objects.values_list("username", "role"))
    assert roles["kefu"] == "support"
    assert (roles["shangjia"], roles["dianyuan"]) == ("merchant_owner", "merchant_staff")
    assert (roles["zhuguan"], roles["admin"]) == ("manager", "admin")
    assert User.objects.get(username="kefu").has_usable_password()
