from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from tickets.exchange.clearing import clear
from tickets.models.job import FILE_KEPT, ROW_KEPT, UPLOAD_KEPT


class Command(BaseCommand):
    help = (
        f"清理导出与导入：导出的文件保留{FILE_KEPT.days}天，没有确认的上传保留{UPLOAD_KEPT.days}天，"
        f"任务保留{ROW_KEPT.days}天；导出记录不删除。可反复运行。"
    )

    def handle(self, *args, **options):
        try:
            cleared = clear()
        except DatabaseError as error:
            raise CommandError(f"数据库不可用，清理未完成：{str(error).strip()}") from error
        self.stdout.write(f"已删除：过期的文件 {cleared.files} 个，任务 {cleared.rows} 条")
