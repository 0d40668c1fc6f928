from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from tqdm import tqdm

from tickets.evidence import pruning


class Command(BaseCommand):
    help = (
        "清理上传文件：删除没有记录的文件和过期未提交的图片，报告丢失了文件的记录。"
        "有记录缺少文件时退出状态为 1；可反复运行，也可与网站同时运行。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="只报告，不删除")
        parser.add_argument(
            "--older-than",
            type=float,
            default=24,
            metavar="HOURS",
            help="多少小时以前的才清理（默认 %(default)s；正在上传的文件还没有记录，因此不要太短）",
        )

    def handle(self, *args, **options):
        if not options["older_than"] >= 0:
            raise CommandError("--older-than 不能小于 0")
        try:
            with tqdm(desc="检查文件", unit="个", disable=None, leave=False) as bar:
                found = pruning.prune(
                    options["older_than"], dry_run=options["dry_run"], progress=lambda: bar.update()
                )
        except DatabaseError as error:
            raise CommandError(f"数据库不可用，清理未完成：{str(error).strip()}") from error
        done = "将删除（未删除）" if options["dry_run"] else "已删除"
        self.stdout.write(
            f"{done}：过期未提交的图片 {found.stale} 个，没有记录的文件 {len(found.orphans)} 个"
        )
        for name in found.orphans:
            self.stdout.write(f"  {name}")
        if found.missing:
            lines = "\n".join(f"  {name}" for name in found.missing)
            raise CommandError(f"有 {len(found.missing)} 个文件已丢失，请从备份恢复到 MEDIA_ROOT：\n{lines}")
