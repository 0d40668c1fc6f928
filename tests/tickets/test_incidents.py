"""异常处理: 原因分析 → 整改措施 → 效果评估 → 总结, step by step, each dated and signed."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories import TicketFactory
from tickets.clock import database_now
from tickets.lifecycle import AlreadyHandled, Refused
from tickets.models import Incident, IncidentStep
from tickets.models.incident import Stage

DAY = timedelta(days=1)
CAUSE, MEASURE, EFFECT, SUMMARY = "客服交接遗漏", "设专人每小时查看工单", "一周内没有再超时", "交接表固定下来"


@pytest.fixture
def incident(order_a, zhuguan) -> Incident:
    round_ = TicketFactory(order=order_a, opened_ago=timedelta(hours=9)).rounds.get()
    return round_.open_incident(by_user=zhuguan)


@pytest.fixture
def today():
    return timezone.localdate(database_now())


def plan(incident, person, due_on, **about):
    what = {"text": MEASURE, "responsible": "钱店长", "due_on": due_on} | about
    incident.plan(by_user=person, **what)


def walk(incident, person, due_on, *, is_effective=True):
    incident.analyse(by_user=person, text=CAUSE)
    plan(incident, person, due_on)
    incident.evaluate(by_user=person, text=EFFECT, is_effective=is_effective)


def test_the_whole_loop_ends_closed_with_every_step_signed(incident, zhuguan, today):
    walk(incident, zhuguan, today + DAY)
    incident.conclude(by_user=zhuguan, text=SUMMARY)
    steps = list(incident.steps.all())
    assert [(step.position, step.kind, step.text) for step in steps] == [
        (1, Stage.CAUSE, CAUSE),
        (2, Stage.MEASURE, MEASURE),
        (3, Stage.EVALUATION, EFFECT),
        (4, Stage.SUMMARY, SUMMARY),
    ]
    assert {step.by_name for step in steps} == {"赵主管"}
    assert (steps[1].responsible, steps[1].due_on, steps[2].is_effective) == ("钱店长", today + DAY, True)
    assert incident.closed_at == steps[3].at


def test_a_measure_that_did_not_help_leads_to_another(incident, zhuguan, today):
    walk(incident, zhuguan, today, is_effective=False)
    assert incident.stage == Stage.MEASURE
    plan(incident, zhuguan, today + 2 * DAY, responsible="李店员")
    incident.refresh_from_db()
    assert (incident.stage, incident.responsible, incident.due_on) == (
        Stage.EVALUATION,
        "李店员",
        today + 2 * DAY,
    )


def test_steps_come_in_their_order(incident, zhuguan, today):
    with pytest.raises(AlreadyHandled):
        plan(incident, zhuguan, today)
    with pytest.raises(AlreadyHandled):
        incident.evaluate(by_user=zhuguan, text=EFFECT, is_effective=True)
    with pytest.raises(AlreadyHandled):
        incident.conclude(by_user=zhuguan, text=SUMMARY)
    assert not IncidentStep.objects.exists()


def test_whoever_comes_second_is_refused(incident, zhuguan):
    other = Incident.objects.get(pk=incident.pk)
    incident.analyse(by_user=zhuguan, text=CAUSE, seen_steps=0)
    with pytest.raises(AlreadyHandled, match="该工单已处理，请刷新后查看"):
        other.analyse(by_user=zhuguan, text="另一个原因", seen_steps=0)
    assert incident.steps.count() == 1


def test_an_old_page_is_refused_even_when_the_same_step_is_due_again(incident, zhuguan, today):
    walk(incident, zhuguan, today, is_effective=False)
    with pytest.raises(AlreadyHandled):
        plan(incident, zhuguan, today, seen_steps=1)


def test_a_closed_one_takes_no_more(incident, zhuguan, today):
    walk(incident, zhuguan, today)
    incident.conclude(by_user=zhuguan, text=SUMMARY)
    with pytest.raises(AlreadyHandled, match="已总结关闭"):
        incident.conclude(by_user=zhuguan, text=SUMMARY)


def test_a_closed_one_makes_room_for_another(incident, zhuguan, today):
    walk(incident, zhuguan, today)
    incident.conclude(by_user=zhuguan, text=SUMMARY)
    assert incident.round.open_incident(by_user=zhuguan).pk != incident.pk


@pytest.mark.parametrize("text", ["", " ", "——"])
def test_every_step_needs_its_text(text, incident, zhuguan, today):
    with pytest.raises(ValidationError, match="请填写原因分析"):
        incident.analyse(by_user=zhuguan, text=text)
    incident.analyse(by_user=zhuguan, text=CAUSE)
    with pytest.raises(ValidationError, match="请填写整改措施"):
        plan(incident, zhuguan, today, text=text)
    plan(incident, zhuguan, today)
    with pytest.raises(ValidationError, match="请填写效果评估"):
        incident.evaluate(by_user=zhuguan, text=text, is_effective=True)
    incident.evaluate(by_user=zhuguan, text=EFFECT, is_effective=True)
    with pytest.raises(ValidationError, match="请填写总结"):
        incident.conclude(by_user=zhuguan, text=text)


def test_a_measure_needs_somebody_and_a_day_that_is_not_past(incident, zhuguan, today):
    incident.analyse(by_user=zhuguan, text=CAUSE)
    with pytest.raises(ValidationError) as missing:
        plan(incident, zhuguan, None, responsible=" ", text="")
    assert missing.value.message_dict == {
        "text": ["请填写整改措施"], "responsible": ["请填写责任人"], "due_on": ["请填写期限"],
    }  # fmt: skip
    with pytest.raises(ValidationError, match="期限不能早于今天"):
        plan(incident, zhuguan, today - DAY)
    with pytest.raises(ValidationError, match="责任人最多40字"):
        plan(incident, zhuguan, today, responsible="长" * 41)
    assert incident.steps.count() == 1


def test_an_evaluation_says_whether_it_helped(incident, zhuguan, today):
    incident.analyse(by_user=zhuguan, text=CAUSE)
    plan(incident, zhuguan, today)
    with pytest.raises(ValidationError, match="请选择有效或无效"):
        incident.evaluate(by_user=zhuguan, text=EFFECT, is_effective=None)


def test_only_managers_take_steps(incident, kefu):
    with pytest.raises(Refused, match="您的角色不能填写“原因分析”"):
        incident.analyse(by_user=kefu, text=CAUSE)


def test_it_is_overdue_from_the_day_after_its_measure_was_due(incident, zhuguan, today):
    incident.analyse(by_user=zhuguan, text=CAUSE)
    plan(incident, zhuguan, today)
    assert not Incident.objects.overdue(today).exists()
    assert not incident.is_overdue(today)
    assert list(Incident.objects.overdue(today + DAY)) == [incident]
    assert incident.is_overdue(today + DAY)
    incident.evaluate(by_user=zhuguan, text=EFFECT, is_effective=True)
    assert not Incident.objects.overdue(today + DAY).exists()


@pytest.mark.parametrize(
    "change", ["UPDATE tickets_incidentstep SET text = 'x'", "DELETE FROM tickets_incidentstep"]
)
def test_the_database_keeps_every_step(change, incident, zhuguan):
    incident.analyse(by_user=zhuguan, text=CAUSE)
    with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
        connection.cursor().execute(change)


def test_the_database_knows_one_open_incident_of_a_round(incident, zhuguan):
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(
            round=incident.round, opened_by=zhuguan, opened_by_name="赵主管", opened_at=database_now()
        )
