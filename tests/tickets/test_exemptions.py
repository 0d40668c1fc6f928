"""确认 and 豁免 of a late round: once, by a manager, with a reason, and kept as they were given."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from tests.factories import TicketFactory, returned_ticket, submitted_ticket, ticket_on_hold
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled, Refused
from tickets.models import Acknowledgement, Exemption, Round

HOUR = timedelta(hours=1)
WHY = "仓库停电半天，商户已提前告知"


@pytest.fixture
def late(order_a) -> Round:
    return TicketFactory(order=order_a, opened_ago=5 * HOUR).rounds.get()


@pytest.fixture
def in_time(order_a) -> Round:
    return TicketFactory(order=order_a).rounds.get()


VERBS = {
    "acknowledge": lambda round_, person: round_.acknowledge(by_user=person, note="已电话催促"),
    "exempt": lambda round_, person: round_.exempt(by_user=person, reason=WHY),
    "open_incident": lambda round_, person: round_.open_incident(by_user=person),
}


@pytest.fixture(params=VERBS.values(), ids=VERBS)
def verb(request):
    return request.param


def test_an_acknowledgement_says_who_when_and_what(late, zhuguan):
    before = database_now()
    late.acknowledge(by_user=zhuguan, note=" 已电话催促 ")
    said = Acknowledgement.objects.get(round=late)
    assert (said.by, said.by_name, said.note) == (zhuguan, "赵主管", "已电话催促")
    assert before <= said.at <= database_now()


def test_a_note_may_be_left_out(late, zhuguan):
    late.acknowledge(by_user=zhuguan)
    assert late.acknowledgement.note == ""


def test_each_is_done_once(late, zhuguan, verb):
    verb(late, zhuguan)
    with pytest.raises(AlreadyHandled, match="该工单已处理，请刷新后查看"):
        verb(late, zhuguan)


def test_a_round_that_is_in_time_is_refused_with_the_reason(in_time, zhuguan, verb):
    with pytest.raises(Refused, match="该轮次没有超时，不能"):
        verb(in_time, zhuguan)
    assert not Acknowledgement.objects.exists()
    assert not Exemption.objects.exists()


@pytest.mark.parametrize("who", ["kefu", "shangjia", "sysadmin"])
def test_only_managers_may(who, late, verb, request):
    with pytest.raises(Refused, match="您的角色不能执行"):
        verb(late, request.getfixturevalue(who))


def test_what_was_late_may_still_be_judged_after_the_answer(order_a, zhuguan, verb):
    ticket = submitted_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    assert verb(ticket.rounds.get(), zhuguan) is not None


def test_what_stood_still_before_its_deadline_is_not_late(order_a, zhuguan, verb):
    ticket = ticket_on_hold(order=order_a, opened_ago=9 * HOUR, after=HOUR, lasting=10 * HOUR)
    with pytest.raises(Refused, match="没有超时"):
        verb(ticket.rounds.get(), zhuguan)


def test_it_is_about_one_round_of_the_ticket(order_a, zhuguan):
    ticket = returned_ticket(order=order_a, opened_ago=30 * HOUR, after=6 * HOUR)
    first, second = ticket.rounds.order_by("number")
    first.exempt(by_user=zhuguan, reason=WHY)
    assert list(Round.objects.exempted()) == [first]
    assert list(Round.objects.exempted(yes=False)) == [second]


@pytest.mark.parametrize("reason", ["", "  ", "。。。"])
def test_exempting_and_taking_it_back_need_a_reason(reason, late, zhuguan):
    with pytest.raises(ValidationError, match="请填写豁免原因"):
        late.exempt(by_user=zhuguan, reason=reason)
    late.exempt(by_user=zhuguan, reason=WHY)
    with pytest.raises(ValidationError, match="请填写取消豁免的原因"):
        late.revoke_exemption(by_user=zhuguan, reason=reason)


def test_an_exemption_that_was_taken_back_stays_on_record_and_makes_room_for_another(late, zhuguan):
    late.exempt(by_user=zhuguan, reason=WHY)
    late.revoke_exemption(by_user=zhuguan, reason="核实后并未停电")
    assert not Round.objects.exempted().exists()
    late.exempt(by_user=zhuguan, reason="系统故障，商户无法提交")
    first, second = late.exemptions.all()
    assert (first.reason, first.revoked_reason, first.revoked_by_name) == (WHY, "核实后并未停电", "赵主管")
    assert second.revoked_at is None


def test_what_is_not_exempted_cannot_be_taken_back(late, zhuguan):
    with pytest.raises(AlreadyHandled):
        late.revoke_exemption(by_user=zhuguan, reason="核实后并未停电")


def test_neither_changes_the_round_or_its_ticket(late, zhuguan):
    before = list(Round.objects.values())
    late.acknowledge(by_user=zhuguan)
    late.exempt(by_user=zhuguan, reason=WHY)
    assert list(Round.objects.values()) == before


# ---- the database repeats it ----


def refused(act) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_the_database_knows_one_acknowledgement_and_one_active_exemption(late, zhuguan):
    said = {"round": late, "by": zhuguan, "by_name": "赵主管", "at": database_now()}
    Acknowledgement.objects.create(**said)
    refused(lambda: Acknowledgement.objects.create(**said))
    Exemption.objects.create(reason=WHY, **said)
    refused(lambda: Exemption.objects.create(reason=WHY, **said))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tickets_acknowledgement SET note = 'x'",
        "DELETE FROM tickets_acknowledgement",
        "UPDATE tickets_exemption SET reason = 'x'",
        "UPDATE tickets_exemption SET by_name = 'x', revoked_reason = 'x', revoked_by_id = by_id, revoked_at = at",
        "DELETE FROM tickets_exemption",
    ],
)
def test_the_database_keeps_what_was_said(change, late, zhuguan):
    late.acknowledge(by_user=zhuguan)
    late.exempt(by_user=zhuguan, reason=WHY)
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(change)


def test_the_database_lets_an_exemption_be_taken_back_once(late, zhuguan):
    late.exempt(by_user=zhuguan, reason=WHY)
    late.revoke_exemption(by_user=zhuguan, reason="核实后并未停电")
    refused(lambda: Exemption.objects.update(revoked_reason="x"))
    refused(lambda: Exemption.objects.update(revoked_at=None, revoked_by=None, revoked_reason=""))
