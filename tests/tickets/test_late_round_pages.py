"""The pages about one late round: acknowledging one or many, exempting, and the steps of 异常处理."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import TicketFactory, completed_ticket, submitted_ticket
from tests.pages import read, signed_in, statements, tabs
from tickets.clock import database_now
from tickets.models import Acknowledgement, Exemption, Incident, Round

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WHY = "仓库停电半天，商户已提前告知"


@pytest.fixture
def late(order_a) -> Round:
    return TicketFactory(order=order_a, opened_ago=9 * HOUR).rounds.get()


@pytest.fixture
def visitor(zhuguan):
    return signed_in(zhuguan)


def at(round_: Round, verb: str = "") -> str:
    return f"/tickets/overdue/{round_.pk}/" + (f"{verb}/" if verb else "")


# ---- one round ----


def test_the_page_tells_the_round_its_alerts_and_its_answer(visitor, order_a):
    ticket = submitted_ticket(
        order=order_a, opened_ago=9 * HOUR, after=5 * HOUR, text="已联系消费者，请打 13912345678 补发"
    )
    page = read(visitor.get(at(ticket.rounds.get())))
    facts = page.one("section", id="round").facts()
    assert (facts["工单号"], facts["超时"], facts["本轮时效"]) == (
        ticket.number,
        "1小时00分",
        "超时完成 超时1小时00分",
    )
    assert "139****5678" in facts["处理结果"]
    alerts = [line.one("dt").text for line in page.one("section", id="alerts").one("dl").all("div")]
    assert alerts == ["一般预警", "重要预警", "紧急预警"]


def test_how_late_a_round_was_stands_still_once_it_ended_unanswered(visitor, zhuguan, order_a):
    """The round's page, 异常处理 and the confirmation say what the desk says."""
    ticket = TicketFactory(order=order_a, opened_ago=10 * DAY)
    ticket.cancel(by_user=zhuguan, reason="消费者撤回了投诉", at=ticket.created_at + 3 * DAY)
    round_ = ticket.rounds.get()
    round_.open_incident(by_user=zhuguan)
    facts = read(visitor.get(at(round_))).one("section", id="round").facts()
    assert (facts["超时"], facts["本轮时效"]) == ("2天20小时", "已超时2天20小时")
    [row] = read(visitor.get("/tickets/incidents/")).table()
    assert row["超时"] == "2天20小时"
    said = visitor.post("/tickets/overdue/acknowledge/", {"round": [round_.pk]}).text
    assert "已确认，超时2天20小时" in said


def test_acknowledging_keeps_the_note_and_takes_the_button_away(visitor, late):
    page = visitor.post(at(late, "acknowledge"), {"note": "已电话催促"}, follow=True)
    verdict = read(page).one("section", id="verdict")
    assert "赵主管" in verdict.text
    assert "已电话催促" in verdict.text
    assert not verdict.all("form", action=at(late, "acknowledge") + "#verdict")


def test_exempting_and_taking_it_back_show_both_with_their_reasons(visitor, late):
    visitor.post(at(late, "exempt"), {"reason": WHY})
    page = visitor.post(at(late, "unexempt"), {"reason": "核实后并未停电"}, follow=True)
    verdict = read(page).one("section", id="verdict").text
    assert "豁免已取消 赵主管" in verdict
    assert WHY in verdict
    assert "核实后并未停电" in verdict


@pytest.mark.parametrize(
    ("verb", "sentence"), [("exempt", "请填写豁免原因"), ("unexempt", "请填写取消豁免的原因")]
)
def test_without_a_reason_the_sentence_stands_at_the_field(verb, sentence, visitor, zhuguan, late):
    if verb == "unexempt":
        late.exempt(by_user=zhuguan, reason=WHY)
    page = visitor.post(at(late, verb), {"reason": "！！"})
    assert page.status_code == 422
    assert read(page).errors() == [sentence]
    assert "！！" in page.text


def test_whoever_comes_second_reads_why_and_gets_the_words_back(visitor, zhuguan, late):
    late.exempt(by_user=zhuguan, reason=WHY)
    page = visitor.post(at(late, "exempt"), {"reason": "另一个原因"})
    assert page.status_code == 409
    alert = read(page).one(role="alert")
    assert "该工单已处理，请刷新后查看" in alert.text
    assert alert.one("textarea").value == "另一个原因"
    assert Exemption.objects.count() == 1


