"""What has happened to a ticket, as its page tells it: its rounds, time used against time allowed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property

from django.utils import timezone

from orders.mentions import masker

from .evidence.display import Exhibit, exhibits
from .explaining import Explanation, counted_time, explain
from .lifecycle import EventKind
from .models import Attachment, Event, Extension, Purpose, Round, Ticket
from .models.rating import MOST_STARS
from .reading.rows import Act, Answer, Rated
from .reading.story import story_of
from .sameness import alike, same
from .stages import Stage, Stages


def act_words(act: Act | Event) -> str:
    """Who did it, when and what, in one line."""
    when = timezone.localtime(act.occurred_at).strftime("%m月%d日 %H:%M")
    return f"{act.actor_name}（{act.actor_role}）于 {when} {act.get_kind_display()}"


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round for the eye."""

    number: int
    merchant: str
    started_at: datetime
    due_at: datetime
    submitted_at: datetime | None
    took: timedelta | None
    allowed: timedelta
    late: bool
    exempted: bool
    pk: int


class History:
    """Everything that happened to one ticket. One statement, whatever the number of rounds.

    ``viewer`` is who reads it: without one nothing is told of what was said beside the course of the ticket. ``story``
    is what a page has read already (tickets/reading).
    """

    def __init__(self, ticket: Ticket, now: datetime, viewer=None, story=None):
        self.ticket, self.now, self.viewer = ticket, now, viewer
        story = story or story_of(ticket, viewer)
        self.mask = masker(ticket.order, ticket.snapshot.facts)
        self.rounds, self.events, self.alerts = story.rounds, story.events, story.alerts
        self.results = {result.round_id: result for result in story.results}
        self.messages = story.messages if viewer else []
        self.attachments = story.attachments
        for attachment in self.attachments:
            attachment.ticket = ticket
        self.round_by_pk = {round_.pk: round_ for round_ in self.rounds}
        self._pauses, self._extensions = _by_round(story.pauses), _by_round(story.extensions)
        self._exempted = set(story.exempted)
        self._ratings = {rating.round_id: rating for rating in story.ratings}
        self._share_calendars()

    def _share_calendars(self) -> None:
        """A calendar that several rounds count in is made ready once: that costs two statements."""
        calendars = {round_.calendar_id: round_.calendar for round_ in self.rounds if round_.calendar_id}
        for calendar in calendars.values():
            calendar.service_time = cache(calendar.service_time)
        for round_ in self.rounds:
            if round_.calendar_id:
                round_.calendar = calendars[round_.calendar_id]

    @property
    def current_round(self) -> Round:
        return self.rounds[-1]

    def round_lines(self) -> list[RoundLine]:
        """The rounds, first to last."""
        return [
            RoundLine(
                number=round_.number,
                merchant=round_.merchant_name,
                started_at=round_.started_at,
                due_at=round_.due_at,
                submitted_at=round_.submitted_at,
                took=self.took(round_),
                allowed=self.allowed(round_),
                late=round_.is_late(self.now),
                exempted=round_.pk in self._exempted,
                pk=round_.pk,
            )
            for round_ in self.rounds
        ]

    def took(self, round_: Round) -> timedelta | None:
        """The service time a merchant took for a round, pauses left out; ``None`` before the answer.

        As it was written with the answer: whatever becomes of the calendar, the figures say the same.
        """
        return round_.took

    def allowed(self, round_: Round) -> timedelta:
        """The service time a merchant had for a round, extensions included."""
        return self._counted(round_, round_.due_at)

    def _counted(self, round_: Round, until: datetime) -> timedelta:
        return counted_time(round_, self._pauses[round_.pk], until)

    def explanation(self, now: datetime) -> Explanation:
        """How the current round's deadline came about."""
        round_ = self.current_round
        return explain(round_, self._pauses[round_.pk], self._extensions[round_.pk], now, self.mask)

    @property
    def pending_extension(self) -> Extension | None:
        """The merchant's request that nobody has answered yet."""
        extensions = self._extensions[self.current_round.pk]
        return next((each for each in extensions if each.answer == Extension.Answer.PENDING), None)

    @property
    def _rating(self) -> Rated | None:
        return self._ratings.get(self.current_round.pk)

    @property
    def is_rated(self) -> bool:
        """Whether the consumer's word about the current round's completion is there."""
        return self._rating is not None

    @property
    def is_rated_low(self) -> bool:
        return self.is_rated and self._rating.is_low

    def rating(self) -> dict | None:
        """The consumer's word for the eye, masked."""
        if not self.is_rated:
            return None
        rating = self._rating
        return {
            "stars": rating.stars,
            "drawn": "★" * rating.stars + "☆" * (MOST_STARS - rating.stars),
            "words": self.mask(rating.words),
            "by": f"{rating.by}（{rating.by.affiliation}）记录" if rating.by else "消费者通过链接评价",
            "at": rating.at,
            "low": rating.is_low,
        }

    def stages(self) -> list[Stage]:
        """What happened and what was said between, oldest first, with what is said of the consumer masked."""
        return Stages(self).in_order()

    def problem_exhibits(self) -> list[Exhibit]:
        """The evidence of the problem, as far as it has come."""
        return exhibits(self.of_problem(), "问题图片", self.mask)

    def result_exhibits(self, round_: Round) -> list[Exhibit]:
        """The evidence of a round's answer."""
        result = self.results.get(round_.pk)
        of_result = [each for each in self.attachments if result and each.result_id == result.pk]
        return exhibits(of_result, "处理结果图片", self.mask)

    def of_problem(self) -> list[Attachment]:
        """The photos and papers of the problem."""
        return [each for each in self.attachments if each.purpose == Purpose.PROBLEM]

    def repeats(self, round_: Round) -> str:
        """How customer service sees an answer that says again what came back before: 与上次相同, or empty."""
        if self.viewer is None or not self.viewer.is_service:
            return ""
        result, returned = self.results.get(round_.pk), self._returned_before(round_)
        if result is None or returned is None:
            return ""
        if same(result.text, returned.text):
            return "与上次相同"
        return "与上次几乎相同" if alike(result.text, returned.text) else ""

    def _returned_before(self, round_: Round) -> Answer | None:
        """The answer that came back last before this round."""
        earlier = [r for r in self._came_back if r.number < round_.number]
        return self.results.get(earlier[-1].pk) if earlier else None

    @cached_property
    def _came_back(self) -> list[Round]:
        """The rounds whose answers came back: a return is recorded where the next one begins."""
        numbers = {
            self.round_by_pk[event.round_id].number - 1
            for event in self.events
            if event.kind == EventKind.RETURNED
        }
        return [round_ for round_ in self.rounds if round_.number in numbers]

    def last_act(self) -> Act | None:
        """The last thing that a person did (not the system)."""
        return next((event for event in reversed(self.events) if event.actor_id), None)


def _by_round(rows: Iterable) -> dict[int, list]:
    by_round = defaultdict(list)
    for row in rows:
        by_round[row.round_id].append(row)
    return by_round
