"""Tells a story through the verbs: who does what, in which words, and what it does to the order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from uuid import UUID, uuid4

from tickets.models import Attachment, Purpose, ReasonCode, ReasonKind, Ticket, TicketDraft
from tickets.models.reason import REASON_OF_OUTCOME

from .consumers import invent_address, invent_phone
from .people import House
from .phrases import Phrases
from .pictures import Album
from .purchases import Happening, between
from .stories import Story

# The outcomes after which a refund, a new parcel or a new address has really happened.
SETTLED = {"solved", "partly"}
# A wrong order is noticed soon.
NOTICED = timedelta(minutes=4)
TRANSFER_REASON = "开单时看错了订单号，消费者说的是另一家店的商品，已与消费者核对。"
REMARK = "售后已与客户约定，见工单处理结果"
WORKING_ON_IT = "已收到，正在和仓库核对，查清后马上填写处理结果。"
THANKS = "好的，消费者比较着急，有进展请先在这里说一声。"
LOOK_AT_IT = "@{manager} 这单和上周的情况相似，麻烦帮忙看一下处理结果是否可以通过。"


class Teller:
    """One story and its ticket. ``happenings``: its verbs and what the answer does to the order, each with its time."""

    def __init__(self, story: Story, house: House, phrases: Phrases, album: Album, rng: Random):
        self.story, self.house, self.phrases, self.rng = story, house, phrases, rng
        self.case, self.purchase = story.case, story.purchase
        self.ticket = None
        self.settled_at = self._settled_at()
        self.problem_pictures = album.of_problem(story.shop.code, self.case)
        self.result_pictures = album.of_result(self.case) if self.settled_at else []
        self.new_parcel = self._new_parcel()
        self.slots = self._slots()
        self.happenings = [
            (story.opened_at, self._opening()),
            *self._steps(),
            *self._effects(),
            *self._talk(),
        ]
        if story.wrong_order:
            self.happenings.append(self._put_right())

    # What is fixed before the telling begins.

    def _settled_at(self) -> datetime | None:
        """When the case's own answer is given; the answers before it were sent back."""
        steps = self.story.plot.steps
        followed_by = [step.verb for step in steps[1:]]
        for step, follower, at in zip_longest(steps, followed_by, self.story.moments[1:]):
            if step.verb == "submit" and follower != "return":
                return at
        return None

    def _new_parcel(self):
        if self.case.then != "reship" or self.settled_at is None:
            return None
        return self.purchase.new_parcel(
            self.rng, self.settled_at.replace(microsecond=0) - timedelta(minutes=5)
        )

    def _slots(self) -> dict[str, str]:
        """What the words say about this order."""
        phone = self.purchase.order.phone
        parcels = self.purchase.parcels
        return {
            "item": self.story.shop.goods[self.case.goods].short,
            "phone": phone,
            "spaced_phone": f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
            "other_phone": invent_phone(self.rng),
            "carrier": parcels[0].carrier if parcels else "快递",
            "new_tracking": self.new_parcel.tracking_number if self.new_parcel else "",
            "paid": str(self.purchase.order.paid_amount),
            "refund": str(self.purchase.price_of(self.case.refund, self.case.goods))
            if self.case.refund
            else "",
        }

    # The verbs.

    def _opening(self) -> Callable[[], None]:
        case, at = self.case, self.story.opened_at
        problem = self.phrases.dress(case.problem, case.category).format_map(self.slots)
        draft = TicketDraft(
            self.story.wrong_order or self.purchase.order, self.story.category, case.urgency, problem
        )
        by_user = self._somebody_of_service()

        def open_ticket():
            keys = stage(self.problem_pictures, at, by_user, Purpose.PROBLEM, tray=uuid4())
            self.ticket = Ticket.open(replace(draft, attachments=keys), by_user=by_user, at=at)

        return open_ticket

    def _put_right(self) -> Happening:
        at, by_user = self.story.opened_at + NOTICED, self.house.support[0]
        order = self.purchase.order
        return at, lambda: self.ticket.transfer(by_user=by_user, order=order, reason=TRANSFER_REASON, at=at)

    def _steps(self) -> list[Happening]:
        told, steps = [], self.story.plot.steps
        reason = outcome = ""
        awaited = None  # the answer that the last reopening asked for
        for index, (step, at) in enumerate(zip(steps, self.story.moments[1:], strict=True)):
            if step.verb == "submit":
                if at == self.settled_at:
                    outcome, text = self.case.outcome, self.case.answer
                elif awaited:
                    outcome, text = awaited.outcome, awaited.answer
                else:
                    outcome, text, reason = self._not_good_enough(is_first=index == 0)
                if step.share > 1:
                    text = self.phrases.apologise(text, self.case.category)
                told.append((at, self._submit(outcome, text, at)))
                continue
            if step.verb == "reopen":
                awaited = self.phrases.again(self.case.category)
                reason = awaited.reason
            elif step.verb == "cancel":
                reason = self.phrases.cancelling(self.case.category)
            told.append((at, self._by_service(step.verb, reason, outcome, at)))
        return told

    def _not_good_enough(self, *, is_first: bool) -> tuple[str, str, str]:
        """(outcome, answer, why it comes back)"""
        if is_first and self.case.first:
            return "solved", self.case.first, self.case.sent_back
        thin = self.phrases.thin(self.case.category)
        return thin.outcome, thin.answer, thin.reason

    def _submit(self, outcome: str, text: str, at: datetime) -> Callable[[], None]:
        by_user = self.rng.choice(self.house.staff_of(self.story.shop.code))
        text = text.format_map(self.slots)
        code = self._reason(REASON_OF_OUTCOME.get(outcome), text)

        def submit():
            pictures = self.result_pictures if at == self.settled_at else []
            keys = stage(pictures, at, by_user, Purpose.RESULT, ticket=self.ticket)
            self.ticket.submit(
                by_user=by_user, outcome=outcome, text=text, code=code, attachments=keys, at=at
            )

        return submit

    def _reason(self, kind: str | None, words: str) -> ReasonCode | None:
        """One of the reasons; which one follows from the words, so that the dice fall as before."""
        codes = list(ReasonCode.objects.offered(kind, self.story.category.pk)) if kind else []
        return codes[len(words) % len(codes)] if codes else None

    def _by_service(self, verb: str, reason: str, outcome: str, at: datetime) -> Callable[[], None]:
        by_user = self._somebody_of_service()
        note = self.phrases.note(self.case.category, outcome)
        code = self._reason(ReasonKind.RETURN, reason) if verb == "return" else None
        return {
            "approve": lambda: self.ticket.approve(by_user=by_user, note=note, at=at),
            "return": lambda: self.ticket.return_to_merchant(
                by_user=by_user, reason=reason, code=code, at=at
            ),
            "cancel": lambda: self.ticket.cancel(by_user=by_user, reason=reason, at=at),
            "reopen": lambda: self.ticket.reopen(by_user=by_user, reason=reason, at=at),
        }[verb]

    def _somebody_of_service(self):
        return self.rng.choices([*self.house.support, self.house.manager], weights=[5, 3, 1])[0]

    # What is said beside it.

    def _talk(self) -> list[Happening]:
        """In some stories the merchant says a word while it works, and customer service a word among themselves."""
        which = len(self.case.problem)
        opened, *later = self.story.moments
        told = []
        asked, answered = opened + timedelta(minutes=8), opened + timedelta(minutes=11)
        if which % 3 == 0 and (not later or later[0] > answered + timedelta(minutes=1)):
            staff, service = self.house.staff_of(self.story.shop.code)[0], self.house.support[0]
            told.append((asked, self._say("add_message", staff, WORKING_ON_IT, asked)))
            told.append((answered, self._say("add_message", service, THANKS, answered)))
        checked = later[0] + timedelta(minutes=2) if later else None
        if which % 4 == 0 and checked and (not later[1:] or later[1] > checked + timedelta(minutes=1)):
            note = LOOK_AT_IT.format(manager=self.house.manager)
            told.append((checked, self._say("add_note", self.house.support[0], note, checked)))
        return told

    def _say(self, verb: str, by_user, text: str, at: datetime) -> Callable[[], None]:
        return lambda: getattr(self.ticket, verb)(by_user=by_user, text=text, at=at)

    # What the answer does to the order.

    def _effects(self) -> list[Happening]:
        if self.settled_at is None or self.case.outcome not in SETTLED:
            return []
        case, purchase, at = self.case, self.purchase, self.settled_at - timedelta(minutes=2)
        effects = []
        if case.refund:
            effects.append((at, lambda: purchase.refund(case.refund, case.goods)))
        if case.then == "reship":
            parcel = self.new_parcel
            arrived_at = parcel.shipped_at + between(self.rng, 18, 50)
            effects.append((at, lambda: purchase.send_again(parcel)))
            effects.append((arrived_at, lambda: purchase.deliver(parcel, arrived_at)))
        elif case.then == "address":
            address = invent_address(self.rng)
            effects.append((at, lambda: purchase.move_to(address)))
        elif case.then == "remark":
            effects.append((at, lambda: purchase.remark(REMARK)))
        return effects


def stage(pictures: list, at: datetime, by_user, purpose: Purpose, **place) -> list[UUID]:
    """Upload pictures with their captions; the keys by which a verb takes them along."""
    keys = []
    for upload, caption in pictures:
        attachment = Attachment.stage(upload, by_user=by_user, purpose=purpose, at=at, **place)
        attachment.describe(caption, by_user=by_user)
        keys.append(attachment.key)
    return keys
