from argparse import ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from tqdm import tqdm

from tickets.clock import database_now
from tickets.load import loading
from tickets.load.mall import Unsuitable
from tickets.load.plan import Plan

MOST_TICKETS, MOST_MERCHANTS = 20_000_000, 5_000


class Command(BaseCommand):
    help = (
        "生成一个任意大小的商城，用来测量速度：商户、人员、订单、工单和它们的历史。只用于空数据库"
        f"（账号 kefu、zhuguan、shangjia、dianyuan、admin 等的密码都是 {loading.PASSWORD}）。"
        "中断以后用同样的参数再运行一次，就接着做。"
    )

    def add_arguments(self, parser):
        parser.add_argument("--tickets", type=whole_number(MOST_TICKETS), required=True, help="工单的数量")
        parser.add_argument(
            "--merchants", type=whole_number(MOST_MERCHANTS), default=200, help="商户的数量（默认 200）"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="相同的种子在同一时刻生成相同的数据（默认 1）"
        )

    def handle(self, *args, **options):
        try:
            now = int(database_now().timestamp())
            wanted = Plan(options["tickets"], options["merchants"], options["seed"], now)
            plan = loading.prepared(wanted)
            worked = loading.run(plan, self.bar)
        except (loading.NotHere, Unsuitable) as refusal:
            raise CommandError(str(refusal)) from refusal
        except (OperationalError, ProgrammingError) as error:
            raise CommandError(f"数据库不可用或尚未初始化（先运行 migrate）：{str(error).strip()}") from error
        except KeyboardInterrupt:
            raise CommandError("已中断；用同样的参数再运行一次，就接着做。", returncode=130) from None
        done = f"{plan.tickets} 张工单、{plan.merchants} 家商户"
        self.stdout.write(f"已生成 {done}。" if worked else f"{done}早已生成，未做任何改动。")

    def bar(self, label: str, total: int | None, unit: str):
        return tqdm(desc=label, total=total, unit=unit, disable=None, leave=False)


def whole_number(most: int):
    """An argument from 1 to ``most``."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
            raise ArgumentTypeError(f"应为 1 到 {most} 的整数")
        return int(text)

    return read
