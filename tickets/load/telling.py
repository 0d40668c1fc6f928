"""The rows of one generated ticket: what the verbs would have written, had people done all this."""

from tickets.models import Event, Message, OrderSnapshot, Rating, Ticket
from tickets.models.event import SYSTEM_NAME

from .course import HOUR, course
from .mall import House, Rules
from .moments import at
from .notices import Notices
from .plan import Plan
from .purchases import Bought
from .rounds import Rounds
from .tale import CANCELLED, COMPLETED, REVIEW, WAITING, Tale

URGENCIES = [("normal", 0.7), ("important", 0.92), ("urgent", 1.0)]
# Keys that a chunk keeps for the events and messages of each ticket.
EVENTS, MESSAGES = 32, 8
# How likely each of two notes and of two messages is.
SAYINGS = [("internal", "note", 0.2), ("shared", "message", 0.25)]


class Teller:
    """Writes the rows of a chunk's tickets into ``rows``."""

    def __init__(self, plan: Plan, house: House, rules: Rules, words, random, rows: dict, chunk: int):
        self.plan, self.house, self.rules, self.words, self.random = plan, house, rules, words, random
        self.rows, self.names = rows, rules.names()
        self.event_key, self.message_key = chunk * plan.chunk * EVENTS, chunk * plan.chunk * MESSAGES
        self.rounds = Rounds(plan, rules, words, random, rows, chunk)
        self.notices = Notices(plan, random, rows, chunk)

    def tell(self, key: int, number: str, created: int, is_open: bool, bought: Bought) -> None:
        """Everything about the ticket with this key."""
        tale = self._begun(key, number, created, is_open, bought)
        tale.by_clerk(created, "opened", self.rounds.key + 1, "", WAITING)
        self.rounds.tell(tale)
        self._ended(tale)
        self.rows[Ticket].append(self._ticket(tale))
        self.rows[OrderSnapshot].append((key, bought.facts, at(created)))
        self._said(tale)
        self._recorded(tale)

    def _begun(self, key: int, number: str, created: int, is_open: bool, bought: Bought) -> Tale:
        chance, rules, house, shop = self.random.random, self.rules, self.house, bought.shop
        category = rules.categories[int(len(rules.categories) * chance() ** 1.6)]
        drawn = chance()
        urgency = next(name for name, share in URGENCIES if drawn < share)
        rule = rules.deadlines[category, urgency]
        told = course(chance, created, self.plan.now, is_open, rule.warning, rule.deadline)
        clerk = house.clerks[int(len(house.clerks) * chance())]
        answerer = shop.staff[int(len(shop.staff) * chance())] if chance() < 0.85 else shop.owner
        name = self.names[category]
        return Tale(key, number, created, bought, category, name, urgency, rule, clerk, answerer, told)

    def _ended(self, tale: Tale) -> None:
        told, round_ = tale.course, self.rounds.key
        if told.status == COMPLETED:
            text = self.words.text(self.random, "approval", 0.8) if self.random.random() < 0.2 else ""
            tale.by_clerk(told.ended, "approved", round_, REVIEW, COMPLETED, text)
            self._rated(tale)
        elif told.status == CANCELLED:
            source = REVIEW if told.legs[-1].submitted else WAITING
            text = self.words.text(self.random, "reason", 0.8)
            tale.by_clerk(told.ended, "cancelled", round_, source, CANCELLED, text)
        if told.archived:
            tale.by_itself(told.archived, "archived", round_, told.status, told.status)

    def _rated(self, tale: Tale) -> None:
        chance = self.random.random
        when = tale.course.ended + HOUR + int(chance() * 48 * HOUR)
        if chance() > 0.25 or when >= self.plan.now:
            return
        stars = 5 - int(chance() ** 2.5 * 5)
        words = self.words.text(self.random, "approval", 0.5) if chance() < 0.3 else ""
        round_ = self.rounds.key
        self.rows[Rating].append((round_, tale.key, round_, stars, words, tale.clerk.key, at(when), ""))
        text = f"{stars}星\n{words}".strip()
        tale.by_clerk(when, "rated", round_, COMPLETED, COMPLETED, text)

    def _ticket(self, tale: Tale) -> tuple:
        told, bought, last = tale.course, tale.bought, tale.course.legs[-1]
        handled = max(deed.at for deed in tale.deeds if deed.source != deed.target)
        return (
            tale.key, tale.number, bought.key, bought.number, tale.shop.key, bought.customer, tale.category,
            tale.urgency, self.words.text(self.random, "problem", 1.6), told.status, int(told.ended is None),
            tale.clerk.key, tale.holder.key if tale.holder else None, at(tale.created), at(handled),
            at(told.ended) if told.status == COMPLETED else None, at(told.archived), tale.result, len(told.legs),
            int(last.came_by == "return"), at(last.warn), at(last.critical), at(last.due), at(tale.stopped),
            int(tale.was_late),
        )  # fmt: skip

    def _said(self, tale: Tale) -> None:
        """备注 and 留言 while the first round lasted, two days at most."""
        chance, legs, shop = self.random.random, tale.course.legs, tale.shop
        start = legs[0].start
        end = min(legs[0].closed or self.plan.now, start + 48 * HOUR)
        first_round = self.rounds.key - len(legs) + 1
        for audience, kind, often in SAYINGS:
            moments = sorted(start + int(chance() * (end - start)) for _ in range(2) if chance() < often)
            for moment in moments:
                self.message_key += 1
                by_shop = audience == "shared" and chance() < 0.5
                who = tale.answerer if by_shop else tale.clerk
                self.rows[Message].append(
                    (
                        self.message_key, tale.key, first_round, audience, who.key, who.name,
                        shop.name if by_shop else who.role, shop.key if by_shop else None,
                        self.words.text(self.random, kind, 0.8), at(moment),
                    )
                )  # fmt: skip

    def _recorded(self, tale: Tale) -> None:
        """The history in its order, and what people were told of it."""
        tale.deeds.sort(key=lambda deed: deed.at)
        for deed in tale.deeds:
            self.event_key += 1
            actor = deed.actor
            self.rows[Event].append(
                (
                    self.event_key, tale.key, deed.round, deed.kind, actor.key if actor else None,
                    actor.name if actor else SYSTEM_NAME, deed.role, deed.source, deed.target, deed.text,
                    *deed.reason, at(deed.at), at(deed.recorded or deed.at),
                )
            )  # fmt: skip
            self.notices.tell(tale, deed, self.event_key, self.rounds.key)
