"""The product on one machine with one command: database, static files, web server; beside it the deadline scan, the
delivery worker, and the one for exports and imports.
"""

import http.client
import os
import signal
import socket
import sys
import threading
from io import StringIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connection, connections

from qinqin.children import Children

HOST = "127.0.0.1"
SCAN_EVERY_SECONDS = 30
LOOK_EVERY_SECONDS = 0.3
READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 15

DEMO_PASSWORD = "qinqin-demo"  # noqa: S105 - the demo database's, said aloud on purpose
DEMO_PEOPLE = ("kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "admin")


class Command(BaseCommand):
    help = "准备数据库和静态文件，启动网站（127.0.0.1，端口取自 PORT）和全部后台工作；按 Ctrl-C 停止。"

    def handle(self, *args, **options) -> None:
        self.children = Children()
        self.stop_asked = threading.Event()
        self.preparing = True
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self.on_signal)
        try:
            with self.reserve_port() as listener:
                people = self.prepare()
                self.preparing = False
                self.start_children(listener)
            self.wait_until_ready()
            if not self.stop_asked.is_set():
                self.announce(people)
            self.watch()
        except KeyboardInterrupt:
            pass
        finally:
            self.stop_children()
        self.stdout.write("已停止。")

    def on_signal(self, signum: int, frame: object) -> None:
        """Ends preparations at once; later it only asks, so that no child is started and then forgotten."""
        self.stop_asked.set()
        if self.preparing:
            raise KeyboardInterrupt

    # ---- before ----

    def reserve_port(self) -> socket.socket:
        """The bound socket that gunicorn inherits: a port that is taken is noticed before anything is changed."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, settings.PORT))
        except OSError as error:
            listener.close()
            raise CommandError(
                f"端口 {settings.PORT} 不可用（{error.strerror}）。请停止占用它的程序，或换一个：make run PORT=8001"
            ) from error
        return listener

    def prepare(self) -> list[str]:
        """Migrates, collects, loads demo data into the embedded default. Returns a line for each of its people."""
        self.stdout.write(
            "正在准备数据库、静态文件和演示数据…" if is_embedded_default() else "正在准备数据库和静态文件…"
        )
        self.stdout.flush()
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            return self.load_demo() if is_embedded_default() else []
        except OperationalError as error:
            raise CommandError(f"数据库不可用：{error}") from error
        finally:
            connections.close_all()
            if connection.vendor == "postgresql":
                connection.close_pool()

    def load_demo(self) -> list[str]:
        """A line for each demo person; none where the command refuses, because somebody's own data is there already."""
        try:
            call_command("load_demo", stdout=StringIO(), stderr=self.stderr)
        except CommandError as refusal:
            self.stdout.write(f"未载入演示数据：{refusal}")
            return []
        people = get_user_model().objects.in_bulk(DEMO_PEOPLE, field_name="username")
        return [
            f"  {name:<10} {people[name].get_role_display()} {people[name].merchant or ''}".rstrip()
            for name in DEMO_PEOPLE
            if name in people
        ]

    # ---- while ----

    def start_children(self, listener: socket.socket) -> None:
        web = [sys.executable, "-m", "gunicorn", "--config", "python:qinqin.gunicorn"]
        web += ["--bind", f"fd://{listener.fileno()}", "qinqin.wsgi"]
        scan = [sys.executable, "manage.py", "flag_overdue_tickets", "--every", str(SCAN_EVERY_SECONDS)]
        self.children.start("网站（gunicorn）", web, environment_of_pages(), [listener.fileno()])
        for name, command in (
            ("时限扫描（flag_overdue_tickets）", scan),
            ("通知发送（deliver_notifications）", [sys.executable, "manage.py", "deliver_notifications"]),
            ("导出与导入（run_jobs）", [sys.executable, "manage.py", "run_jobs"]),
        ):
            self.children.start(name, command)

    def wait_until_ready(self) -> None:
        """Returns when the web server answers, or a stop is asked for."""
        for _ in range(int(READY_WITHIN_SECONDS / LOOK_EVERY_SECONDS)):
            self.check_children()
            if self.stop_asked.wait(LOOK_EVERY_SECONDS) or answers(settings.PORT):
                return
        raise CommandError(f"网站在 {READY_WITHIN_SECONDS} 秒内没有响应。")

    def announce(self, people: list[str]) -> None:
        self.stdout.write(f"\n亲亲宝贝工单系统已启动：http://{HOST}:{settings.PORT}/")
        if people:
            self.stdout.write(f"演示账号（密码均为 {DEMO_PASSWORD}）：")
            self.stdout.write("\n".join(people))
        self.stdout.write("按 Ctrl-C 停止。")
        self.stdout.flush()

    def watch(self) -> None:
        """Stays until a stop is asked for; a child that ends by itself is an error."""
        while not self.stop_asked.wait(LOOK_EVERY_SECONDS):
            self.check_children()

    def check_children(self) -> None:
        for name, status in self.children.ended():
            if not self.stop_asked.is_set():
                raise CommandError(f"{name}意外退出（状态 {status}），其余进程已停止。原因见上方输出。")

    # ---- after ----

    def stop_children(self) -> None:
        """Asks all to finish what they are doing, waits, and ends by force who did not; nobody is left behind."""
        self.preparing = False
        self.children.stop(STOP_WITHIN_SECONDS)


def is_embedded_default() -> bool:
    """Whether the database is the file in ``var/`` that nobody configured: the only one that may hold demo people."""
    database = settings.DATABASES["default"]
    return not os.environ.get("DATABASE_URL") and database["ENGINE"] == "django.db.backends.sqlite3"


def environment_of_pages() -> dict[str, str]:
    """The environment without the longer statement timeout that manage.py grants to commands."""
    environment = dict(os.environ)
    if environment.get("DATABASE_STATEMENT_TIMEOUT") == "600":
        del environment["DATABASE_STATEMENT_TIMEOUT"]
    return environment


def answers(port: int) -> bool:
    """Whether something speaks HTTP there, whatever it says."""
    web = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        web.request("GET", "/healthz")
        web.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()
    return True
