"""A small generated mall, made once by the command itself; tests that change it work on tickets of their own."""

from collections.abc import Iterator

import pytest

from tests.processes import Site, empty_place

TICKETS = 2_500


@pytest.fixture(scope="session")
def generated(worker_name, tmp_path_factory, django_db_blocker) -> Iterator[Site]:
    directory = tmp_path_factory.mktemp("generated")
    with empty_place(f"generated_{worker_name}", directory, django_db_blocker) as place:
        place.manage("generate_load", "--tickets", str(TICKETS), "--merchants", "40")
        yield place


@pytest.fixture
def mall(generated: Site) -> Iterator[Site]:
    """Within the test, models are those of the generated database."""
    with generated.database():
        yield generated
