"""归档: what has been over for long enough cannot be changed any more, by nobody and in no way."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from tests.factories import TicketFactory, cancelled_ticket, completed_ticket, submitted_ticket
from tests.pages import read, signed_in, statements
from tests.rows import kinds_of, rows_of
from tickets.clock import database_now
from tickets.lifecycle import TRANSITIONS, Archived, Refused
from tickets.models import Event, Ticket

from .test_transitions import MAY, act

pytestmark = pytest.mark.django_db

DAYS = timedelta(days=1)
SENTENCE = "该工单已归档，不能再修改"


def archived_ticket(make=completed_ticket, **about) -> Ticket:
    """已归档: over for a hundred days."""
    ticket = make(**{"opened_ago": 100 * DAYS} | about)
    Ticket.objects.archive(older_than=90 * DAYS, batch=10)
    ticket.refresh_from_db()
    assert ticket.archived_at
    return ticket


def run(*arguments) -> str:
    said = StringIO()
    call_command("archive_tickets", *arguments, stdout=said)
    return said.getvalue()


def test_only_what_was_over_long_enough_is_archived(order_a):
    old = [completed_ticket(order=order_a, opened_ago=100 * DAYS), cancelled_ticket(opened_ago=100 * DAYS)]
    others = [
        completed_ticket(opened_ago=80 * DAYS),
        submitted_ticket(opened_ago=100 * DAYS),
        TicketFactory(opened_ago=100 * DAYS),
    ]
    assert run() == "已归档 2 张工单\n"
    archived = set(Ticket.objects.filter(archived_at__isnull=False))
    assert archived == set(old)
    assert not archived & set(others)
    event = Event.objects.filter(ticket=old[1]).last()
    assert (event.kind, event.actor, event.actor_name) == ("archived", None, "系统")
    assert (event.from_status, event.to_status) == ("cancelled", "cancelled")


def test_the_time_is_counted_from_the_end_not_from_the_opening(order_a, kefu):
    ticket = completed_ticket(order=order_a, opened_ago=100 * DAYS)
    ticket.reopen(by_user=kefu, reason="问题又出现了", at=database_now() - 95 * DAYS)
    ticket.cancel(by_user=kefu, reason="消费者撤回", at=database_now() - 10 * DAYS)
    assert run() == "已归档 0 张工单\n"


def test_a_dry_run_writes_nothing_and_days_are_asked_for(order_a):
    ticket = completed_ticket(order=order_a, opened_ago=20 * DAYS)
    before = rows_of(ticket)
    assert run("--dry-run", "--days", "10") == "1 张工单待归档（未写入）\n"
    assert rows_of(ticket) == before
    assert run("--days", "30") == "已归档 0 张工单\n"
    assert run("--days", "10") == "已归档 1 张工单\n"
    assert run("--days", "10") == "已归档 0 张工单\n"
    assert kinds_of(ticket).count("archived") == 1


@pytest.mark.parametrize("days", ["-1", "36501"])
def test_a_strange_number_of_days_is_refused(days):
    with pytest.raises(CommandError, match="--days"):
        run("--days", days)


def test_a_ticket_whose_lateness_is_still_looked_into_waits(order_a, zhuguan):
    late = completed_ticket(order=order_a, opened_ago=100 * DAYS, after=timedelta(hours=9))
    late.rounds.get().open_incident(by_user=zhuguan)
    assert run() == "已归档 0 张工单\n"


def test_a_batch_costs_the_same_for_one_and_for_fifty(merchant_a):
    def archive() -> int:
        return Ticket.objects.archive(older_than=90 * DAYS, batch=60)

    completed_ticket(opened_ago=100 * DAYS)
    one = statements(archive)
    for _ in range(50):
        cancelled_ticket(opened_ago=100 * DAYS)
    assert statements(archive) == one
    assert archive() == 0


@pytest.mark.parametrize("verb", TRANSITIONS)
@pytest.mark.parametrize("make", [completed_ticket, cancelled_ticket])
def test_every_verb_is_refused(verb, make, order_a, request):
    ticket = archived_ticket(make, order=order_a)
    before = rows_of(ticket)
    person = request.getfixturevalue(sorted(MAY[verb])[0])
    with pytest.raises(Archived, match=SENTENCE):
        act(verb, ticket, person)
    assert rows_of(ticket) == before


def test_what_managers_say_about_late_rounds_is_refused_too(order_a, zhuguan):
    round_ = archived_ticket(order=order_a, after=timedelta(hours=9)).rounds.get()
    for act_ in (
        lambda: round_.acknowledge(by_user=zhuguan),
        lambda: round_.exempt(by_user=zhuguan, reason="快递公司系统故障"),
        lambda: round_.open_incident(by_user=zhuguan),
    ):
        with pytest.raises(Refused, match=SENTENCE):
            act_()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tickets_ticket SET status = 'cancelled', completed_at = NULL WHERE id = %s",
        "UPDATE tickets_ticket SET archived_at = NULL WHERE id = %s",
        "UPDATE tickets_ticket SET problem = 'something else' WHERE id = %s",
        "UPDATE tickets_ticket SET handled_at = created_at WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_it(change, order_a):
    ticket = archived_ticket(order=order_a)
    before = rows_of(ticket)
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(change, [ticket.pk])
    assert rows_of(ticket) == before


def test_nor_can_it_be_deleted(order_a):
    ticket = archived_ticket(order=order_a)
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        connection.cursor().execute("DELETE FROM tickets_ticket WHERE id = %s", [ticket.pk])


def test_a_ticket_that_is_not_archived_changes_as_before(order_a):
    archived_ticket(order=order_a)
    other = completed_ticket(order=order_a)
    assert Ticket.objects.filter(pk=other.pk).update(handled_at=database_now()) == 1


def test_its_page_says_so_and_offers_nothing(order_a, kefu):
    ticket = archived_ticket(order=order_a)
    page = read(signed_in(kefu).get(ticket.get_absolute_url()))
    assert "已归档" in page.one("header", class_="strip").text
    assert SENTENCE in page.one("section", id="result").text
    assert page.one("section", id="result").all("form") == []
    assert "归档" in [item.text for item in page.one("section", id="progress").all("strong")]


def test_the_list_says_so(order_a, kefu, dianyuan):
    archived_ticket(order=order_a)
    for person in (kefu, dianyuan):
        [row] = read(signed_in(person).get("/tickets/", {"tab": "all"})).table()
        assert row["工单状态"] == "已完结 已归档"


def test_a_button_pressed_on_an_old_page_gives_the_sentence_and_the_words_back(order_a, kefu):
    ticket = archived_ticket(order=order_a)
    sent = {"reopen-reason": "消费者又来电话了", "reopen-seen_round": "1"}
    page = signed_in(kefu).post(f"{ticket.get_absolute_url()}reopen/", sent)
    assert page.status_code == 409
    assert SENTENCE in page.text
    assert "消费者又来电话了" in page.text


def test_the_triggers_are_there():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {name for (name,) in cursor.fetchall()}
    assert {"tickets_ticket_archived_no_update", "tickets_ticket_archived_no_delete"} <= names
