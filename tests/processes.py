"""Real processes: gunicorn as in production, on a database of its own of the kind under test.

For what a test client in one transaction cannot show: several people at once, commands that are killed, a browser.
These tests never use ``transactional_db``: it empties the tables afterwards, and ticket events refuse DELETE.

``site``       an empty, migrated database and its web server; new for each test module
``demo_site``  the same with the demo data; one for the whole run of a worker
``place``      such a database without a web server; within ``committed``, a test's own models work on it

>>> site.manage("flag_overdue_tickets", "--json").stdout      # a command in a process of its own, to its end
>>> scan = site.start_manage("flag_overdue_tickets")          # … or running beside the test (a Popen)
>>> with site.database():                                     # the models of this process, on the site's database
...     Ticket.objects.count()
>>> visitor = site.visitor(); visitor.sign_in("kefu"); visitor.get("/tickets/").status
"""

import http.cookiejar
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from unittest import mock
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import ConnectionHandler, connection, connections

from qinqin.children import of_this_process
from qinqin.settings import read_database
from tests.templates import DEMO, MIGRATED, collect, new_database, once

READY_WITHIN_SECONDS = 60
PATIENCE_SECONDS = 120
DEMO_PASSWORD = "qinqin-demo"


class Page(NamedTuple):
    """One answer of the web server."""

    status: int
    url: str
    headers: dict[str, str]
    text: str


class AsItComes(urllib.request.HTTPErrorProcessor):
    """Every answer is an answer: no exception for 404, no silent redirect."""

    def http_response(self, request, response):
        return response


class Visitor:
    """A person with cookies of their own, over HTTP, without a browser. One per thread."""

    def __init__(self, site_url: str) -> None:
        self.site_url = site_url
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            AsItComes, urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, path: str, follow: bool = True) -> Page:
        return self.ask(urllib.request.Request(urljoin(self.site_url, path)), follow)

    def post(self, path: str, data: dict | None = None, follow: bool = True) -> Page:
        """Sends a form. The CSRF token comes from the cookie that an earlier page has set."""
        token = next(
            (cookie.value for cookie in self.cookies if cookie.name == settings.CSRF_COOKIE_NAME), ""
        )
        body = urlencode({"csrfmiddlewaretoken": token, **(data or {})}, doseq=True).encode()
        return self.ask(urllib.request.Request(urljoin(self.site_url, path), data=body), follow)

    def keep(self, name: str, value: str) -> None:
        """Puts a cookie of the site into the jar: a session that somebody else has begun."""
        host = urlsplit(self.site_url).hostname
        where = {"domain": host, "domain_specified": True, "domain_initial_dot": False}
        where |= {"port": None, "port_specified": False, "path": "/", "path_specified": True}
        self.cookies.set_cookie(
            http.cookiejar.Cookie(
                0, name, value, secure=False, expires=None, discard=False, comment=None, comment_url=None,
                rest={}, **where,
            )
        )  # fmt: skip

    def ask(self, request: urllib.request.Request, follow: bool) -> Page:
        with self.opener.open(request, timeout=60) as response:
            page = Page(response.status, response.url, dict(response.headers), response.read().decode())
        if follow and 300 <= page.status < 400:
            return self.get(urljoin(page.url, page.headers["Location"]))
        return page

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> Page:
        self.get("/login/")
        page = self.post("/login/", {"username": username, "password": password})
        assert "/login/" not in page.url, f"{username} cannot sign in: {page.status} {page.text[:500]}"
        return page


