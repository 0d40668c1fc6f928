"""Processes that belong to one of our commands: started beside it, and never left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from django.conf import settings

PARENT = "PARENT_PROCESS"


class Children:
    """The running processes by name. They work in the code's directory and write where their parent writes."""

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen] = {}

    def start(
        self, name: str, command: list[str], environment: dict | None = None, pass_fds: list[int] = ()
    ) -> None:
        """Start ``command``. In a session of its own, it hears of Ctrl-C from here only, and can be ended together
        with its workers.
        """
        self.running[name] = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=of_this_process(os.environ if environment is None else environment)
            | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=pass_fds,
        )

    def ended(self) -> list[tuple[str, int]]:
        """Those that have ended by themselves, with their status."""
        return [(name, child.poll()) for name, child in self.running.items() if child.poll() is not None]

    def stop(self, within: float) -> None:
        """Ask all to finish what they are doing, wait so many seconds, and end by force who did not."""
        give_up_at = time.monotonic() + within
        for child in self.running.values():
            with suppress(ProcessLookupError):
                child.terminate()
        for child in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0, give_up_at - time.monotonic()))
            self._end(child)
        self.running.clear()

    def kill(self, name: str) -> None:
        """End one of them by force."""
        self._end(self.running.pop(name))

    def _end(self, child: subprocess.Popen) -> None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def of_this_process(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a child that is to end with this process: a command of ours, or gunicorn as we set it up.

    The child sees to it by itself (``follow_parent``). ``preexec_fn`` would do it between fork and exec, where a
    child of a process with threads may wait for ever for what one of them held.
    """
    return {**environment, PARENT: str(os.getpid())}


def follow_parent() -> None:
    """For a program at its start: end with the process that has started it through ``of_this_process``, if one has."""
    parent = os.environ.pop(PARENT, None)
    if parent:
        end_with_parent()
        if os.getppid() != int(parent):  # it was killed before we could ask
            os.kill(os.getpid(), signal.SIGTERM)


def end_with_parent() -> None:
    """Linux tells this process to stop should its parent be killed without a chance to do so itself."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
