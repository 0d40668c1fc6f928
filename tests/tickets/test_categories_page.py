"""问题类型与原因: what managers write beside the merchant's answer, and the reasons that people choose from."""

import pytest

from tests.factories import CategoryFactory
from tests.pages import read, signed_in, statements
from tickets.models import Category, ReasonCode

pytestmark = pytest.mark.django_db
REASON = {"kind": "unsolved", "category": "", "name": "等待检测", "position": "5", "is_active": "on"}


def test_a_guide_is_changed(zhuguan):
    category = CategoryFactory()
    page = signed_in(zhuguan).post(f"/tickets/categories/{category.pk}/", {"guide": " 做了什么\r\n为什么 "})
    assert page.status_code == 302
    assert Category.objects.get(pk=category.pk).guide == "做了什么\n为什么"


def test_a_guide_has_a_limit(zhuguan):
    category = CategoryFactory()
    page = signed_in(zhuguan).post(f"/tickets/categories/{category.pk}/", {"guide": "长" * 1_001})
    assert page.status_code == 422
    assert "填写指引最多1000字" in page.text


def test_a_reason_is_added_and_taken_out_of_use(zhuguan):
    visitor = signed_in(zhuguan)
    assert visitor.post("/tickets/reasons/new/", REASON).status_code == 302
    code = ReasonCode.objects.get(name="等待检测")
    about = {name: REASON[name] for name in ("name", "position")}
    assert visitor.post(f"/tickets/reasons/{code.pk}/", about).status_code == 302
    code.refresh_from_db()
    assert (code.is_active, code.kind, code.category) == (False, "unsolved", None)


@pytest.mark.parametrize("category", ["", "商品质量"])
def test_the_same_reason_twice_is_refused(category, zhuguan):
    category = category and CategoryFactory(name=category).pk
    visitor = signed_in(zhuguan)
    visitor.post("/tickets/reasons/new/", REASON | {"category": category})
    page = visitor.post("/tickets/reasons/new/", REASON | {"category": category})
    assert page.status_code == 422
    assert "已有同名的原因" in page.text
    assert ReasonCode.objects.filter(name="等待检测").count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": ""}, "请选择用于哪里"),
        ({"kind": "x"}, "请选择用于哪里"),
        ({"name": "\u3164"}, "请填写名称"),
        ({"position": "-1"}, "请填写0到9999之间的整数"),
    ],
)
def test_a_reason_that_is_none_is_told_so(wrong, sentence, zhuguan):
    page = signed_in(zhuguan).post("/tickets/reasons/new/", REASON | wrong)
    assert page.status_code == 422
    assert sentence in page.text


def test_what_the_product_begins_with_is_there(zhuguan):
    page = read(signed_in(zhuguan).get("/tickets/categories/"))
    kinds = [page.one("section", id=f"reasons-{n}") for n in (1, 2, 3)]
    assert [kind.one("h2").text for kind in kinds] == ["未解决的原因", "需平台协助的原因", "退回类别"]
    assert [len(kind.table()) for kind in kinds] == [7, 6, 7]
    assert len(page.one("section", id="categories").table()) == 9


def test_many_reasons_cost_no_more_statements_than_few(zhuguan):
    visitor = signed_in(zhuguan)
    one = statements(lambda: visitor.get("/tickets/categories/"))
    ReasonCode.objects.bulk_create(
        ReasonCode(kind="return", name=f"{n}", category=CategoryFactory()) for n in range(50)
    )
    assert statements(lambda: visitor.get("/tickets/categories/")) == one
