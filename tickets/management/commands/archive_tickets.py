from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from tqdm import tqdm

from tickets.clock import database_now
from tickets.models import Ticket

BATCH = 500


class Command(BaseCommand):
    help = "归档结束已久的工单：已完结、已撤销超过若干天的不能再修改；可反复或同时运行，随时可以停止。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=settings.ARCHIVE_AFTER_DAYS,
            help="结束多少天以后归档（ARCHIVE_AFTER_DAYS，现在是 %(default)s）",
        )
        parser.add_argument("--dry-run", action="store_true", help="只统计，不写入")
        parser.add_argument("--batch", type=int, default=BATCH, help="每个事务处理的张数（默认 %(default)s）")

    def handle(self, *args, **options):
        if not 0 <= options["days"] <= 36_500:
            raise CommandError("--days 必须是 0 到 36500 的整数")
        if not 1 <= options["batch"] <= 10_000:
            raise CommandError("--batch 必须是 1 到 10000 的整数")
        older_than = timedelta(days=options["days"])
        try:
            waiting = Ticket.objects.to_be_archived(database_now() - older_than).count()
            if options["dry_run"]:
                self.stdout.write(f"{waiting} 张工单待归档（未写入）")
            else:
                self.stdout.write(f"已归档 {self.archive(older_than, options['batch'], waiting)} 张工单")
        except DatabaseError as error:
            raise CommandError(f"数据库不可用，归档未完成：{str(error).strip()}") from error

    def archive(self, older_than: timedelta, batch: int, waiting: int) -> int:
        archived = 0
        with tqdm(total=waiting, desc="归档", unit="张", disable=None, leave=False) as bar:
            while done := Ticket.objects.archive(older_than=older_than, batch=batch):
                archived += done
                bar.update(done)
        return archived
