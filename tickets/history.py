"""What has happened to a ticket, as its page tells it: stages and rounds, time used against time allowed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.mentions import mask_about

from .explaining import Explanation, counted_time, explain
from .lifecycle import EventKind, Outcome
from .models import Alert, AlertLevel, Event, Extension, Rating, Result, Round, Ticket
from .models.event import SYSTEM_NAME, SYSTEM_ROLE
from .models.rating import MOST_STARS
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
    EventKind.RATED: "评价",
}


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
    """Everything that happened to one ticket. Seven statements, whatever the number of rounds."""

    def __init__(self, ticket: Ticket, now: datetime):
        self.ticket, self.now = ticket, now
        rounds = (
            Round.objects.filter(ticket=ticket)
            .select_related("merchant", "calendar", "rating__by__merchant")
            .order_by("number")
        )
        self.rounds = list(rounds.prefetch_related("pauses", "extensions", "exemptions"))
        self._round_by_pk = {round_.pk: round_ for round_ in self.rounds}
        self.results = {
            result.round_id: result
            for result in Result.objects.filter(round__in=self._round_by_pk).select_related(
                "submitted_by__merchant"
            )
        }
        self.events = list(Event.objects.filter(ticket=ticket).order_by("occurred_at", "id"))
        self.alerts = list(Alert.objects.filter(ticket=ticket).exclude(level=AlertLevel.URGENT))

    @property
    def current_round(self) -> Round:
        return self.rounds[-1]

    def round_lines(self) -> list[RoundLine]:
        """The rounds, first to last."""
        return [
            RoundLine(
                number=round_.number,
                merchant=round_.merchant.name,
                started_at=round_.started_at,
                due_at=round_.due_at,
                submitted_at=round_.submitted_at,
                took=self.took(round_),
                allowed=self.allowed(round_),
                late=round_.is_late(self.now),
                exempted=any(exemption.revoked_at is None for exemption in round_.exemptions.all()),
                pk=round_.pk,
            )
            for round_ in self.rounds
        ]

    def took(self, round_: Round) -> timedelta | None:
        """The service time a merchant took for a round, pauses left out; ``None`` before the answer."""
        return (
            counted_time(round_, list(round_.pauses.all()), round_.submitted_at)
            if round_.submitted_at
            else None
        )

    def allowed(self, round_: Round) -> timedelta:
        """The service time a merchant had for a round, extensions included."""
        return counted_time(round_, list(round_.pauses.all()), round_.due_at)

    def explanation(self, now: datetime) -> Explanation:
        """How the current round's deadline came about."""
        round_ = self.current_round
        pauses, extensions = list(round_.pauses.all()), list(round_.extensions.all())
        return explain(round_, pauses, extensions, now, self.ticket.order, self.ticket.snapshot.facts)

    @property
    def pending_extension(self) -> Extension | None:
        """The merchant's request that nobody has answered yet."""
        extensions = self.current_round.extensions.all()
        return next((each for each in extensions if each.answer == Extension.Answer.PENDING), None)

    @property
    def _rating(self) -> Rating | None:
        return getattr(self.current_round, "rating", None)

    @property
    def is_rated(self) -> bool:
        """Whether the consumer's word about the current round's completion is there."""
        return self._rating is not None and self._rating.stars is not None

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
            "words": mask_about(rating.words, self.ticket.order, self.ticket.snapshot.facts),
            "by": f"{rating.by}（{rating.by.affiliation}）记录" if rating.by else "消费者通过链接评价",
            "at": rating.at,
            "low": rating.is_low,
        }

    def stages(self) -> list[Stage]:
        """The events, oldest first, with what their texts say about the consumer masked."""
        stages = [self._stage(event) for event in self.events] + [self._alert(alert) for alert in self.alerts]
        return sorted(stages, key=lambda stage: stage.at)

    def last_act(self) -> Event | None:
        """The last thing that a person did (not the system)."""
        return next((event for event in reversed(self.events) if event.actor_id), None)

    def _alert(self, alert: Alert) -> Stage:
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

    def _stage(self, event: Event) -> Stage:
        round_ = self._round_by_pk[event.round_id]
        text, outcome = mask_about(event.text, self.ticket.order, self.ticket.snapshot.facts), ""
        took = allowed = None
        late = False
        if event.kind == EventKind.SUBMITTED:
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
        )

    def _reviewed(self, event: Event) -> Round | None:
        """The round whose result a review was about: a return is recorded where that round ended."""
        return next(
            (r for r in reversed(self.rounds) if r.submitted_at and r.submitted_at <= event.occurred_at), None
        )
