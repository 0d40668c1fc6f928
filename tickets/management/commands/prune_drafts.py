from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from tickets.clock import database_now
from tickets.models import Draft, Presence, Submission


class Command(BaseCommand):
    help = "删除过期的草稿、已提交表单的编号和在线记录；可反复运行。"

    def add_arguments(self, parser):
        parser.add_argument("--draft-days", type=int, default=60, help="草稿保留天数（默认 %(default)s）")
        parser.add_argument("--key-days", type=int, default=14, help="表单编号保留天数（默认 %(default)s）")

    def handle(self, *args, **options):
        drafts, keys = options["draft_days"], options["key_days"]
        if drafts < 1 or keys < 1:
            raise CommandError("--draft-days 和 --key-days 必须是大于 0 的整数")
        now = database_now()
        old = {
            "草稿": Draft.objects.filter(saved_at__lt=now - timedelta(days=drafts)),
            "表单编号": Submission.objects.filter(created_at__lt=now - timedelta(days=keys)),
            "在线记录": Presence.objects.filter(seen_at__lt=now - timedelta(days=1)),
        }
        gone = {what: rows.delete()[0] for what, rows in old.items()}
        self.stdout.write("已删除：" + "，".join(f"{what} {count} 条" for what, count in gone.items()))
