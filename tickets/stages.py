"""The stages of a ticket (处理进度) for the eye: events, rungs of the ladder, messages and later photos, one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from .evidence.display import Exhibit, exhibits
from .lifecycle import EventKind, Outcome
from .models import Attachment, Round
from .models.event import SYSTEM_NAME, SYSTEM_ROLE
from .reading.rows import Act, Rung, Said, person
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


class Stages:
    """What a ``History`` holds, told stage by stage."""

    def __init__(self, history):
        self.history = history

    def in_order(self) -> list[Stage]:
        """All of them, oldest first, with what is said of the consumer masked."""
        told = self.history
        stages = [self._stage(event) for event in told.events] + [self._alert(alert) for alert in told.alerts]
        stages += self._additions()
        stages += [self._message(message) for message in told.messages]
        return sorted(stages, key=lambda stage: stage.at)

    def _additions(self) -> list[Stage]:
        """Evidence that customer service added later: the attachments are the record of it."""
        later = [each for each in self.history.of_problem() if each.bound_at > self.history.ticket.created_at]
        return [
            self._addition(moment, list(added)) for moment, added in groupby(later, attrgetter("bound_at"))
        ]

    def _addition(self, moment: datetime, added: list[Attachment]) -> Stage:
        begun = [round_ for round_ in self.history.rounds if round_.started_at <= moment]
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
            pictures=tuple(exhibits(added, "补充图片", self.history.mask)),
        )

    def _message(self, message: Said) -> Stage:
        label = message.get_audience_display()
        sent_along = [each for each in self.history.attachments if each.message_id == message.pk]
        return Stage(
            kind="note" if message.is_internal else "message",
            label=label,
            actor=message.author_name,
            role=message.author_role,
            at=message.at,
            text=self.history.mask(message.text),
            text_label="",
            round_no=self.history.round_by_pk[message.round_id].number,
            tone="review" if message.is_internal else "info",
            private=message.is_internal,
            pictures=tuple(exhibits(sent_along, f"{label}图片", self.history.mask)),
        )

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
            round_no=self.history.round_by_pk[alert.round_id].number,
            tone="warn",
        )

    def _stage(self, event: Act) -> Stage:
        round_ = self.history.round_by_pk[event.round_id]
        text, outcome = self.history.mask(event.text), ""
        took = allowed = None
        late = False
        pictures = []
        if event.kind == EventKind.OPENED:
            opened_at = self.history.ticket.created_at
            first = [each for each in self.history.of_problem() if each.bound_at <= opened_at]
            pictures = exhibits(first, "问题图片", self.history.mask)
        if event.kind == EventKind.SUBMITTED:
            pictures = self.history.result_exhibits(round_)
            outcome = self.history.results[round_.pk].outcome
            took, allowed = self.history.took(round_), self.history.allowed(round_)
            late = round_.overdue_at is not None
        elif event.kind in (EventKind.APPROVED, EventKind.RETURNED) and (reviewed := self._reviewed(event)):
            took = event.occurred_at - reviewed.submitted_at
        elif event.kind == EventKind.OVERDUE:
            allowed_words = span_words(self.history.allowed(round_))
            text = f"超过时限 {allowed_words}，截止时间 {moment_words(round_.due_at)}"
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
            repeats=self.history.repeats(round_) if event.kind == EventKind.SUBMITTED else "",
        )

    def _reviewed(self, event: Act) -> Round | None:
        """The round whose result a review was about: a return is recorded where that round ended."""
        answered = [each for each in self.history.rounds if each.submitted_at]
        return next((each for each in reversed(answered) if each.submitted_at <= event.occurred_at), None)
