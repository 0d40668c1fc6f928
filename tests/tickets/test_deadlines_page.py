"""时限与节假日: managers set deadlines, calendars and holidays; what runs already keeps its deadline."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import CategoryFactory, TicketFactory, submitted_ticket
from tests.pages import read, signed_in, statements
from tickets import clock
from tickets.lifecycle import Urgency
from tickets.models import Calendar, Policy, Round, SpecialDay

pytestmark = pytest.mark.django_db

PAGE = "/tickets/deadlines/"
TYPED = {"warning_minutes": "30", "deadline_minutes": "60", "hold_hours": "24"}
WEEK = {"day0": "09:00-12:00 13:30-18:00", "day5": "10:00-12:00"}


@pytest.fixture
def visitor(zhuguan):
    return signed_in(zhuguan)


@pytest.fixture
def office() -> Calendar:
    return Calendar.objects.get(is_always=False)


@pytest.fixture
def always() -> Calendar:
    return Calendar.objects.get(is_always=True)


def general(urgency: str = Urgency.NORMAL) -> Policy:
    return Policy.objects.get(category=None, urgency=urgency)


def own(category: str = "物流配送", urgency: str = Urgency.NORMAL) -> Policy:
    return Policy.objects.create(
        category=CategoryFactory(name=category),
        urgency=urgency,
        warning_minutes=20,
        deadline_minutes=45,
        calendar=Calendar.objects.get(is_always=True),
    )


def at(name: str, row=None) -> str:
    return reverse(f"tickets:{name}", args=[row.pk] if row else [])


def table(page, card: str) -> list[dict[str, str]]:
    return read(page).one("section", id=card).table()


def said(page) -> str:
    return " ".join(line.text for line in read(page).all("p", class_="message"))


# 处理时限


def test_it_lists_the_policies_in_words_the_general_ones_first(visitor):
    own()
    rows = table(visitor.get(PAGE), "policies")
    assert [(row["问题类型"], row["紧急程度"], row["时限"]) for row in rows] == [
        ("全部类型", "一般", "4小时00分"),
        ("全部类型", "重要", "3小时00分"),
        ("全部类型", "紧急", "2小时00分"),
        ("物流配送", "一般", "45分"),
    ]
    assert (rows[0]["一般预警"], rows[0]["服务日历"], rows[0]["最长挂起"]) == ("2小时00分", "7×24", "48小时")


def test_a_policy_for_a_category_decides_on_its_next_ticket(visitor, order_a, always):
    category = CategoryFactory(name="物流配送")
    typed = TYPED | {"category": category.pk, "urgency": "normal", "calendar": always.pk}
    assert visitor.post(at("policy_new"), typed)["Location"] == PAGE
    ticket = TicketFactory(order=order_a, category=category)
    assert ticket.due_at - ticket.created_at == timedelta(hours=1)


def test_changing_a_policy_leaves_running_rounds_alone(visitor, order_a, always):
    running = TicketFactory(order=order_a)
    before = Round.objects.values().get(ticket=running)
    visitor.post(at("policy_edit", general()), TYPED | {"calendar": always.pk})
    assert Round.objects.values().get(ticket=running) == before
    later = TicketFactory(order=order_a, category=CategoryFactory(name="发票"))
    assert later.due_at - later.created_at == timedelta(hours=1)


def test_the_edit_page_says_whom_the_change_concerns(visitor, order_a):
    policy = own()
    TicketFactory(order=order_a, category=policy.category)
    submitted_ticket(order=order_a, category=policy.category)
    TicketFactory(order=order_a, category=policy.category, opened_ago=timedelta(days=8))
    TicketFactory(order=order_a, category=policy.category, urgency=Urgency.URGENT)
    words = said(visitor.get(at("policy_edit", policy)))
    assert "进行中的 2 个处理轮次保持原来的截止时间" in words
    assert "最近7天新建了 2 张这类工单" in words


def test_a_general_policy_does_not_count_what_has_a_policy_of_its_own(visitor, order_a):
    TicketFactory(order=order_a, category=own().category)
    TicketFactory(order=order_a, category=CategoryFactory(name="发票"))
    assert "最近7天新建了 1 张这类工单" in said(visitor.get(at("policy_edit", general())))


def test_a_held_round_counts_among_those_that_keep_their_deadline(visitor, order_a, kefu):
    ticket = TicketFactory(order=order_a)
    ticket.hold(by_user=kefu, reason="等消费者回复", until=clock.database_now() + timedelta(hours=5))
    assert "进行中的 1 个处理轮次" in said(visitor.get(at("policy_edit", general())))


def test_what_a_policy_is_for_cannot_be_changed_afterwards(visitor, always):
    policy, other = general(), CategoryFactory(name="发票")
    typed = TYPED | {"calendar": always.pk, "category": other.pk, "urgency": "urgent"}
    visitor.post(at("policy_edit", policy), typed)
    policy.refresh_from_db()
    assert (policy.category, policy.urgency, policy.deadline_minutes) == (None, "normal", 60)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"warning_minutes": "60"}, "一般预警必须早于处理时限"),
        ({"warning_minutes": "0"}, "一般预警至少1分钟"),
        ({"deadline_minutes": "43201"}, "处理时限应在2到43200分钟（30天）之间"),
        ({"deadline_minutes": ""}, "请填写处理时限的分钟数"),
        ({"hold_hours": "0"}, "最长挂起应在1到720小时（30天）之间"),
        ({"calendar": ""}, "请选择服务日历"),
    ],
)
def test_an_impossible_policy_is_refused_beside_its_field(visitor, always, typed, sentence):
    policy = general()
    page = visitor.post(at("policy_edit", policy), TYPED | {"calendar": always.pk} | typed)
    field = read(page).one("ul", id=f"id_{next(iter(typed))}_error")
    assert (page.status_code, field.text) == (422, sentence)
    assert general().deadline_minutes == 240


def test_a_second_policy_for_the_same_thing_is_refused(visitor, always):
    policy = own()
    typed = TYPED | {"category": policy.category_id, "urgency": "normal", "calendar": always.pk}
    page = visitor.post(at("policy_new"), typed)
    assert page.status_code == 422
    assert read(page).errors() == ["该问题类型和紧急程度的时限已存在。"]
    assert Policy.objects.filter(category=policy.category).count() == 1


def test_a_category_goes_back_to_the_general_policy(visitor, order_a):
    policy = own()
    running = TicketFactory(order=order_a, category=policy.category)
    assert visitor.post(at("policy_delete", policy))["Location"] == PAGE
    later = TicketFactory(order=order_a, category=policy.category)
    assert later.due_at - later.created_at == timedelta(hours=4)
    assert running.rounds.get().due_at == running.due_at


def test_the_general_policy_of_an_urgency_cannot_be_deleted(visitor):
    page = visitor.post(at("policy_delete", general()), follow=True)
    assert "通用时限不能删除" in said(page)
    assert general()
    assert not read(visitor.get(at("policy_edit", general()))).all(
        "form", action=at("policy_delete", general())
    )


# 服务日历


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


# 节假日


def test_the_library_brings_a_year_and_says_how_much(visitor):
    page = visitor.post(at("holiday_library"), {"year": "2026"}, follow=True)
    assert f"新增 {SpecialDay.objects.count()} 天" in said(page)
    working = SpecialDay.objects.filter(is_working=True).values_list("day", flat=True)
    assert [f"{day:%m-%d}" for day in working] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_the_library_leaves_alone_what_somebody_entered(visitor):
    SpecialDay.objects.create(day=date(2026, 10, 1), name="店庆", is_working=True)
    page = visitor.post(at("holiday_library"), {"year": "2026"}, follow=True)
    assert "另有 1 天已录入，保持不变" in said(page)
    assert str(SpecialDay.objects.get(day=date(2026, 10, 1))) == "2026-10-01 店庆（上班）"


def test_a_year_that_the_library_lacks_gets_its_sentence(visitor):
    page = visitor.post(at("holiday_library"), {"year": "2099"}, follow=True)
    assert "2099年的安排请在公布后手工添加" in said(page)
    assert page.redirect_chain[0][0] == f"{PAGE}?year=2099#holidays"


def test_it_lists_the_days_of_the_year_that_was_asked_for(visitor):
    SpecialDay.objects.create(day=date(2026, 10, 10), name="国庆节", is_working=True)
    SpecialDay.objects.create(day=date(2027, 1, 1), name="元旦")
    [row] = table(visitor.get(PAGE, {"year": "2026"}), "holidays")
    assert row == {"日期": "2026-10-10", "星期": "周六", "类型": "班", "名称": "国庆节", "操作": "删除"}
    years = read(visitor.get(PAGE, {"year": "2026"})).one("nav", aria_label="年份")
    assert (
        read(visitor.get(PAGE + years.one("a", "2027年")["href"].split("#")[0]))
        .one("section", id="holidays")
        .table()[0]["名称"]
        == "元旦"
    )


@pytest.mark.parametrize("year", ["", "x", "0", "10000", "-1", "9" * 5000])
def test_a_strange_year_is_this_one(visitor, year):
    this_year = clock.database_now().year
    page = visitor.get(PAGE, {"year": year})
    assert page.status_code == 200
    assert f"{this_year}年节假日" in page.text or f"{this_year + 1}年节假日" in page.text


def test_a_day_can_be_added(visitor):
    page = visitor.post(
        at("holiday_add"), {"day": "2027-02-06", "is_working": "1", "name": "春节"}, follow=True
    )
    assert "已添加 2027-02-06 春节（上班）" in said(page)
    assert [row["日期"] for row in table(page, "holidays")] == ["2027-02-06"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "2026-10-01"}, "该日期已录入"),
        ({"day": "2026-02-30"}, "请填写正确的日期"),
        ({"day": "1999-01-01"}, "年份应在2004到2100之间"),
        ({"name": ""}, "请填写名称"),
    ],
)
def test_a_day_that_cannot_be_is_refused_beside_its_field(visitor, typed, sentence):
    SpecialDay.objects.create(day=date(2026, 10, 1), name="国庆节")
    typed = {"day": "2027-01-01", "is_working": "0", "name": "元旦"} | typed
    page = visitor.post(at("holiday_add"), typed)
    assert (page.status_code, read(page).errors()) == (422, [sentence])
    assert SpecialDay.objects.count() == 1
    assert "open" in read(page).one("form", action=f"{at('holiday_add')}#holidays").parent.parent.attrs


def test_a_day_can_be_deleted(visitor):
    day = SpecialDay.objects.create(day=date(2026, 10, 1), name="国庆节")
    page = visitor.post(at("holiday_delete", day), follow=True)
    assert "已删除 2026-10-01 国庆节" in said(page)
    assert not SpecialDay.objects.exists()


def upload(visitor, content: str | bytes):
    content = content if isinstance(content, bytes) else content.encode()
    return visitor.post(
        at("holiday_upload"), {"sheet": SimpleUploadedFile("holidays.csv", content)}, follow=True
    )


def kept() -> list[str]:
    return [str(row) for row in SpecialDay.objects.all()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_brings_its_days(visitor, encoding):
    text = "日期,类型,名称\r\n2027-01-01,休,元旦\r\n\r\n2027/1/3,班,元旦\r\n"
    assert "新增 2 天" in said(upload(visitor, text.encode(encoding)))
    assert kept() == ["2027-01-01 元旦", "2027-01-03 元旦（上班）"]


def test_the_template_can_be_sent_back_as_it_is(visitor):
    template = visitor.get(at("holiday_template"))
    assert "attachment" in template["Content-Disposition"]
    upload(visitor, template.content)
    assert len(kept()) == 2


def test_one_wrong_line_keeps_the_whole_file_out(visitor):
    page = upload(
        visitor,
        "日期,类型,名称\n2027-01-01,休,元旦\n2027-02-30,休,春节\n2027-02-06,假,春节\n2027-02-07,休,\n"
        "2027-02-08,休\n2027-01-01,休,元旦\n",
    )
    assert page.status_code == 422
    assert read(page).errors() == [
        "第3行：“2027-02-30”不是日期，请写成 2027-01-01",
        "第4行：类型只能是“休”或“班”，不能是“假”",
        "第5行：应有3列（日期、类型、名称），实际有2列",
        "第6行：应有3列（日期、类型、名称），实际有2列",
        "第7行：2027-01-01 在文件里出现了两次",
        "文件没有导入",
    ]
    assert kept() == []


def test_a_file_does_not_quietly_change_a_day(visitor):
    SpecialDay.objects.create(day=date(2027, 1, 1), name="元旦")
    assert "另有 1 天已录入" in said(upload(visitor, "2027-01-01,休,元旦\n2027-01-02,休,元旦\n"))
    assert read(upload(visitor, "2027-01-01,班,元旦\n")).errors()[0] == (
        "第1行：2027-01-01 已录入为“休 元旦”，与文件不同；要按文件改，请先删除那一天"
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        ("日期,类型,名称\n", "文件里没有任何日期，请按模板填写"),
        (b"\xff\xfe\x00\x01\xff", "看不懂文件的编码，请另存为 CSV（UTF-8）后再上传"),
        ('2027-01-01,休,"元旦\n', "第1行的引号不完整，请检查文件"),
        ("2027-01-01,休,元旦\n" * 5_000, "文件太大，请确认选对了文件（节假日文件不超过100KB）"),
    ],
)
def test_a_file_that_is_none_gets_one_sentence(visitor, content, sentence):
    page = upload(visitor, content)
    assert (page.status_code, read(page).errors()[0]) == (422, sentence)


# The warning


@pytest.mark.parametrize("path", [PAGE, "/tickets/overdue/"])
@pytest.mark.parametrize(
    ("now", "years", "words"),
    [
        ("2026-09-30", [2026], []),
        ("2026-10-01", [2026], ["次年节假日未维护：2027年"]),
        ("2026-10-01", [2026, 2027], []),
        ("2026-03-01", [], ["本年节假日未维护：2026年"]),
    ],
)
def test_managers_are_warned_of_a_year_nobody_keeps(visitor, monkeypatch, path, now, years, words):
    for year in years:
        SpecialDay.objects.create(day=date(year, 1, 1), name="元旦")
    moment = clock.datetime.fromisoformat(f"{now}T12:00:00+08:00")
    for view in ("deadlines", "overdue"):
        monkeypatch.setattr(f"tickets.views.{view}.database_now", lambda: moment)
    warnings = [line.text for line in read(visitor.get(path)).all("p", class_="message")]
    assert [line.split("的")[0] for line in warnings if "未维护" in line] == words


# The page as a whole


def test_more_rows_cost_no_more_statements(visitor):
    before = statements(lambda: visitor.get(PAGE, {"year": "2026"}))
    for name in ("物流配送", "发票", "其他"):
        own(name)
        visitor.post(at("calendar_new"), WEEK | {"name": name})
    visitor.post(at("holiday_library"), {"year": "2026"})
    visitor.get(PAGE)  # the messages are read and gone
    assert statements(lambda: visitor.get(PAGE, {"year": "2026"})) == before


@pytest.mark.parametrize("name", ["policy", "calendar", "holiday"])
def test_what_is_gone_is_not_found(visitor, name, office):
    for page in ("edit", "delete") if name != "holiday" else ("delete",):
        assert visitor.post(reverse(f"tickets:{name}_{page}", args=[2**70])).status_code == 404


def test_a_change_needs_its_token(zhuguan, office):
    visitor = signed_in(zhuguan, enforce_csrf_checks=True)
    assert visitor.post(at("calendar_delete", office)).status_code == 403
    assert Calendar.objects.filter(pk=office.pk).exists()


def test_managers_find_it_in_their_menu(visitor):
    link = read(visitor.get(at("policy_new"))).one("nav", class_="nav").one("a", "时限与节假日")
    assert (link["href"], link["aria-current"]) == (PAGE, "page")
