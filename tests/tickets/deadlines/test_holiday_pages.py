"""节假日和调休: from the library, day by day, and from a file."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages import read
from tests.tickets.deadlines.pages import PAGE, at, said, table
from tickets import clock
from tickets.models import SpecialDay

pytestmark = pytest.mark.django_db


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
