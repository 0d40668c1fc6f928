from django.core.management import BaseCommand, CommandError, call_command
from django.db import Error as DatabaseError

# In this order: what is over is put away before the consumers of what has been put away long ago go.
STEPS = {
    "过期登录": "clearsessions",
    "草稿和表单编号": "prune_drafts",
    "导出与导入": "prune_jobs",
    "上传的文件": "prune_files",
    "归档": "archive_tickets",
    "消费者信息": "purge_consumers",
    "搜索文字": "rebuild_search",
}


class Command(BaseCommand):
    help = (
        "每天一次的全部清理：过期登录、旧草稿、过期的导出与导入、没有记录的文件、到期归档、到期隐去消费者信息；"
        "可反复运行。"
    )
    requires_system_checks = []

    def handle(self, *args, **options):
        """One step that fails is reported and the others are done all the same; the status says that one failed."""
        failed = []
        for what, command in STEPS.items():
            self.stdout.write(f"—— {what}（{command}）")
            try:
                call_command(command, stdout=self.stdout, stderr=self.stderr)
            except (CommandError, DatabaseError, OSError, SystemExit) as error:
                self.stderr.write(f"{what}没有完成：{str(error).strip()}")
                failed.append(command)
        if failed:
            raise CommandError(f"没有完成：{'、'.join(failed)}")
