"""What a submission costs, so that it cannot creep up: every statement that is counted here has a reason."""

import pytest
from django.db import connection

from tests.factories import ANSWER, TicketFactory, returned_ticket
from tests.pages import signed_in, statements
from tickets.lifecycle import Outcome

pytestmark = pytest.mark.django_db

# Two locks (the ticket, its round) with the clock; answer, round, ticket, event; who hears of it (a person, robots);
# their notice; the draft that was for it. Two are the savepoint.
VERB = 12
# What the search finds: the texts are read by two and written by one; SQLite's FTS5 has to be told what was there.
SEARCH = 3 if connection.vendor == "postgresql" else 6
# Login; the form's key is taken and answered for; the ticket for its form. Two are the savepoint.
FORM = 6


def send(visitor, ticket, key: str):
    sheet = {
        "outcome": "solved", "result": ANSWER, "seen_round": ticket.round_no, "form_key": key.ljust(20, "k"),
        "files": "",
    }  # fmt: skip
    response = visitor.post(f"{ticket.get_absolute_url()}submit/", sheet)
    assert response.status_code == 302, response.content.decode()


def test_the_verb(order_a, kefu, shangjia):
    tickets = TicketFactory.create_batch(2, order=order_a, by_user=kefu)

    def answer():
        tickets.pop().submit(by_user=shangjia, outcome=Outcome.SOLVED, text=ANSWER)

    answer()
    assert statements(answer) == VERB + SEARCH


def test_the_form(order_a, kefu, shangjia):
    visitor = signed_in(shangjia)
    first, second = TicketFactory.create_batch(2, order=order_a, by_user=kefu)
    send(visitor, first, "first")
    assert statements(lambda: send(visitor, second, "second")) == FORM + VERB + SEARCH


def test_the_form_sent_again_does_nothing_more(order_a, kefu, shangjia):
    visitor, ticket = signed_in(shangjia), TicketFactory(order=order_a, by_user=kefu)
    send(visitor, ticket, "once")
    # The login, the key that is there, its answer; two are the savepoint.
    assert statements(lambda: send(visitor, ticket, "once")) == 5
    assert ticket.events.filter(kind="submitted").count() == 1


def test_an_answer_after_a_return_is_held_against_the_one_that_came_back(order_a, kefu, shangjia):
    visitor = signed_in(shangjia)
    first, second = (returned_ticket(order=order_a, by_user=kefu, text=f"{ANSWER}乙") for _ in range(2))
    send(visitor, first, "first")
    assert statements(lambda: send(visitor, second, "second")) == FORM + VERB + SEARCH + 1
