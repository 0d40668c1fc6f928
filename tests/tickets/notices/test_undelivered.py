"""未送达: what the delivery worker gave up on."""

from datetime import timedelta

import pytest

from tests.factories import DeliveryFactory, RobotFactory, TicketFactory
from tests.pages import read, signed_in, statements, tabs
from tickets.clock import database_now
from tickets.models import Delivery, DeliveryRun, NoticeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scanned")]

PAGE = "/notices/undelivered/"


@pytest.fixture
def visitor(zhuguan):
    DeliveryRun.note(database_now())
    return signed_in(zhuguan)


@pytest.fixture
def ticket(order_a):
    ticket = TicketFactory(order=order_a)
    Delivery.objects.all().delete()
    return ticket


def rows(page) -> list[dict[str, str]]:
    return read(page).one("main").table()


def form_of(page):
    return read(page).one("main").one("form")


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_it_lists_what_was_given_up_the_newest_first(visitor, ticket, dianyuan, merchant_a):
    now = database_now()
    DeliveryFactory(
        person=dianyuan, ticket=ticket, kind=NoticeKind.URGENT, created_at=now - timedelta(hours=1), attempts=8,
        last_error="邮箱不存在",
    )  # fmt: skip
    DeliveryFactory(robot=RobotFactory(name="值班群"), ticket=ticket, created_at=now)
    DeliveryFactory(robot=RobotFactory(merchant=merchant_a), state=Delivery.State.WAITING)
    DeliveryFactory(person=dianyuan, state=Delivery.State.SENT)
    first, second = rows(visitor.get(PAGE))
    assert (first["收件人"], first["渠道"], first["类型"]) == ("值班群 客服群", "群机器人", "新工单")
    second.pop("时间")
    assert second == {
        "收件人": f"李店员 {merchant_a.name}",
        "渠道": "邮件",
        "类型": "紧急预警",
        "工单": ticket.number,
        "尝试": "8 次",
        "最近的错误": "邮箱不存在",
        "操作": "重新发送",
    }


def test_a_channel_can_be_chosen(visitor, dianyuan):
    DeliveryFactory(robot=RobotFactory(name="值班群"))
    DeliveryFactory.create_batch(2, person=dianyuan)
    page = visitor.get(f"{PAGE}?channel=robot")
    assert tabs(page) == {"all": 3, "email": 2, "robot": 1}
    assert [row["渠道"] for row in rows(page)] == ["群机器人"]
    assert len(rows(visitor.get(f"{PAGE}?channel=pigeon"))) == 3


def test_one_can_be_sent_again(visitor, dianyuan):
    older = DeliveryFactory(person=dianyuan, created_at=database_now() - timedelta(hours=1))
    newer = DeliveryFactory(person=dianyuan)
    form = form_of(visitor.get(f"{PAGE}?channel=email"))
    page = visitor.post(form.all("button", "重新发送")[0]["formaction"], form.sends())
    assert page["Location"] == f"{PAGE}?channel=email"
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.state, newer.state, newer.attempts) == ("given_up", "waiting", 0)


def test_pressed_twice_it_says_that_somebody_was_quicker(visitor, dianyuan):
    delivery = DeliveryFactory(person=dianyuan)
    visitor.post(f"{PAGE}{delivery.pk}/retry/")
    page = visitor.post(f"{PAGE}{delivery.pk}/retry/", follow=True)
    assert "可能已被重新发送" in read(page).one("p", role="alert").text


def test_all_that_are_shown_are_sent_again_and_no_others(visitor, dianyuan):
    DeliveryFactory.create_batch(2, person=dianyuan)
    page = visitor.get(PAGE)
    DeliveryFactory(person=dianyuan)
    form = form_of(page)
    shown = [field["value"] for field in form.all("input", name="shown")]
    page = visitor.post(form["action"], {"shown": shown}, follow=True)
    assert "已将 2 条重新排队" in page.text
    assert states() == ["waiting", "waiting", "given_up"]


@pytest.mark.parametrize("shown", [[], ["x"], ["9" * 40], ["-1"]])
def test_a_form_that_is_not_ours_sends_nothing(visitor, dianyuan, shown):
    DeliveryFactory(person=dianyuan)
    page = visitor.post(f"{PAGE}retry/", {"shown": shown}, follow=True)
    assert "没有需要重新发送的通知" in page.text
    assert states() == ["given_up"]


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (None, "通知发送程序还没有运行过"),
        (timedelta(hours=3), "通知发送程序已停止 3小时00分"),
        (timedelta(seconds=5), None),
    ],
)
def test_it_says_when_the_worker_has_stopped(zhuguan, ago, words):
    if ago is not None:
        DeliveryRun.note(database_now() - ago)
    notes = [line.text for line in read(signed_in(zhuguan).get(PAGE)).all("p", class_="message")]
    assert len(notes) == (words is not None)
    assert all(note.startswith(words) for note in notes)


def test_nothing_undelivered_says_so(visitor):
    assert "没有未送达的通知" in read(visitor.get(PAGE)).one(class_="empty").text


def test_one_row_and_fifty_cost_the_same(visitor, ticket, dianyuan):
    DeliveryFactory(person=dianyuan, ticket=ticket)
    one = statements(lambda: visitor.get(PAGE))
    DeliveryFactory.create_batch(25, person=dianyuan, ticket=ticket)
    DeliveryFactory.create_batch(24, robot=RobotFactory(), ticket=ticket)
    assert statements(lambda: visitor.get(PAGE)) == one
    assert len(rows(visitor.get(PAGE))) == 50


def test_pages_go_on_where_the_last_one_ended(visitor, dianyuan):
    now = database_now()
    for minutes in range(60):
        DeliveryFactory(person=dianyuan, created_at=now - timedelta(minutes=minutes))
    second = visitor.get(PAGE + read(visitor.get(PAGE)).one("a", "下一页")["href"])
    assert len(rows(second)) == 10
