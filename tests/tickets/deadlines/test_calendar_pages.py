"""服务日历: managers keep the weeks, and try out what they make of a span."""

import pytest

from tests.factories import TicketFactory
from tests.pages import read
from tests.tickets.deadlines.pages import PAGE, WEEK, at, general, said, table
from tickets.models import Calendar, Policy, Round

pytestmark = pytest.mark.django_db


def test_it_tells_the_weeks_of_the_calendars_in_words(visitor):
    rows = {row["名称"]: row for row in table(visitor.get(PAGE), "calendars")}
    assert rows["7×24"]["每周"] == "每天 全天"
    assert rows["客服工作时间"]["每周"] == "周一至周五 09:00–12:00、13:30–18:00 周六、周日 休息"
    assert (rows["7×24"]["使用"], rows["客服工作时间"]["使用"]) == ("3 条处理时限", "未使用")


def test_a_new_calendar_has_the_shifts_that_were_typed(visitor):
    page = visitor.post(at("calendar_new"), WEEK | {"name": "门店"})
    calendar = Calendar.objects.get(name="门店")
    assert page["Location"] == at("calendar_edit", calendar)
    assert calendar.week() == [[(540, 720), (810, 1080)], [], [], [], [], [(600, 720)], []]
    assert not calendar.observes_holidays


def test_full_width_marks_are_understood(visitor, office):
    visitor.post(
        at("calendar_edit", office),
        {"name": "门店", "day1": "９：００－１２：００，13：30—18:00、20:00 ~ 24:00"},
    )
    assert office.week()[1] == [(540, 720), (810, 1080), (1200, 1440)]


def test_the_form_shows_what_it_would_send_back(visitor, office):
    before = office.week()
    form = read(visitor.get(at("calendar_edit", office))).all("form", method="post")[1]
    assert form.sends()["day0"] == "09:00-12:00 13:30-18:00"
    visitor.post(at("calendar_edit", office), form.sends())
    office = Calendar.objects.get(pk=office.pk)
    assert (office.week(), office.observes_holidays) == (before, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("早上九点", "看不懂“早上九点”，请写成 09:00-12:00 13:30-18:00"),
        ("09:00-12:00x", "看不懂“09:00-12:00x”，请写成 09:00-12:00 13:30-18:00"),
        ("09:00", "看不懂“09:00”，请写成 09:00-12:00 13:30-18:00"),
        ("09:00-12:60", "没有 12:60 这个时间，请写 00:00 到 24:00 之间的时间"),
        ("09:00-24:01", "没有 24:01 这个时间，请写 00:00 到 24:00 之间的时间"),
        ("09:00-09:00", "周三的班次结束时间必须晚于开始时间"),
        ("09:00-12:00 11:00-13:00", "周三的班次互相重叠"),
        (
            "22:00-06:00",
            "22:00-06:00 的结束早于开始；跨过零点的班次请分成两天写：周三 22:00-24:00，周四 00:00-06:00",
        ),
    ],
)
def test_what_is_no_shift_is_said_beside_its_day(visitor, office, text, sentence):
    before = office.week()
    page = visitor.post(at("calendar_edit", office), WEEK | {"name": "门店", "day2": text})
    assert page.status_code == 422
    assert read(page).one("ul", id="id_day2_error").text == sentence
    assert read(page).one("input", name="day2").value == text
    assert Calendar.objects.get(pk=office.pk).week() == before


def test_a_week_without_service_time_is_refused(visitor, office):
    page = visitor.post(at("calendar_edit", office), {"name": "门店", "day0": "09:00-09:30"})
    assert (page.status_code, read(page).errors()) == (422, ["每周至少要有1小时的服务时间"])


def test_changing_a_calendar_leaves_running_rounds_alone(visitor, order_a, office):
    Policy.objects.update(calendar=office)
    ticket = TicketFactory(order=order_a)
    before = Round.objects.values().get(ticket=ticket)
    visitor.post(at("calendar_edit", office), {"name": "门店", "day6": "00:00-24:00"})
    assert Round.objects.values().get(ticket=ticket) == before


def test_seven_times_twenty_four_is_fixed(visitor, always):
    page = visitor.post(at("calendar_edit", always), WEEK | {"name": "门店"}, follow=True)
    assert "7×24 是固定的" in said(page)
    visitor.post(at("calendar_delete", always))
    assert (Calendar.objects.get(pk=always.pk).name, always.shifts.count()) == ("7×24", 0)


def test_an_unused_calendar_can_be_deleted(visitor, office):
    assert visitor.post(at("calendar_delete", office))["Location"] == PAGE
    assert not Calendar.objects.filter(pk=office.pk).exists()


def test_a_calendar_that_a_policy_uses_stays(visitor, office):
    Policy.objects.filter(pk=general().pk).update(calendar=office)
    page = visitor.post(at("calendar_delete", office), follow=True)
    assert "正在被处理时限使用（全部类型 · 一般）" in said(page)
    assert Calendar.objects.filter(pk=office.pk).exists()


def test_a_calendar_that_explains_a_deadline_stays(visitor, order_a, office, always):
    Policy.objects.update(calendar=office)
    TicketFactory(order=order_a)
    Policy.objects.update(calendar=always)
    assert "已有工单按「客服工作时间」计时" in said(visitor.post(at("calendar_delete", office), follow=True))
    assert Calendar.objects.filter(pk=office.pk).exists()


def test_trying_out_shows_the_due_time_and_the_way_to_it(visitor, office):
    visitor.post(at("holiday_library"), {"year": "2026"})
    page = visitor.get(at("calendar_edit", office), {"start": "2026-09-30T17:00", "minutes": "240"})
    figure = read(page).one("figure", class_="time-line")
    assert figure.one("summary").text == "2026-10-08 12:00 截止（从 2026-09-30 17:00 起计时 4小时00分）"
    assert [step.text for step in figure.one("ol").all("li")] == [
        "2026-09-30 17:00 至 2026-09-30 18:00 计时 1小时00分",
        "2026-09-30 18:00 至 2026-10-01 00:00 非服务时间，不计时 6小时00分",
        "2026-10-01 00:00 至 2026-10-08 00:00 国庆节，不计时 7天00小时",
        "2026-10-08 00:00 至 2026-10-08 09:00 非服务时间，不计时 9小时00分",
        "2026-10-08 09:00 至 2026-10-08 12:00 计时 3小时00分",
    ]


@pytest.mark.parametrize("calendar", ["office", "always"])
def test_without_a_question_it_tries_from_now_on(visitor, request, calendar):
    page = read(visitor.get(at("calendar_edit", request.getfixturevalue(calendar))))
    assert page.one("input", name="minutes").value == "240"
    assert page.one("input", name="start").value[:2] == "20"
    assert "截止" in page.one("figure", class_="time-line").text


@pytest.mark.parametrize(
    ("start", "minutes", "sentence"),
    [
        ("gestern", "240", "请填写正确的日期和时间"),
        ("9999-12-31T23:59", "240", "年份应在2004到2100之间"),
        ("2026-01-01T00:00", "0", "时限至少1分钟"),
        ("2026-01-01T00:00", "99999999999", "时限最多43200分钟（30天）"),
    ],
)
def test_a_question_that_makes_no_sense_gets_a_sentence(visitor, office, start, minutes, sentence):
    page = visitor.get(at("calendar_edit", office), {"start": start, "minutes": minutes})
    assert (page.status_code, read(page).errors()) == (200, [sentence])
    assert not read(page).all("figure")
