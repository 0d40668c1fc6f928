"""No page, table, notice, mail, message or log shows a consumer's number, name, street or account: one walk over all.

The consumer's data stand in every fact and every text, as they were when the ticket was opened and as they are now.
The only answer that may show one of them is that of 查看完整号码 (tests/tickets/test_reveal.py).
"""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache

from merchants.access import Role
from orders.models import OrderStatus
from qinqin.checks import our_routes
from tests.consumers import ACCOUNT, ADDRESS, NAME, PHONE, SAID, TRACES, ticket_with_everything
from tests.factories import (
    ANSWER,
    CustomerFactory,
    OrderFactory,
    RobotFactory,
    TicketFactory,
    ask_extension,
    cancelled_ticket,
    completed_ticket,
    returned_ticket,
    submitted_ticket,
    ticket_on_hold,
)
from tests.pages import signed_in
from tickets.clock import database_now
from tickets.models import Delivery, Notice, Round
from tickets.notifying import announcing

pytestmark = pytest.mark.django_db

NOW_NAME, NOW_PHONE, NOW_STREET = "欧阳夏丹", "15912348765", "江南大道588号恒鑫大厦"
IDENTITY, BANK = "11010519491231002X", "6222021234567890128"
TEXT = f"{SAID}；现在{NOW_NAME}住{NOW_STREET}，电话{NOW_PHONE}，身份证{IDENTITY}，退到{BANK}"
NEVER = [*TRACES, NOW_NAME, NOW_PHONE, NOW_STREET, "欧阳夏", "夏丹", IDENTITY, BANK]
LINK = re.compile(r'(?:href|action|src|hx-get|data-fresh)="([^"]*)"')
MOST_PAGES = 600
# Where a walk would only end: leaving, the consumer's own page, files.
LEFT_OUT = ("/logout/", "/static/", "/r/")


@pytest.fixture
def world(everybody, merchant_a, kefu, zhuguan, shangjia):
    """One consumer, several tickets in every state, everything written about them, and the order changed since."""
    cache.clear()
    for person in everybody.values():
        person.email = f"{person.username}@example.com"
        person.save()
    RobotFactory(merchant=merchant_a)
    RobotFactory()
    customer = CustomerFactory(account=ACCOUNT, name=NAME, phone=PHONE)

    def order(**about):
        facts = {
            "consignee": NAME,
            "phone": PHONE,
            "address": ADDRESS,
            "buyer_remark": TEXT,
            "seller_remark": TEXT,
        }
        return OrderFactory(merchant=merchant_a, customer=customer, **facts | about)

    orders = [
        order(status=OrderStatus.COMPLETED, buyer_remark=SAID, seller_remark=SAID),
        order(),
        order(),
    ]
    about = {"by_user": kefu, "problem": TEXT}
    everywhere = ticket_with_everything(orders[0], kefu, zhuguan)
    first = orders[1]
    submitted_ticket(order=first, text=TEXT, opened_ago=timedelta(hours=9), after=timedelta(hours=5), **about)
    late = TicketFactory(order=first, opened_ago=timedelta(hours=9), **about)
    ticket_on_hold(order=first, **about)
    returned = returned_ticket(order=first, **about)
    ask_extension(returned)
    for make in (completed_ticket, cancelled_ticket):
        make(order=first, **about)
    low = completed_ticket(order=orders[2], text=TEXT, **about)
    low.rate(stars=1, words=TEXT)
    waiting = TicketFactory(order=orders[2], **about)
    waiting.remind(by_user=zhuguan, note=TEXT)
    waiting.reveal(by_user=shangjia, field="phone", reason=TEXT)
    round_ = late.rounds.get()
    round_.acknowledge(by_user=zhuguan, note=TEXT)
    round_.exempt(by_user=zhuguan, reason=TEXT)
    round_.open_incident(by_user=zhuguan).analyse(by_user=zhuguan, text=TEXT)
    for each in orders[1:]:
        each.consignee, each.phone = NOW_NAME, NOW_PHONE
        each.address = f"浙江省杭州市滨江区{NOW_STREET}"
        each.save()
    Round.objects.filter(is_running=True).update(alert_level=1, told_level=0)
    announcing.announce_alerts(database_now())
    announcing.announce_overdue_list(database_now(), "overdue_list:2026-11-24")
    return [everywhere, late, returned, low, waiting]


def shown(text: str) -> list[str]:
    text = unescape(text)
    return [trace for trace in NEVER if trace in text]


def starts(world, user) -> list[str]:
    """Every address of ours without a key in it, those of the world's tickets, and questions that find them."""
    plain = [
        f"/{route}" for route, _, _ in our_routes() if "<" not in route and not route.startswith("admin")
    ]
    tickets = [ticket.get_absolute_url() for ticket in world]
    orders = [ticket.order.get_absolute_url() for ticket in world]
    asked = [
        "/tickets/?tab=all",
        "/tickets/?tab=all&q=身份证",
        f"/tickets/?tab=all&phone={NOW_PHONE}",
        f"/tickets/?tab=all&q={NOW_PHONE}",
        f"/orders/?q={NOW_PHONE}",
        f"/orders/lookup/?order_number={NOW_PHONE}",
        f"/orders/lookup/?order_number={world[1].order_number}",
        "/tickets/overdue/?show=late&days=90",
        "/tickets/overdue/?group=handler",
        "/tickets/timeliness/list/?figure=completed&days=90",
        "/tickets/sensitive/?days=90",
    ]
    return [*plain, *tickets, *orders, *asked, *(["/admin/"] if user.role == Role.ADMIN else [])]


@pytest.mark.parametrize("who", ["kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "sysadmin"])
def test_no_page_shows_the_consumer(who, world, everybody, caplog):
    visitor, person = signed_in(everybody[who]), everybody[who]
    waiting, seen, leaks = starts(world, person), set(), {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen or path.startswith(LEFT_OUT):
            continue
        seen.add(path)
        answer = visitor.get(path)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(path, answer["Location"]))
            content = answer["Location"]
        else:
            content = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")
            links = LINK.findall(content) if "html" in answer["Content-Type"] else []
            waiting += [
                urljoin(path, unescape(link)).partition("#")[0]
                for link in links
                if not urlsplit(unescape(link)).netloc
            ]
        if found := shown(content):
            leaks[path] = found
    assert leaks == {}
    assert shown(caplog.text) == []
    assert len(seen) > (15 if who in {"shangjia2", "sysadmin"} else 40)


def test_no_notice_mail_or_message_names_the_consumer(world):
    told = [*Notice.objects.values_list("text", flat=True), *Delivery.objects.values_list("text", flat=True)]
    assert len(told) > 30
    assert [text for text in told if shown(text)] == []


def test_no_answer_to_a_form_shows_more_than_was_typed_into_it(world, everybody):
    """What comes back with a wrong form or after somebody was quicker: the whole page around it is masked, too."""
    late = world[1].get_absolute_url()
    for who, verb in [
        ("kefu", "cancel"),
        ("kefu", "hold"),
        ("kefu", "approve"),
        ("dianyuan", "submit"),
        ("kefu", "reveal"),
    ]:
        answer = signed_in(everybody[who]).post(f"{late}{verb}/", {})
        assert answer.status_code in (409, 422)
        assert shown(answer.text) == [], verb


def test_the_walk_would_notice(world, kefu):
    """The texts are really there, and the pages really show their masked form."""
    assert shown(world[1].problem) == NEVER
    page = signed_in(kefu).get(world[1].get_absolute_url()).text
    assert "诸*（岚*）住****，电话139****4321" in page
    assert ANSWER not in TEXT
