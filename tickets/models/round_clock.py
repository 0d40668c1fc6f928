"""The merchant's clock of one round: when it is due, when it stands, which rungs it has reached."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError

from ..timeliness import CRITICAL_BEFORE, overrun
from ..worktime import NoServiceTime, ServiceTime
from .alert import Alert, AlertLevel
from .calendar import ALWAYS
from .catalogue import Policy


class RoundClock:
    """What a ``Round`` does with its times, whose fields it brings. What changes them changes the object only; the verb
    that calls it saves ``CLOCK_FIELDS``.
    """

    CLOCK_FIELDS = (
        "is_running", "warn_at", "critical_at", "due_at", "overdue_at", "overdue_recorded_at",
        "alert_level", "next_alert_at", "paused_at", "skipped",
    )  # fmt: skip

    def begin(self, policy: Policy, service: ServiceTime) -> None:
        """Set the deadline that a policy gives a round starting at ``started_at``.

        Raises ``ValidationError`` when the policy's calendar never gets there.
        """
        self.policy, self.calendar_id = policy, policy.calendar_id
        try:
            self.warn_at = service.add(self.started_at, policy.warning_after)
            self.due_at = service.add(self.started_at, policy.deadline_after)
            self._place_critical(service, policy.deadline_after - CRITICAL_BEFORE)
        except NoServiceTime as error:
            raise ValidationError(
                f"服务日历「{policy.calendar}」没有可用的服务时间，无法计算截止时间，请联系主管"
            ) from error
        self.skipped = skipped_stretches(service, self.started_at, self.due_at)
        self._wait_for_next_alert()

    def is_late(self, now: datetime) -> bool:
        """Whether the deadline was missed, by the record or, where no scan has been yet, by the clock."""
        return self.overdue_at is not None or (self.is_running and self.due_at <= now)

    @property
    def stopped_at(self) -> datetime | None:
        """When the merchant's time ended: with the answer, else with the round."""
        return self.submitted_at or self.closed_at

    def overrun(self, now: datetime) -> timedelta | None:
        """How late it was, or is by ``now``; ``None`` for a round that missed no deadline."""
        return overrun(self.due_at, self.submitted_at, self.closed_at, now) if self.is_late(now) else None

    def counted(self, until: datetime) -> timedelta:
        """The service time of this round up to a moment, pauses left out."""
        from ..explaining import counted_time  # it speaks of rounds itself

        pauses = list(self.pauses.all()) if getattr(self, "was_paused", True) else []
        return counted_time(self, pauses, until)

    def service_time(self) -> ServiceTime:
        """The service time this round counts in."""
        return self.calendar.service_time() if self.calendar_id else ALWAYS

    def climb(self, now: datetime) -> list[Alert]:
        """The rungs of the alert ladder reached by ``now`` and not recorded yet, unsaved, with their true times."""
        reached = [
            Alert(ticket_id=self.ticket_id, round=self, level=level, occurred_at=moment, recorded_at=now)
            for level, moment in self.ladder()
            if level > self.alert_level and moment <= now
        ]
        if reached:
            self.alert_level = reached[-1].level
        if self.alert_level == AlertLevel.URGENT and self.overdue_at is None:
            self.overdue_at, self.overdue_recorded_at = self.due_at, now
        self._wait_for_next_alert()
        return reached

    def ladder(self) -> list[tuple[int, datetime]]:
        """The levels of the alert ladder with their times, in order."""
        return [
            (AlertLevel.WARNING, self.warn_at),
            (AlertLevel.CRITICAL, self.critical_at),
            (AlertLevel.URGENT, self.due_at),
        ]

    def stop(self) -> None:
        """The clock stops for good: the answer came, or the matter is void."""
        self.is_running, self.next_alert_at = False, None

    def pause(self, now: datetime) -> None:
        """The clock stands until ``resume``."""
        self.stop()
        self.paused_at = now
        self.skipped = cut_off(self.skipped, now)

    def resume(self, now: datetime) -> None:
        """The clock goes on: what was left when it stood is left now. What had passed by then stays as it was.

        A deadline agreed for a moment outside service time is never brought forward by a pause.
        """
        service = self.service_time()
        for name in ("warn_at", "critical_at", "due_at"):
            moment = getattr(self, name)
            if moment > self.paused_at:
                setattr(self, name, max(moment, service.add(now, service.between(self.paused_at, moment))))
        self.is_running, self.paused_at = True, None
        self.skipped = [*self.skipped, *skipped_stretches(service, now, self.due_at)]
        self._wait_for_next_alert()

    def extend(self, due_at: datetime) -> None:
        """A later deadline by agreement; 重要预警 moves with it, the first warning stays."""
        service = self.service_time()
        self.skipped = [*self.skipped, *skipped_stretches(service, self.due_at, due_at)]
        later = service.between(self.due_at, due_at)
        self.critical_at = min(service.add(self.critical_at, later), due_at)
        self.due_at = due_at
        self._wait_for_next_alert()

    def _place_critical(self, service: ServiceTime, after: timedelta) -> None:
        """重要预警: half an hour of service time before the deadline, never before the first warning."""
        moment = service.add(self.started_at, after) if after > timedelta() else self.warn_at
        self.critical_at = min(max(moment, self.warn_at), self.due_at)

    def _wait_for_next_alert(self) -> None:
        ahead = [moment for level, moment in self.ladder() if level > self.alert_level]
        self.next_alert_at = ahead[0] if ahead and self.is_running else None


def skipped_stretches(service: ServiceTime, start: datetime, end: datetime) -> list[dict[str, str]]:
    """The stretches between two moments that do not count, as they are kept: start, end, why."""
    return [
        {"start": piece.start.isoformat(), "end": piece.end.isoformat(), "why": piece.why}
        for piece in service.stretches(start, end)
        if not piece.counts
    ]


def cut_off(pieces: list[dict[str, str]], moment: datetime) -> list[dict[str, str]]:
    """Kept stretches up to a moment; one that it falls into ends there."""
    begun = [piece for piece in pieces if datetime.fromisoformat(piece["start"]) < moment]
    return [
        piece if datetime.fromisoformat(piece["end"]) <= moment else piece | {"end": moment.isoformat()}
        for piece in begun
    ]
