"""The servers that are measured, each by gunicorn exactly as the product is served (qinqin/gunicorn.py)."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from qinqin.children import end_with_parent, of_this_process

from . import meters
from .ending import undisturbed
from .house import BASE

CLIENT = Path(__file__).with_name("client.py")
# Two clients with two connections each keep two workers busy and leave the processor to them.
CLIENTS, CONNECTIONS = 2, 2
READY_WITHIN = 60


class Strange(Exception):
    """A page did not answer as it should; the message holds the beginning of what came."""


class Server:
    """One application behind gunicorn with two workers."""

    def __init__(self, application: str, environment: dict[str, str], log: Path):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--config", "python:qinqin.gunicorn"]
        command += ["--bind", f"fd://{self.listener.fileno()}", application]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=BASE,
                env=of_this_process(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[self.listener.fileno()],
                start_new_session=True,
            )
        try:
            self._wait(log)
        except BaseException:
            self.stop()
            raise

    def _wait(self, log: Path) -> None:
        give_up = time.monotonic() + READY_WITHIN
        while time.monotonic() < give_up and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=30).close()
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise Strange(f"gunicorn 没有启动：{log.read_text()[-2000:]}")

    def cpu(self) -> float:
        return meters.cpu(self.process.pid)

    def memory(self) -> list[float]:
        return meters.memory(self.process.pid)

    def ask(
        self, requests: list[bytes], *, seconds: float = 0, once: bool = False, clients: int = CLIENTS
    ) -> dict:
        """What the clients saw together. ``Strange`` when an answer was neither a page nor a redirect."""
        clients = min(clients, len(requests)) if once else clients
        parts = [requests[place::clients] for place in range(clients)] if once else [requests] * clients
        asking = []
        for part in parts:
            task = {"port": self.port, "connections": CONNECTIONS, "seconds": seconds, "once": once}
            task["requests"] = [request.decode("latin-1") for request in part]
            client = subprocess.Popen(
                [sys.executable, "-I", CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip
            asking.append((client, json.dumps(task).encode()))
        for client, task in asking:
            client.stdin.write(task)
            client.stdin.close()
        heard = [json.loads(client.stdout.read() or "null") for client, _ in asking]
        for client, _ in asking:
            client.stdout.close()
            client.wait()
        if any(part is None for part in heard):
            raise Strange("一个请求进程没有结果（见上方输出）")
        if strange := next((part["strange"] for part in heard if part["strange"]), ""):
            raise Strange(strange)
        return {
            "count": sum(len(part["latencies"]) for part in heard),
            "seconds": max(part["seconds"] for part in heard),
            "latencies": [took for part in heard for took in part["latencies"]],
            "bytes": sum(part["bytes"] for part in heard),
        }

    @undisturbed()
    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.listener.close()
