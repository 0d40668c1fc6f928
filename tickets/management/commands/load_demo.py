from datetime import datetime, timedelta
from random import Random
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.db.models import F
from tqdm import tqdm

from merchants.models import Merchant, User
from orders.models import Order
from tickets.clock import database_now
from tickets.demo.people import PASSWORD
from tickets.demo.shops import CODES
from tickets.demo.world import World, build, order_numbers
from tickets.lifecycle import Status
from tickets.models import Notice, Round

SEED = 20_261
FOREIGN = (
    "这个数据库里已有不属于演示的{what}，拒绝载入演示数据：演示账号的密码是公开的，不能进入正式环境。"
    "请换一个空数据库再运行 load_demo。"
)


class Command(BaseCommand):
    help = "载入演示数据：六家商户、约三百个订单、各种状态的工单和演示账号。只用于空数据库；重复运行不改变任何内容。"

    def handle(self, *args, **options) -> None:
        try:
            with transaction.atomic():
                keep_others_out()
                if is_loaded():
                    self.stdout.write("演示数据已存在，未做任何改动。")
                    return
                refuse_foreign()
                now = database_now()
                world = build(Random(SEED), now, self.progress)
                read_old_news(now)
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(
                f"数据库不可用或尚未初始化（先运行 migrate），未载入任何内容：{str(error).strip()}"
            ) from error
        if options["verbosity"]:
            self.report(world)

    def progress(self, happenings: list):
        return tqdm(happenings, desc="演示数据", unit="步", disable=None, leave=False)

    def report(self, world: World) -> None:
        counts = "、".join(
            f"{status.label} {world.tickets[status]}" for status in Status if status in world.tickets
        )
        self.stdout.write(f"已载入演示数据：{len(world.shops)} 家商户，{world.orders} 个订单，")
        self.stdout.write(f"{sum(world.tickets.values())} 张工单（{counts}）。")
        self.stdout.write(f"账号（密码均为 {PASSWORD}）：")
        for person in world.house.people:
            where = person.merchant.name if person.merchant else ""
            columns = [(person.username, 11), (person.name, 9), (person.get_role_display(), 13)]
            row = "".join(padded(text, width) for text, width in columns) + where
            self.stdout.write(f"  {row}".rstrip())


def keep_others_out() -> None:
    """Nobody arrives between the look and the writing, and two runs at once load once; SQLite locks by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2min'")
            cursor.execute(f'LOCK TABLE "{User._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')


def is_loaded() -> bool:
    """Whether the demo's own orders are here; people may have been renamed meanwhile, orders keep their numbers."""
    return Order.objects.filter(number__in=order_numbers()).exists()


def refuse_foreign() -> None:
    """Somebody's house has people; tickets, too, have been opened by somebody."""
    for what, rows in {
        "账号": User.objects.all(),
        "商户": Merchant.objects.filter(code__in=CODES),
    }.items():
        if rows.exists():
            raise CommandError(FOREIGN.format(what=what))


def read_old_news(now: datetime) -> None:
    """As in a house that has worked for weeks: what is older than half a day was read, and told, at its time."""
    Notice.objects.filter(created_at__lt=now - timedelta(hours=12)).update(read_at=F("created_at"))
    Round.objects.to_be_told().filter(is_running=False).update(told_level=F("alert_level"))


def padded(text: str, width: int) -> str:
    """The text with blanks up to ``width`` columns of a terminal, where an ideograph takes two."""
    taken = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(1, width - taken)
