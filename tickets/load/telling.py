"""The rows of one generated ticket: what the verbs would have written, had people done all this."""

from typing import NamedTuple

from tickets.lifecycle import Status
from tickets.models import (
    Alert,
    Event,
    Message,
    Notice,
    OrderSnapshot,
    Pause,
    Rating,
    Result,
    Round,
    Ticket,
)
from tickets.models.event import SYSTEM_NAME, SYSTEM_ROLE

from .course import HOUR, MINUTE, Course, Leg, course
from .mall import House, Person, Rules, Shop
from .moments import at, wall
from .plan import Plan
from .purchases import Bought

WAITING, REVIEW, HOLD = Status.WAITING_MERCHANT.value, Status.WAITING_REVIEW.value, Status.ON_HOLD.value
COMPLETED, CANCELLED = Status.COMPLETED.value, Status.CANCELLED.value
URGENCIES = [("normal", 0.7), ("important", 0.92), ("urgent", 1.0)]
URGENCY_WORDS = {"normal": "一般", "important": "重要", "urgent": "紧急"}
OUTCOMES = [("solved", 0.8), ("partly", 0.9), ("unsolved", 0.96), ("platform", 1.0)]
# Inboxes reach back this far.
TOLD_FOR = 14 * 86_400
# Keys that a chunk keeps for a ticket's rounds, events, alerts, pauses, messages and notices.
ROUNDS, EVENTS, ALERTS, MESSAGES, NOTICES = 5, 32, 15, 8, 80


class Deed(NamedTuple):
    """Something that goes into the history."""

    at: int
    kind: str
    round: int
    actor: Person | None
    role: str
    source: str
    target: str
    text: str = ""
    reason: tuple[int | None, str] = (None, "")
    recorded: int = 0


