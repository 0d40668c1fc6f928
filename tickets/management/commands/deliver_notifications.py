import json
import signal

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from tickets.notifying.delivering import Delivered, Worker, run_once


class Command(BaseCommand):
    help = "发送通知：把新到的预警、每日超时清单和待发送的邮件、群机器人消息发出去；可在多台机器上同时运行。"
    # Some checks ask the database, and a database that is away must be told as that, not as something else.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="只运行一轮，结束后退出")
        parser.add_argument(
            "--every", type=int, default=2, metavar="SECONDS", help="每隔若干秒一轮（默认 %(default)s）"
        )
        parser.add_argument("--json", action="store_true", help="输出一行 JSON：at、announced、sent、failed")

    def handle(self, *args, **options):
        if options["every"] < 1:
            raise CommandError("--every 必须是大于 0 的整数")
        if options["once"]:
            try:
                self.report(run_once(), options["json"])
            except DatabaseError as error:
                raise CommandError(sentence_of(error)) from error
        else:
            self.go_on(options["every"], options["json"])

    def go_on(self, seconds: int, as_json: bool) -> None:
        """Round after round; a failed one is reported and the next one tried, for the database may come back."""
        with Worker() as worker:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: worker.stop())
            while not worker.stopping.is_set():
                try:
                    done = worker.go_round()
                    worker.wait(seconds)
                    self.tell(worker.account(done), as_json)
                except DatabaseError as error:
                    self.stderr.write(sentence_of(error))
                    worker.stopping.wait(seconds)
                finally:
                    connection.close()
            try:
                self.tell(worker.finish(Delivered(timezone.now())), as_json)
            except DatabaseError as error:
                self.stderr.write(sentence_of(error))

    def tell(self, done: Delivered, as_json: bool) -> None:
        """A round that finds nothing has nothing to say."""
        if done.did_something:
            self.report(done, as_json)
            self.stdout.flush()

    def report(self, done: Delivered, as_json: bool) -> None:
        if as_json:
            figures = {"announced": done.announced, "sent": done.sent, "failed": done.failed}
            self.stdout.write(json.dumps({"at": done.at.isoformat(), **figures}))
        else:
            moment = timezone.localtime(done.at).strftime("%Y-%m-%d %H:%M:%S")
            self.stdout.write(
                f"{moment} 预警 {done.announced} 个轮次，送达 {done.sent} 条，未成功 {done.failed} 条"
            )


def sentence_of(error: DatabaseError) -> str:
    return f"数据库不可用，本轮未完成：{str(error).strip()}"
