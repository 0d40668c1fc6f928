import json
import signal
import threading

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from tickets import scanning


class Command(BaseCommand):
    help = "记录已超过处理时限的工单：每个超时轮次只记录一次，时间为真正的截止时间；可反复或同时运行。"
    # Some checks ask the database, and a database that is away must be told as that, not as something else.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只统计，不写入")
        parser.add_argument(
            "--json", action="store_true", help="输出一行 JSON：scanned_at、flagged、alerted、resumed"
        )
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="每隔若干秒运行一次，直到收到停止信号"
        )
        parser.add_argument(
            "--batch", type=int, default=scanning.BATCH, help="每个事务处理的条数（默认 %(default)s）"
        )

    def handle(self, *args, **options):
        if options["batch"] < 1 or (options["every"] is not None and options["every"] < 1):
            raise CommandError("--batch 和 --every 必须是大于 0 的整数")
        if options["batch"] > scanning.BATCH_LIMIT:
            raise CommandError(f"--batch 最多 {scanning.BATCH_LIMIT}")
        if options["every"]:
            self.run_every(options["every"], options)
        else:
            self.run_once(options)

    def run_once(self, options) -> None:
        try:
            scan = scanning.count_newly_overdue() if options["dry_run"] else self.scan(options["batch"])
        except DatabaseError as error:
            raise CommandError(f"数据库不可用，本次检查未完成：{str(error).strip()}") from error
        if options["json"]:
            report = {
                "scanned_at": scan.scanned_at.isoformat(),
                "flagged": scan.flagged,
                "alerted": scan.alerted,
                "resumed": scan.resumed,
            }
            self.stdout.write(json.dumps(report | ({"dry_run": True} if options["dry_run"] else {})))
        elif (
            scan.alerted or scan.resumed or not options["every"]
        ):  # a loop that finds nothing has nothing to say
            moment = timezone.localtime(scan.scanned_at).strftime("%Y-%m-%d %H:%M:%S")
            found = (
                f"{scan.flagged} 个轮次待记录（未写入）"
                if options["dry_run"]
                else f"新记录超时 {scan.flagged} 个轮次"
            )
            found += f"，预警 {scan.alerted - scan.flagged} 个，恢复挂起 {scan.resumed} 个"
            self.stdout.write(f"{moment} {found}")

    def scan(self, batch: int) -> scanning.Scan:
        with tqdm(desc="记录超时", unit="轮", disable=None, leave=False) as bar:
            return scanning.run(batch, on_batch=bar.update)

    def run_every(self, seconds: int, options) -> None:
        """Scan again and again; a failed scan is reported and the next one tried, for the database may come back."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            try:
                self.run_once(options)
            except CommandError as error:
                self.stderr.write(str(error))
            self.stdout.flush()
            connection.close()
            stop.wait(seconds)
