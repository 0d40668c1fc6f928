"""What has happened to a ticket, as its page tells it: stages and rounds, time used against time allowed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import groupby
from operator import attrgetter

from django.utils import timezone

from orders.mentions import masker

from .evidence.display import Exhibit, exhibits
from .explaining import Explanation, counted_time, explain
from .lifecycle import EventKind, Outcome
from .models import Attachment, Event, Extension, Purpose, Round, Ticket
from .models.event import SYSTEM_NAME, SYSTEM_ROLE
from .models.rating import MOST_STARS
from .reading.rows import Act, Answer, Rated, Rung, Said, person
from .reading.story import story_of
from .sameness import alike, same
from .timeliness import moment_words, span_words

TONES = {
    EventKind.APPROVED: "ok",
    EventKind.RETURNED: "warn",
    EventKind.REOPENED: "warn",
    EventKind.OVERDUE: "bad",
    EventKind.CANCELLED: "bad",
    EventKind.HELD: "warn",
    EventKind.REMINDED: "warn",
    EventKind.EXTENSION_DECLINED: "warn",
    EventKind.TRANSFERRED: "warn",
    EventKind.MERGED: "warn",
}
TEXT_LABELS = {
    EventKind.SUBMITTED: "处理结果",
    EventKind.APPROVED: "审核意见",
    EventKind.RETURNED: "退回原因",
    EventKind.CANCELLED: "撤销原因",
    EventKind.REOPENED: "重新打开的原因",
    EventKind.HELD: "挂起原因",
    EventKind.REMINDED: "催办说明",
    EventKind.EXTENSION_ASKED: "延期原因",
    EventKind.EXTENSION_GRANTED: "答复",
    EventKind.EXTENSION_DECLINED: "不同意的原因",
    EventKind.ASSIGNED: "转派原因",
    EventKind.TRANSFERRED: "转派原因",
    EventKind.MERGED: "合并原因",
    EventKind.RATED: "评价",
}


def act_words(act: Act | Event) -> str:
    """Who did it, when and what, in one line."""
    when = timezone.localtime(act.occurred_at).strftime("%m月%d日 %H:%M")
    return f"{act.actor_name}（{act.actor_role}）于 {when} {act.get_kind_display()}"


@dataclass(frozen=True, slots=True)
class Stage:
    """One event for the eye. ``took`` and ``allowed`` are set where a clock ended with it."""

    kind: str
    label: str
    actor: str
    role: str
    at: datetime
    text: str
    text_label: str
    round_no: int
    tone: str
    outcome: str = ""
    outcome_label: str = ""
    took: timedelta | None = None
    allowed: timedelta | None = None
    late: bool = False
    pictures: tuple[Exhibit, ...] = ()
    reason: str = ""
    private: bool = False
    repeats: str = ""


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
        self._round_by_pk = {round_.pk: round_ for round_ in self.rounds}
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
        """The events and what was said between them, oldest first, with what is said of the consumer masked."""
        stages = [self._stage(event) for event in self.events] + [self._alert(alert) for alert in self.alerts]
        stages += self._additions()
        stages += [self._message(message) for message in self.messages]
        return sorted(stages, key=lambda stage: stage.at)

    def problem_exhibits(self) -> list[Exhibit]:
        """The evidence of the problem, as far as it has come."""
        return exhibits(self._of_problem(), "问题图片", self.mask)

    def result_exhibits(self, round_: Round) -> list[Exhibit]:
        """The evidence of a round's answer."""
        result = self.results.get(round_.pk)
        of_result = [each for each in self.attachments if result and each.result_id == result.pk]
        return exhibits(of_result, "处理结果图片", self.mask)

    def _of_problem(self) -> list[Attachment]:
        return [each for each in self.attachments if each.purpose == Purpose.PROBLEM]

    def _additions(self) -> list[Stage]:
        """Evidence that customer service added later: the attachments are the record of it."""
        later = [each for each in self._of_problem() if each.bound_at > self.ticket.created_at]
        return [
            self._addition(moment, list(added)) for moment, added in groupby(later, attrgetter("bound_at"))
        ]

    def _addition(self, moment: datetime, added: list[Attachment]) -> Stage:
        begun = [round_ for round_ in self.rounds if round_.started_at <= moment]
        by = person(*added[0].uploader)
        return Stage(
            kind="evidence",
            label="补充图片",
            actor=str(by),
            role=by.affiliation,
            at=moment,
            text="",
            text_label="",
            round_no=begun[-1].number if begun else 1,
            tone="neutral",
            pictures=tuple(exhibits(added, "补充图片", self.mask)),
        )

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
            self._round_by_pk[event.round_id].number - 1
            for event in self.events
            if event.kind == EventKind.RETURNED
        }
        return [round_ for round_ in self.rounds if round_.number in numbers]

    def _message(self, message: Said) -> Stage:
        label = message.get_audience_display()
        sent_along = [each for each in self.attachments if each.message_id == message.pk]
        return Stage(
            kind="note" if message.is_internal else "message",
            label=label,
            actor=message.author_name,
            role=message.author_role,
            at=message.at,
            text=self.mask(message.text),
            text_label="",
            round_no=self._round_by_pk[message.round_id].number,
            tone="review" if message.is_internal else "info",
            private=message.is_internal,
            pictures=tuple(exhibits(sent_along, f"{label}图片", self.mask)),
        )

    def last_act(self) -> Act | None:
        """The last thing that a person did (not the system)."""
        return next((event for event in reversed(self.events) if event.actor_id), None)

    def _alert(self, alert: Rung) -> Stage:
        """A rung of the ladder below the deadline; the deadline itself is an event."""
        return Stage(
            kind="alert",
            label=alert.get_level_display(),
            actor=SYSTEM_NAME,
            role=SYSTEM_ROLE,
            at=alert.occurred_at,
            text="",
            text_label="",
            round_no=self._round_by_pk[alert.round_id].number,
            tone="warn",
        )

    def _stage(self, event: Act) -> Stage:
        round_ = self._round_by_pk[event.round_id]
        text, outcome = self.mask(event.text), ""
        took = allowed = None
        late = False
        pictures = []
        if event.kind == EventKind.OPENED:
            first = [each for each in self._of_problem() if each.bound_at <= self.ticket.created_at]
            pictures = exhibits(first, "问题图片", self.mask)
        if event.kind == EventKind.SUBMITTED:
            pictures = self.result_exhibits(round_)
            outcome = self.results[round_.pk].outcome
            took, allowed = self.took(round_), self.allowed(round_)
            late = round_.overdue_at is not None
        elif event.kind in (EventKind.APPROVED, EventKind.RETURNED) and (reviewed := self._reviewed(event)):
            took = event.occurred_at - reviewed.submitted_at
        elif event.kind == EventKind.OVERDUE:
            text = f"超过时限 {span_words(self.allowed(round_))}，截止时间 {moment_words(round_.due_at)}"
        tone = "bad" if late else TONES.get(event.kind, "neutral")
        return Stage(
            kind=event.kind,
            label=event.get_kind_display(),
            actor=event.actor_name,
            role=event.actor_role,
            at=event.occurred_at,
            text=text,
            text_label=TEXT_LABELS.get(event.kind, ""),
            round_no=round_.number,
            tone=tone,
            outcome=outcome,
            outcome_label=Outcome(outcome).label if outcome else "",
            took=took,
            allowed=allowed,
            late=late,
            pictures=tuple(pictures),
            reason=event.reason_name,
            repeats=self.repeats(round_) if event.kind == EventKind.SUBMITTED else "",
        )

    def _reviewed(self, event: Act) -> Round | None:
        """The round whose result a review was about: a return is recorded where that round ended."""
        return next(
            (r for r in reversed(self.rounds) if r.submitted_at and r.submitted_at <= event.occurred_at), None
        )


def _by_round(rows: Iterable) -> dict[int, list]:
    by_round = defaultdict(list)
    for row in rows:
        by_round[row.round_id].append(row)
    return by_round
