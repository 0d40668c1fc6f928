"""The verbs of ``Round`` about a missed deadline: acknowledge, exempt, take that back, and open an incident."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from merchants.access import Role

from ..clock import database_now
from ..lifecycle import AlreadyHandled, Archived, Refused
from ..wording import check_note, check_text
from .acknowledgement import Acknowledgement
from .exemption import Exemption
from .incident import Incident

NOT_LATE = "该轮次没有超时，不能{}"


class LateVerbs:
    """Managers only, and only for a round that is or was late. None of them touches the clock or the ticket."""

    def acknowledge(self, *, by_user, note: str = "", at: datetime | None = None) -> Acknowledgement:
        """确认: this manager has seen that the round is late. Once; whoever comes second hears ``AlreadyHandled``."""
        note = check_note(note, "确认说明")
        with self._late("确认", by_user, at) as now:
            if Acknowledgement.objects.filter(round=self).exists():
                raise AlreadyHandled
            return Acknowledgement.objects.create(
                round=self, note=note, by=by_user, by_name=str(by_user), at=now
            )

    def exempt(self, *, by_user, reason: str, at: datetime | None = None) -> Exemption:
        """豁免: the missed deadline stays on record, and the figures say what they are without it."""
        reason = check_text(reason, "豁免原因")
        with self._late("豁免", by_user, at) as now:
            if self.exemptions.active().exists():
                raise AlreadyHandled
            return Exemption.objects.create(
                round=self, reason=reason, by=by_user, by_name=str(by_user), at=now
            )

    def revoke_exemption(self, *, by_user, reason: str, at: datetime | None = None) -> None:
        """取消豁免: the missed deadline counts again; who had exempted it and why stays on record."""
        reason = check_text(reason, "取消豁免的原因")
        with self._late("取消豁免", by_user, at) as now:
            exemption = self.exemptions.active().first()
            if exemption is None:
                raise AlreadyHandled
            exemption.revoked_reason, exemption.revoked_at = reason, now
            exemption.revoked_by, exemption.revoked_by_name = by_user, str(by_user)
            exemption.save(update_fields=["revoked_reason", "revoked_at", "revoked_by", "revoked_by_name"])

    def open_incident(self, *, by_user, at: datetime | None = None) -> Incident:
        """登记异常: begin the loop of 异常处理. One at a time for a round."""
        with self._late("登记异常", by_user, at) as now:
            if self.incidents.open().exists():
                raise AlreadyHandled
            return Incident.objects.create(
                round=self, opened_by=by_user, opened_by_name=str(by_user), opened_at=now
            )

    @contextmanager
    def _late(self, label: str, by_user, at: datetime | None) -> Iterator[datetime]:
        """One transaction with the round locked, by a manager, and late."""
        if by_user.role != Role.MANAGER:
            raise Refused(f"您的角色不能执行“{label}”")
        with transaction.atomic():
            self.refresh_from_db(from_queryset=type(self).objects.select_for_update(no_key=True))
            if type(self).objects.filter(pk=self.pk, ticket__archived_at__isnull=False).exists():
                raise Archived
            now = at or database_now()
            if not self.is_late(now):
                raise Refused(NOT_LATE.format(label))
            yield now
