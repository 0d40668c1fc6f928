"""The rows of a generated ticket's rounds: clocks, alerts, pauses, answers, and what all that left in the history."""

from tickets.models import Alert, Pause, Result, Round

from .course import HOUR, MINUTE, Leg
from .mall import Rules
from .moments import at, wall
from .plan import Plan
from .tale import COMPLETED, HOLD, REVIEW, WAITING, Tale

# Keys that a chunk keeps for the rounds and alerts of each ticket.
ROUNDS, ALERTS = 5, 15
OUTCOMES = [("solved", 0.8), ("partly", 0.9), ("unsolved", 0.96), ("platform", 1.0)]


class Rounds:
    """Writes the rounds of a chunk's tickets into ``rows``; ``key`` is the round's that was written last."""

    def __init__(self, plan: Plan, rules: Rules, words, random, rows: dict, chunk: int):
        self.plan, self.rules, self.words, self.random, self.rows = plan, rules, words, random, rows
        self.key, self.alert_key = chunk * plan.chunk * ROUNDS, chunk * plan.chunk * ALERTS

    def tell(self, tale: Tale) -> None:
        before: Leg | None = None
        for number, leg in enumerate(tale.course.legs, start=1):
            self.key += 1
            if before:
                self._again(tale, before, leg)
            claimed = self._claimed(tale, leg)
            self.rows[Round].append(self._round(tale, number, leg, claimed))
            self._alerts(tale, leg)
            self._held(tale, leg)
            self._reminded(tale, leg)
            tale.result = None
            if leg.submitted:
                tale.result = self.key
                self._result(tale, leg)
            before = leg

    def _again(self, tale: Tale, before: Leg, leg: Leg) -> None:
        """How a further round came about."""
        text = self.words.text(self.random, "reason", 0.8)
        if leg.came_by == "return":
            reason = self._reason("return")
            tale.by_clerk(leg.start, "returned", self.key, REVIEW, WAITING, text, reason=reason)
        else:
            tale.by_clerk(before.closed, "approved", self.key - 1, REVIEW, COMPLETED)
            tale.by_clerk(leg.start, "reopened", self.key, COMPLETED, WAITING, text)

    def _claimed(self, tale: Tale, leg: Leg) -> int | None:
        """When somebody of the shop took it upon themselves, if anybody did."""
        end = min(leg.submitted or leg.closed or self.plan.now, leg.paused or self.plan.now)
        is_first = leg is tale.course.legs[0]
        if end - leg.start < MINUTE or not is_first or self.random.random() > 0.3:
            return None
        moment = leg.start + 1 + int(self.random.random() * min(end - leg.start - 2, HOUR))
        tale.holder = tale.answerer
        tale.by_shop(moment, "claimed", self.key, WAITING, WAITING)
        return moment

    def _round(self, tale: Tale, number: int, leg: Leg, claimed: int | None) -> tuple:
        took = leg.counted(leg.submitted) if leg.submitted else None
        responded = leg.counted(claimed) if claimed else took
        running = not (leg.submitted or leg.closed or leg.stands)
        level = len(leg.alerts)
        ladder = (leg.warn, leg.critical, leg.due)
        overdue = leg.alerts[2] if leg.is_late else None
        return (
            self.key, tale.key, tale.shop.key, number, tale.urgency, tale.rule.key, at(leg.start), tale.rule.calendar,
            at(leg.warn), at(leg.critical), at(leg.due), int(leg.closed is None), int(running), at(leg.submitted),
            at(leg.closed), at(overdue and overdue[1]), at(overdue and overdue[2]), level, level,
            at(ladder[level]) if running and level < 3 else None, at(leg.paused if leg.stands else None), "[]",
            took, responded,
        )  # fmt: skip

    def _alerts(self, tale: Tale, leg: Leg) -> None:
        for level, occurred, recorded in leg.alerts:
            self.alert_key += 1
            row = (self.alert_key, tale.key, self.key, level, at(occurred), at(recorded))
            self.rows[Alert].append(row)
        if leg.is_late:
            _, occurred, recorded = leg.alerts[2]
            tale.by_itself(occurred, "overdue", self.key, WAITING, WAITING, recorded=recorded)

    def _held(self, tale: Tale, leg: Leg) -> None:
        if leg.paused is None:
            return
        reason = self.words.text(self.random, "reason", 0.8)
        # A generated round is on hold once at most: the pause has the round's key.
        self.rows[Pause].append(
            (self.key, self.key, reason, at(leg.paused), at(leg.until), at(leg.resumed), tale.clerk.key)
        )
        text = f"{reason}\n下次联系时间：{wall(leg.until)}"
        tale.by_clerk(leg.paused, "held", self.key, WAITING, HOLD, text)
        if leg.resumed and leg.resumed == leg.until:
            text = "到了下次联系时间，自动恢复计时"
            tale.by_itself(leg.resumed, "resumed", self.key, HOLD, WAITING, text)
        elif leg.resumed:
            tale.by_clerk(leg.resumed, "resumed", self.key, HOLD, WAITING)

    def _reminded(self, tale: Tale, leg: Leg) -> None:
        end = leg.submitted or leg.closed or self.plan.now
        if leg.paused is not None or end <= leg.critical or self.random.random() > 0.5:
            return
        when = leg.critical + int((min(end, leg.due + 2 * HOUR) - leg.critical) * self.random.random())
        tale.by_clerk(when, "reminded", self.key, WAITING, WAITING)

    def _result(self, tale: Tale, leg: Leg) -> None:
        chance = self.random.random()
        outcome = next(name for name, share in OUTCOMES if chance < share)
        reason = self._reason(outcome) if outcome in self.rules.reasons else (None, "")
        text = self.words.text(self.random, "result", 2.5)
        # Where a round has an answer, its answer has the round's key.
        self.rows[Result].append(
            (self.key, self.key, outcome, text, *reason, tale.answerer.key, at(leg.submitted))
        )
        tale.by_shop(leg.submitted, "submitted", self.key, WAITING, REVIEW, text, reason=reason)

    def _reason(self, kind: str) -> tuple[int, str]:
        reasons = self.rules.reasons[kind]
        return reasons[int(len(reasons) * self.random.random())]
