"""What many tests begin with, made once in a run and then copied: a migrated database, and one with the demo data.

The migrations alone take seconds, and so does ``load_demo``; a copy takes a moment. Each is made by the first process
that needs it, and the others wait for it.

>>> with new_database("site_gw0", directory, like=DEMO) as database_url: ...
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

MIGRATED, DEMO = "migrated", "demo"
FILE = "site.sqlite3"


def on_sqlite() -> bool:
    return os.environ["DATABASE_URL"].startswith("sqlite")


@contextmanager
def new_database(name: str, directory: Path, like: str | None = None) -> Iterator[str]:
    """The URL of a database of the kind under test, dropped afterwards: empty, or a copy of a template.

    ``directory`` gets the file of SQLite, and the pictures that belong to the template's rows.
    """
    yield _create(name, directory, like)
    if not on_sqlite():
        with _server() as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def made(template: str) -> Path:
    """The directory of a template, which is there by now; on PostgreSQL its database is ``name_of(template)``."""
    return once(template, {MIGRATED: _migrate, DEMO: _load_demo}[template])


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A directory of this run that ``make`` fills, once, however many processes ask for it."""
    directory = Path(os.environ["TEST_SHARED"]) / name
    with directory.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            half = directory.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            make(half)
            half.rename(directory)
    return directory


def fill_the_suites_own() -> None:
    """Before Django makes the database that the tests of this process share: let it find all migrations done."""
    test = settings.DATABASES["default"].setdefault("TEST", {})
    if not on_sqlite():
        made(MIGRATED)
        test["TEMPLATE"] = name_of(MIGRATED)
        return
    # Django's own name for it; what is in memory is there as long as somebody is connected.
    name = test.get("NAME") or "file:memorydb_default?mode=memory&cache=shared"
    memory = sqlite3.connect(name, uri=True)
    with closing(sqlite3.connect(made(MIGRATED) / FILE)) as template:
        template.backup(memory)
    KEPT.append(memory)


KEPT: list[sqlite3.Connection] = []


def collect(directory: Path) -> None:
    """Put the static files there as production serves them: hashed, compressed."""
    _manage({"STATIC_ROOT": str(directory)}, "collectstatic", "--noinput", "--verbosity", "0")


def name_of(template: str) -> str:
    return f"template_{template}"


def url_of(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def _migrate(directory: Path) -> None:
    database_url = _create(name_of(MIGRATED), directory)
    _manage({"DATABASE_URL": database_url}, "migrate", "--verbosity", "0")


def _load_demo(directory: Path) -> None:
    database_url = _create(name_of(DEMO), directory, like=MIGRATED)
    _manage({"DATABASE_URL": database_url, "MEDIA_ROOT": str(directory / "media")}, "load_demo")


def _create(name: str, directory: Path, like: str | None = None) -> str:
    """Make a database, and return its URL."""
    template = made(like) if like else None
    if template and (template / "media").exists():
        shutil.copytree(template / "media", directory / "media")
    if on_sqlite():
        if template:
            shutil.copy(template / FILE, directory / FILE)
        return f"sqlite:///{directory / FILE}"
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{name_of(like)}"' if like else ""))
    return url_of(name)


def _server() -> psycopg.Connection:
    """A session for statements about whole databases."""
    return psycopg.connect(url_of("postgres").replace("postgres:", "postgresql:", 1), autocommit=True)


def _manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
