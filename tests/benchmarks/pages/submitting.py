"""提交工单, each ticket once; beside it the same rows written by plain SQL.

Twice: over HTTP, the form and the answer to it; and the act alone, the verb beside the bare transaction, both called
within this process.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from tests.pages import read, signed_in

from . import bare, meters, staging
from .asking import LIMIT, PRODUCT, Target, get, post
from .measuring import Stopwatch


def measure(
    watch: Stopwatch, people: staging.Cast, rounds: int, each: int, on_done: Callable[[int], object]
) -> None:
    """So many answers in each round by each of the two."""
    cookie = staging.cookies(people.owner)
    for number in range(rounds + 1):
        tickets = staging.due_tickets(people, 2 * each)
        ours, plain = tickets[:each], tickets[each:]
        forms = Target("form", PRODUCT, [get(ticket.get_absolute_url(), cookie) for ticket in ours])
        answers = Target("post", PRODUCT, [answer(people, ticket) for ticket in ours])
        bare = Target(
            "post", LIMIT,
            [post(f"/submit/{ticket.pk}~{people.owner.pk}", {"result": _words(ticket)}) for ticket in plain],
        )  # fmt: skip
        for target in (forms, bare, answers) if number % 2 else (forms, answers, bare):
            if number:
                watch.burst(target, once=True)
            else:  # to warm up
                watch.servers[target.who].ask(target.requests, once=True)
        on_done(1)


def measure_acts(
    watch: Stopwatch, people: staging.Cast, rounds: int, each: int, on_done: Callable[[int], object]
) -> None:
    """``Ticket.submit()`` and the transaction that writes as much, in turn, so many in each round."""
    connection.ensure_connection()
    with bare.connected(watch.house.dsn()) as plain:
        acts = {
            PRODUCT: (
                connection.connection.info.backend_pid,
                lambda ticket: ticket.submit(by_user=people.owner, outcome="solved", text=_words(ticket)),
            ),
            LIMIT: (
                plain.info.backend_pid,
                lambda ticket: bare.write_answer(plain, ticket.pk, people.owner.pk, _words(ticket)),
            ),
        }
        for number in range(rounds + 1):
            tickets = staging.due_tickets(people, 2 * each)
            for who, part in ((PRODUCT, tickets[:each]), (LIMIT, tickets[each:])):
                backend, act = acts[who]
                heard, app, database = _timed(act, part, backend)
                if number:  # the first round warms up
                    watch.figure("act", who).add(heard, app, database)
            on_done(1)


def _timed(act: Callable, tickets: list, backend: int) -> tuple[dict, float, float]:
    """What the acts took, and the seconds of processor time of this process and of the database's."""
    app, database, latencies = time.process_time(), meters.running(backend), []
    for ticket in tickets:
        begun = time.perf_counter()
        act(ticket)
        latencies.append(time.perf_counter() - begun)
    heard = {"count": len(tickets), "seconds": sum(latencies), "bytes": 0, "latencies": latencies}
    return heard, time.process_time() - app, meters.running(backend) - database


def _words(ticket) -> str:
    return f"工单{ticket.number}：{staging.ANSWER}"


def answer(people: staging.Cast, ticket) -> bytes:
    """The form as a browser would send it."""
    client = signed_in(people.owner)
    page = read(client.get(ticket.get_absolute_url()))
    form = next(
        form for form in page.all("form") if form.attrs.get("action", "").split("#")[0].endswith("/submit/")
    )
    data = form.sends() | {"outcome": "solved", "result": _words(ticket)}
    sent = {
        name: client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    }
    cookie = "; ".join(f"{name}={value}" for name, value in sent.items())
    return post(form["action"].split("#")[0], data, cookie)
