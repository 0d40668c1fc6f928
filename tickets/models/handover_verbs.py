"""The verbs of ``Ticket`` that pass it on: to a colleague, to another merchant, into another ticket.

Whoever holds a ticket (``assignee``) is only named: nothing is locked, and anybody of the shop may still answer it.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists

from merchants.access import Role
from orders.models import Order

from ..lifecycle import EventKind, Refused, Status
from ..searching import keeping
from ..wording import check_text
from .round import Round

# What changes with the order that a ticket is about.
ORDER_FIELDS = ("order", "order_number", "merchant", "customer")


class HandoverVerbs:
    """Verbs that say who works on the ticket; ``Verbs`` brings the guard and the record."""

    @property
    def holder(self):
        """Who has taken the ticket upon themselves and can still work on it; else ``None``."""
        person = self.assignee if self.assignee_id else None
        return person if person and person.is_active and person.merchant_id == self.merchant_id else None

    def claim(
        self,
        *,
        by_user,
        take_over_from: int | None = None,
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> None:
        """认领: one of the shop takes the ticket upon themselves. To claim one's own again changes nothing.

        ``Refused`` when a colleague holds it, unless ``take_over_from`` is that colleague's key (接手).
        """
        with self._turn("claim", by_user, seen_round, at, seen_status) as (transition, round_, now):
            holder = self.holder
            if holder == by_user:
                return
            if holder and holder.pk != take_over_from:
                raise Refused(f"该工单已由{holder}认领；需要您来处理，请打开工单点“接手”")
            self._respond(round_, now)
            self._hand_to(by_user)
            text = f"接手，原处理人：{holder}" if holder else ""
            self._stay(transition, round_, now, by_user, text=text)

    def release(
        self, *, by_user, seen_round: int | None = None, seen_status: str = "", at: datetime | None = None
    ) -> None:
        """退回待认领: nobody in particular works on it any more. Whose it is says so, or the shop's owner."""
        with self._turn("release", by_user, seen_round, at, seen_status) as (transition, round_, now):
            if self.assignee_id is None:
                raise Refused("该工单还没有人认领")
            holder = self.holder
            if holder and holder != by_user and by_user.role != Role.MERCHANT_OWNER:
                raise Refused(f"该工单由{holder}处理，只有本人或商户管理员可以退回待认领")
            text = "" if self.assignee_id == by_user.pk else f"原处理人：{self.assignee}"
            self._hand_to(None)
            self._stay(transition, round_, now, by_user, text=text)

    def assign(
        self,
        *,
        by_user,
        to,
        reason: str,
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> None:
        """转派同事: one of the shop's people is to work on it.

        Raises ``ValidationError`` (fields ``reason``, ``to``): for somebody who does not work for this merchant, or who
        has it already.
        """
        reason = check_text(reason, "转派原因")
        with self._turn("assign", by_user, seen_round, at, seen_status) as (transition, round_, now):
            if to.merchant_id != self.merchant_id or not to.is_active:
                raise ValidationError({"to": f"{to}不是该商户在用的账号，请选择其他同事"})
            if to.pk == self.assignee_id:
                raise ValidationError({"to": f"该工单已由{to}处理，请选择其他同事"})
            if by_user.is_merchant:
                self._respond(round_, now)
            self._hand_to(to)
            self._stay(transition, round_, now, by_user, text=f"{reason}\n处理人：{to}")

    def transfer(
        self,
        *,
        by_user,
        order: Order,
        reason: str,
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> None:
        """转派商户: the order was the wrong one; with the right one the ticket goes to its merchant.

        The round of the merchant before ends here and keeps its lateness; a round with a deadline of its own begins.
        Where the right order is of the same merchant only the order is put right: round, state and clock go on.
        Raises ``ValidationError`` (fields ``reason``, ``order_number``).
        """
        reason = check_text(reason, "转派原因")
        with self._turn("transfer", by_user, seen_round, at, seen_status) as (transition, round_, now):
            if order.pk == self.order_id:
                raise ValidationError({"order_number": "工单现在就是这个订单，请填写正确的订单号"})
            if not order.merchant.is_active:
                raise ValidationError({"order_number": f"商户「{order.merchant}」已停用，工单无人处理"})
            before = self.order
            if order.merchant_id == self.merchant_id:
                self._be_about(order, now)
                self.save(update_fields=ORDER_FIELDS)
                text = f"{reason}\n更正订单：{before.number} → {order.number}，商户不变"
                self._stay(transition, round_, now, by_user, text=text)
                return
            self._end(round_, now)
            text = f"{reason}\n原商户：{self.merchant}（订单 {before.number}）"
            self._be_about(order, now)
            self.assignee = None
            text = f"{text}\n新商户：{self.merchant}（订单 {order.number}）"
            also = (*ORDER_FIELDS, "assignee", "was_late")
            self._next_round(transition, now, by_user, text, is_returned=False, also=also)

    def merge(
        self,
        *,
        by_user,
        into,
        reason: str,
        seen_round: int | None = None,
        seen_status: str = "",
        at: datetime | None = None,
    ) -> None:
        """合并重复: the same matter has another ticket; this one is cancelled and leads there.

        Raises ``ValidationError`` (fields ``reason``, ``into``) when the other cannot take it: it must be a ticket of
        the same merchant and of the same order or consumer, neither cancelled nor put away.
        """
        reason = check_text(reason, "合并原因")
        if into.pk == self.pk:
            raise ValidationError({"into": "不能合并到工单自己"})
        with transaction.atomic():
            self._lock_both(into)
            with self._turn("merge", by_user, seen_round, at, seen_status) as (transition, round_, now):
                if refusal := self._cannot_merge_into(into):
                    raise ValidationError({"into": refusal})
                self._end(round_, now)
                self.merged_into = into
                self._move(transition, now, "stopped_at", "was_late", "merged_into")
                self._record(transition, round_, now, by_user, text=f"{reason}\n并入 {into.number}")
                theirs = Round.objects.get(ticket=into, number=into.round_no)
                told = into.event(
                    EventKind.MERGED,
                    round_=theirs,
                    at=now,
                    by_user=by_user,
                    text=f"{reason}\n{self.number} 并入本工单",
                    from_status=into.status,
                )
                told.save(force_insert=True)
                keeping.keep(into.pk)

    def duplicates(self):
        """The tickets that this one could be merged into, newest first: none that ``merge`` would refuse."""
        same = type(self).objects.filter(order=self.order_id)
        if self.customer_id:
            same |= type(self).objects.filter(customer=self.customer_id)
        leads_here = Exists(type(self).objects.filter(merged_into=self.pk))
        return (
            same.filter(~leads_here, merchant=self.merchant_id, archived_at=None)
            .exclude(pk=self.pk)
            .exclude(status=Status.CANCELLED)
            .order_by("-created_at", "-id")
        )

    # What these verbs are made of.

    def _hand_to(self, person) -> None:
        self.assignee = person
        self.save(update_fields=["assignee"])

    def _be_about(self, order: Order, now: datetime) -> None:
        """Another order, with its merchant and consumer; the facts of the one before stay among the kept ones."""
        self.snapshot.renew(self.order, order, now)
        self.order, self.order_number = order, order.number
        self.merchant, self.customer_id = order.merchant, order.customer_id

    def _lock_both(self, other) -> None:
        """Two tickets, always in the same order: two people who merge them crosswise do not wait in a circle."""
        rows = type(self).objects.select_for_update(no_key=True).filter(pk__in=[self.pk, other.pk])
        list(rows.order_by("pk").values_list("pk"))
        other.refresh_from_db()

    def _cannot_merge_into(self, other) -> str:
        if other.merged_into_id:
            return f"{other} 已合并到其他工单，请填写合并后的那一张"
        if other.status == Status.CANCELLED:
            return f"{other} 已撤销，不能合并到它"
        if other.archived_at:
            return f"{other} 已归档，不能合并到它"
        if other.merchant_id != self.merchant_id:
            return f"{other} 属于其他商户，不能合并"
        same_consumer = self.customer_id and other.customer_id == self.customer_id
        if other.order_id != self.order_id and not same_consumer:
            return f"{other} 不是同一订单或同一消费者的工单，不能合并"
        if self.merged_tickets.exists():
            return "已有工单并入本工单，不能再合并；请把另一张合并到本工单"
        return ""