def test_a_round_in_time_has_nothing_to_press_and_says_why(visitor, order_a):
    round_ = TicketFactory(order=order_a).rounds.get()
    verdict = read(visitor.get(at(round_))).one("section", id="verdict")
    assert "没有超时" in verdict.text
    assert verdict.all("form") == []
    page = visitor.post(at(round_, "acknowledge"), {"note": "已催"})
    assert page.status_code == 409
    assert "该轮次没有超时，不能确认" in page.text


def test_a_consumers_phone_in_a_note_is_masked(visitor, late):
    page = visitor.post(at(late, "acknowledge"), {"note": "已打 13912345678"}, follow=True)
    assert "139****5678" in page.text
    assert "13912345678" not in page.text


def test_a_round_that_is_not_there_is_not_found(visitor, late):
    for pk in (987_654, "9" * 30):
        page = visitor.get(f"/tickets/overdue/{pk}/")
        assert page.status_code == 404
        assert "处理轮次不存在或无权查看" in page.text


# ---- many at once ----


def test_many_are_acknowledged_each_with_its_own_answer(visitor, zhuguan, order_a):
    rounds = [TicketFactory(order=order_a, opened_ago=hours * HOUR).rounds.get() for hours in (9, 8, 1)]
    rounds[1].acknowledge(by_user=zhuguan)
    sent = {"round": [round_.pk for round_ in rounds], "note": "例会上说", "query": "show=overdue"}
    page = visitor.post("/tickets/overdue/acknowledge/", sent)
    said = {line["工单号"]: line["结果"] for line in read(page).one("section", id="done").table()}
    assert said == {
        rounds[0].ticket.number: "已确认，超时5小时00分",
        rounds[1].ticket.number: "该工单已处理，请刷新后查看",
        rounds[2].ticket.number: "该轮次没有超时，不能确认",
    }
    assert "已确认 1 个轮次，2 个没有确认" in page.text
    assert Acknowledgement.objects.get(round=rounds[0]).note == "例会上说"
    assert read(page).one("a", "返回超时工单")["href"] == "/tickets/overdue/?show=overdue"


def test_the_desk_offers_what_is_late_and_not_acknowledged(visitor, zhuguan, order_a, late):
    seen = TicketFactory(order=order_a, opened_ago=8 * HOUR).rounds.get()
    seen.acknowledge(by_user=zhuguan)
    page = read(visitor.get("/tickets/overdue/"))
    assert [box["value"] for box in page.all("input", type="checkbox")] == [str(late.pk)]
    assert page.one("form", id="bulk")["action"] == "/tickets/overdue/acknowledge/"


@pytest.mark.parametrize("rounds", [[], ["x", "\x00", "9" * 30, "-1"]])
def test_nothing_picked_says_so(rounds, visitor):
    page = visitor.post("/tickets/overdue/acknowledge/", {"round": rounds, "query": "//evil.example/?a=b"})
    assert page.status_code == 422
    assert "请先勾选要确认的轮次" in page.text
    assert read(page).one("a", "返回超时工单")["href"].startswith("/tickets/overdue/?")


# ---- what a merchant sees ----


def test_everybody_at_the_ticket_sees_that_a_round_is_exempted_and_nobody_but_managers_why(
    visitor, zhuguan, dianyuan, kefu, order_a
):
    ticket = completed_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    round_ = ticket.rounds.get()
    round_.exempt(by_user=zhuguan, reason=WHY)
    round_.acknowledge(by_user=zhuguan, note="内部说明")
    for person in (dianyuan, kefu):
        page = signed_in(person).get(ticket.get_absolute_url())
        progress = read(page).one("section", id="progress").text
        assert "已豁免" in progress
        assert WHY not in page.text
        assert "内部说明" not in page.text
        assert at(round_) not in page.text
    assert at(round_) in visitor.get(ticket.get_absolute_url()).text


# ---- 异常处理 ----


@pytest.fixture
def incident(late, zhuguan) -> Incident:
    return late.open_incident(by_user=zhuguan)


