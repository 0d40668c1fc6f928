"""Rows written by the hundred: what the database keeps is what the objects say."""

from datetime import timedelta

import pytest
from django.db import DataError, connection, transaction

from tests.factories import CategoryFactory, OrderFactory, office_hours
from tests.pages import statements
from tickets.clock import database_now
from tickets.models import Event, Notice, OrderSnapshot, Round, Ticket, TicketDraft
from tickets.models.inserting import MOST, insert

pytestmark = pytest.mark.django_db

FACTS = {"deep": ["“引号”", {"n": 1, "nothing": None}], "text": "a\\b\n'c'{}"}


def columns(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_tickets_and_all_that_comes_with_them_are_kept_as_they_were_made(kefu, merchant_a, shangjia):
    office_hours()  # so that rounds have stretches that do not count
    drafts = [
        TicketDraft(order, CategoryFactory(), urgency, f"收到的衣服“开线”，{order.number}：\\ 'a' {{}}")
        for order, urgency in zip(
            [OrderFactory(merchant=merchant_a), OrderFactory(merchant=merchant_a, customer=None)],
            ["urgent", "normal"],
            strict=True,
        )
    ]
    tickets = Ticket.open_many(drafts, by_user=kefu, at=database_now() - timedelta(days=3, microseconds=7))
    for ticket in tickets:
        kept = Ticket.objects.get(pk=ticket.pk)
        assert columns(kept) == columns(ticket)
        assert columns(Round.objects.get(ticket=ticket)) == columns(ticket.first_round)
        assert ticket.first_round.ticket is ticket
        event = Event.objects.get(ticket=ticket)
        assert (event.round_id, event.actor_id, event.text) == (ticket.first_round.pk, kefu.pk, "")
    assert Notice.objects.filter(recipient=shangjia, ticket__in=tickets).count() == 2


def test_what_json_holds_comes_back(kefu, order_a):
    [ticket] = Ticket.open_many(
        [TicketDraft(order_a, CategoryFactory(), "normal", "收到的衣服开线，要求换货", facts=FACTS)],
        by_user=kefu,
    )
    assert OrderSnapshot.objects.get(ticket=ticket).facts == FACTS


def test_many_cost_one_statement_for_each_thousand(kefu):
    def notices(how_many: int, key: str) -> list[Notice]:
        return [
            Notice(recipient=kefu, key=f"{key}:{n}", kind="opened", text="新工单", created_at=database_now())
            for n in range(how_many)
        ]

    few, many, none = notices(2, "few"), notices(MOST + 1, "many"), []
    assert [statements(lambda rows=rows: insert(rows)) for rows in (few, many, none)] == [1, 2, 0]
    assert sorted(row.pk for row in many) == [row.pk for row in many]
    assert Notice.objects.get(pk=many[-1].pk).key == many[-1].key


def test_a_text_that_is_too_long_is_refused_and_not_cut_short(kefu):
    if connection.vendor != "postgresql":  # SQLite knows no lengths
        return
    notice = Notice(recipient=kefu, key="a" * 61, kind="opened", text="新工单", created_at=database_now())
    with pytest.raises(DataError), transaction.atomic():
        insert([notice])
