"""import_orders: whose orders they are, by the command or by the file."""

from merchants.models import Merchant
from orders.models import Order
from tests.importing import run
from tests.orders.exports import orders


def test_an_order_of_another_merchant_is_refused_and_left_alone(files, merchant_a, order_b):
    before = orders()

    done = run("import_orders", files.text(f"订单号,总金额\n{order_b.number},1\n"), merchant="qinbei")

    assert done.refusals == ["第 2 行被拒绝：订单号已属于其他商户"]
    assert orders() == before


def test_the_merchant_stands_in_the_file_by_code_or_by_name(files, merchant_a, merchant_b):
    done = run("import_orders", files.text("订单号,店铺名称\nA1,QINBEI\nA2,童乐玩具专营店\nA3,谁\nA4,\n"))

    assert {order.number: order.merchant for order in Order.objects.all()} == {
        "A1": merchant_a,
        "A2": merchant_b,
    }
    assert done.refusals == ["第 4 行被拒绝：没有这个商户：「谁」", "第 5 行被拒绝：未写明商户"]


def test_a_name_that_two_merchants_have_is_refused(files, merchant_a):
    Merchant.objects.create(code="other", name=merchant_a.name)

    done = run("import_orders", files.text(f"订单号,商户\nA1,{merchant_a.name}\n"))

    assert done.refusals == ["第 2 行被拒绝：有 2 个商户都叫「亲贝母婴旗舰店」，请改用商户编码"]


def test_a_row_that_names_another_merchant_than_the_command_is_refused(files, merchant_a, merchant_b):
    path = files.text("订单号,店铺名称\nA1,tongle\nA2,在平台上的店名\n")

    done = run("import_orders", path, merchant="qinbei")

    assert done.refusals == ["第 2 行被拒绝：属于商户「童乐玩具专营店」，不是「亲贝母婴旗舰店」"]
    assert Order.objects.get().number == "A2"


def test_an_inactive_merchant_gets_no_orders(files, merchant_a):
    Merchant.objects.update(is_active=False)

    in_file = run("import_orders", files.text("订单号,商户\nA1,qinbei\n"))
    by_option = run("import_orders", files.text("订单号\nA1\n"), merchant="qinbei")

    assert in_file.refusals == ["第 2 行被拒绝：商户「亲贝母婴旗舰店」已停用"]
    assert (by_option.status, by_option.err) == (1, "--merchant：商户「亲贝母婴旗舰店」已停用\n")
