"""What every test may rely on. The database was chosen before this file was read: see tests/databases.py.

Never use ``transactional_db``: it empties all tables afterwards, and the tables of ticket events refuse DELETE. What
needs real commits (two people at once, a killed scan) runs against a database of its own: ``site`` of
tests/processes.py.
"""

from collections.abc import Iterator
from zlib import crc32

import pytest
from django.test import override_settings
from xdist.scheduler import LoadScopeScheduling

from merchants.known import forget

from .templates import fill_the_suites_own

pytest_plugins = ["tests.processes", "tests.cast", "tests.importing", "tests.evidence"]

BROWSER_TESTS = "tests/browser/"
NO_BROWSER = "没有找到 Chromium，浏览器测试未运行 (no Chromium: browser tests did not run)"


@pytest.fixture(scope="session", autouse=True)
def quick_and_unbuilt() -> Iterator[None]:
    """Passwords cost nothing, and pages need no collected static files; settings.py itself knows nothing of tests."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The hook that pytest-django offers before it makes the tests' database."""
    fill_the_suites_own()


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """What a process remembers of the database for a moment belongs to the test before."""
    forget()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(BROWSER_TESTS):
            item.add_marker("browser")
    # Tests that no database is asked in run with SQLite.
    elsewhere = {"sqlite": ["postgresql"], "postgresql": ["sqlite", "arithmetic"]}[
        config.getoption("database")
    ]
    once = [item for item in items if any(map(item.get_closest_marker, elsewhere))]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if item not in once]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> LoadScopeScheduling:
    """A file of tests stays on one worker, and so does each half of the browser tests: what they share is started once.

    (``--dist loadgroup`` would be the usual way; pytest-xdist 3.8 sets its groups where pytest 9.2 no longer looks.)
    """

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            half = crc32(file.encode()) % 2
            return f"{BROWSER_TESTS}{half}" if file.startswith(BROWSER_TESTS) else file

    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A suite without its browser tests must not look like a whole one."""
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("BROWSER TESTS DID NOT RUN", sep="!", yellow=True, bold=True)
        terminalreporter.write_line(f"WARNING: {len(skipped)} × {NO_BROWSER}", yellow=True, bold=True)
        terminalreporter.write_line("apt-get install chromium fonts-noto-cjk", yellow=True)
