"""常用筛选: kept from the list, one's own or one's side's; the one that 工单管理 opens with."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from merchants.models import Merchant
from orders.phones import phone_mark
from tests.factories import TicketFactory
from tests.pages import FRAGMENT, numbers, read, signed_in, statements
from tickets.models import Category, SavedView, StartView
from tickets.models.saved_view import MOST_VIEWS

pytestmark = pytest.mark.django_db
OVERDUE = "tab=overdue&urgency=urgent"


def keep(person, name="急件", query=OVERDUE, shared=False) -> SavedView:
    view = SavedView(name=name, query=query)
    view.put(by_user=person, shared=shared)
    return view


def chips(page) -> list[str]:
    return [link.text for link in read(page).one("nav", class_="views").all("a") if "?" in link["href"]][:-1]


def sent(query: str, **about) -> dict[str, str]:
    return {"query": query, "name": "急件", "over": ""} | about


@pytest.fixture
def views(kefu, zhuguan, shangjia, dianyuan, shangjia2) -> dict[str, SavedView]:
    """Kept by the person of that name; with a plus: shared with the side."""
    return {
        "kefu": keep(kefu, "kefu"),
        "zhuguan": keep(zhuguan, "zhuguan"),
        "zhuguan+": keep(zhuguan, "zhuguan+", shared=True),
        "dianyuan": keep(dianyuan, "dianyuan"),
        "shangjia+": keep(shangjia, "shangjia+", shared=True),
        "shangjia2+": keep(shangjia2, "shangjia2+", shared=True),
    }


SEES = {
    "kefu": ["kefu", "zhuguan+"],
    "zhuguan": ["zhuguan", "zhuguan+"],
    "shangjia": ["shangjia+"],
    "dianyuan": ["dianyuan", "shangjia+"],
    "shangjia2": ["shangjia2+"],
}
KEEPS = SEES | {"kefu": ["kefu"], "dianyuan": ["dianyuan"]}


@pytest.mark.parametrize("who", SEES)
def test_each_finds_their_own_and_then_their_sides_above_the_list(who, views, request):
    page = signed_in(request.getfixturevalue(who)).get("/tickets/")
    shown = [chip.removesuffix(" 共享") for chip in chips(page)]
    assert [name for name in shown if name in views] == SEES[who]
    kept = signed_in(request.getfixturevalue(who)).get("/tickets/views/").text
    assert {name for name in views if f">{name}<" in kept} == set(SEES[who])


@pytest.mark.parametrize("who", KEEPS)
def test_nobody_renames_moves_or_deletes_anothers(who, views, request):
    visitor = signed_in(request.getfixturevalue(who))
    for view in views.values():
        visitor.post(f"/tickets/views/{view.pk}/", {"name": "改了"})
        visitor.post(f"/tickets/views/{view.pk}/move/", {"step": "up"})
        visitor.post(f"/tickets/views/{view.pk}/delete/")
    assert set(SavedView.objects.values_list("name", flat=True)) == set(views) - set(KEEPS[who])


def test_the_link_above_the_list_leads_to_keeping_what_the_list_shows(kefu):
    visitor = signed_in(kefu)
    page = read(visitor.get("/tickets/?urgency=urgent&tab=overdue&after=x&per=200&evil=1&sort=-created"))
    form = read(visitor.get(page.one("a", "保存当前筛选")["href"])).one(
        "form", class_="narrow", method="post"
    )
    assert "已超时，紧急程度：紧急，按创建时间倒序" in form.text
    answer = visitor.post(form["action"], form.sends() | {"name": "急件"})
    view = SavedView.objects.get()
    assert (view.owner, view.query) == (kefu, "sort=-created&tab=overdue&urgency=urgent")
    assert answer["Location"] == f"/tickets/?{view.query}"
    shown = read(visitor.get(answer["Location"])).one("nav", class_="views")
    assert shown.one("a", aria_current="true").text == "急件"


def test_words_name_shops_and_kinds_of_problems(kefu, merchant_a):
    category = Category.objects.first()
    keep(kefu, query=f"category={category.pk}&holder=free&merchant={merchant_a.pk}&tab=all")
    keep(kefu, "旧", query="merchant=999999&tab=todo")
    rows = {row["名称"]: row["条件"] for row in read_tables(signed_in(kefu).get("/tickets/views/"))}
    assert rows["急件"] == f"全部，商户：{merchant_a}，问题类型：{category}，处理人：未认领"
    assert rows["旧"] == "待处理，商户：已删除"


def read_tables(page) -> list[dict[str, str]]:
    return [row for table in read(page).all("section") if table.all("table") for row in table.table()]


def test_a_whole_phone_number_is_kept_as_its_mark_only(kefu):
    visitor = signed_in(kefu)
    for query in ("phone=13812345678", "q=13812345678&tab=all"):
        visitor.post("/tickets/views/new/", sent(query, name=query[:5]))
    assert all("13812345678" not in view.query for view in SavedView.objects.all())
    for view in SavedView.objects.all():
        assert parse_qs(view.query)["phone"] == [phone_mark("13812345678")]
    assert "138****5678" in visitor.get("/tickets/views/").text
    assert "~" not in read(visitor.get("/tickets/views/")).one("main").text


@pytest.mark.parametrize(
    "query",
    [
        "urgency=x",
        "created_from=2026-02-31",
        "q=%00",
        "merchant=x",
        "created_from=2026-03-02&created_to=2026-03-01",
    ],
)
def test_what_the_search_does_not_understand_is_not_kept(query, kefu):
    visitor = signed_in(kefu)
    assert visitor.post("/tickets/views/new/", sent(query)).status_code == 302
    assert "筛选条件有误" in visitor.get("/tickets/").text
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "字" * 21, "a\x00b"])
def test_a_name_is_needed_and_what_was_typed_comes_back(name, kefu):
    page = signed_in(kefu).post("/tickets/views/new/", sent(OVERDUE, name=name, start="on"))
    assert page.status_code == 422
    assert read(page).errors()
    assert read(page).one("input", name="start").has("checked", True)
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_per_person(kefu, zhuguan):
    keep(kefu)
    page = signed_in(kefu).post("/tickets/views/new/", sent("tab=all"))
    assert read(page).errors() == ["已有名为「急件」的常用筛选"]
    keep(zhuguan)
    keep(zhuguan, shared=True)
    with pytest.raises(ValidationError):
        keep(zhuguan, shared=True)


def test_the_database_knows_these_rules_too(kefu, merchant_a):
    rows = [{"owner": kefu}, {"merchant": merchant_a}, {}]
    for whose in rows:
        SavedView.objects.create(name="一", query="tab=all", **whose)
    for wrong in [*({"name": "一"} | whose for whose in rows), {"name": ""}, {"name": "二", "query": ""},
                  {"name": "三", "owner": kefu, "merchant": merchant_a}]:  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(**{"query": "tab=all"} | wrong)
    StartView.objects.create(person=kefu, view=SavedView.objects.first())
    with pytest.raises(IntegrityError), transaction.atomic():
        StartView.objects.create(person=kefu, view=SavedView.objects.last())


def test_there_are_no_more_than_can_be_found(kefu):
    SavedView.objects.bulk_create(
        SavedView(owner=kefu, name=str(n), query="tab=all") for n in range(MOST_VIEWS)
    )
    page = signed_in(kefu).post("/tickets/views/new/", sent(OVERDUE))
    assert read(page).errors() == [f"最多保存{MOST_VIEWS}个常用筛选，请先删除不用的"]


@pytest.mark.parametrize(
    ("who", "shared"), [("kefu", False), ("zhuguan", True), ("shangjia", True), ("dianyuan", False)]
)
def test_managers_and_owners_share_others_do_not(who, shared, request):
    person = request.getfixturevalue(who)
    signed_in(person).post("/tickets/views/new/", sent(OVERDUE, shared="on"))
    view = SavedView.objects.get()
    assert view.is_shared == shared
    assert view.merchant_id == (person.merchant_id if shared else None)


def test_the_current_filter_takes_the_place_of_a_kept_one(kefu, zhuguan):
    mine, shared = keep(kefu), keep(zhuguan, shared=True)
    visitor = signed_in(kefu)
    visitor.post("/tickets/views/new/", sent("tab=all", over=mine.pk, name=""))
    mine.refresh_from_db()
    assert (mine.name, mine.query) == ("急件", "tab=all")
    assert visitor.post("/tickets/views/new/", sent("tab=all", over=shared.pk, name="")).status_code == 422


def test_a_view_gets_another_name(kefu):
    view = keep(kefu)
    keep(kefu, "另一个")
    visitor = signed_in(kefu)
    assert visitor.post(f"/tickets/views/{view.pk}/", {"name": "另一个"}).status_code == 422
    visitor.post(f"/tickets/views/{view.pk}/", {"name": "最急"})
    view.refresh_from_db()
    assert view.name == "最急"


def test_views_are_put_in_order(kefu):
    for name in "甲乙丙":
        keep(kefu, name)
    visitor = signed_in(kefu)

    def press(name: str, label: str) -> None:
        page = read(visitor.get("/tickets/views/"))
        form = page.one("button", label, aria_label=f"{label} {name}").parent
        visitor.post(form["action"], form.sends())

    press("丙", "上移")
    press("甲", "下移")
    names = [view.name for view in SavedView.objects.for_user(kefu)]
    assert names == ["丙", "甲", "乙"]
    SavedView.objects.get(name="丙").move(-1, by_user=kefu)
    assert [view.name for view in SavedView.objects.for_user(kefu)] == names


def test_the_list_opens_with_the_view_one_starts_with_and_plain_when_asked(kefu, order_a):
    TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    visitor.post("/tickets/views/new/", sent(OVERDUE, start="on"))
    answer = visitor.get("/tickets/")
    assert (answer.status_code, answer["Location"]) == (302, f"/tickets/?{OVERDUE}")
    page = read(visitor.get(answer["Location"]))
    for way in (page.one("a", "不使用筛选"), page.one("a", "重置")):
        plain = visitor.get(f"/tickets/{way['href']}")
        assert len(numbers(plain)) == 1
        assert read(plain).one("nav", class_="views").one("a", aria_current="true").text == "不使用筛选"


def test_the_quiet_refresh_is_never_led_elsewhere(kefu):
    keep(kefu).start_for(by_user=kefu)
    assert signed_in(kefu).get("/tickets/", headers=FRAGMENT).status_code == 200


def test_one_starts_with_one_view_which_may_be_shared(kefu, zhuguan):
    mine, shared = keep(kefu), keep(zhuguan, query="tab=all", shared=True)
    visitor = signed_in(kefu)
    for view in (mine, shared):
        visitor.post(f"/tickets/views/{view.pk}/start/", {"on": "1"})
    assert visitor.get("/tickets/")["Location"] == "/tickets/?tab=all"
    assert signed_in(zhuguan).get("/tickets/").status_code == 200
    visitor.post(f"/tickets/views/{shared.pk}/start/", {"on": ""})
    assert visitor.get("/tickets/").status_code == 200


def test_a_view_of_somebody_else_cannot_be_started_with(kefu, zhuguan):
    view = keep(zhuguan)
    assert signed_in(kefu).post(f"/tickets/views/{view.pk}/start/", {"on": "1"}).status_code == 404
    with pytest.raises(ValidationError):
        view.start_for(by_user=kefu)


def test_a_start_goes_with_its_view(kefu):
    view = keep(kefu)
    view.start_for(by_user=kefu)
    signed_in(kefu).post(f"/tickets/views/{view.pk}/delete/")
    assert signed_in(kefu).get("/tickets/").status_code == 200


def test_a_view_of_a_deleted_shop_still_opens(kefu):
    shop = Merchant.objects.create(code="gone", name="已关店")
    keep(kefu, query=f"merchant={shop.pk}&tab=all").start_for(by_user=kefu)
    shop.delete()
    visitor = signed_in(kefu)
    assert visitor.get(visitor.get("/tickets/")["Location"]).status_code == 200


def test_the_chips_cost_one_statement_and_the_refresh_none(kefu, zhuguan):
    visitor = signed_in(kefu)
    visitor.get("/tickets/?tab=all")
    bare = statements(lambda: visitor.get("/tickets/?tab=all", headers=FRAGMENT))
    for n in range(9):
        keep(kefu, f"我{n}")
        keep(zhuguan, f"共享{n}", shared=True)
    assert statements(lambda: visitor.get("/tickets/?tab=all", headers=FRAGMENT)) == bare
    with_chips = statements(lambda: visitor.get("/tickets/?tab=all"))
    SavedView.objects.all().delete()
    assert statements(lambda: visitor.get("/tickets/?tab=all")) == with_chips


def test_one_view_and_many_cost_the_same_on_their_page(kefu, merchant_a):
    keep(kefu, query=f"merchant={merchant_a.pk}&tab=all")
    visitor = signed_in(kefu)
    one = statements(lambda: visitor.get("/tickets/views/"))
    for n in range(9):
        keep(kefu, str(n), query=f"merchant={merchant_a.pk}&tab=all")
    assert statements(lambda: visitor.get("/tickets/views/")) == one


def test_a_view_finds_only_what_its_reader_may_see(shangjia2, order_a, order_b):
    TicketFactory(order=order_a)
    mine = TicketFactory(order=order_b)
    view = keep(shangjia2, query=f"merchant={order_a.merchant_id}&tab=all")
    answer = signed_in(shangjia2).get(f"/tickets/?{view.query}")
    assert numbers(answer) == [mine.number]
    assert urlsplit(view.query).path
