"""What the demo's manager has said to what was late: some seen, one exempted, one followed through half way."""

from datetime import datetime, timedelta

from django.utils import timezone

from tickets.models import Round

from .people import House

NOTES = ["已电话联系店长，今天内答复", "", "商户说仓库盘点，已催", "第二次了，下周例会上谈"]
EXEMPTED_BECAUSE = "快递公司系统故障，商户当天查不到物流，不计入商户时效"
CAUSE = "店员请假没有交接，工单在“待处理”里放了一天没有人看，客服催促也没有人接听。"
MEASURE = "每班指定一人负责工单，交接班时在群里报未处理的数量；店长每天 18 点前看一遍超时。"
RESPONSIBLE = "陈晓禾"
SEEN_AFTER = timedelta(minutes=25)


def judge(house: House, now: datetime) -> None:
    """Say it, through the verbs, a little after each deadline was missed and never after ``now``."""
    manager = house.manager
    late = Round.objects.missed(now).not_cancelled().order_by("due_at", "pk")
    answered = list(late.filter(submitted_at__isnull=False))
    worst = late.filter(merchant=house.merchants["heyu"], submitted_at__isnull=True).first()
    for round_, note in zip(answered[::3], NOTES, strict=False):
        round_.acknowledge(by_user=manager, note=note, at=min(now, round_.due_at + SEEN_AFTER))
    if len(answered) > 1:
        exempted = answered[1]
        exempted.exempt(
            by_user=manager, reason=EXEMPTED_BECAUSE, at=min(now, exempted.submitted_at + SEEN_AFTER)
        )
    if worst:
        begun_at = min(now, worst.due_at + SEEN_AFTER)
        worst.acknowledge(by_user=manager, note=NOTES[0], at=begun_at)
        incident = worst.open_incident(by_user=manager, at=begun_at)
        incident.analyse(by_user=manager, text=CAUSE, at=begun_at)
        due_on = timezone.localdate(now) + timedelta(days=3)
        incident.plan(by_user=manager, text=MEASURE, responsible=RESPONSIBLE, due_on=due_on, at=begun_at)
