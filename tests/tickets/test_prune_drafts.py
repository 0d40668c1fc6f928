"""Old drafts, keys and traces of presence go."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from tests.factories import (
    TicketFactory,
)
from tests.tickets.drafting import WORDS
from tickets.clock import database_now
from tickets.models import Draft, Presence, Submission

pytestmark = pytest.mark.django_db


# ---- pruning ----


def test_old_drafts_keys_and_traces_of_presence_go(kefu, order_a, capsys):
    ticket, now = TicketFactory(order=order_a), database_now()
    for number, days in enumerate((1, 70)):
        at = now - timedelta(days=days)
        Draft.objects.create(
            person=kefu, ticket=ticket, verb="cancel", round_no=number, fields={"reason": WORDS}, saved_at=at
        )
        Submission.objects.create(person=kefu, key=f"key{number}", content="", created_at=at)
    Presence.objects.create(ticket=ticket, person=kefu, seen_at=now - timedelta(days=2))
    call_command("prune_drafts")
    assert capsys.readouterr().out == "已删除：草稿 1 条，表单编号 1 条，在线记录 1 条\n"
    assert (Draft.objects.get().round_no, Submission.objects.get().key) == (0, "key0")
    call_command("prune_drafts", "--draft-days", "1", "--key-days", "1")
    assert not Draft.objects.exists()
    assert not Submission.objects.exists()


def test_no_days_at_all_are_refused():
    with pytest.raises(CommandError):
        call_command("prune_drafts", "--draft-days", "0")
