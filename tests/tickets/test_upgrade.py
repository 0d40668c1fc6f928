"""From the first version's database (tickets 0003) to the newest: what ran, was late, was answered or was over before
clocks could pause and alerts were recorded.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.factories import ANSWER, OrderFactory, UserFactory, reason_code
from tests.processes import empty_place
from tickets import scanning
from tickets.clock import database_now
from tickets.lifecycle import Outcome, Status
from tickets.models import Alert, Event, Policy, Round, SearchDocument, Ticket
from tickets.searching.keeping import wrong_documents

pytestmark = pytest.mark.processes

HOUR = timedelta(hours=1)
# name: opened so long ago, then what had happened to it; the deadline was four hours, the warning two
OLD = {
    "running": timedelta(hours=1),
    "warned": timedelta(hours=3),
    "critical": timedelta(hours=3, minutes=45),
    "late, recorded": timedelta(hours=6),
    "late, unrecorded": timedelta(hours=5),
    "submitted": timedelta(hours=7),
    "submitted late": timedelta(hours=8),
    "completed": timedelta(hours=9),
}


@pytest.fixture(scope="module")
def old(worker_name, tmp_path_factory, django_db_blocker) -> Iterator[dict[str, datetime]]:
    """The database of the first version after its upgrade; when each of its tickets had been opened."""
    directory = tmp_path_factory.mktemp("upgrade")
    with empty_place(f"upgrade_{worker_name}", directory, django_db_blocker, like=None) as place:
        place.manage("migrate", "tickets", "0003", "--verbosity", "0")
        place.manage("migrate", "merchants", "--verbosity", "0")
        place.manage("migrate", "orders", "--verbosity", "0")
        with place.database():
            opened = fill_as_it_was()
        place.manage("migrate", "--verbosity", "0")
        place.manage("rebuild_search", "--offline")
        with place.database():
            yield opened


def fill_as_it_was() -> dict[str, datetime]:
    models = (
        MigrationExecutor(connection)
        .loader.project_state([("tickets", "0003_first_policies_and_categories")])
        .apps
    )
    model = {
        name: models.get_model("tickets", name)
        for name in ("Ticket", "Round", "Event", "Result", "Policy", "Category")
    }
    order, person = OrderFactory(), UserFactory(username="kefu")
    UserFactory(username="dianyuan", staff_of=order.merchant)
    category, policy = model["Category"].objects.first(), model["Policy"].objects.get(urgency="normal")
    now, opened = database_now(), {}
    for position, (name, ago) in enumerate(OLD.items(), start=1):
        start = opened[name] = now - ago
        ticket = model["Ticket"].objects.create(
            number=f"GD20261123-{position:06d}", order_id=order.pk, order_number=order.number,
            merchant_id=order.merchant_id, customer_id=order.customer_id, category=category, urgency="normal",
            problem="收到的连体衣开线，要求换货。", opened_by_id=person.pk, status="waiting_merchant",
            created_at=start, handled_at=start, warn_at=start + 2 * HOUR, due_at=start + 4 * HOUR,
        )  # fmt: skip
        round_ = model["Round"].objects.create(
            ticket=ticket, merchant_id=order.merchant_id, number=1, urgency="normal", policy=policy,
            started_at=start, warn_at=start + 2 * HOUR, due_at=start + 4 * HOUR,
        )  # fmt: skip
        record(model, ticket, round_, "opened", start)
        if name in ("late, recorded", "submitted late"):
            recorded(model, ticket, round_)
        if name in ("submitted", "submitted late", "completed"):
            answer(model, ticket, round_, start + (5 if "late" in name else 1) * HOUR)
        if name == "completed":
            round_.is_open, round_.closed_at = False, start + 2 * HOUR
            round_.save()
            ticket.status, ticket.is_open, ticket.completed_at = "completed", False, start + 2 * HOUR
            ticket.save()
            record(model, ticket, round_, "approved", start + 2 * HOUR)
    return opened


def record(model, ticket, round_, kind: str, at: datetime, recorded_at: datetime | None = None) -> None:
    model["Event"].objects.create(
        ticket=ticket, round=round_, kind=kind, actor_name="系统", actor_role="定时检查", to_status=ticket.status,
        text=ANSWER if kind == "submitted" else "", occurred_at=at, recorded_at=recorded_at or at,
    )  # fmt: skip


def recorded(model, ticket, round_) -> None:
    """As the scan of then did it, half a minute after the deadline."""
    round_.overdue_at, round_.overdue_recorded_at = round_.due_at, round_.due_at + timedelta(seconds=30)
    round_.save()
    record(model, ticket, round_, "overdue", round_.due_at, round_.overdue_recorded_at)


def answer(model, ticket, round_, at: datetime) -> None:
    from merchants.models import User

    person = User.objects.get(username="dianyuan")
    ticket.result = model["Result"].objects.create(
        round=round_, outcome="solved", text=ANSWER, submitted_by_id=person.pk, submitted_at=at
    )
    ticket.status, ticket.stopped_at = "waiting_review", at
    ticket.was_late = round_.overdue_at is not None
    ticket.save()
    round_.is_running, round_.submitted_at = False, at
    round_.save()
    record(model, ticket, round_, "submitted", at)


def ticket_of(name: str) -> Ticket:
    return Ticket.objects.get(number=f"GD20261123-{list(OLD).index(name) + 1:06d}")


def ladder_of(name: str) -> list[tuple[int, datetime]]:
    return list(Alert.objects.filter(round__ticket=ticket_of(name)).values_list("level", "occurred_at"))


def test_every_round_has_its_second_rung_and_counts_day_and_night(old):
    for name, opened_at in old.items():
        ticket, round_ = ticket_of(name), ticket_of(name).rounds.get()
        assert round_.critical_at == ticket.critical_at == opened_at + timedelta(hours=3, minutes=30), name
        assert (round_.calendar.name, round_.skipped) == ("7×24", []), name
    assert set(Policy.objects.values_list("calendar__name", flat=True)) == {"7×24"}


def test_a_recorded_lateness_has_its_whole_ladder_and_is_not_told_again(old):
    for name in ("late, recorded", "submitted late"):
        round_, start = ticket_of(name).rounds.get(), old[name]
        assert ladder_of(name) == [(1, start + 2 * HOUR), (2, start + 3.5 * HOUR), (3, start + 4 * HOUR)]
        assert round_.alert_level == round_.told_level == 3
        assert round_.overdue_at == start + 4 * HOUR
        assert round_.overdue_recorded_at == start + 4 * HOUR + timedelta(seconds=30)
        assert round_.next_alert_at is None


def test_what_was_answered_in_time_has_no_alert_and_waits_for_none(old):
    for name in ("submitted", "completed"):
        assert ladder_of(name) == []
        assert ticket_of(name).rounds.get().next_alert_at is None


def test_what_there_was_is_found_after_a_rebuild(old):
    from merchants.models import User
    from tickets.searching.search import Search

    assert SearchDocument.objects.count() == len(OLD)
    assert wrong_documents(Ticket.objects.values_list("pk", flat=True)) == []
    for person in User.objects.filter(username__in=["kefu", "dianyuan"]):
        found = Ticket.objects.filter(Search(person, "連体衣开线").condition)
        assert set(found) == set(Ticket.objects.all())
        answered = Ticket.objects.filter(Search(person, ANSWER[:8]).condition)
        assert set(answered) == {ticket_of(name) for name in ("submitted", "submitted late", "completed")}


def test_history_is_guarded(old):
    for table in ("tickets_event", "tickets_result", "tickets_alert"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET id = id")
    with pytest.raises(DatabaseError), transaction.atomic():
        Round.objects.filter(overdue_at__isnull=False).update(overdue_at=database_now())


def test_the_first_scan_records_what_had_been_reached_with_its_true_times_and_no_more(old):
    scanning.run()
    assert ladder_of("running") == []
    assert ladder_of("warned") == [(1, old["warned"] + 2 * HOUR)]
    assert ladder_of("critical") == [(1, old["critical"] + 2 * HOUR), (2, old["critical"] + 3.5 * HOUR)]
    start = old["late, unrecorded"]
    assert ladder_of("late, unrecorded") == [
        (1, start + 2 * HOUR),
        (2, start + 3.5 * HOUR),
        (3, start + 4 * HOUR),
    ]
    overdue = Event.objects.filter(kind="overdue")
    assert sorted(overdue.values_list("ticket__number", flat=True)) == [
        ticket_of(name).number for name in OLD if "late" in name
    ]
    assert overdue.get(ticket=ticket_of("late, unrecorded")).occurred_at == start + 4 * HOUR
    assert scanning.run().alerted == 0


def test_the_verbs_go_on_with_what_there_was(old):
    from merchants.models import User

    kefu, dianyuan = User.objects.get(username="kefu"), User.objects.get(username="dianyuan")
    running = ticket_of("running")
    due_at = running.due_at
    running.hold(by_user=kefu, reason="等消费者寄回商品", until=database_now() + HOUR)
    running.resume(by_user=kefu)
    assert running.due_at >= due_at
    running.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    late = ticket_of("late, recorded")
    late.submit(by_user=dianyuan, outcome=Outcome.SOLVED, text=ANSWER)
    late.return_to_merchant(by_user=kefu, code=reason_code("return"), reason="没有写明快递单号")
    assert late.status == Status.WAITING_MERCHANT
    assert late.was_late
    completed = ticket_of("completed")
    completed.reopen(by_user=kefu, reason="消费者反映问题又出现了")
    assert completed.rounds.count() == 2
