from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from tqdm import tqdm

from tickets.models import Ticket
from tickets.searching import filling, rebuilding


class Command(BaseCommand):
    help = (
        "建立搜索用的文字：没有的、旧版本的、订单后来改过的。可与网站同时运行，中断后再次运行会继续。"
        "升级后运行一次；网站停着时加 --offline 快得多。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", dest="everything", help="全部重新建立")
        parser.add_argument(
            "--offline", action="store_true", help="网站停着时用：先去掉索引，两个进程一起建立没有的"
        )
        parser.add_argument(
            "--after", type=int, default=0, metavar="ID", help="与 --all 一起：从这个编号以后继续"
        )
        parser.add_argument(
            "--batch", type=int, default=rebuilding.BATCH, help="每批多少张（默认 %(default)s）"
        )

    def handle(self, *args, **options):
        if options["batch"] < 1:
            raise CommandError("--batch 不能小于 1")
        self.last = options["after"]
        everything, offline = options["everything"], options["offline"]
        try:
            made = (
                self.fill(everything)
                if offline
                else self.rebuild(everything, options["after"], options["batch"])
            )
        except (DatabaseError, KeyboardInterrupt) as error:
            more = f"（--all --after {self.last}）" if everything and not offline else ""
            raise CommandError(f"没有完成，再次运行会继续{more}：{str(error).strip()}") from error
        self.stdout.write(f"已建立 {made} 张工单的搜索文字")

    def rebuild(self, everything: bool, after: int, batch: int) -> int:
        total = rebuilding.waiting(everything, after).count()
        with tqdm(total=total, desc="搜索文字", unit="张", disable=None) as bar:

            def on_batch(done: int, last: int) -> None:
                self.last = last
                bar.update(done)

            made = rebuilding.rebuild(everything=everything, after=after, batch=batch, on_batch=on_batch)
        filling.build_index()  # an interrupted --offline has left none
        return made

    def fill(self, everything: bool) -> int:
        if everything:
            rebuilding.forget()
        made = 0
        with tqdm(total=Ticket.objects.count(), desc="搜索文字", unit="张", disable=None) as bar:
            for done in filling.fill():
                made += done
                bar.update(done)
        return made
