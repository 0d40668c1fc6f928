"""``generate_load`` itself: the same for a seed, going on after an interruption, keeping out of others' houses."""

import signal
from collections.abc import Iterator
from time import sleep

import pytest
from django.core.management import CommandError, call_command

from merchants.models import Merchant
from tests.factories import MerchantFactory
from tests.processes import Site, empty_place, wait_for_the_end_of_sessions, wait_until
from tests.tickets.load.test_use import structure
from tickets.load import chunks, ledger
from tickets.load.finishing import FINAL_STEPS
from tickets.load.plan import Plan
from tickets.models import Ticket

NOW = 1_790_000_000


@pytest.fixture(scope="module")
def empty(worker_name, tmp_path_factory, django_db_blocker) -> Iterator[Site]:
    """A migrated database in which nothing has been generated."""
    with empty_place(f"empty_{worker_name}", tmp_path_factory.mktemp("empty"), django_db_blocker) as place:
        yield place


def test_the_same_seed_makes_the_same_rows_whichever_chunk_comes_first(db):
    plan = Plan(40, 10, 7, NOW, chunk=20)
    first = [chunks.rows_of(plan, 0), chunks.rows_of(plan, 1)]
    chunks.words_of.cache_clear()
    chunks.house_of.cache_clear()
    assert [chunks.rows_of(plan, 1), chunks.rows_of(plan, 0)] == first[::-1]


def test_another_seed_makes_others(db):
    problems = [[row[8] for row in chunks.rows_of(Plan(20, 10, seed, NOW), 0)[Ticket]] for seed in (1, 2)]
    assert problems[0] != problems[1]


@pytest.mark.parametrize("tickets", [1, 2, 37])
def test_any_size_adds_up(db, tickets):
    plan = Plan(tickets, 3, 1, NOW, chunk=10)
    rows = [row for chunk in range(plan.chunks) for row in chunks.rows_of(plan, chunk)[Ticket]]
    assert [row[0] for row in rows] == list(range(1, tickets + 1))
    assert len({row[1] for row in rows}) == tickets


@pytest.mark.processes
def test_a_load_that_was_killed_goes_on_where_it_was(empty, db):
    migrated = structure()
    command = ["generate_load", "--tickets", "5000", "--merchants", "10"]
    running = empty.start_manage(*command)
    with empty.database():
        wait_until(lambda: ledger.is_there() and ledger.entries("chunk"))
        running.send_signal(signal.SIGKILL)
        running.wait()
        sleep(0.5)
        wait_for_the_end_of_sessions()
        assert 0 < Ticket.objects.count() < 5000
    assert "已生成 5000 张工单" in empty.manage(*command).stdout
    with empty.database():
        assert Ticket.objects.count() == 5000
        assert sorted(map(int, ledger.entries("chunk"))) == [0, 1, 2]
        assert ledger.steps_left(step.name for step in FINAL_STEPS) == []
        assert structure() == migrated


def test_somebody_s_house_is_refused(db):
    MerchantFactory()
    with pytest.raises(CommandError, match="已有商户"):
        call_command("generate_load", tickets=10)
    assert (Merchant.objects.count(), Ticket.objects.count()) == (1, 0)
    assert not ledger.is_there()


def test_a_calendar_with_opening_hours_is_refused(db):
    from tests.factories import office_hours

    office_hours()
    with pytest.raises(CommandError, match="7×24"):
        call_command("generate_load", tickets=10)
    assert not ledger.is_there()


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "99999999999"])
def test_a_number_that_is_none_is_refused(db, wrong):
    with pytest.raises(CommandError, match="应为 1 到"):
        call_command("generate_load", "--tickets", wrong)
