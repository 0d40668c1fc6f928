"""Whom an imported order belongs to: consumers are recognised, and nobody displaces another."""

import pytest

from orders.models import Customer, Order
from tests.factories import OrderFactory
from tests.importing import run


def test_consumers_are_recognised_by_account_else_by_phone(files, merchant_a):
    path = files.text(
        "订单号,买家会员名,收货人姓名,联系手机\n"
        "A1,宝妈小林,林小雨,13800005678\nA2,宝妈小林,林妈妈,13900001234\n"
        "A3,,张三,'13700001111\nA4,,李四,137 0000 1111\n"
    )

    run("import_orders", path, merchant="qinbei")

    found = {order.number: order for order in Order.objects.select_related("customer")}
    assert found["A1"].customer == found["A2"].customer
    assert found["A1"].customer.account == "宝妈小林"
    assert found["A3"].customer == found["A4"].customer
    assert (found["A3"].customer.account, found["A3"].customer.phone) == ("", "13700001111")
    assert [found[number].consignee for number in sorted(found)] == ["林小雨", "林妈妈", "张三", "李四"]


def test_a_consumers_record_keeps_nothing_of_an_order(files, merchant_a):
    run(
        "import_orders",
        files.text("订单号,会员名,收货人,手机\nA1,宝妈小林,林小雨,13800005678\n"),
        merchant="qinbei",
    )

    customer = Customer.objects.get()
    assert (customer.name, customer.phone) == ("", "")


@pytest.mark.parametrize("phone", ["138****5678", "0571-88886666", "13800005678-1234", "12306"])
def test_a_number_that_many_share_names_no_consumer(files, merchant_a, phone):
    run("import_orders", files.text(f"订单号,联系电话\nA1,{phone}\n"), merchant="qinbei")

    order = Order.objects.get()
    assert (order.phone, order.customer) == (phone, None)


def test_a_masked_account_names_no_consumer_and_displaces_none(files, merchant_a):
    run("import_orders", files.text("订单号,会员名\nA1,宝妈小林\n"), merchant="qinbei")

    run("import_orders", files.text("订单号,会员名\nA1,宝**\nA2,宝**\n"), merchant="qinbei")

    assert Order.objects.get(number="A1").customer.account == "宝妈小林"
    assert Order.objects.get(number="A2").customer is None


def test_a_phone_does_not_displace_a_consumer_known_by_account(files, merchant_a):
    run("import_orders", files.text("订单号,会员名\nA1,宝妈小林\n"), merchant="qinbei")

    run("import_orders", files.text("订单号,手机\nA1,13800005678\n"), merchant="qinbei")

    order = Order.objects.get()
    assert (order.customer.account, order.phone) == ("宝妈小林", "13800005678")


def test_a_file_without_consumers_leaves_the_known_one(files, merchant_a):
    order = OrderFactory(merchant=merchant_a, number="A1")

    run("import_orders", files.text("订单号,订单状态\nA1,交易成功\n"), merchant="qinbei")

    assert Order.objects.get().customer == order.customer
