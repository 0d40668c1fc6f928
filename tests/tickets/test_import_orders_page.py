"""订单导入: the malls' files on a page."""

import pytest

from orders.importing.headings import Columns
from orders.importing.vocabulary import ORDER_FIELDS
from orders.models import Order
from tests.exchange import brought_in, looked_through, upload
from tests.pages import read, signed_in
from tickets.exchange import templates

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

PAGE = "/imports/orders/"
TEXT = "订单编号,商户编码,总金额（元）,收货人姓名,联系手机,收货地址\n"
TEXT += "TM-1,qinbei,100,陈晓雨,13912345678,浙江省杭州市西湖区文三路90号\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_orders_come_in_once_they_are_confirmed(kefu, merchant_a, encoding):
    job = looked_through(kefu, PAGE, TEXT.encode(encoding))
    assert job.report["counts"] == {"新增": 1, "更新": 0, "未变": 0, "拒绝": 0}
    assert not Order.objects.exists()
    brought_in(kefu, job)
    order = Order.objects.get()
    assert (order.number, order.merchant, order.consignee) == ("TM-1", merchant_a, "陈晓雨")


def test_new_changed_and_the_same_are_told_apart(zhuguan, merchant_a):
    brought_in(zhuguan, looked_through(zhuguan, PAGE, TEXT.encode()))
    more = TEXT + "TM-2,qinbei,5,,,\nTM-3,nobody,5,,,\n"
    job = looked_through(zhuguan, PAGE, more.replace("100", "120").encode())
    assert job.report["counts"] == {"新增": 1, "更新": 1, "未变": 0, "拒绝": 1}
    again = brought_in(zhuguan, looked_through(zhuguan, PAGE, more.encode()))
    assert again.report["counts"] == {"新增": 1, "更新": 0, "未变": 1, "拒绝": 1}


def test_what_is_shown_of_the_first_rows_is_masked(kefu, merchant_a):
    job = looked_through(kefu, PAGE, TEXT.encode())
    page = signed_in(kefu).get(f"/jobs/{job.pk}/").text
    assert "TM-1" in page
    assert "139****5678" in page
    for trace in ("陈晓雨", "13912345678", "文三路"):
        assert trace not in page


def test_a_file_without_merchants_needs_one_to_be_chosen(kefu, merchant_a):
    text = "订单编号,总金额\nTM-1,100\n".encode()
    job = looked_through(kefu, PAGE, text)
    assert (job.state, job.sentence) == (
        "failed", "文件没有“商户”列。请重新上传，并在“商户”里选择这些订单属于哪个商户",
    )  # fmt: skip
    assert "--merchant" not in signed_in(kefu).get(f"/jobs/{job.pk}/").text
    job = looked_through(kefu, PAGE, text, merchant=merchant_a.pk)
    brought_in(kefu, job)
    assert Order.objects.get().merchant == merchant_a


def test_a_merchant_that_is_none_is_a_sentence_at_the_field(kefu, merchant_a):
    answer = upload(kefu, PAGE, TEXT.encode(), merchant="9" * 30)
    assert answer.status_code == 422
    assert "请从列表中选择商户" in read(answer).errors()


def test_every_heading_of_the_template_is_understood():
    columns = Columns(templates.order_headings(), ORDER_FIELDS)
    assert (columns.ignored, set(columns.places)) == ([], {each.name for each in ORDER_FIELDS})
