"""Which column is what."""

import pytest

from orders.importing.headings import Columns, fold
from orders.importing.vocabulary import ORDER_FIELDS


def columns(*headings: str) -> dict[str, list[int]]:
    return Columns(list(headings), ORDER_FIELDS).places


@pytest.mark.parametrize(
    "heading",
    [
        "订单编号",
        "订单编号 ",
        "\ufeff订单编号",
        "\u3000订单\u200b编号\t",
        "主订单号",
        "Order ID",
        "ORDER_ID",
        "ｏｒｄｅｒ－ｉｄ",
    ],
)
def test_a_heading_is_known_however_it_is_dressed(heading):
    assert columns(heading) == {"number": [0]}


@pytest.mark.parametrize(
    ("mall", "headings", "fields"),
    [
        (
            "天猫/淘宝",
            "订单编号,买家会员名,买家应付邮费,总金额,买家实际支付金额,订单状态,买家留言,收货人姓名,收货地址 ,联系手机,"
            "订单创建时间,订单付款时间 ,宝贝标题 ,物流单号 ,物流公司,宝贝总数量,店铺名称,退款金额",
            "number account freight_amount total_amount paid_amount status buyer_remark consignee address phone"
            " ordered_at paid_at title tracking_number carrier quantity merchant refund_amount",
        ),
        (
            "京东",
            "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,订单状态,下单帐号,客户姓名,客户地址,联系电话,商家备注,运费金额,"
            "付款确认时间,订单完成时间",
            "number sku title quantity ordered_at unit_price total_amount status account consignee address phone"
            " seller_remark freight_amount paid_at completed_at",
        ),
        (
            "拼多多",
            "商品,订单号,订单状态,邮费(元),用户实付金额(元),商品数量(件),收货人,手机,省,市,区,街道,支付时间,发货时间,确认收货时间,"
            "商品规格,商家编码-规格维度,快递单号,快递公司,商家备注,买家留言",
            "title number status freight_amount paid_amount quantity consignee phone province city district town"
            " paid_at shipped_at completed_at spec sku tracking_number carrier seller_remark buyer_remark",
        ),
        (
            "抖店",
            "主订单编号,子订单编号,选购商品,商品规格,商品数量,商家编码,商品单价,订单应付金额,运费,优惠总金额,收件人,收件人手机号,省,市,"
            "区,街道,详细地址,买家留言,订单提交时间,商家备注,订单完成时间,支付完成时间,订单状态",
            "number sub_number title spec quantity sku unit_price total_amount freight_amount discount_amount consignee"
            " phone province city district town detail buyer_remark ordered_at seller_remark completed_at"
            " paid_at status",
        ),
        (
            "微信小店",
            "订单号,下单时间,商品名称,商品编码,规格,商品价格,商品数量,订单实际支付金额,收件人姓名,收件人手机,收件人地址,快递单号,快递公司",
            "number ordered_at title sku spec unit_price quantity paid_amount consignee phone address tracking_number"
            " carrier",
        ),
        (
            "English",
            "Order No.,Merchant Code,Status,Total Amount,Paid Amount,Discount,Shipping Fee,Refund Amount,Created At,"
            "Paid At,Shipped At,Completed At,Buyer Nick,Receiver Name,Mobile,Shipping Address,Buyer Message,"
            "Seller Memo,Product Name,SKU Code,Specification,Qty,Unit Price,Subtotal,Carrier,Tracking Number,"
            "Shipment Status",
            "number merchant status total_amount paid_amount discount_amount freight_amount refund_amount ordered_at"
            " paid_at shipped_at completed_at account consignee phone address buyer_remark seller_remark title sku spec"
            " quantity unit_price amount carrier tracking_number shipment_status",
        ),
    ],
)
def test_the_headings_of_the_malls_are_known(mall, headings, fields):
    expected = {field: [place] for place, field in enumerate(fields.split())}
    assert columns(*headings.split(",")) == expected


def test_no_heading_means_two_things():
    synonyms = [synonym for field in ORDER_FIELDS for synonym in field.synonyms]
    assert sorted(synonyms) == sorted(set(synonyms))


def test_the_earlier_synonym_leads_and_the_next_one_fills_its_gaps():
    found = Columns(["联系电话", "联系手机", "订单号"], ORDER_FIELDS)

    assert found.places["phone"] == [1, 0]
    assert found.read(["0571", "138", "A"])["phone"] == "138"
    assert found.read(["0571", " ", "A"])["phone"] == "0571"


def test_units_and_brackets_are_no_part_of_a_heading():
    assert fold("总金额（元）") == fold("总 金额[CNY]") == "总金额"
