"""Everything that has to run by itself, under one command: deadline scan, delivery of notices, exports and imports,
tidying up.

Each is a process of its own with its own connections: one that fails, hangs or is killed stops none of the others,
and is started again. On several hosts at once they share the work, or do it twice without harm.
"""

import signal
import sys
import threading
import time
from dataclasses import dataclass

from django.core.management.base import BaseCommand

from qinqin.children import Children

SCAN_EVERY_SECONDS = 30
LOOK_EVERY_SECONDS = 0.5
STOP_WITHIN_SECONDS = 15
FIRST_RESTART_AFTER_SECONDS, LAST_RESTART_AFTER_SECONDS = 1, 60
# A daily job that fails needs somebody's hand (a file is missing, say): no use in trying every minute.
DAILY_RESTART_AFTER_SECONDS = 60 * 60
# One that ran for so long before it failed is given the short wait again.
SETTLED_AFTER_SECONDS = 120
DAY_SECONDS = 24 * 60 * 60


@dataclass
class Job:
    """A command that is kept running, or with ``every`` run anew so often; ``due_at`` and ``started_at`` are on
    the monotonic clock.
    """

    name: str
    command: list[str]
    every: float | None = None
    due_at: float = 0
    started_at: float = 0
    failures: int = 0

    # A daily job that takes longer than this hangs.
    AT_MOST_SECONDS = 60 * 60

    def next_start(self, now: float, status: int) -> float:
        """When to start it again after it has ended with ``status``."""
        if status == 0 and self.every:
            return self.started_at + self.every
        if self.every:
            return now + DAILY_RESTART_AFTER_SECONDS
        self.failures = 0 if now - self.started_at > SETTLED_AFTER_SECONDS else self.failures
        wait = min(FIRST_RESTART_AFTER_SECONDS * 2**self.failures, LAST_RESTART_AFTER_SECONDS)
        self.failures += 1
        return now + wait

    def hangs(self, now: float) -> bool:
        return bool(self.every) and now - self.started_at > self.AT_MOST_SECONDS


class Command(BaseCommand):
    help = "管理全部后台工作：时限检查（每30秒）、通知发送（每2秒）、导出与导入、清理（每天）；可在多台机器上同时运行。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--scan-every",
            type=int,
            default=SCAN_EVERY_SECONDS,
            metavar="SECONDS",
            help="时限检查的间隔（默认 %(default)s）",
        )

    def handle(self, *args, **options):
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        children = Children()
        jobs = {
            job.name: job
            for job in (
                Job("时限检查", ["flag_overdue_tickets", "--every", str(options["scan_every"])]),
                Job("通知发送", ["deliver_notifications"]),
                Job("导出与导入", ["run_jobs"]),
                Job("每日清理", ["tidy_up"], every=DAY_SECONDS),
            )
        }
        self.say(f"后台工作已启动：{'、'.join(jobs)}")
        try:
            while not stop.is_set():
                self.look_after(jobs, children, time.monotonic())
                stop.wait(LOOK_EVERY_SECONDS)
        finally:
            children.stop(STOP_WITHIN_SECONDS)
        self.say("已停止。")

    def look_after(self, jobs: dict[str, Job], children: Children, now: float) -> None:
        """Note what has ended, and start what is due."""
        for name, status in children.ended():
            job = jobs[name]
            children.kill(name)
            job.due_at = job.next_start(now, status)
            if status or not job.every:
                self.say(f"{name}意外退出（状态 {status}），{job.due_at - now:.0f} 秒后重新启动")
        for name, job in jobs.items():
            if name not in children.running and job.due_at <= now:
                job.started_at = now
                children.start(name, [sys.executable, "manage.py", *job.command])
            elif name in children.running and job.hangs(now):
                self.say(f"{name}超过 {job.AT_MOST_SECONDS // 60} 分钟没有结束，已中止")
                children.kill(name)
                job.due_at = job.next_start(now, -signal.SIGKILL)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()
