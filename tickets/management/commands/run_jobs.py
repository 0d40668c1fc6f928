import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection

from tickets.exchange.working import work_once


class Command(BaseCommand):
    help = "后台任务：把等待中的导出、批量建单、订单导入逐个完成；可在多台机器上同时运行。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="完成现有的任务后退出")
        parser.add_argument(
            "--every",
            type=float,
            default=1,
            metavar="SECONDS",
            help="没有任务时每隔若干秒查看一次（默认 %(default)s）",
        )

    def handle(self, *args, **options):
        if not options["every"] > 0:
            raise CommandError("--every 必须大于 0")
        stopping = threading.Event()
        if options["once"]:
            while self.work(stopping):
                pass
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        while not stopping.is_set():
            try:
                worked = self.work(stopping)
            except DatabaseError as error:
                self.stderr.write(f"数据库不可用，稍后再试：{str(error).strip()}")
                worked = False
            finally:
                connection.close()
            if not worked:
                stopping.wait(options["every"])

    def work(self, stopping: threading.Event) -> bool:
        """Whether there was a job."""
        job = work_once(stopping)
        if job is None:
            return False
        job.refresh_from_db()
        self.stdout.write(f"{job.get_kind_display()} #{job.pk} {job.get_state_display()}，{job.rows_done} 行")
        self.stdout.flush()
        return True
