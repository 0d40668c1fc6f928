"""消息设置: how a person wants to be told."""

from datetime import time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tests.pages import read, signed_in
from tickets.models import NoticePreference

pytestmark = pytest.mark.django_db

PAGE = "/notices/settings/"


def form_of(person):
    return read(signed_in(person).get(PAGE)).one("main").one("form")


def boxes(form, name: str) -> list[str]:
    return [box["value"] for box in form.all("input", type="checkbox", name=name) if "checked" in box.attrs]


def sent(form, **changes) -> dict:
    """What the form sends with these changes, checkboxes of one name together."""
    names = {box["name"] for box in form.all("input", type="checkbox") if box["name"].startswith("mailed")}
    data = {name: value for name, value in form.sends().items() if name not in names}
    data |= {name: boxes(form, name) for name in names}
    return {name: value for name, value in (data | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("who", "headings"),
    [
        ("kefu", ["工单动态", "预警"]),
        ("zhuguan", ["工单动态", "预警", "每日清单"]),
        ("shangjia", ["工单动态", "预警"]),
        ("dianyuan", ["工单动态", "预警"]),
    ],
)
def test_it_offers_only_what_the_role_can_receive(who, headings, request):
    form = form_of(request.getfixturevalue(who))
    groups = {group.one("legend").text: group.text for group in form.all("fieldset")}
    assert list(groups) == headings
    is_merchant = who in ("shangjia", "dianyuan")
    assert ("新工单" in groups["工单动态"]) == is_merchant
    assert ("商家已提交" in groups["工单动态"]) == (not is_merchant)


def test_without_a_row_the_defaults_are_shown_and_nothing_is_written(dianyuan):
    form = form_of(dianyuan)
    assert boxes(form, "mailed0") == ["opened", "returned", "reminded"]
    assert boxes(form, "mailed1") == ["critical", "urgent"]
    assert {"on_screen", "with_sound"} <= form.sends().keys()
    assert not NoticePreference.objects.exists()


def test_it_keeps_what_was_chosen(dianyuan):
    visitor = signed_in(dianyuan)
    typed = sent(
        form_of(dianyuan),
        email="dianyuan@heyu.example",
        mailed0=["opened"],
        mailed1=["urgent"],
        quiet_from="22:00",
        quiet_to="08:00",
        with_sound=None,
    )
    page = visitor.post(PAGE, typed, follow=True)
    assert "已保存消息设置" in page.text
    dianyuan.refresh_from_db()
    kept = NoticePreference.objects.get(person=dianyuan)
    assert dianyuan.email == "dianyuan@heyu.example"
    assert (kept.quiet_from, kept.quiet_to, kept.on_screen, kept.with_sound) == (
        time(22),
        time(8),
        True,
        False,
    )
    form = form_of(dianyuan)
    assert (boxes(form, "mailed0"), boxes(form, "mailed1")) == (["opened"], ["urgent"])
    assert (form.sends()["quiet_from"], form.sends()["quiet_to"]) == ("22:00", "08:00")


def test_kinds_of_other_roles_stay_as_they_were(dianyuan):
    signed_in(dianyuan).post(PAGE, sent(form_of(dianyuan), mailed0=[], mailed1=[]))
    assert NoticePreference.of(dianyuan).mailed == ["overdue_list"]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"email": "nobody"}, "email", "请填写正确的邮箱地址"),
        ({"email": "a" * 250 + "@example.com"}, "email", "邮箱地址太长，最多254个字符"),
        ({"quiet_from": "22:00"}, "quiet_to", "免打扰的开始和结束要一起填写"),
        ({"quiet_to": "08:00"}, "quiet_from", "免打扰的开始和结束要一起填写"),
        ({"quiet_from": "25:00", "quiet_to": "08:00"}, "quiet_from", "请填写正确的时间，例如 22:00"),
        ({"quiet_from": "08:00", "quiet_to": "08:00"}, "quiet_to", "免打扰的结束时间不能与开始时间相同"),
        ({"mailed0": ["submitted"]}, "mailed0", "请从列出的消息中选择"),
    ],
)
def test_what_cannot_be_gets_its_sentence_and_what_was_typed_stays(dianyuan, typed, field, sentence):
    data = sent(form_of(dianyuan), email="x@example.com") | typed
    page = signed_in(dianyuan).post(PAGE, data)
    assert (page.status_code, read(page).errors()) == (422, [sentence])
    assert read(page).one("ul", id=f"id_{field}_error")
    assert read(page).one("input", name="email").value == data["email"]
    dianyuan.refresh_from_db()
    assert dianyuan.email == ""
    assert not NoticePreference.objects.exists()


def test_the_database_refuses_quiet_hours_with_one_end(dianyuan):
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticePreference.objects.create(person=dianyuan, quiet_from=time(22))


def test_nobody_changes_anothers(dianyuan, shangjia):
    with pytest.raises(ValidationError):
        NoticePreference.of(dianyuan).change(
            by_user=shangjia,
            email="",
            mailed=[],
            quiet_from=None,
            quiet_to=None,
            on_screen=True,
            with_sound=True,
        )


def test_without_a_script_there_is_no_button_to_try(dianyuan):
    assert "hidden" in form_of(dianyuan).one("button", "试一试").attrs
