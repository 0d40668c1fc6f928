"""列设置: which columns a person's list has."""

import pytest

from tests.factories import TicketFactory, completed_ticket, returned_ticket
from tests.pages import FRAGMENT, read, signed_in, statements
from tickets.columns import COLUMNS, FREE

pytestmark = pytest.mark.django_db
ALWAYS = ["工单号", "问题描述", "操作"]


def choose(visitor, *keys: str):
    return visitor.post("/tickets/columns/", {"column": keys})


def test_the_boxes_show_what_the_list_shows(kefu):
    visitor = signed_in(kefu)
    form = read(visitor.get("/tickets/columns/")).one("form", class_="column", method="post")
    ticked = {box["value"] for box in form.all("input", name="column") if "checked" in box.attrs}
    assert ticked == {column.key for column in FREE if column.usual}
    choose(visitor, "clock", "holder")
    form = read(visitor.get("/tickets/columns/")).one("form", class_="column", method="post")
    ticked = {box["value"] for box in form.all("input", name="column") if "checked" in box.attrs}
    assert ticked == {"clock", "holder"}


def test_the_list_has_the_chosen_columns_in_their_own_order(kefu, zhuguan, order_a):
    TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    choose(visitor, "created", "order", "x", "action")
    expected = ["工单号", "订单号", "问题描述", "创建时间", "操作"]
    assert read(visitor.get("/tickets/")).column() == expected
    assert read(visitor.get("/tickets/", headers=FRAGMENT)).column() == expected
    assert len(read(signed_in(zhuguan).get("/tickets/")).column()) == 11


def test_every_column_has_its_cell(shangjia, order_a):
    """A row with another number of cells than there are headings fails in ``table``."""
    ticket = returned_ticket(order=order_a)
    ticket.claim(by_user=shangjia)
    visitor = signed_in(shangjia)
    for column in FREE:
        choose(visitor, column.key)
        [row] = read(visitor.get("/tickets/")).table()
        assert row[column.label] not in ("", "—")
    choose(visitor, *(column.key for column in FREE))
    [row] = read(visitor.get("/tickets/")).table()
    assert list(row) == [column.label for column in COLUMNS]
    assert (row["处理轮次"], row["处理人"], row["消费者"]) == ("第2轮", str(shangjia), "陈*")
    assert row["工单状态"] == "待商家处理 被退回 第2轮"


def test_some_columns_cannot_be_hidden(kefu, order_a):
    TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    choose(visitor, "none")
    assert read(visitor.get("/tickets/")).column() == ALWAYS


def test_the_usual_columns_come_back(kefu, order_a):
    TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    choose(visitor, "order")
    visitor.post("/tickets/columns/", {"usual": "1", "column": "order"})
    kefu.refresh_from_db()
    assert kefu.list_columns == []
    assert len(read(visitor.get("/tickets/")).column()) == 11


def test_a_merchant_does_not_see_the_consumer_of_a_ticket_that_is_over(shangjia, kefu, order_a):
    completed_ticket(order=order_a)
    for person, shown in ((shangjia, "—"), (kefu, "陈*")):
        visitor = signed_in(person)
        choose(visitor, "consumer")
        page = visitor.get("/tickets/?tab=all")
        assert read(page).table()[0]["消费者"] == shown
        assert "陈晓雨" not in page.text


def test_columns_cost_no_statement(kefu, order_a):
    TicketFactory(order=order_a)
    visitor = signed_in(kefu)
    visitor.get("/tickets/")  # the first time statements are prepared and lists of choices read
    usual = statements(lambda: visitor.get("/tickets/"))
    choose(visitor, *(column.key for column in FREE))
    visitor.get("/tickets/")
    assert statements(lambda: visitor.get("/tickets/")) == usual


def test_a_choice_nobody_can_read_is_the_usual_one(kefu, order_a):
    TicketFactory(order=order_a)
    for odd in ["x", {"a": 1}, None, 5]:
        kefu.list_columns = odd or {}
        kefu.save()
        assert len(read(signed_in(kefu).get("/tickets/")).column()) == 11
