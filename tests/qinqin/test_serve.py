"""``manage.py serve`` as ``make run`` starts it: in a directory of its own, so that ``var/`` here stays as it is."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.processes import Visitor
from tests.templates import new_database

pytestmark = pytest.mark.processes

SOURCES = ("manage.py", "qinqin", "merchants", "orders", "tickets", "templates", "static")
LAST_LINE = "按 Ctrl-C 停止。"
PATIENCE_SECONDS = 120


class Served:
    """A running ``serve`` and what it has printed so far."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        self.output = ""
        for line in self.process.stdout:
            self.output += line
            if LAST_LINE in line:
                break
        self.family = psutil.Process(self.process.pid).children(recursive=True) if self.running else []

    @property
    def running(self) -> bool:
        return LAST_LINE in self.output

    def finish(self) -> int:
        """Reads to the end of the output. Returns the status."""
        self.output += self.process.communicate(timeout=PATIENCE_SECONDS)[0]
        return self.process.returncode

    def stop(self, signum: int) -> int:
        """Sends the signal as a terminal does: to the whole foreground group. Returns the status."""
        os.killpg(self.process.pid, signum)
        return self.finish()

    def orphans(self) -> list[psutil.Process]:
        """Who of the family is still there after everybody had a chance to leave."""
        return psutil.wait_procs(self.family, timeout=30)[1]


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product as a clean clone has it: sources, and no ``var/``."""
    clone = tmp_path_factory.mktemp("clone")
    for name in SOURCES:
        source = settings.BASE_DIR / name
        if source.is_dir():
            shutil.copytree(source, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, clone / name)
    return clone


@pytest.fixture
def environment(port: int) -> dict[str, str]:
    """What ``make run`` provides on a machine where nothing is configured."""
    configured = {"DATABASE_URL", "MEDIA_ROOT", "STATIC_ROOT", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in configured}
    return {**kept, "PORT": str(port), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def database_url(worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of the kind under test: empty at first; what ``serve`` puts there stays for the next test."""
    with new_database(f"serve_{worker_name}", tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture
def own_database(environment: dict[str, str], database_url: str) -> dict[str, str]:
    """The environment of a machine whose database is configured."""
    return {**environment, "DATABASE_URL": database_url}


@pytest.fixture
def serve(directory: Path) -> Iterator[Callable[[dict[str, str]], Served]]:
    """Starts ``serve`` and returns when it has said all it says, or has given up."""
    started = []

    def serve(environment: dict[str, str]) -> Served:
        started.append(Served(directory, environment))
        return started[-1]

    yield serve
    for one in started:
        if one.process.poll() is None:
            one.stop(signal.SIGTERM)


def manage(directory: Path, environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=directory, env=environment, check=True, capture_output=True, encoding="utf-8"
    ).stdout


def test_a_clean_clone_serves_the_demo_people_and_keeps_what_was_entered(serve, directory, environment):
    first = serve(environment)
    assert first.url in first.output
    for username in ("kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "admin"):
        assert username in first.output
        Visitor(first.url).sign_in(username)
    count = "from merchants.models import Merchant; print(Merchant.objects.count())"
    enter = "from merchants.models import Merchant; Merchant.objects.create(code='new', name='新商户')"
    manage(directory, environment, "shell", "-v0", "-c", enter)
    entered = manage(directory, environment, "shell", "-v0", "-c", count)
    assert first.stop(signal.SIGINT) == 0

    again = serve(environment)
    assert "kefu" in again.output
    assert manage(directory, environment, "shell", "-v0", "-c", count) == entered


def test_the_embedded_database_with_data_of_ones_own_is_served_as_it_is(serve, directory, environment):
    shutil.rmtree(directory / "var", ignore_errors=True)
    manage(directory, environment, "migrate")
    enter = (
        "from merchants.models import User; User.objects.create_user('wo', password='only-my-own', name='我')"
    )
    manage(directory, environment, "shell", "-v0", "-c", enter)
    served = serve(environment)
    assert "未载入演示数据" in served.output
    assert "qinqin-demo" not in served.output
    Visitor(served.url).sign_in("wo", "only-my-own")


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everybody_without_a_traceback(serve, own_database, signum):
    served = serve(own_database)
    assert Visitor(served.url).get("/healthz").status == 200
    assert len(served.family) >= 5, "gunicorn, its two workers, the scan and the delivery worker"

    assert served.stop(signum) == 0
    assert served.orphans() == []
    assert "Traceback" not in served.output
    assert "已停止" in served.output


def test_killing_it_takes_the_children_along(serve, own_database):
    served = serve(own_database)
    served.process.kill()
    assert served.orphans() == []
    served.finish()


def test_a_configured_database_gets_no_demo_people(serve, own_database):
    served = serve(own_database)
    assert served.running
    assert "qinqin-demo" not in served.output
    page = Visitor(served.url)
    page.get("/login/")
    assert "/login/" in page.post("/login/", {"username": "kefu", "password": "qinqin-demo"}).url


def test_a_taken_port_is_refused_with_a_sentence(serve, own_database, port):
    with socket.create_server(("127.0.0.1", port)):
        served = serve(own_database)
    assert served.finish() == 1
    assert f"端口 {port} 不可用" in served.output
    assert "Traceback" not in served.output


@pytest.mark.parametrize("command", ["flag_overdue_tickets", "deliver_notifications"])
def test_the_death_of_a_child_ends_the_whole_with_a_sentence(command, serve, own_database):
    served = serve(own_database)
    child = next(child for child in served.family if command in child.cmdline())
    child.kill()
    assert served.finish() == 1
    assert f"{command}）意外退出（状态 -9）" in served.output
    assert served.orphans() == []


def test_a_database_that_is_away_is_reported_with_a_sentence(serve, environment):
    served = serve({**environment, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing"})
    assert served.finish() == 1
    assert "数据库不可用" in served.output
    assert "Traceback" not in served.output


def test_a_phone_number_searched_for_is_in_no_log(serve, own_database):
    served = serve(own_database)
    visitor = Visitor(served.url)
    visitor.get("/tickets/?phone=13800001234")
    visitor.get("/nothing-here/?phone=13800001234")
    visitor.post("/tickets/?phone=13800001234", {"phone": "13800001234"})
    served.stop(signal.SIGTERM)
    assert "13800001234" not in served.output