def step(incident: Incident, **sent) -> tuple[str, dict]:
    form = {"stage": incident.stage, "seen_steps": incident.steps.count()}
    return f"/tickets/incidents/{incident.pk}/step/", form | sent


def test_the_loop_is_walked_on_its_page(visitor, late):
    page = visitor.post(at(late, "incident"), follow=True)
    due_on = timezone.localdate(database_now()) + DAY
    for words in [
        {"text": "客服交接遗漏"},
        {"text": "设专人每小时查看", "responsible": "钱店长", "due_on": due_on},
        {"text": "仍有超时", "is_effective": "no"},
        {"text": "改为半小时", "responsible": "李店员", "due_on": due_on},
        {"text": "一周没有超时", "is_effective": "yes"},
        {"text": "交接表固定下来"},
    ]:
        form = read(page).one("section", id="next").one("form")
        page = visitor.post(form["action"], form.sends() | words, follow=True)
        assert page.status_code == 200
    assert Incident.objects.get().closed_at
    told = read(page).one("section", id="steps").text
    assert "责任人：李店员" in told
    assert "效果评估（无效，需另定措施）" in told
    assert "已总结关闭" in told
    assert not read(page).all("section", id="next")


def test_what_is_missing_stands_at_the_fields_and_what_was_typed_stays(visitor, zhuguan, incident):
    incident.analyse(by_user=zhuguan, text="客服交接遗漏")
    path, sent = step(incident, text="设专人查看", responsible="", due_on="2020-02-31")
    page = visitor.post(path, sent)
    assert page.status_code == 422
    assert read(page).errors() == ["请填写责任人", "请填写正确的日期"]
    assert read(page).one("textarea", name="text").value == "设专人查看"
    path, sent = step(incident, text="设专人查看", responsible="钱店长", due_on="2020-02-01")
    page = visitor.post(path, sent)
    assert (page.status_code, read(page).errors()) == (422, ["期限不能早于今天"])


def test_somebody_was_quicker_the_next_step_is_offered_and_the_words_come_back(visitor, zhuguan, incident):
    path, sent = step(incident, text="我写的原因")
    incident.analyse(by_user=zhuguan, text="客服交接遗漏")
    page = visitor.post(path, sent)
    assert page.status_code == 409
    alert = read(page).one(role="alert")
    assert alert.one("textarea").value == "我写的原因"
    assert "整改措施" in read(page).one("section", id="next").one("h2").text


def test_a_faulty_step_on_an_old_page_hears_that_it_is_old(visitor, zhuguan, incident):
    path, sent = step(incident, text="")
    incident.analyse(by_user=zhuguan, text="客服交接遗漏")
    assert visitor.post(path, sent).status_code == 409


def test_the_lists_count_what_goes_on_what_is_overdue_and_what_is_closed(visitor, zhuguan, order_a, incident):
    late_one = TicketFactory(order=order_a, opened_ago=5 * DAY).rounds.get()
    overdue = late_one.open_incident(by_user=zhuguan, at=database_now() - 4 * DAY)
    overdue.analyse(by_user=zhuguan, text="客服交接遗漏", at=database_now() - 4 * DAY)
    overdue.plan(
        by_user=zhuguan, text="设专人查看", responsible="钱店长",
        due_on=timezone.localdate(database_now()) - 2 * DAY, at=database_now() - 4 * DAY,
    )  # fmt: skip
    page = visitor.get("/tickets/incidents/")
    assert tabs(page) == {"open": 2, "overdue": 1, "closed": 0}
    [row] = read(visitor.get("/tickets/incidents/?show=overdue")).table()
    assert row["工单号"].startswith(late_one.ticket.number)
    assert "逾期" in row["期限"]
    assert "期限" in read(visitor.get(f"/tickets/incidents/{overdue.pk}/")).one(role="alert").text


def test_one_incident_and_twenty_cost_the_same(visitor, zhuguan, order_a, incident):
    one = statements(lambda: visitor.get("/tickets/incidents/"))
    for _ in range(19):
        TicketFactory(order=order_a, opened_ago=9 * HOUR).rounds.get().open_incident(by_user=zhuguan)
    assert statements(lambda: visitor.get("/tickets/incidents/")) == one
