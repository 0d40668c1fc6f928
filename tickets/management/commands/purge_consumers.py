import json
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from tqdm import tqdm

from tickets import anonymising
from tickets.clock import database_now


class Command(BaseCommand):
    help = "匿名化不再需要的消费者：全部工单已归档、没有进行中的订单，并且超过保存期限；可反复运行，随时可以停止。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--days",
            type=int,
            default=settings.CONSUMERS_KEPT_DAYS,
            help="最后一张工单结束、最后一个订单下单多少天以后（CONSUMERS_KEPT_DAYS，现在是 %(default)s）",
        )
        parser.add_argument("--dry-run", action="store_true", help="只统计，不写入")
        parser.add_argument(
            "--batch",
            type=int,
            default=anonymising.BATCH,
            help="每个事务处理的人数（默认 %(default)s）",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="输出一行 JSON：consumers、orders、tickets、texts、files、held",
        )

    def handle(self, *args, **options):
        if not 1 <= options["days"] <= 36_500:
            raise CommandError("--days 必须是 1 到 36500 的整数")
        if not 1 <= options["batch"] <= 1_000:
            raise CommandError("--batch 必须是 1 到 1000 的整数")
        now = database_now()
        before = now - timedelta(days=options["days"])
        try:
            purge = (
                anonymising.count_due(before)
                if options["dry_run"]
                else self.run(before, now, options["batch"])
            )
            held = anonymising.count_held(before)
        except DatabaseError as error:
            raise CommandError(f"数据库不可用，匿名化未完成：{str(error).strip()}") from error
        if options["json"]:
            report = asdict(purge) | {"held": held} | ({"dry_run": True} if options["dry_run"] else {})
            self.stdout.write(json.dumps(report))
            return
        what = (
            f"消费者 {purge.consumers} 人、订单 {purge.orders} 个、工单 {purge.tickets} 张、"
            f"图片和文件 {purge.files} 个"
        )
        if options["dry_run"]:
            self.stdout.write(f"待匿名：{what}（未写入）；因有未结束或未到期的订单、工单而保留 {held} 人")
        else:
            self.stdout.write(
                f"已匿名：{what}、文字 {purge.texts} 段；因有未结束或未到期的订单、工单而保留 {held} 人"
            )

    def run(self, before, now, batch: int) -> anonymising.Purge:
        waiting = anonymising.consumers_due(before).count()
        with tqdm(total=waiting, desc="匿名化", unit="人", disable=None, leave=False) as bar:
            return anonymising.run(before, now, batch, on_batch=bar.update)