class Teller:
    """Writes the rows of a chunk's tickets into ``rows``."""

    def __init__(self, plan: Plan, house: House, rules: Rules, words, random, rows: dict, chunk: int):
        self.plan, self.house, self.rules, self.words, self.random = plan, house, rules, words, random
        self.rows, self.names = rows, rules.names()
        first = chunk * plan.chunk
        self.round_key, self.event_key, self.alert_key = first * ROUNDS, first * EVENTS, first * ALERTS
        self.message_key, self.notice_key = first * MESSAGES, first * NOTICES

    def tell(self, key: int, number: str, created: int, is_open: bool, bought: Bought) -> None:
        """Everything about the ticket with this key."""
        chance, rows = self.random.random, self.rows
        category = self.rules.categories[int(len(self.rules.categories) * chance() ** 1.6)]
        urgency = _drawn(chance(), URGENCIES)
        rule = self.rules.deadlines[category, urgency]
        told = course(chance, created, self.plan.now, is_open, rule.warning, rule.deadline)
        clerk = self.house.clerks[int(len(self.house.clerks) * chance())]
        shop: Shop = bought.shop
        answerer = shop.staff[int(len(shop.staff) * chance())] if chance() < 0.85 else shop.owner
        deeds: list[Deed] = [Deed(created, "opened", self.round_key + 1, clerk, clerk.role, "", WAITING)]
        holder = handled = result = None
        for number_of_round, leg in enumerate(told.legs, start=1):
            self.round_key += 1
            if number_of_round > 1:
                deeds += self._again(told.legs[number_of_round - 2], leg, clerk)
            claimed = self._claimed(leg, told)
            if claimed:
                holder = answerer
                deeds.append(Deed(claimed, "claimed", self.round_key, answerer, shop.name, WAITING, WAITING))
            rows[Round].append(self._round(key, number_of_round, leg, shop, urgency, rule, claimed))
            deeds += self._alerts(key, leg)
            deeds += self._held(leg, clerk)
            deeds += self._reminded(leg, clerk)
            result = None
            if leg.submitted:
                result = self.round_key
                deeds.append(self._result(leg, answerer, shop))
        last = told.legs[-1]
        if told.status == COMPLETED:
            text = self.words.text(self.random, "approval", 0.8) if chance() < 0.2 else ""
            deeds.append(
                Deed(told.ended, "approved", self.round_key, clerk, clerk.role, REVIEW, COMPLETED, text)
            )
        elif told.status == CANCELLED:
            source = REVIEW if last.submitted else WAITING
            text = self.words.text(self.random, "reason", 0.8)
            deeds.append(
                Deed(told.ended, "cancelled", self.round_key, clerk, clerk.role, source, CANCELLED, text)
            )
        handled = max(deed.at for deed in deeds if deed.source != deed.target)
        if told.status == COMPLETED:
            deeds += self._rated(key, told, clerk)
        if told.archived:
            deeds.append(
                Deed(told.archived, "archived", self.round_key, None, SYSTEM_ROLE, told.status, told.status)
            )
        stopped = last.submitted or (last.closed if told.status == CANCELLED else None)
        was_late = any(leg.is_late for leg in told.legs[:-1]) or (
            last.is_late and (stopped is not None or last.stands)
        )
        rows[Ticket].append(
            (
                key, number, bought.key, bought.number, shop.key, bought.customer, category, urgency,
                self.words.text(self.random, "problem", 1.6), told.status, int(told.ended is None), clerk.key,
                holder.key if holder else None, at(created), at(handled),
                at(told.ended) if told.status == COMPLETED else None, at(told.archived), result, len(told.legs),
                int(last.came_by == "return"), at(last.warn), at(last.critical), at(last.due), at(stopped),
                int(was_late),
            )
        )  # fmt: skip
        rows[OrderSnapshot].append((key, bought.facts, at(created)))
        self._said(key, told, clerk, answerer, shop)
        self._recorded(
            key, number, deeds, told, shop, clerk, f"{self.names[category]}，{URGENCY_WORDS[urgency]}"
        )

    # The pieces.

    def _again(self, before: Leg, leg: Leg, clerk: Person) -> list[Deed]:
        """How a further round came about."""
        text = self.words.text(self.random, "reason", 0.8)
        if leg.came_by == "return":
            reason = self._reason("return")
            return [
                Deed(leg.start, "returned", self.round_key, clerk, clerk.role, REVIEW, WAITING, text, reason)
            ]
        return [
            Deed(before.closed, "approved", self.round_key - 1, clerk, clerk.role, REVIEW, COMPLETED),
            Deed(leg.start, "reopened", self.round_key, clerk, clerk.role, COMPLETED, WAITING, text),
        ]

    def _claimed(self, leg: Leg, told: Course) -> int | None:
        """When somebody of the shop took it upon themselves, if anybody did."""
        end = min(leg.submitted or leg.closed or self.plan.now, leg.paused or self.plan.now)
        if end - leg.start < MINUTE or leg is not told.legs[0] or self.random.random() > 0.3:
            return None
        return leg.start + 1 + int(self.random.random() * min(end - leg.start - 2, HOUR))

    def _round(self, ticket, number, leg: Leg, shop: Shop, urgency, rule, claimed) -> tuple:
        took = leg.counted(leg.submitted) if leg.submitted else None
        responded = leg.counted(claimed) if claimed else took
        running = not (leg.submitted or leg.closed or leg.stands)
        level = len(leg.alerts)
        ladder = (leg.warn, leg.critical, leg.due)
        overdue = leg.alerts[2] if leg.is_late else None
        return (
            self.round_key, ticket, shop.key, number, urgency, rule.key, at(leg.start), rule.calendar, at(leg.warn),
            at(leg.critical), at(leg.due), int(leg.closed is None), int(running), at(leg.submitted), at(leg.closed),
            at(overdue and overdue[1]), at(overdue and overdue[2]), level, level,
            at(ladder[level]) if running and level < 3 else None, at(leg.paused if leg.stands else None), "[]",
            took, responded,
        )  # fmt: skip

    def _alerts(self, ticket: int, leg: Leg) -> list[Deed]:
        for level, occurred, recorded in leg.alerts:
            self.alert_key += 1
            self.rows[Alert].append(
                (self.alert_key, ticket, self.round_key, level, at(occurred), at(recorded))
            )
        if not leg.is_late:
            return []
        _, occurred, recorded = leg.alerts[2]
        return [
            Deed(occurred, "overdue", self.round_key, None, SYSTEM_ROLE, WAITING, WAITING, recorded=recorded)
        ]

    def _held(self, leg: Leg, clerk: Person) -> list[Deed]:
        if leg.paused is None:
            return []
        reason = self.words.text(self.random, "reason", 0.8)
        self.rows[Pause].append(
            (
                self.round_key,
                self.round_key,
                reason,
                at(leg.paused),
                at(leg.until),
                at(leg.resumed),
                clerk.key,
            )
        )
        text = f"{reason}\n下次联系时间：{wall(leg.until)}"
        deeds = [Deed(leg.paused, "held", self.round_key, clerk, clerk.role, WAITING, HOLD, text)]
        if leg.resumed == leg.until:
            told = "到了下次联系时间，自动恢复计时"
            deeds.append(Deed(leg.resumed, "resumed", self.round_key, None, SYSTEM_ROLE, HOLD, WAITING, told))
        elif leg.resumed:
            deeds.append(Deed(leg.resumed, "resumed", self.round_key, clerk, clerk.role, HOLD, WAITING))
        return deeds

    def _reminded(self, leg: Leg, clerk: Person) -> list[Deed]:
        end = leg.submitted or leg.closed or self.plan.now
        if leg.paused is not None or end <= leg.critical or self.random.random() > 0.5:
            return []
        when = leg.critical + int((min(end, leg.due + 2 * HOUR) - leg.critical) * self.random.random())
        return [Deed(when, "reminded", self.round_key, clerk, clerk.role, WAITING, WAITING)]

    def _result(self, leg: Leg, answerer: Person, shop: Shop) -> Deed:
        outcome = _drawn(self.random.random(), OUTCOMES)
        reason = self._reason(outcome) if outcome in self.rules.reasons else (None, "")
        text = self.words.text(self.random, "result", 2.5)
        # Where a round has an answer, its answer has the round's key.
        self.rows[Result].append(
            (self.round_key, self.round_key, outcome, text, *reason, answerer.key, at(leg.submitted))
        )
        return Deed(
            leg.submitted, "submitted", self.round_key, answerer, shop.name, WAITING, REVIEW, text, reason
        )

    def _reason(self, kind: str) -> tuple[int, str]:
        reasons = self.rules.reasons[kind]
        return reasons[int(len(reasons) * self.random.random())]

    def _rated(self, ticket: int, told: Course, clerk: Person) -> list[Deed]:
        chance = self.random.random
        when = told.ended + HOUR + int(chance() * 48 * HOUR)
        if chance() > 0.25 or when >= self.plan.now:
            return []
        stars = 5 - int(chance() ** 2.5 * 5)
        words = self.words.text(self.random, "approval", 0.5) if chance() < 0.3 else ""
        self.rows[Rating].append(
            (self.round_key, ticket, self.round_key, stars, words, clerk.key, at(when), "")
        )
        return [
            Deed(
                when, "rated", self.round_key, clerk, clerk.role, COMPLETED, COMPLETED,
                f"{stars}星\n{words}".strip(),
            )
        ]  # fmt: skip

    def _said(self, ticket: int, told: Course, clerk: Person, answerer: Person, shop: Shop) -> None:
        """备注 and 留言 while the first round lasted."""
        chance = self.random.random
        start, end = told.legs[0].start, told.legs[0].closed or self.plan.now
        end = min(end, start + 48 * HOUR)
        for audience, often in (("internal", 0.2), ("shared", 0.25)):
            moments = sorted(start + int(chance() * (end - start)) for _ in range(2) if chance() < often)
            for moment in moments:
                self.message_key += 1
                by_shop = audience == "shared" and chance() < 0.5
                who = answerer if by_shop else clerk
                text = self.words.text(self.random, "note" if audience == "internal" else "message", 0.8)
                self.rows[Message].append(
                    (
                        self.message_key, ticket, self.round_key - len(told.legs) + 1, audience, who.key, who.name,
                        shop.name if by_shop else clerk.role, shop.key if by_shop else None, text, at(moment),
                    )
                )  # fmt: skip

    def _recorded(
        self, ticket, number, deeds: list[Deed], told: Course, shop: Shop, clerk: Person, about: str
    ):
        """The history in its order, and what people were told of it lately."""
        deeds.sort(key=lambda deed: deed.at)
        for deed in deeds:
            self.event_key += 1
            actor = deed.actor
            self.rows[Event].append(
                (
                    self.event_key, ticket, deed.round, deed.kind, actor.key if actor else None,
                    actor.name if actor else SYSTEM_NAME, deed.role, deed.source, deed.target, deed.text,
                    *deed.reason, at(deed.at), at(deed.recorded or deed.at),
                )
            )  # fmt: skip
            if deed.at > self.plan.now - TOLD_FOR:
                self._tell_people(ticket, number, deed, told, shop, clerk, about)

    def _tell_people(self, ticket, number, deed: Deed, told: Course, shop: Shop, clerk: Person, about: str):
        told_to = {
            "submitted": [clerk],
            "opened": [shop.owner, *shop.staff],
            "returned": [shop.owner, *shop.staff],
        }
        people = told_to.get(deed.kind, ())
        round_no = deed.round - self.round_key + len(told.legs)
        leg = told.legs[round_no - 1]
        words = {"submitted": "商家已提交", "opened": "新工单", "returned": "退回商家"}
        tail = f"{wall(deed.at)} 提交" if deed.kind == "submitted" else f"截止 {wall(leg.due)}"
        for person in people:
            self.notice_key += 1
            text = f"【{words[deed.kind]}】工单 {number}（{about}，第{round_no}轮），商户 {shop.name}，{tail}"
            read = deed.at + MINUTE + int(self.random.random() * 6 * HOUR)
            self.rows[Notice].append(
                (
                    self.notice_key, person.key, f"event:{self.event_key}", deed.kind, ticket, round_no, text,
                    at(deed.at), at(read) if read < self.plan.now - HOUR else None,
                )
            )  # fmt: skip


def _drawn(chance: float, shares: list[tuple[str, float]]) -> str:
    return next(name for name, share in shares if chance < share)
