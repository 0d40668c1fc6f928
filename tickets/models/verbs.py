"""The verbs of ``Ticket``: each checks what is allowed, changes the rows under a lock, and writes its event.

Every verb reloads the ticket under a row lock first, so that after a refusal the object shows what happened
meanwhile. ``seen_round`` is the round on the page the person acted from: an old page is refused even when the ticket
has come back to the same state. ``at`` stands in for the database's clock (demo data, replayed history).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Subquery

from ..lifecycle import OPEN_STATUSES, TRANSITIONS, AlreadyHandled, Archived, EventKind, Refused, Transition
from ..notifying import announcing
from ..searching import keeping
from ..wording import check_note, check_text
from ..worktime import ServiceTime
from .alert import Alert, AlertLevel
from .attachment import Attachment
from .catalogue import Policy, PolicyBook
from .draft import Draft
from .event import SYSTEM_NAME, SYSTEM_ROLE, Event
from .reason import ReasonCode, ReasonKind, check_reason, check_reason_fits
from .result import Result
from .round import CLOCK_COPY, Round


class Verbs:
    """The transitions of a ticket; ``Ticket`` brings the fields."""

    def submit(
        self,
        *,
        by_user,
        outcome: str,
        text: str,
        code: ReasonCode | None = None,
        attachments: Sequence[UUID] = (),
        seen_round: int | None = None,
        at: datetime | None = None,
    ):
        """提交工单: the merchant's written answer; hands over to customer service.

        ``code`` is the reason that 未解决 and 需平台协助 must give; ``attachments`` are the keys of what this
        person has staged for it. Raises ``ValidationError`` (fields ``outcome``, ``text``, ``unsolved_code``,
        ``platform_code``) for an answer that says nothing, no reason, or an attachment that is gone, ``AlreadyHandled``
        when the ticket moved on meanwhile, ``NotVisible`` when it is not this merchant's.
        """
        result = Result(outcome=outcome, text=text, reason_code=code, submitted_by=by_user)
        result.clean()
        with self._turn("submit", by_user, seen_round, at) as (transition, round_, now):
            round_.ticket = self  # whose category the result is held against
            result.round, result.submitted_at = round_, now
            result.save(force_insert=True)
            Attachment.bind(attachments, by_user=by_user, at=now, ticket=self, result=result)
            self._stop_clock(round_, now)
            round_.submitted_at = now
            round_.took = round_.counted(now)
            if round_.responded_after is None:
                round_.responded_after = round_.took
            round_.save(update_fields=["submitted_at", "took", "responded_after", *Round.CLOCK_FIELDS])
            self.result = result
            self._move(transition, now, "result", "stopped_at", "was_late")
            self._record(transition, round_, now, by_user, text=result.text, code=result.reason_code)
        return result

    def approve(
        self,
        *,
        by_user,
        note: str = "",
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> None:
        """审核通过: customer service accepts the result; the ticket is completed."""
        note = check_note(note, "审核意见")
        with self._turn("approve", by_user, seen_round, at, seen_status) as (transition, round_, now):
            self._close(round_, now)
            self.completed_at = now
            self._move(transition, now, "completed_at")
            self._record(transition, round_, now, by_user, text=note)

    def return_to_merchant(
        self,
        *,
        by_user,
        reason: str,
        code: ReasonCode | None,
        seen_round: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """退回商家: the result is not enough; the merchant's next round begins, with a deadline of its own.

        Raises ``ValidationError`` without a ``code`` (退回类别) or without words.
        """
        reason = check_text(reason, "退回原因")
        check_reason(code, ReasonKind.RETURN, "code")
        with self._turn("return", by_user, seen_round, at) as (transition, round_, now):
            check_reason_fits(code, self.category_id, "code")
            self._close(round_, now)
            self._next_round(transition, now, by_user, reason, is_returned=True, code=code)

    def last_returned_result(self) -> Result | None:
        """The answer of this ticket's merchant that came back last, if one ever did."""
        if self.round_no == 1:
            return None
        returned = self.events.filter(kind=EventKind.RETURNED).order_by("-occurred_at", "-pk")
        began = returned.values("round__number")[:1]  # the round that began with it
        results = Result.objects.filter(round__ticket=self.pk, round__merchant=self.merchant_id)
        return results.filter(round__number__lt=Subquery(began)).order_by("-round__number").first()

    def cancel(
        self,
        *,
        by_user,
        reason: str,
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> None:
        """撤销工单: the matter is void; nobody has to answer any more.

        ``seen_status`` is the state on the page: an answer that came meanwhile is not thrown away unread.
        """
        reason = check_text(reason, "撤销原因")
        with self._turn("cancel", by_user, seen_round, at, seen_status) as (transition, round_, now):
            self._end(round_, now)
            self._move(transition, now, "stopped_at", "was_late")
            self._record(transition, round_, now, by_user, text=reason)

    def reopen(
        self, *, by_user, reason: str, seen_round: int | None = None, at: datetime | None = None
    ) -> None:
        """重新打开: a completed ticket goes back to the merchant in a new round; the earlier rounds stay."""
        reason = check_text(reason, "重新打开的原因")
        with self._turn("reopen", by_user, seen_round, at) as (transition, _, now):
            self._next_round(transition, now, by_user, reason, is_returned=False)

    # What the verbs are made of.

    @contextmanager
    def _turn(
        self, verb: str, by_user, seen_round: int | None, at: datetime | None, seen_status: str = ""
    ) -> Iterator[tuple[Transition, Round, datetime]]:
        """One transaction with the ticket and its current round locked, and every guard passed.

        Locks are taken in the order ticket, round. The deadline scan locks rounds only, so the two never wait for
        each other in a circle.
        """
        transition = TRANSITIONS[verb]
        with transaction.atomic():
            self._lock_for(by_user)
            self._guard(transition, by_user, seen_round, seen_status)
            round_ = Round.objects.locked(self)
            yield transition, round_, at or round_.read_at

    def _guard(self, transition: Transition, by_user, seen_round: int | None, seen_status: str) -> None:
        if by_user is not None and by_user.role not in transition.roles:
            raise Refused(f"您的角色不能执行“{transition.label}”")
        if self.archived_at:
            raise Archived
        if self.has_moved_on(transition, seen_round, seen_status):
            raise AlreadyHandled

    def has_moved_on(self, transition: Transition, seen_round: int | None, seen_status: str = "") -> bool:
        """Whether the ticket is not (any more) where a verb could start, or where a page showed it."""
        return (
            self.status not in transition.sources
            or seen_round not in (None, self.round_no)
            or seen_status not in ("", self.status)
        )

    def _move(self, transition: Transition, now: datetime, *changed: str) -> None:
        self._came_from = self.status
        self.status = transition.target
        self.is_open = transition.target in OPEN_STATUSES
        self.handled_at = now
        self.save(update_fields=["status", "is_open", "handled_at", *changed])

    def _record(
        self,
        transition: Transition,
        round_: Round,
        now: datetime,
        by_user,
        text: str = "",
        recorded_at: datetime | None = None,
        code: ReasonCode | None = None,
    ) -> None:
        event = self.event(
            transition.event, round_=round_, at=now, by_user=by_user, text=text, recorded_at=recorded_at
        )
        event.from_status = self._came_from
        if code is not None:
            event.reason_code, event.reason_name = code, code.name
        event.save(force_insert=True)
        keeping.keep(self.pk)
        announcing.tell_event(self, event)
        if by_user:
            Draft.use(by_user, transition.verb, ticket=self)

    def _stop_clock(self, round_: Round, now: datetime) -> None:
        """End the merchant's clock. A missed deadline that no scan has seen yet is recorded here: never lost."""
        self._climb(round_, now)
        round_.stop()
        self.stopped_at = now
        if round_.is_asked:
            self._lapse_extension(round_, now)

    def _end(self, round_: Round, now: datetime) -> None:
        """End the round whether its clock runs, stands or has stopped; a pause ends and a wish lapses with it."""
        if round_.paused_at:
            pause = self._open_pause(round_)
            if pause.until <= now:  # the clock has been going since then, though no scan has come
                self._go_on(round_, pause, pause.until, None, now)
            else:
                self._end_pause(pause, now)
                self._lapse_extension(round_, now)
                self.stopped_at = round_.paused_at
        if round_.is_running:
            self._stop_clock(round_, now)
        self._close(round_, now)

    def _climb(self, round_: Round, now: datetime) -> None:
        """Record the rungs of the alert ladder that no scan has seen yet."""
        reached = round_.climb(now)
        Alert.objects.bulk_create(reached)
        if any(alert.level == AlertLevel.URGENT for alert in reached):
            overdue = self.event(EventKind.OVERDUE, round_=round_, at=round_.due_at, recorded_at=now)
            overdue.from_status = self.status
            overdue.save(force_insert=True)
        self.was_late = self.was_late or round_.overdue_at is not None

    def _close(self, round_: Round, now: datetime) -> None:
        round_.is_open, round_.closed_at = False, now
        round_.save(update_fields=["is_open", "closed_at", *Round.CLOCK_FIELDS])

    def _next_round(
        self,
        transition: Transition,
        now: datetime,
        by_user,
        reason: str,
        *,
        is_returned: bool,
        code: ReasonCode | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        """The merchant's turn begins; ``also`` are the columns of the ticket that the verb itself has changed."""
        book = PolicyBook()
        policy = book.find(self.category_id, self.urgency)
        self.round_no += 1
        self.is_returned = is_returned
        self.result = self.completed_at = None
        round_ = self.new_round(policy, book.service_time(policy), now)
        round_.save(force_insert=True)
        self._move(
            transition,
            now,
            "round_no",
            "is_returned",
            "result",
            "completed_at",
            *CLOCK_COPY,
            "stopped_at",
            *also,
        )
        self._record(transition, round_, now, by_user, text=reason, code=code)

    def new_round(self, policy: Policy, service: ServiceTime, now: datetime) -> Round:
        """The round that begins now, unsaved, with the deadline its policy gives; the ticket's copy of it is set."""
        round_ = Round(
            ticket=self,
            merchant_id=self.merchant_id,
            number=self.round_no,
            urgency=self.urgency,
            started_at=now,
        )
        round_.begin(policy, service)
        self._copy_clock(round_)
        self.stopped_at = None
        return round_

    def _copy_clock(self, round_: Round) -> None:
        for name in CLOCK_COPY:
            setattr(self, name, getattr(round_, name))

    def event(
        self,
        kind: EventKind,
        *,
        round_: Round,
        at: datetime,
        by_user=None,
        text: str = "",
        from_status: str = "",
        recorded_at: datetime | None = None,
    ) -> Event:
        """The record of what just happened, unsaved. Without ``by_user`` it was the system."""
        return Event(
            ticket=self,
            round=round_,
            kind=kind,
            actor=by_user,
            actor_name=str(by_user) if by_user else SYSTEM_NAME,
            actor_role=by_user.affiliation if by_user else SYSTEM_ROLE,
            from_status=from_status,
            to_status=self.status,
            text=text,
            occurred_at=at,
            recorded_at=recorded_at or at,
        )
