"""import_orders: what goes in, what is refused, what is said, and that the second time changes nothing."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from orders.models import Customer, Order
from tests.importing import run, statements
from tests.orders.exports import HEADINGS, ROWS, orders


def test_a_malls_export_goes_in(files, merchant_a):
    done = run("import_orders", files.text(HEADINGS + ROWS, "gb18030"), merchant="qinbei")

    assert (done.status, done.out) == (0, "新增 2，更新 0，未变 0，拒绝 0\n")
    order = Order.objects.get(number="A2")
    assert order.merchant == merchant_a
    assert (order.total_amount, order.paid_amount, order.refund_amount) == (21, 21, 0)
    assert order.ordered_at == datetime(2020, 2, 20, 15, 59, 54, tzinfo=UTC)
    assert order.address == "浙江省"


def test_what_the_file_does_not_tell_stays_unknown(files, merchant_a):
    run("import_orders", files.text(HEADINGS + ROWS), merchant="qinbei")

    order = Order.objects.get(number="A1")
    assert order.status == ""
    assert order.paid_at is None
    assert order.discount_amount is None
    assert order.customer is None
    assert not order.lines.exists()


def test_the_same_file_twice_changes_nothing(files, merchant_a):
    path = files.text(
        "订单号,会员名,联系手机,商品标题,数量,运单号,订单状态\n"
        "A1,宝妈小林,13800005678,奶瓶,1,SF1,已发货\nA2,,13900001234,围嘴,2,SF2,待付款\n"
    )
    run("import_orders", path, merchant="qinbei")
    before, customers = orders(), list(Customer.objects.values())

    done = run("import_orders", path, merchant="qinbei")

    assert done.out == "新增 0，更新 0，未变 2，拒绝 0\n"
    assert orders() == before
    assert list(Customer.objects.values()) == customers


def test_only_the_order_that_differs_is_touched(files, merchant_a):
    run("import_orders", files.text(HEADINGS + ROWS), merchant="qinbei")
    before = orders()

    done = run(
        "import_orders", files.text(HEADINGS + ROWS.replace("21.0,21.0", "21.0,20.0")), merchant="qinbei"
    )

    after = orders()
    assert done.out == "新增 0，更新 1，未变 1，拒绝 0\n"
    assert after["A1"] == before["A1"]
    assert after["A2"]["paid_amount"] == 20
    assert after["A2"]["updated_at"] > before["A2"]["updated_at"]
    assert after["A2"]["imported_at"] == before["A2"]["imported_at"]


def test_an_absent_column_leaves_what_is_known(files, merchant_a):
    run("import_orders", files.text(HEADINGS + ROWS), merchant="qinbei")

    run("import_orders", files.text("订单号,订单状态\nA2,交易成功\n"), merchant="qinbei")

    order = Order.objects.get(number="A2")
    assert (order.status, order.total_amount, order.address) == ("completed", 21, "浙江省")


def test_an_empty_cell_says_that_it_is_unknown_now(files, merchant_a):
    run("import_orders", files.text(HEADINGS + ROWS), merchant="qinbei")

    run("import_orders", files.text("订单号,付款时间,收货地址\nA2,,\n"), merchant="qinbei")

    order = Order.objects.get(number="A2")
    assert (order.paid_at, order.address) == (None, "")


def test_a_cell_that_a_short_row_does_not_have_is_not_told(files, merchant_a):
    run("import_orders", files.text(HEADINGS + ROWS), merchant="qinbei")

    run("import_orders", files.text("订单号,总金额,收货地址\nA2,30\n"), merchant="qinbei")

    order = Order.objects.get(number="A2")
    assert (order.total_amount, order.address) == (30, "浙江省")


def test_a_state_that_nobody_knows_is_told_and_leaves_what_is_known(files, merchant_a):
    run("import_orders", files.text("订单号,订单状态\nA1,已发货\n"), merchant="qinbei")

    done = run("import_orders", files.text("订单号,订单状态\nA1,等待神谕\n"), merchant="qinbei")

    assert done.status == 0
    assert "提示：“订单状态”中有不认识的词，按未知处理（1 处，首见第 2 行）" in done.err
    assert Order.objects.get().status == "shipped"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("等待买家付款", "unpaid"),
        ("买家已付款，等待卖家发货", "paid"),
        ("已发货，待收货", "shipped"),
        ("交易成功", "completed"),
        ("退款中", "refunding"),
        ("付款以后用户退款成功，交易自动关闭", "closed"),
        ("Completed", "completed"),
        ("", ""),
    ],
)
def test_the_states_of_the_malls_are_understood(files, merchant_a, word, status):
    run("import_orders", files.text(f"订单号,订单状态\nA1,{word}\n"), merchant="qinbei")

    assert Order.objects.get().status == status


def test_a_refused_row_is_named_and_the_others_go_in(files, merchant_a):
    done = run("import_orders", files.text(HEADINGS + ROWS + "A3,很多,0,上海,,,\n"), merchant="qinbei")

    assert done.status == 1
    assert done.out == "新增 2，更新 0，未变 0，拒绝 1\n"
    assert done.refusals == ["第 4 行被拒绝：“总金额”不是金额：「很*」"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1", "“订单号”为空"),
        ("1.23E+18,1", "“订单号”已被 Excel 改成科学计数法或丢失精度，请把该列设为文本后重新导出"),
        ("1234567890123456.0,1", "“订单号”已被 Excel 改成科学计数法或丢失精度，请把该列设为文本后重新导出"),
        (f"{'9' * 65},1", "“订单号”超过 64 个字符（有 65 个）"),
        ("合计,1", "“订单号”不是订单号：须含数字，不能含空格、引号或斜线"),
        ("12/34,1", "“订单号”不是订单号：须含数字，不能含空格、引号或斜线"),
        ("A1,-1", "“总金额”不能是负数：「-1」"),
        ("A1,12345678901", "“总金额”金额太大：「123****」"),
        ("A1,1\x00", "含有 NUL 字符，文件可能已损坏"),
        ("A1,1,2,3", "有 4 个单元格，而表头只有 2 个"),
    ],
)
def test_a_row_is_refused_with_its_reason(files, merchant_a, row, reason):
    done = run("import_orders", files.text(f"订单号,总金额\n{row}\n"), merchant="qinbei")

    assert done.refusals == [f"第 2 行被拒绝：{reason}"]
    assert done.status == 1
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("heading", "limit"),
    [("收货人", 80), ("收货地址", 300), ("商品标题", 300), ("运单号", 80), ("买家留言", 10_000)],
)
def test_a_text_that_is_too_long_is_refused(files, merchant_a, heading, limit):
    done = run(
        "import_orders",
        files.text(f"订单号,{heading}\nA1,{'长' * limit}\nA2,{'长' * (limit + 1)}\n"),
        merchant="qinbei",
    )

    assert [order.number for order in Order.objects.all()] == ["A1"]
    assert done.refusals[0].startswith(f"第 3 行被拒绝：“{heading}”太长：")


def test_the_line_of_a_refusal_is_the_first_of_its_record(files, merchant_a):
    path = files.text('订单号,买家留言,总金额\nA1,"两行\n留言",1\n\nA2,"又是\n两行",x\n')

    done = run("import_orders", path, merchant="qinbei")

    assert done.refusals == ["第 5 行被拒绝：“总金额”不是金额：「x」"]
    assert Order.objects.get().buyer_remark == "两行\n留言"


def test_the_report_shows_no_consumers_name_or_number(files, merchant_a):
    path = files.text(
        "订单号,总金额,下单时间,数量,订单状态\nA1,林小雨,13800005678,0571-88886666,林小雨13800005678\n"
    )

    done = run("import_orders", path, merchant="qinbei")

    assert done.refusals
    for secret in ["林小雨", "小雨", "13800005678", "88886666"]:
        assert secret not in done.out + done.err


def test_columns_that_are_not_used_or_say_the_same_are_named(files, merchant_a):
    path = files.text(
        "订单号,联系电话,联系手机,旗帜颜色\nA1,0571-88886666,13800005678,红\nA2,0571-88886666,,\n"
    )

    done = run("import_orders", path, merchant="qinbei")

    assert (
        "提示：有 2 列都表示“联系电话”：「联系手机」、「联系电话」；以前面的为准，为空时才看后面的"
        in done.err
    )
    assert "提示：未使用的列（1）：旗帜颜色" in done.err
    assert list(Order.objects.order_by("number").values_list("phone", flat=True)) == [
        "13800005678",
        "0571-88886666",
    ]


def test_a_dry_run_says_the_same_and_writes_nothing(files, merchant_a):
    run("import_orders", files.text("订单号,总金额\nA1,1\nA2,1\n"), merchant="qinbei")
    path = files.text("订单号,总金额,会员名\nA1,2,甲\nA2,1,\nA3,1,乙\nA4,x,\n")
    before = orders()

    with statements() as seen:
        tried = run("import_orders", path, merchant="qinbei", dry_run=True)
    assert orders() == before
    assert not Customer.objects.exists()
    assert seen
    assert {sql.split()[0] for sql in seen} == {"SELECT"}

    done = run("import_orders", path, merchant="qinbei")
    assert tried.out == "新增 1，更新 1，未变 1，拒绝 1（试运行，未写入）\n"
    assert tried.out == done.out.replace("\n", "（试运行，未写入）\n")
    assert (tried.status, tried.refusals) == (1, done.refusals)


def test_a_thousand_orders_cost_as_many_statements_as_one(files, merchant_a):
    def cost(how_many: int, prefix: str, carrier: str) -> int:
        rows = "".join(f"{prefix}{n},宝妈{prefix}{n},奶瓶,SF{n},{carrier}\n" for n in range(how_many))
        path = files.text("订单号,会员名,商品标题,运单号,物流公司\n" + rows)
        with statements() as seen:
            run("import_orders", path, merchant="qinbei")
        return len(seen)

    assert cost(999, "B", "顺丰") == cost(1, "A", "顺丰")
    assert cost(999, "B", "圆通") == cost(1, "A", "圆通")


def test_an_address_in_parts_is_joined(files, merchant_a):
    path = files.text(
        "订单号,省,市,区,街道,详细地址\n"
        "A1,浙江省,杭州市,西湖区,文新街道,文三路90号\nA2,北京,北京市,朝阳区,,建国路1号\nA3,浙江省,杭州市,,,浙江省杭州市文三路\n"
    )

    run("import_orders", path, merchant="qinbei")

    assert list(Order.objects.order_by("number").values_list("address", flat=True)) == [
        "浙江省杭州市西湖区文新街道文三路90号",
        "北京市朝阳区建国路1号",
        "浙江省杭州市文三路",
    ]


def test_amounts_are_kept_to_the_fen(files, merchant_a):
    run(
        "import_orders",
        files.text('订单号,总金额,优惠,运费\nA1,"¥1,234.50",３７.０,0.005\n'),
        merchant="qinbei",
    )

    order = Order.objects.get()
    assert (order.total_amount, order.discount_amount, order.freight_amount) == (
        Decimal("1234.50"),
        Decimal("37.00"),
        Decimal("0.01"),
    )
