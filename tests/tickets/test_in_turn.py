"""Chunks of an import side by side: they begin, write and are told in their order; nothing follows upon a failure."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import psycopg
import pytest
from django.db import connection, connections

from merchants.access import Role
from merchants.models import User
from orders.importing.reading import Unusable
from tests.factories import CategoryFactory, MerchantFactory, OrderFactory, UserFactory
from tests.importing import run
from tests.processes import wait_until
from tickets import importing
from tickets.in_turn import in_turn
from tickets.models import Round, SearchDocument, Ticket
from tickets.searching import keeping

HEADINGS = "订单号,问题类型,紧急程度,问题描述\n"
TOGETHER = pytest.mark.postgresql  # on SQLite one piece follows upon the other


class Spoiled(Exception):
    pass


def heard(work, pieces) -> list:
    """What is told of the pieces, and the error that ends them, if any."""
    told = []
    try:
        in_turn(work, pieces, told.append)
    except Spoiled as error:
        told.append(error.args[0])
    return told


def test_pieces_are_told_in_their_order():
    assert heard(lambda piece, turn: piece * 2, range(7)) == [0, 2, 4, 6, 8, 10, 12]
    assert heard(lambda piece, turn: piece, []) == []


@TOGETHER
def test_while_one_writes_the_next_is_got_ready_and_waits():
    meet, steps = Barrier(2, timeout=60), []

    def work(piece: int, turn) -> int:
        with turn.beginning():
            steps.append(f"begun {piece}")
        if piece == 1:
            meet.wait()  # 0 is not over until 1 is here
        turn.wait()
        if piece == 0:
            meet.wait()
        steps.append(f"written {piece}")
        return piece

    assert heard(work, range(3)) == [0, 1, 2]
    assert steps[:3] == ["begun 0", "begun 1", "written 0"]
    assert [step for step in steps if "written" in step] == ["written 0", "written 1", "written 2"]


@TOGETHER
def test_nobody_begins_before_the_one_before_has_begun():
    may_go_on, order = Event(), []

    def work(piece: int, turn) -> int:
        if piece == 1:
            may_go_on.set()
        with turn.beginning():
            if piece == 0:
                assert may_go_on.wait(60)
            order.append(piece)
        return piece

    heard(work, range(4))
    assert order == [0, 1, 2, 3]


def test_after_a_failure_nothing_more_is_written_and_what_was_is_told():
    written = []

    def work(piece: int, turn) -> int:
        turn.wait()
        if piece == 2:
            raise Spoiled("the third")
        written.append(piece)
        return piece

    assert heard(work, range(6)) == [0, 1, "the third"]
    assert written == [0, 1]


def test_what_was_begun_before_the_pieces_end_badly_is_ended_and_told():
    def pieces():
        yield from range(3)
        raise Spoiled("the file")

    assert heard(lambda piece, turn: piece, pieces()) == [0, 1, 2, "the file"]


# ---- the import itself, with real commits ----


@pytest.fixture
def orders(committed) -> list[str]:
    """The numbers of nine orders; there are customer service and a kind of problem."""
    if not User.objects.filter(username="kefu").exists():
        UserFactory(username="kefu", role=Role.SUPPORT)
    merchant = MerchantFactory()
    CategoryFactory(name="商品质量")
    return [OrderFactory(merchant=merchant).number for _ in range(9)]


@pytest.fixture(autouse=True)
def small(monkeypatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 4)
    monkeypatch.setattr(keeping, "MANY", 4)


def row(number: str, problem: str) -> str:
    return f"{number},商品质量,一般,{problem}\n"


@pytest.mark.processes
def test_a_file_of_many_chunks_becomes_tickets_in_its_order(files, orders):
    rows = [row(number, f"{number}第{time}次开线") for time in range(3) for number in orders]
    again = rows[:2]  # in the same file, chunks later, and of an order that the chunk before has locked
    bad = row("没有的1", "开线")
    path = files.text(HEADINGS + "".join([*rows[:6], again[0], *rows[6:], bad, again[1]]))

    done = run("import_tickets", path, by="kefu")

    assert done.out == "新增 27，已存在 2，拒绝 1\n"
    assert done.refusals == ["第 30 行被拒绝：没有这个订单，请先导入订单"]
    tickets = list(Ticket.objects.filter(order_number__in=orders).order_by("number"))
    assert [(ticket.order_number, ticket.problem[-4:]) for ticket in tickets] == [
        (number, f"{time}次开线") for time in range(3) for number in orders
    ]
    numbers = [int(re.search(r"\d+$", ticket.number)[0]) for ticket in tickets]
    assert numbers == list(range(numbers[0], numbers[0] + 27))
    keys = [ticket.pk for ticket in tickets]
    assert keys == sorted(keys)
    assert SearchDocument.objects.filter(pk__in=keys).count() == 27
    assert keeping.wrong_documents(keys) == []
    tried = run("import_tickets", path, by="kefu", dry_run=True)
    assert tried.out == "新增 0，已存在 29，拒绝 1（试运行，未写入）\n"
    assert run("import_tickets", path, by="kefu").out == "新增 0，已存在 29，拒绝 1\n"


@pytest.mark.processes
def test_a_dry_run_knows_what_it_would_have_written_chunks_before(files, orders):
    rows = [row(number, "领口开线") for number in orders]

    done = run("import_tickets", files.text(HEADINGS + "".join(rows + rows)), by="kefu", dry_run=True)

    assert done.out == "新增 9，已存在 9，拒绝 0（试运行，未写入）\n"


@pytest.mark.processes
def test_a_chunk_that_breaks_leaves_whole_chunks_and_the_next_run_makes_up_for_it(files, orders, monkeypatch):
    rows = [row(number, f"{number}第{time}次掉色") for time in range(2) for number in orders]
    path = files.text(HEADINGS + "".join(rows))
    keep, seen = keeping.OpenedDocuments.keep, []

    def break_the_third(self, tickets) -> None:
        seen.append(tickets)
        if len(seen) == 3:
            raise Unusable("坏了")
        keep(self, tickets)

    monkeypatch.setattr(keeping.OpenedDocuments, "keep", break_the_third)
    done = run("import_tickets", path, by="kefu")
    assert (done.status, done.out) == (1, "新增 8，已存在 0，拒绝 0\n")
    tickets = Ticket.objects.filter(order_number__in=orders)
    assert (tickets.count(), Round.objects.filter(ticket__in=tickets).count()) == (8, 8)
    monkeypatch.undo()
    assert run("import_tickets", path, by="kefu").out == "新增 10，已存在 8，拒绝 0\n"
    assert keeping.wrong_documents(tickets.values_list("pk", flat=True)) == []


@TOGETHER
@pytest.mark.processes
def test_it_waits_for_whoever_works_on_an_order_longer_than_a_page_would(place, files, orders, monkeypatch):
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", f"{options['options']} -c lock_timeout=100ms")
    path = files.text(HEADINGS + row(orders[0], "开线"))
    with psycopg.connect(place.environment["DATABASE_URL"].replace("postgres:", "postgresql:", 1)) as holder:
        holder.execute("SELECT FROM orders_order WHERE number = %s FOR UPDATE", [orders[0]])
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(importing_alone, path)
            wait_until(lambda: done.done() or somebody_waits())
            sleep(0.3)
            holder.rollback()
            assert done.result().out == "新增 1，已存在 0，拒绝 0\n"


def importing_alone(path):
    try:
        return run("import_tickets", path, by="kefu")
    finally:
        connections.close_all()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]