class Site:
    """A served database. ``url`` has no slash at its end; ``log`` is what the web server and its pages wrote."""

    def __init__(self, directory: Path, database_url: str, static_root: Path, unblock: Callable) -> None:
        self.directory = directory
        self.log = directory / "gunicorn.log"
        self.unblock = unblock
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "MEDIA_ROOT": str(directory / "media"),
            "STATIC_ROOT": str(static_root),
            "PORT": str(port),
            "SITE_URL": self.url,
            "PYTHONUNBUFFERED": "1",
        }
        self.server: subprocess.Popen | None = None

    def start(self) -> None:
        """Starts the web server and returns when it answers."""
        command = [sys.executable, "-m", "gunicorn", "--config", "python:qinqin.gunicorn"]
        command += ["--bind", f"fd://{self.listener.fileno()}", "qinqin.wsgi"]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=of_this_process(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[self.listener.fileno()],
                start_new_session=True,
            )
        visitor, give_up_at = self.visitor(), time.monotonic() + READY_WITHIN_SECONDS
        while time.monotonic() < give_up_at and self.server.poll() is None:
            # The socket already listens; a request waits in it until a worker is there.
            with suppress(OSError):
                if visitor.get("/healthz").status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"gunicorn did not come up:\n{self.log.read_text()}")

    def stop(self) -> None:
        """Ends the web server with all its workers."""
        if self.server is not None:
            self.server.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.server.wait(15)
            with suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def manage(
        self, *arguments: str, check: bool = True, timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Runs a management command to its end. With ``check`` a status other than 0 fails the test, output shown."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done

    def start_manage(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a management command beside the test, which has to wait for it (``communicate``) or kill it."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def visitor(self) -> Visitor:
        return Visitor(self.url)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Within it, models and verbs of the test's own process work on the site's database, and commits are real.

        Threads started within it do so too; each has to close its connection: ``connections.close_all()``.
        """
        with mock.patch.dict(os.environ, self.environment):
            configuration = read_database()
        # Pools are kept by alias for the whole process; one of these would outlive the block.
        configuration["OPTIONS"].pop("pool", None)
        ours, theirs = connections.settings["default"], ConnectionHandler({"default": configuration})
        our_connection = connections["default"]
        with (
            self.unblock(),
            mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="true"),
        ):  # Playwright runs a loop
            connections.settings["default"] = theirs.settings["default"]
            del connections["default"]
            try:
                yield
            finally:
                connections["default"].close()
                connections.settings["default"] = ours
                connections["default"] = our_connection


@pytest.fixture(scope="session")
def worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def static_root() -> Path:
    """The static files as production serves them: hashed, compressed."""
    return once("static", collect)


@contextmanager
def served(name: str, static_root: Path, directory: Path, blocker, like: str) -> Iterator[Site]:
    """A site on a copy of a template."""
    with new_database(name, directory, like) as database_url:
        site = Site(directory, database_url, static_root, blocker.unblock)
        try:
            site.start()
            yield site
        finally:
            site.stop()
            site.listener.close()


@pytest.fixture(scope="module")
def site(worker_name, static_root, tmp_path_factory, django_db_blocker) -> Iterator[Site]:
    """A web server on an empty, migrated database; new for each module."""
    directory = tmp_path_factory.mktemp("site")
    with served(f"site_{worker_name}", static_root, directory, django_db_blocker, MIGRATED) as it:
        yield it


@pytest.fixture(scope="session")
def demo_site(worker_name, static_root, tmp_path_factory, django_db_blocker) -> Iterator[Site]:
    """A web server on the demo data. It is shared: a test changes only what it has made itself."""
    directory = tmp_path_factory.mktemp("demo_site")
    with served(f"demo_{worker_name}", static_root, directory, django_db_blocker, DEMO) as it:
        yield it


@contextmanager
def empty_place(name: str, directory: Path, blocker, like: str | None = MIGRATED) -> Iterator[Site]:
    """A database of its own without a web server: migrated, or with ``like=None`` not even that."""
    with new_database(name, directory, like) as database_url:
        place = Site(directory, database_url, directory, blocker.unblock)
        place.listener.close()
        yield place


@pytest.fixture(scope="module")
def place(worker_name, tmp_path_factory, django_db_blocker) -> Iterator[Site]:
    """A migrated database of the module's own, without a web server."""
    with empty_place(f"place_{worker_name}", tmp_path_factory.mktemp("place"), django_db_blocker) as place:
        yield place


@pytest.fixture
def committed(place: Site) -> Iterator[None]:
    """Within the test, everything is committed to that database for others to see."""
    with place.database():
        yield


def wait_until(condition: Callable[[], object]) -> None:
    """Returns when it holds; the test fails when it never does."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < give_up_at, "waited in vain"
        time.sleep(0.01)


def wait_for_the_end_of_sessions() -> None:
    """A killed client's session on the server lives on until the server looks up from its statement."""
    if connection.vendor == "sqlite":
        return

    def alone() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            return cursor.fetchone() == (0,)

    wait_until(alone)
