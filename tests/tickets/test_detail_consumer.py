"""Of the consumer the ticket's page shows a little, and the texts that name one show no more."""

import re
from datetime import timedelta

import pytest

from tests.factories import (
    CustomerFactory,
    OrderFactory,
    TicketFactory,
    returned_ticket,
    submitted_ticket,
)
from tests.pages import page_of, signed_in
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
WORKERS = ["kefu", "zhuguan", "shangjia", "dianyuan"]


@pytest.mark.parametrize("who", WORKERS)
def test_of_the_consumer_a_little_is_shown(who, merchant_a, request):
    customer = CustomerFactory(account="小雨妈妈", phone="13912345678")
    order = OrderFactory(merchant=merchant_a, customer=customer)
    page = page_of(TicketFactory(order=order), request.getfixturevalue(who))
    assert page.one("section", id="consumer").facts() == {
        "收货人": "陈*",
        "手机号": "139****5678",
        "收货地址": "浙江省杭州市西湖区****",
        "会员名": "小*",
    }


@pytest.fixture
def talkative(merchant_a) -> Ticket:
    """A ticket whose every text repeats the consumer's name, phone and street; they changed meanwhile, too."""
    words = "陈晓雨（小雨妈妈），139 1234 5678，浙江省杭州市西湖区文三路90号3栋501室"
    customer = CustomerFactory(account="小雨妈妈", name="陈晓雨", phone="13912345678")
    order = OrderFactory(
        merchant=merchant_a, customer=customer, buyer_remark=words, seller_remark=f"老客户 {words}",
        address="浙江省杭州市西湖区文三路90号3栋501室",
    )  # fmt: skip
    ticket = returned_ticket(
        order=order, problem=f"换货：{words}", text=f"已经联系 {words}，安排补发。", opened_ago=9 * HOUR
    )
    ticket.cancel(by_user=ticket.opened_by, reason=f"撤回：{words}")
    TicketFactory(order=order, problem=f"另一件事：{words}")
    order.consignee, order.phone = "周大伟", "13787654321"
    order.address = "上海市浦东新区世纪大道100号2楼"
    order.buyer_remark = f"改寄周大伟 13787654321 上海市浦东新区世纪大道100号2楼，原来是{words}"
    order.save()
    return ticket


SECRETS = [
    "陈晓雨", "小雨妈妈", "13912345678", "139 1234 5678", "1234", "文三路", "90号", "501",
    "周大伟", "13787654321", "8765", "世纪大道", "100号",
]  # fmt: skip


@pytest.mark.parametrize("who", WORKERS)
def test_nowhere_on_the_page_stands_a_name_a_number_or_a_street(who, talkative, request):
    text = signed_in(request.getfixturevalue(who)).get(talkative.get_absolute_url()).text
    text = text.replace(talkative.number, "").replace(talkative.order.shipments.get().tracking_number, "")
    # Keys of forms, in which any three digits may stand.
    text = re.sub(r'"[\w-]{20,}"', "", text, flags=re.ASCII)
    assert "开单后有变化" in text
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("address", ["/tickets/?tab=all", "/tickets/review/", "/tickets/overdue/?show=late"])
def test_nor_in_any_list(address, zhuguan, merchant_a):
    words = "陈晓雨，139 1234 5678，文三路90号3栋501室"
    order = OrderFactory(
        merchant=merchant_a, phone="13912345678", address="浙江省杭州市西湖区文三路90号3栋501室"
    )
    submitted_ticket(
        order=order, problem=words, text=f"已联系 {words}，安排补发。", opened_ago=9 * HOUR, after=8 * HOUR
    )
    text = signed_in(zhuguan).get(address).text
    assert "陈*" in text
    assert [
        secret for secret in ["陈晓雨", "139 1234", "13912345678", "文三路", "501室"] if secret in text
    ] == []
