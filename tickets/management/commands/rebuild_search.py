from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from tqdm import tqdm

from tickets.searching import rebuilding


class Command(BaseCommand):
    help = "建立搜索文字：没有的、旧版本的工单。升级后运行一次；可与网站同时运行，中断后再次运行会继续。"

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", dest="everything", help="全部重新建立")
        parser.add_argument(
            "--after", type=int, default=0, metavar="ID", help="与 --all 一起：从这个编号以后继续"
        )
        parser.add_argument(
            "--batch", type=int, default=rebuilding.BATCH, help="每批多少张（默认 %(default)s）"
        )

    def handle(self, *args, **options):
        everything, after, batch = options["everything"], options["after"], options["batch"]
        if batch < 1:
            raise CommandError("--batch 不能小于 1")
        last = after
        try:
            total = rebuilding.waiting(everything, after).count()
            with tqdm(total=total, desc="搜索文字", unit="张", disable=None) as bar:

                def on_batch(done: int, last_done: int) -> None:
                    nonlocal last
                    last = last_done
                    bar.update(done)

                done = rebuilding.rebuild(everything=everything, after=after, batch=batch, on_batch=on_batch)
        except (DatabaseError, KeyboardInterrupt) as error:
            more = f"（--all --after {last}）" if everything else ""
            raise CommandError(f"没有完成，再次运行会继续{more}：{str(error).strip()}") from error
        self.stdout.write(f"已建立 {done} 张工单的搜索文字")
