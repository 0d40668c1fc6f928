"""The daily tidying up: every step, also when another one fails."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from merchants.models import Session
from tests.evidence import shelved
from tests.factories import completed_ticket
from tickets.clock import database_now
from tickets.evidence import shelf
from tickets.management.commands.tidy_up import STEPS
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(order_a) -> Ticket:
    """Over for long, and a login that has lapsed."""
    Session.objects.create(
        session_key="lapsed", session_data="", expire_date=database_now() - timedelta(days=1)
    )
    return completed_ticket(order=order_a, opened_ago=timedelta(days=100))


def is_archived(ticket: Ticket) -> bool:
    ticket.refresh_from_db()
    return ticket.archived_at is not None


def test_it_does_every_step_and_says_so(old):
    out = StringIO()
    call_command("tidy_up", stdout=out)
    assert not Session.objects.filter(session_key="lapsed").exists()
    assert is_archived(old)
    for step in STEPS.values():
        assert step in out.getvalue()


def test_a_step_that_fails_is_named_and_the_others_are_done(old, media, kefu):
    shelf.path(shelved(kefu, old).storage_name).unlink()
    with pytest.raises(CommandError, match="没有完成：prune_files"):
        call_command("tidy_up", stdout=StringIO(), stderr=StringIO())
    assert is_archived(old)
