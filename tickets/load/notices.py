"""What people found in their inboxes lately about generated tickets; older notices are left out for room."""

from tickets.models import Notice

from .course import DAY, HOUR, MINUTE
from .moments import at, wall
from .plan import Plan
from .tale import URGENCY_WORDS, Deed, Tale

TOLD_FOR = 14 * DAY
# Keys that a chunk keeps for each ticket: the largest shop has a dozen people, who hear of each round.
NOTICES = 80
WORDS = {"submitted": "商家已提交", "opened": "新工单", "returned": "退回商家"}


class Notices:
    """Writes into ``rows`` whom a deed was told."""

    def __init__(self, plan: Plan, random, rows: dict, chunk: int):
        self.plan, self.random, self.rows = plan, random, rows
        self.key = chunk * plan.chunk * NOTICES

    def tell(self, tale: Tale, deed: Deed, event: int, last_round: int) -> None:
        """``event`` is the key of the deed's row, ``last_round`` that of the ticket's last round."""
        if deed.kind not in WORDS or deed.at <= self.plan.now - TOLD_FOR:
            return
        shop, legs = tale.shop, tale.course.legs
        number = deed.round - last_round + len(legs)
        by_shop = deed.kind == "submitted"
        tail = f"{wall(deed.at)} 提交" if by_shop else f"截止 {wall(legs[number - 1].due)}"
        about = f"{tale.category_name}，{URGENCY_WORDS[tale.urgency]}，第{number}轮"
        text = f"【{WORDS[deed.kind]}】工单 {tale.number}（{about}），商户 {shop.name}，{tail}"
        for person in [tale.clerk] if by_shop else [shop.owner, *shop.staff]:
            self.key += 1
            read = deed.at + MINUTE + int(self.random.random() * 6 * HOUR)
            read = read if read < self.plan.now - HOUR else None
            row = (self.key, person.key, f"event:{event}", deed.kind, tale.key, number, text, at(deed.at))
            self.rows[Notice].append((*row, at(read)))
