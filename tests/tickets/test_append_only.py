"""History is written once, also for whoever talks to the database directly."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from tests.factories import TicketFactory, UserFactory, completed_ticket, submitted_ticket
from tests.rows import rows_of
from tickets.models import Alert, Event, ExportRecord, Mention, Message, Result, Round

TABLES = [
    "tickets_event",
    "tickets_result",
    "tickets_alert",
    "tickets_round",
    "tickets_message",
    "tickets_mention",
    "tickets_exportrecord",
]
WRITES = {
    "change an event": "UPDATE tickets_event SET text = 'etwas anderes'",
    "move an event": "UPDATE tickets_event SET occurred_at = recorded_at",
    "an update that changes nothing": "UPDATE tickets_event SET text = text",
    "delete events": "DELETE FROM tickets_event",
    "change a result": "UPDATE tickets_result SET text = 'something else entirely'",
    "change an outcome": "UPDATE tickets_result SET outcome = 'solved'",
    "delete results": "DELETE FROM tickets_result",
    "change an alert": "UPDATE tickets_alert SET level = 3",
    "move an alert": "UPDATE tickets_alert SET occurred_at = recorded_at",
    "delete alerts": "DELETE FROM tickets_alert",
    "change a message": "UPDATE tickets_message SET text = 'something else entirely'",
    "show a note to merchants": "UPDATE tickets_message SET audience = 'shared'",
    "delete messages": "DELETE FROM tickets_message",
    "change a mention": "UPDATE tickets_mention SET person_id = person_id",
    "delete mentions": "DELETE FROM tickets_mention",
    "change a reason": "UPDATE tickets_event SET reason_name = 'something else'",
    "change an export's record": "UPDATE tickets_exportrecord SET rows = 0",
    "delete records of exports": "DELETE FROM tickets_exportrecord",
    "delete rounds": "DELETE FROM tickets_round",
    "forget a missed deadline": "UPDATE tickets_round SET overdue_at = NULL, overdue_recorded_at = NULL",
    "move a missed deadline": "UPDATE tickets_round SET overdue_at = started_at",
    "forget when it was noticed": "UPDATE tickets_round SET overdue_recorded_at = closed_at",
}


@pytest.fixture
def ticket(order_a):
    """Answered late and completed: it has every kind of record."""
    ticket = completed_ticket(order=order_a, opened_ago=timedelta(hours=9), after=timedelta(hours=5))
    colleague = UserFactory(name="小林")
    ticket.add_note(by_user=ticket.opened_by, text=f"@{colleague} 这单请看一下")
    ExportRecord.note(
        by_user=colleague, what="工单", conditions="", columns=["工单号"], file_format="CSV", rows=1
    )
    return ticket


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_the_database_refuses_to(sql, ticket):
    before = rows_of(ticket)
    with (
        pytest.raises(IntegrityError, match="is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert rows_of(ticket) == before


@pytest.mark.postgresql  # SQLite has no TRUNCATE
def test_postgresql_refuses_to_truncate(ticket, subtests):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks refuses for their sake
        for table in TABLES:
            with (
                subtests.test(table),
                pytest.raises(IntegrityError, match="is append-only"),
                transaction.atomic(),
            ):
                cursor.execute(f"TRUNCATE {table} CASCADE")


def test_nor_does_it_let_the_models_do_so(ticket, subtests):
    before = rows_of(ticket)
    event, result, round_ = ticket.events.first(), ticket.result, ticket.rounds.get()
    alert, message = ticket.alerts.first(), ticket.messages.get()
    attempts = {
        "queryset.update": lambda: Event.objects.update(text="etwas anderes"),
        "queryset.delete": lambda: Event.objects.all().delete(),
        "event.save": lambda: event.save(),
        "event.delete": lambda: event.delete(),
        "result.save": lambda: result.save(),
        "result queryset.update": lambda: Result.objects.update(text="etwas ganz anderes"),
        "result.delete": lambda: result.delete(),
        "alert queryset.update": lambda: Alert.objects.update(level=1),
        "alert.save": lambda: alert.save(),
        "message.save": lambda: message.save(),
        "message.delete": lambda: message.delete(),
        "message queryset.update": lambda: Message.objects.update(audience="shared"),
        "mention queryset.delete": lambda: Mention.objects.all().delete(),
        "alert.delete": lambda: alert.delete(),
        "round.delete": lambda: round_.delete(),
        "round queryset.delete": lambda: Round.objects.all().delete(),
        "ticket.delete": lambda: ticket.delete(),
    }
    for name, attempt in attempts.items():
        with subtests.test(name), pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
            attempt()
    assert rows_of(ticket) == before


def test_a_round_may_still_change_in_what_is_no_record(ticket):
    assert Round.objects.filter(ticket=ticket).update(closed_at=ticket.handled_at + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_the_triggers_have_survived_every_migration():
    """SQLite loses a table's triggers when a migration rebuilds the table; such a migration must create them again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
            expected = {
                "tickets_event_append_only",
                "tickets_result_append_only",
                "tickets_alert_append_only",
                "tickets_acknowledgement_append_only",
                "tickets_incidentstep_append_only",
                "tickets_exemption_no_delete",
                "tickets_exemption_kept",
                "tickets_acknowledgement_no_truncate",
                "tickets_exportrecord_append_only",
                "tickets_exportrecord_no_truncate",
                "tickets_incidentstep_no_truncate",
                "tickets_exemption_no_truncate",
                "tickets_round_no_delete",
                "tickets_round_overdue_kept",
                "tickets_attachment_append_only",
                "tickets_attachment_no_truncate",
                "tickets_attachment_of_its_message",
                "tickets_message_append_only",
                "tickets_mention_append_only",
                "tickets_reveal_append_only",
                "tickets_reveal_no_truncate",
                *(f"{table}_no_truncate" for table in TABLES),
            }
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            expected = {
                "tickets_event_no_update",
                "tickets_event_no_delete",
                "tickets_result_no_update",
                "tickets_result_no_delete",
                "tickets_alert_no_update",
                "tickets_alert_no_delete",
                "tickets_acknowledgement_no_update",
                "tickets_acknowledgement_no_delete",
                "tickets_incidentstep_no_update",
                "tickets_incidentstep_no_delete",
                "tickets_exemption_no_delete",
                "tickets_exemption_kept",
                "tickets_round_no_delete",
                "tickets_round_overdue_kept",
                "tickets_attachment_no_update",
                "tickets_attachment_no_delete",
                "tickets_attachment_of_its_message_insert",
                "tickets_attachment_of_its_message_update",
                *(
                    f"tickets_{table}_no_{action}"
                    for table in ("message", "mention", "reveal", "exportrecord")
                    for action in ("update", "delete")
                ),
            }
        expected |= {"tickets_ticket_archived_no_update", "tickets_ticket_archived_no_delete"}
        assert {name for (name,) in cursor.fetchall()} >= expected


@pytest.mark.django_db
def test_an_event_belongs_to_a_round_that_there_is():
    event = TicketFactory().events.get()
    event.pk, event.round_id = None, 1_000_000
    with pytest.raises(IntegrityError), transaction.atomic():
        checked(event)


@pytest.mark.django_db
@pytest.mark.postgresql  # SQLite keeps the two foreign keys instead
def test_the_ticket_of_an_event_is_its_rounds():
    event, other = TicketFactory().events.get(), TicketFactory()
    event.pk, event.round = None, other.rounds.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        checked(event)


def checked(event: Event) -> None:
    event.save(force_insert=True)
    connection.check_constraints(["tickets_event"])  # SQLite would wait for the commit


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["overdue", "submitted"])
def test_a_round_is_recorded_as_overdue_and_as_submitted_only_once(kind):
    """By the database itself: the unique keys of an event's round are there, whatever became of its indexes."""
    ticket = submitted_ticket(after=timedelta(hours=5), opened_ago=timedelta(hours=6))
    event = ticket.events.get(kind=kind)
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)
