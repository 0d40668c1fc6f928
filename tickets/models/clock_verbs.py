"""The verbs of ``Ticket`` that touch its clock without ending the round: hold, resume, remind, and extending."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from ..lifecycle import TRANSITIONS, AlreadyHandled, EventKind, Refused
from ..timeliness import moment_words, span_words
from ..wording import check_note, check_text
from .catalogue import Policy
from .event import Event
from .extension import Extension
from .pause import Pause
from .round import CLOCK_COPY, Round

# 催办 at most once in this time (product.md, Life of a ticket).
REMIND_AFTER = timedelta(minutes=15)
HOLD_HOURS = 48
# A deadline may be put off by as much as the longest one there is.
LONGEST_EXTENSION = timedelta(minutes=Policy.LONGEST_MINUTES)
EXTENDED_TOO_FAR = f"最多延期{LONGEST_EXTENSION.days}天"
HOLD_MISSING = "请填写挂起原因和下次联系时间"


class ClockVerbs:
    """Verbs of a ticket whose round goes on afterwards; ``Verbs`` brings the guard and the record."""

    def hold(
        self,
        *,
        by_user,
        reason: str,
        until: datetime | None,
        seen_round: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """挂起: the clock stands until ``until``, when it goes on by itself, or until somebody resumes the ticket.

        Raises ``ValidationError`` (fields ``reason``, ``until``) without a reason, for a time that has passed, or when
        the round would stand for longer than its policy allows.
        """
        try:
            reason = check_text(reason, "挂起原因")
        except ValidationError as error:
            raise ValidationError(
                {"reason": HOLD_MISSING if not (reason or "").strip() else error.messages}
            ) from error
        if until is None:
            raise ValidationError({"until": HOLD_MISSING})
        with self._turn("hold", by_user, seen_round, at) as (transition, round_, now):
            if until <= now:
                raise ValidationError({"until": "下次联系时间必须晚于现在"})
            allowed = timedelta(hours=round_.policy.hold_hours if round_.policy else HOLD_HOURS)
            left = allowed - held_time(round_)
            if until - now > left:
                words = f"最晚可到 {moment_words(now + left)}" if left > timedelta() else "不能再挂起"
                raise ValidationError({"until": f"每轮累计最多挂起{span_words(allowed)}，{words}"})
            self._climb(round_, now)
            round_.pause(now)
            round_.save(update_fields=Round.CLOCK_FIELDS)
            Pause.objects.create(round=round_, reason=reason, started_at=now, until=until, by=by_user)
            self._move(transition, now, "was_late")
            text = f"{reason}\n下次联系时间：{moment_words(until)}"
            self._record(transition, round_, now, by_user, text=text)

    def resume(self, *, by_user=None, seen_round: int | None = None, at: datetime | None = None) -> None:
        """恢复: the clock goes on with what was left.

        Without ``by_user`` it is the time that had been set, and before that time ``AlreadyHandled``. Whoever comes
        after that time only brings to light that the clock has been going since then.
        """
        with self._turn("resume", by_user, seen_round, at) as (_, round_, now):
            pause = self._open_pause(round_)
            if pause.until <= now:
                self._go_on(round_, pause, pause.until, None, now)
            elif by_user:
                self._go_on(round_, pause, now, by_user, now)
            else:
                raise AlreadyHandled

    def remind(
        self,
        *,
        by_user,
        note: str = "",
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> int:
        """催办: ask the merchant to hurry; returns how many times the round has been reminded, this one included.

        ``Refused`` within 15 minutes of the last time.
        """
        note = check_note(note, "催办说明")
        with self._turn("remind", by_user, seen_round, at, seen_status) as (transition, round_, now):
            earlier = list(
                Event.objects.filter(ticket=self, round=round_, kind=EventKind.REMINDED).values_list(
                    "occurred_at", flat=True
                )
            )
            if earlier and now - earlier[-1] < REMIND_AFTER:
                wait = REMIND_AFTER - (now - earlier[-1])
                raise Refused(f"15分钟内只能催办一次，请{span_words(wait)}后再试")
            self._stay(transition, round_, now, by_user, text=note)
        return len(earlier) + 1

    def ask_extension(
        self,
        *,
        by_user,
        reason: str,
        due_wanted: datetime | None,
        seen_round: int | None = None,
        at: datetime | None = None,
    ) -> Extension:
        """申请延期: the merchant asks for a later deadline. Until it is granted the old one stands.

        Raises ``ValidationError`` (fields ``reason``, ``due_wanted``), ``Refused`` when the deadline has passed or a
        request is waiting already.
        """
        reason = check_text(reason, "延期原因")
        if due_wanted is None:
            raise ValidationError({"due_wanted": "请填写希望延期到的时间"})
        with self._turn("extend", by_user, seen_round, at) as (transition, round_, now):
            if now >= round_.due_at:
                raise Refused("已超过截止时间，不能再申请延期")
            if round_.extensions.filter(answer=Extension.Answer.PENDING).exists():
                raise Refused("已有待答复的延期申请，请等待客服处理")
            if due_wanted <= round_.due_at:
                raise ValidationError(
                    {"due_wanted": f"希望延期到的时间必须晚于现在的截止时间 {moment_words(round_.due_at)}"}
                )
            if due_wanted - round_.due_at > LONGEST_EXTENSION:
                raise ValidationError({"due_wanted": EXTENDED_TOO_FAR})
            extension = Extension.objects.create(
                round=round_,
                reason=reason,
                due_before=round_.due_at,
                due_wanted=due_wanted,
                asked_by=by_user,
                asked_at=now,
            )
            self._respond(round_, now)
            text = f"{reason}\n希望延期到：{moment_words(due_wanted)}"
            self._stay(transition, round_, now, by_user, text=text)
        return extension

    def grant_extension(
        self, *, by_user, words: str = "", seen_round: int | None = None, at: datetime | None = None
    ) -> None:
        """同意延期: the deadline moves to the time that was asked for. Not once it has been missed."""
        words = check_note(words, "答复说明")
        with self._turn("grant", by_user, seen_round, at) as (transition, round_, now):
            extension = self._pending_extension(round_)
            if now >= round_.due_at:
                raise Refused("工单已超过原截止时间，不能再同意延期")
            if extension.due_wanted - round_.due_at > LONGEST_EXTENSION:
                raise Refused(EXTENDED_TOO_FAR)
            extension.due_before = round_.due_at  # a pause since then may have moved it
            self._answer(extension, Extension.Answer.GRANTED, by_user, now, words)
            self._climb(round_, now)
            round_.extend(extension.due_wanted)
            round_.save(update_fields=Round.CLOCK_FIELDS)
            self._copy_clock(round_)
            self.save(update_fields=CLOCK_COPY)
            text = "\n".join(filter(None, [words, f"新的截止时间：{moment_words(round_.due_at)}"]))
            self._stay(transition, round_, now, by_user, text=text)

    def decline_extension(
        self, *, by_user, reason: str, seen_round: int | None = None, at: datetime | None = None
    ) -> None:
        """不同意延期: the deadline stays as it is."""
        reason = check_text(reason, "不同意的原因")
        with self._turn("decline", by_user, seen_round, at) as (transition, round_, now):
            extension = self._pending_extension(round_)
            self._answer(extension, Extension.Answer.DECLINED, by_user, now, reason)
            self._stay(transition, round_, now, by_user, text=reason)

    # What these verbs are made of.

    def _stay(self, transition, round_: Round, now: datetime, by_user, text: str) -> None:
        """Record something that left the ticket in its state."""
        self._came_from = self.status
        self._record(transition, round_, now, by_user, text=text)

    def _respond(self, round_: Round, now: datetime) -> None:
        """首次响应: the merchant has done something about the round, which is what counts, whatever it was."""
        if round_.responded_after is None:
            round_.responded_after = round_.counted(now)
            round_.save(update_fields=["responded_after"])

    def _pending_extension(self, round_: Round) -> Extension:
        extension = round_.extensions.filter(answer=Extension.Answer.PENDING).first()
        if extension is None:
            raise Refused("没有待答复的延期申请，可能已被处理")
        return extension

    def _answer(self, extension: Extension, answer: str, by_user, now: datetime, words: str) -> None:
        extension.answer, extension.words = answer, words
        extension.answered_by, extension.answered_at = by_user, now
        extension.save(update_fields=["due_before", "answer", "answered_by", "answered_at", "words"])

    def _lapse_extension(self, round_: Round, now: datetime, **which) -> None:
        """A request that nobody has answered goes with the clock it was about."""
        round_.extensions.filter(answer=Extension.Answer.PENDING, **which).update(
            answer=Extension.Answer.LAPSED, answered_at=now
        )

    def _open_pause(self, round_: Round) -> Pause:
        return round_.pauses.get(ended_at__isnull=True)

    def _end_pause(self, pause: Pause, now: datetime) -> None:
        pause.ended_at = now
        pause.save(update_fields=["ended_at"])

    def _go_on(self, round_: Round, pause: Pause, moment: datetime, by_user, now: datetime) -> None:
        """The clock goes on from ``moment``, as is noticed now. A wish that the pause has fulfilled lapses."""
        self._end_pause(pause, moment)
        round_.resume(moment)
        round_.save(update_fields=Round.CLOCK_FIELDS)
        self._copy_clock(round_)
        self._lapse_extension(round_, now, due_wanted__lte=round_.due_at)
        transition = TRANSITIONS["resume"]
        self._move(transition, moment, *CLOCK_COPY)
        text = "" if by_user else "到了下次联系时间，自动恢复计时"
        self._record(transition, round_, moment, by_user, text=text, recorded_at=now)


def held_time(round_: Round) -> timedelta:
    """How long the clock of a round has stood so far, pauses that have ended."""
    spans = round_.pauses.filter(ended_at__isnull=False).values_list("started_at", "ended_at")
    return sum((end - start for start, end in spans), timedelta())
