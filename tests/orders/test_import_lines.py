"""Orders that stand in several rows: one per article or parcel, side by side or apart."""

import pytest

from orders.importing import orders as importing
from orders.models import Order, OrderLine
from tests.importing import run

ARTICLES = "订单号,总金额,商品标题,SKU编码,规格,数量,单价,小计\n"


@pytest.fixture(autouse=True)
def chunks_of_two(monkeypatch):
    """Rows that are apart are in different chunks unless the import brings them together."""
    monkeypatch.setattr(importing, "CHUNK", 2)


def articles(number: str = "A1") -> list[tuple]:
    lines = OrderLine.objects.filter(order__number=number)
    return list(lines.values_list("position", "title", "sku", "spec", "quantity"))


def test_the_rows_of_an_order_are_its_articles(files, merchant_a):
    path = files.text(ARTICLES + "A1,50,奶瓶,N1,240ml,1,30,30\nA1,50,围嘴,W1,粉,2,10,20\n")

    done = run("import_orders", path, merchant="qinbei")

    assert done.out == "新增 1，更新 0，未变 0，拒绝 0\n"
    assert articles() == [(1, "奶瓶", "N1", "240ml", 1), (2, "围嘴", "W1", "粉", 2)]
    assert Order.objects.get().total_amount == 50


def test_rows_of_an_order_that_stand_apart_lose_nothing(files, merchant_a):
    others = "".join(f"B{n},9,水杯,S1,,1,9,9\n" for n in range(6))
    path = files.text(ARTICLES + "A1,50,奶瓶,N1,,1,30,30\n" + others + "A1,50,围嘴,W1,,2,10,20\n")

    first = run("import_orders", path, merchant="qinbei")
    second = run("import_orders", path, merchant="qinbei")

    assert first.out == "新增 7，更新 0，未变 0，拒绝 0\n"
    assert [title for _, title, *_ in articles()] == ["奶瓶", "围嘴"]
    assert second.out == "新增 0，更新 0，未变 7，拒绝 0\n"


def test_an_article_is_repeated_for_each_parcel_and_is_one(files, merchant_a):
    path = files.text(
        "订单号,商品标题,数量,物流公司,运单号,物流状态\nA1,奶瓶,2,顺丰,SF1,已签收\nA1,奶瓶,2,圆通,YT1,运输中\n"
    )

    run("import_orders", path, merchant="qinbei")

    order = Order.objects.get()
    assert order.lines.count() == 1
    assert list(order.shipments.values_list("tracking_number", "carrier", "status")) == [
        ("SF1", "顺丰", "delivered"),
        ("YT1", "圆通", "in_transit"),
    ]


def test_the_same_article_twice_is_two_where_price_or_sub_order_differ(files, merchant_a):
    run(
        "import_orders",
        files.text(ARTICLES + "A1,30,奶瓶,N1,,1,30,30\nA1,30,奶瓶,N1,,1,0,0\n"),
        merchant="qinbei",
    )
    path = files.text("主订单编号,子订单编号,商品标题,数量\nB1,B1-1,奶瓶,1\nB1,B1-2,奶瓶,1\n")
    run("import_orders", path, merchant="qinbei")

    again = run("import_orders", path, merchant="qinbei")

    assert len(articles("A1")) == 2
    assert len(articles("B1")) == 2
    assert again.out == "新增 0，更新 0，未变 1，拒绝 0\n"


def test_a_stored_line_is_found_again_by_what_both_know(files, merchant_a):
    run("import_orders", files.text("订单号,商品标题,数量\nA1,奶瓶,1\nA1,围嘴,2\n"), merchant="qinbei")

    done = run("import_orders", files.text("订单号,商品标题,SKU编码,数量\nA1,围嘴,W1,3\n"), merchant="qinbei")

    assert done.out == "新增 0，更新 1，未变 0，拒绝 0\n"
    assert articles() == [(1, "奶瓶", "", "", 1), (2, "围嘴", "W1", "", 3)]


def test_two_lines_of_one_article_are_not_taken_for_each_other(files, merchant_a):
    run(
        "import_orders",
        files.text("订单号,商品标题,数量,单价\nA1,奶瓶,1,30\nA1,奶瓶,1,0\n"),
        merchant="qinbei",
    )

    run("import_orders", files.text("订单号,商品标题,数量\nA1,奶瓶,2\nA1,奶瓶,3\n"), merchant="qinbei")

    assert list(OrderLine.objects.values_list("unit_price", "quantity")) == [(30, 2), (0, 3)]


def test_another_specification_is_another_line(files, merchant_a):
    run("import_orders", files.text("订单号,商品标题,规格\nA1,连体衣,粉色\n"), merchant="qinbei")

    run("import_orders", files.text("订单号,商品标题,规格\nA1,连体衣,蓝色\n"), merchant="qinbei")

    assert [spec for *_, spec, _ in articles()] == ["粉色", "蓝色"]


def test_a_parcel_is_updated_by_its_number(files, merchant_a):
    run(
        "import_orders",
        files.text("订单号,物流公司,运单号,物流状态\nA1,顺丰,No:SF1,运输中\n"),
        merchant="qinbei",
    )

    run("import_orders", files.text('订单号,运单号,物流状态\nA1,"SF1,SF2",已签收\n'), merchant="qinbei")

    assert list(Order.objects.get().shipments.values_list("tracking_number", "carrier", "status")) == [
        ("SF1", "顺丰", "delivered"),
        ("SF2", "", "delivered"),
    ]


def test_what_the_rows_contradict_each_other_in_is_not_taken(files, merchant_a):
    run("import_orders", files.text("订单号,总金额,订单状态\nA1,50,已发货\n"), merchant="qinbei")

    done = run(
        "import_orders",
        files.text("订单号,总金额,订单状态\nA1,30,交易成功\nA1,20,交易成功\n"),
        merchant="qinbei",
    )

    order = Order.objects.get()
    assert (order.total_amount, order.status) == (50, "completed")
    assert "提示：同一订单的几行中“总金额”不一致，未采用（1 处，首见第 2 行）" in done.err


def test_a_cell_that_only_the_first_row_fills_holds_for_the_order(files, merchant_a):
    run("import_orders", files.text("订单号,商户,总金额,商品标题\nA1,qinbei,50,奶瓶\nA1,,,围嘴\n"))

    order = Order.objects.get()
    assert order.total_amount == 50
    assert order.lines.count() == 2


def test_a_refused_row_takes_only_itself_out_of_its_order(files, merchant_a):
    done = run(
        "import_orders", files.text("订单号,商品标题,数量\nA1,奶瓶,1\nA1,围嘴,一点五\n"), merchant="qinbei"
    )

    assert done.refusals == ["第 3 行被拒绝：“数量”不是整数：「一*」"]
    assert [title for _, title, *_ in articles()] == ["奶瓶"]


def test_an_order_that_rows_give_to_two_merchants_stays_with_the_first(files, merchant_a, merchant_b):
    done = run("import_orders", files.text("订单号,商户,商品标题\nA1,qinbei,奶瓶\nA1,tongle,围嘴\n"))

    assert done.refusals == ["第 3 行被拒绝：订单号已属于其他商户"]
    assert Order.objects.get().merchant == merchant_a


def test_an_article_without_a_title_is_kept_by_its_code(files, merchant_a):
    run("import_orders", files.text("订单号,SKU编码,数量\nA1,N1,2\n"), merchant="qinbei")

    assert articles() == [(1, "", "N1", "", 2)]
