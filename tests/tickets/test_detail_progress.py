"""处理进度 and the answer on the ticket's page: who did what when, time used against time allowed."""

from datetime import timedelta

import pytest

from tests.factories import (
    ANSWER,
    REASON,
    TicketFactory,
    reason_code,
    reopened_ticket,
    returned_ticket,
    submitted_ticket,
)
from tests.pages import page_of
from tickets.clock import database_now
from tickets.lifecycle import Outcome
from tickets.timeliness import moment_words

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def test_every_stage_tells_who_when_and_what(kefu, zhuguan, dianyuan, order_a):
    start = database_now() - 3 * HOUR
    ticket = TicketFactory(order=order_a, by_user=kefu, at=start)
    ticket.submit(by_user=dianyuan, outcome=Outcome.PARTLY, text=ANSWER, at=start + HOUR)
    ticket.return_to_merchant(
        by_user=zhuguan, reason=REASON, code=reason_code("return"), at=start + 1.5 * HOUR
    )
    page = page_of(ticket, kefu).one("section", id="progress")
    stages = [" ".join(line.text.split()) for line in page.all("li")]
    times = [moment_words(start + after) for after in (0 * HOUR, HOUR, 1.5 * HOUR)]
    assert stages == [
        f"新建工单 王客服 客服 {times[0]}",
        f"提交处理结果 李店员 亲贝母婴旗舰店 部分解决 用时 1小时00分 / 时限 4小时00分 {times[1]} 处理结果 {ANSWER}",
        f"退回商家 赵主管 主管 没有写明处理经过 用时 30分 {times[2]} 退回原因 {REASON}",
    ]


def test_a_missed_deadline_is_a_stage_and_the_answer_is_marked_late(kefu, order_a):
    ticket = submitted_ticket(order=order_a, opened_ago=10 * HOUR, after=5 * HOUR)
    progress = page_of(ticket, kefu).one("section", id="progress")
    _, warned, critical, late, submitted = progress.all("li")
    assert warned.text.startswith("一般预警 系统 定时检查")
    assert critical.text.startswith("重要预警 系统 定时检查")
    assert late.text.startswith("工单超时 系统 定时检查")
    assert f"超过时限 4小时00分，截止时间 {moment_words(ticket.due_at)}" in late.text
    assert submitted.one(class_="late").text == "用时 5小时00分 / 时限 4小时00分 · 超时"


def test_an_answer_in_time_is_not_marked_late(kefu, order_a):
    assert page_of(submitted_ticket(order=order_a), kefu).all(class_="late") == []


def test_every_round_has_its_own_heading_time_and_deadline(kefu, order_a):
    ticket = reopened_ticket(order=order_a, opened_ago=9 * HOUR, after=5 * HOUR)
    first, second = page_of(ticket, kefu).one("section", id="progress").all("section", class_="round")
    assert first.one("h3").text == "第1轮"
    assert first.one("header").one(class_="took").text == "用时 5小时00分 / 时限 4小时00分 · 超时"
    assert second.one("h3").text == "第2轮"
    assert f"{moment_words(ticket.due_at)} 截止" in second.one("header").text
    assert second.one("header").all(class_="took") == []
    assert "重新打开" in second.one("ol").text


def test_the_answer_of_the_current_round_stands_in_the_last_block(kefu, dianyuan, order_a):
    ticket = TicketFactory(order=order_a, opened_ago=HOUR)
    ticket.submit(
        by_user=dianyuan,
        outcome=Outcome.UNSOLVED,
        text=ANSWER,
        code=reason_code("unsolved"),
        at=ticket.created_at + HOUR / 2,
    )
    text = page_of(ticket, kefu).one("section", id="result").text
    assert "未解决 消费者联系不上 李店员（亲贝母婴旗舰店） 用时 30分 / 时限 4小时00分" in text
    assert ANSWER in text


def test_the_answer_of_an_earlier_round_is_no_answer_now(dianyuan, order_a):
    page = page_of(returned_ticket(order=order_a), dianyuan)
    assert ANSWER not in page.one("section", id="result").text
    assert ANSWER in page.one("section", id="progress").text
