"""One run at one size, from the server's start to the figures."""

import os
import statistics
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import django
from tqdm import tqdm

from .asking import LIMIT, PRODUCT, get, post
from .house import SETTINGS, House
from .measuring import Figure, Stopwatch
from .reading import every_statement
from .serving import Server

APPLICATIONS = {
    "product": "qinqin.wsgi",
    "limit": "tests.benchmarks.pages.bare:application",
    "admin": "tests.benchmarks.pages.admin_wsgi",
}


@dataclass
class Options:
    """How long to measure. ``only`` are the applications; ``memory`` is a number of requests, 0 for none."""

    rounds: int = 5
    seconds: float = 3
    submissions: int = 60
    terms: int = 4
    repeat: int = 3
    memory: int = 10_000
    only: tuple[str, ...] = tuple(APPLICATIONS)


@dataclass
class Outcome:
    """Everything that a run found out."""

    tickets: int
    figures: dict
    asked: list = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)
    scan_ms: float = 0
    load: float = 0
    when: str = ""


def measure(data: Path, tickets: int, merchants: int, options: Options) -> Outcome:
    """Starts everything, measures, stops everything, also on Ctrl-C."""
    with ExitStack() as stack:
        house = House(data, tickets, merchants)
        stack.callback(house.close)
        house.open()
        _set_up_django(house)
        servers = {}
        for name in options.only:
            environment = house.environment | {"BENCH_DSN": house.dsn()}
            if name == "admin":
                environment["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.pages.admin_settings"
            log = data.with_name(f"{data.name}-{name}.log")
            servers[name] = Server(APPLICATIONS[name], environment, log)
            stack.callback(servers[name].stop)
        return _measured(house, servers, options)


def _set_up_django(house: House) -> None:
    os.environ.update(
        {name: house.environment[name] for name in [*SETTINGS, "DATABASE_URL", "MEDIA_ROOT", "STATIC_ROOT"]},
        DJANGO_SETTINGS_MODULE="qinqin.settings",
    )
    django.setup()


def _measured(house: House, servers: dict[str, Server], options: Options) -> Outcome:
    from . import searching, staging, submitting, targets

    people = staging.cast()
    watch = Stopwatch(house, servers)
    asked_of = [target for target in targets.pages(people) if target.who in servers]
    with _bar("页面", options.rounds * len(asked_of)) as bar:
        watch.in_turn(asked_of, options.rounds, options.seconds, bar.update)
    if {PRODUCT, LIMIT} <= set(servers):
        with _bar("提交", options.rounds + 1) as bar:
            submitting.measure(watch, people, options.rounds, options.submissions, bar.update)
        with _bar("提交的动作", options.rounds + 1) as bar:
            submitting.measure_acts(watch, people, options.rounds, options.submissions, bar.update)
    product = servers[PRODUCT]
    with every_statement(house.dsn(), house.log) as log:
        for target in asked_of:
            for _ in range(3):  # after the first two nothing is looked up or prepared any more
                log.forget()
                servers[target.who].ask(target.requests[:1], once=True, clients=1)
            watch.figure(target.page, target.who).statements = len(log.statements())
        if {PRODUCT, LIMIT} <= set(servers):
            _statements_of_an_answer(watch, people, log)
        asked = []
        if options.terms:
            with _bar("搜索", None) as bar:
                asked = searching.measure(product, log, people, options.terms, options.repeat, bar.update)
    memory = _memory(product, [each for each in asked_of if each.who == PRODUCT], options.memory)
    return Outcome(
        house.tickets, watch.figures, asked, memory, _scan(), os.getloadavg()[0], time.strftime("%Y-%m-%d")
    )


def _statements_of_an_answer(watch: Stopwatch, people, log) -> None:
    from . import staging, submitting

    server, cookie = watch.servers[PRODUCT], staging.cookies(people.owner)
    for ticket in staging.due_tickets(people, 3):
        log.forget()
        bare = post(f"/submit/{ticket.pk}~{people.owner.pk}", {"result": staging.ANSWER})
        watch.servers[LIMIT].ask([bare], once=True, clients=1)
        watch.figure("post", LIMIT).statements = len(log.statements())
    for ticket in staging.due_tickets(people, 3):
        form, answer = get(ticket.get_absolute_url(), cookie), submitting.answer(people, ticket)
        for page, request in (("form", form), ("post", answer)):
            log.forget()
            server.ask([request], once=True, clients=1)
            watch.figure(page, PRODUCT).statements = len(log.statements())


def _memory(server: Server, asked_of: list, requests: int) -> list[tuple[int, float]]:
    """Megabytes of the largest worker after so many requests more, all pages in turn."""
    sizes = [(0, server.memory()[0])]
    every = [request for target in asked_of for request in target.requests]
    with _bar("内存", requests) as bar:
        for done in range(0, requests, 1_000):
            some = min(1_000, requests - done)
            server.ask([every[place % len(every)] for place in range(some)], once=True)
            sizes.append((done + some, server.memory()[0]))
            bar.update(some)
    return sizes


def _scan() -> float:
    """Milliseconds of a deadline scan that finds nothing due: the median of seven."""
    from tickets import scanning

    scanning.run()
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        scanning.run()
        times.append(time.perf_counter() - begun)
    return 1000 * statistics.median(times)


def _bar(label: str, total: int | None) -> tqdm:
    return tqdm(desc=label, total=total, disable=None, leave=False)


def packed(outcome: Outcome) -> dict:
    """As JSON takes it, for a run that another one has started."""
    figures = [asdict(figure) for figure in outcome.figures.values()]
    return asdict(outcome) | {"figures": figures}


def unpacked(told: dict) -> Outcome:
    figures = [Figure(**figure) for figure in told["figures"]]
    return Outcome(**told | {"figures": {(figure.page, figure.who): figure for figure in figures}})
