"""The measurements of ``make bench`` run from beginning to end, at a size at which they say nothing."""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from tests.benchmarks.pages import client, table
from tests.benchmarks.pages.asking import ADMIN, LIMIT, PRODUCT, Asked
from tests.benchmarks.pages.measuring import Figure
from tests.benchmarks.pages.reading import Log
from tests.processes import wait_until

TINY = "--tickets 300 --merchants 3 --rounds 1 --seconds 0.2 --submissions 2 --terms 1 --memory 20 --no-docs"


@pytest.fixture
def open_directory():
    """pytest's own lie below one that only its user may enter; started by root, PostgreSQL is another user."""
    with tempfile.TemporaryDirectory(prefix="qinqin-bench-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


def command_in(directory: Path) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.pages", *TINY.split(), "--directory", str(directory)]


def running_in(directory: Path) -> list[str]:
    """The commands of all processes that were told of a directory, by their arguments or their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if str(directory).encode() in command + environment:
            found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.mark.postgresql
@pytest.mark.processes
def test_everything_is_measured_and_told(open_directory):
    command = [*command_in(open_directory), "--compare", "200"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, encoding="utf-8", timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    measured = [line.split(" | ")[:2] for line in done.stdout.splitlines() if line.startswith("| ")]
    for page in ("列表", "末页", "详情"):
        for who in table.WHO.values():
            assert [f"| {page}", who] in measured
    for page in ("提交：打开", "提交：发送", "提交：动作", "按单号搜索"):
        assert [f"| {page}", "本系统"] in measured
    for part in ("搜索（数据库时间）", "时限检查", "最大的工作进程", "| 200 张 | 300 张 | 倍数 |"):
        assert part in done.stdout
    counted = [
        int(line.split(" | ")[7])
        for line in done.stdout.splitlines()
        if "裸 SQL" in line and " ms | " in line and "动作" not in line
    ]
    assert counted == [1, 1, 21, 9]  # the statements that bare.py sends
    assert "常见 0.0 ms" not in done.stdout
    assert running_in(open_directory) == []


@pytest.mark.postgresql
@pytest.mark.processes
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "reached", ["200/postmaster.pid", "200-product.log"], ids=["PostgreSQL begins", "gunicorn begins"]
)
def test_whoever_breaks_off_leaves_no_server_of_the_other_size_behind(open_directory, reached, sent):
    command = [*command_in(open_directory), "--compare", "200"]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as run:
        wait_until(lambda: (open_directory / reached).exists() or run.poll() is not None)
        run.send_signal(sent)
        _, told = run.communicate(timeout=120)
    assert run.returncode == 1, told.decode()
    assert "已中断" in told.decode()
    assert running_in(open_directory) == []


@pytest.mark.arithmetic
def test_a_row_compares_with_the_limit_and_the_admin():
    figures = {
        ("list", who): Figure("list", who, 10, 1, app, database, 20_480, [rate], [0.01] * 9 + [0.5], 3)
        for who, app, database, rate in ((LIMIT, 0.01, 0.01, 500), (PRODUCT, 0.04, 0.02, 250), (ADMIN, 0.9, 0.3, 2))
    }  # fmt: skip
    assert table.rows(figures)[1] == [
        "列表", "本系统", "250.0", "4.00 ms", "2.00 ms", "10.0 ms", "500.0 ms", "3", "2.0", "0.500", "3.00", "20.0"
    ]  # fmt: skip
    assert table.goal_rows(figures, [])[:2] == [
        ["列表，次/秒 ÷ 裸 SQL", "≥ 0.25，目标 0.60", "0.50"],
        ["列表，次/秒 ÷ admin", "≥ 100", "125.0"],
    ]


@pytest.mark.arithmetic
def test_the_p95_of_searches_is_the_nineteenth_of_twenty():
    asked = [Asked("常见", "词", [number - 1, number, number + 1]) for number in range(1, 21)]
    assert table.search_rows(asked) == [["常见", "20", "10.5 ms", "19.0 ms", "20.0 ms"]]


@pytest.mark.arithmetic
def test_the_tables_go_between_their_marker_lines_and_nowhere_else(tmp_path):
    path = tmp_path / "performance.md"
    path.write_text(f"上文\n\n{table.BEGIN}\n旧的\n{table.END}\n\n下文\n", encoding="utf-8")
    table.write("新的", path)
    assert path.read_text(encoding="utf-8") == f"上文\n\n{table.BEGIN}\n\n新的\n\n{table.END}\n\n下文\n"
    with pytest.raises(SystemExit, match="标记行"):
        table.write("新的", _without_markers(tmp_path))


def _without_markers(tmp_path):
    path = tmp_path / "other.md"
    path.write_text("没有标记", encoding="utf-8")
    return path


@pytest.mark.arithmetic
def test_the_manual_has_the_marker_lines():
    text = table.DOCS.read_text(encoding="utf-8")
    assert text.count(table.BEGIN) == text.count(table.END) == 1


@pytest.mark.arithmetic
def test_statements_are_counted_without_what_frames_them(tmp_path):
    path = tmp_path / "log"
    path.write_text("LOG:  statement: SELECT 0\n")
    log = Log(path)
    with path.open("a") as file:
        file.write(
            "LOG:  duration: 0.200 ms  parse _pg3_0: SELECT 1\nLOG:  duration: 0.100 ms  bind _pg3_0: SELECT 1\n"
            "LOG:  duration: 0.300 ms  execute _pg3_0: SELECT 1\nLOG:  duration: 0.010 ms  statement: BEGIN\n"
        )
    assert log.statements() == ["SELECT 1"]
    assert round(log.milliseconds(), 3) == 0.61


@pytest.mark.processes
@pytest.mark.arithmetic
def test_the_client_asks_each_request_once_and_says_what_was_strange(tmp_path):
    with served(tmp_path) as port:
        get = "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        requests = [get.format(name).encode() for name in ("a", "b", "missing")]
        heard = client.run(port, requests, connections=2, seconds=0, once=True)
    assert heard["statuses"] == {"200": 2, "404": 1}
    assert len(heard["latencies"]) == 3
    assert "404" in heard["strange"]
    assert json.loads(json.dumps(heard))["bytes"] == heard["bytes"] > 0


def served(directory):
    """A small server with two pages."""
    import threading
    from contextlib import contextmanager
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

    @contextmanager
    def running():
        for name in ("a", "b"):
            (directory / name).write_text(name)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(directory)))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    return running()
