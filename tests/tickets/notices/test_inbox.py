"""消息: what a person was told, and marking it as read."""

from datetime import timedelta

import pytest

from tests.factories import NoticeFactory, TicketFactory
from tests.pages import read, signed_in, statements
from tickets.clock import database_now
from tickets.models import Notice, NoticeKind

pytestmark = pytest.mark.django_db

INBOX = "/notices/"
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(order_a):
    return TicketFactory(order=order_a)


@pytest.fixture(autouse=True)
def nothing_yet(ticket):
    """What opening the ticket itself has told is not what these tests are about."""
    Notice.objects.all().delete()


@pytest.fixture
def visitor(dianyuan):
    return signed_in(dianyuan)


def rows(page) -> list[dict[str, str]]:
    return read(page).one("main").table()


def press(visitor, page: str, button: str):
    """Sends the form of the inbox by one of its buttons, as a browser does."""
    form = read(visitor.get(page)).one("main").one("form")
    pressed = form.all("button", button)[0]
    return visitor.post(pressed.attrs.get("formaction", form["action"]), form.sends())


def test_it_shows_what_is_unread_the_newest_first(visitor, dianyuan, ticket):
    now = database_now()
    NoticeFactory(recipient=dianyuan, ticket=ticket, kind=NoticeKind.WARNING, created_at=now - HOUR)
    NoticeFactory(recipient=dianyuan, ticket=ticket, kind=NoticeKind.URGENT, created_at=now)
    NoticeFactory(recipient=dianyuan, ticket=ticket, created_at=now - 2 * HOUR, read_at=now)
    listed = rows(visitor.get(INBOX))
    assert [(row["类型"], row["内容"], row["操作"]) for row in listed] == [
        ("紧急预警", f"请尽快处理 {ticket.number}", "标为已读"),
        ("一般预警", f"请尽快处理 {ticket.number}", "标为已读"),
    ]
    everything = rows(visitor.get(f"{INBOX}?tab=all"))
    assert [row["操作"] for row in everything] == ["标为已读", "标为已读", "已读"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("【新工单】工单 {}（发票，第1轮），截止 08:00", "工单 {}（发票，第1轮），截止 08:00"),
        ("【催办】请尽快处理", "【催办】请尽快处理 {}"),
        ("请看 <b>", "请看 <b> {}"),
    ],
)
def test_a_rows_words_lead_to_its_ticket(visitor, dianyuan, ticket, words, shown):
    NoticeFactory(recipient=dianyuan, ticket=ticket, text=words.format(ticket.number))
    page = visitor.get(INBOX)
    assert [row["内容"] for row in rows(page)] == [shown.format(ticket.number)]
    assert read(page).one("a", ticket.number)["href"] == ticket.get_absolute_url()


def test_a_row_without_a_ticket_leads_to_its_list(zhuguan, dianyuan):
    NoticeFactory(recipient=zhuguan, kind=NoticeKind.OVERDUE_LIST)
    NoticeFactory(recipient=dianyuan)
    assert read(signed_in(zhuguan).get(INBOX)).one("a", "查看清单")["href"] == "/tickets/overdue/"
    assert read(signed_in(dianyuan).get(INBOX)).one("a", "查看清单")["href"] == "/tickets/"


def test_nothing_unread_says_so_and_shows_the_way_to_all(visitor):
    empty = read(visitor.get(INBOX)).one(class_="empty")
    assert "没有未读消息" in empty.text
    assert empty.one("a")["href"] == "?tab=all"
    assert "还没有消息" in read(visitor.get(f"{INBOX}?tab=all")).one(class_="empty").text


def test_looking_changes_nothing(visitor, dianyuan, ticket):
    notice = NoticeFactory(recipient=dianyuan, ticket=ticket)
    for path in [INBOX, f"{INBOX}?tab=all", ticket.get_absolute_url(), "/notices/fresh/"]:
        visitor.get(path)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_one_can_be_marked_as_read(visitor, dianyuan, ticket):
    mine = NoticeFactory(recipient=dianyuan, ticket=ticket)
    other = NoticeFactory(recipient=dianyuan, ticket=ticket, created_at=database_now() - HOUR)
    page = press(visitor, f"{INBOX}?tab=all", "标为已读")
    assert page["Location"] == f"{INBOX}?tab=all"
    assert list(Notice.objects.unread()) == [other]
    first_time = Notice.objects.get(pk=mine.pk).read_at
    visitor.post(f"{INBOX}{mine.pk}/read/")
    assert Notice.objects.get(pk=mine.pk).read_at == first_time


def test_all_that_were_on_the_page_are_marked_what_came_meanwhile_is_not(visitor, dianyuan, ticket, kefu):
    NoticeFactory.create_batch(3, recipient=dianyuan, ticket=ticket)
    theirs = NoticeFactory(recipient=kefu, ticket=ticket)
    form = read(visitor.get(INBOX)).one("main").one("form")
    late = NoticeFactory(recipient=dianyuan, ticket=ticket, created_at=database_now() - HOUR)
    page = visitor.post(form["action"], form.sends(), follow=True)
    assert "已将 3 条消息标为已读" in page.text
    assert set(Notice.objects.unread()) == {theirs, late}


@pytest.mark.parametrize("sent", [{}, {"up_to": "x"}, {"up_to": "-1"}, {"up_to": "9" * 30}])
def test_a_form_that_is_not_ours_marks_nothing(visitor, dianyuan, ticket, sent):
    NoticeFactory(recipient=dianyuan, ticket=ticket)
    assert visitor.post(f"{INBOX}read/", sent).status_code == 302
    assert Notice.objects.unread().count() == 1


def test_the_page_of_a_ticket_brings_what_its_script_sends(visitor, dianyuan, ticket, order_a):
    about_this = NoticeFactory(recipient=dianyuan, ticket=ticket)
    about_another = NoticeFactory(recipient=dianyuan, ticket=TicketFactory(order=order_a))
    Notice.objects.exclude(pk__in=[about_this.pk, about_another.pk]).delete()
    form = read(visitor.get(ticket.get_absolute_url())).one("form", data_reads=True)
    later = NoticeFactory(recipient=dianyuan, ticket=ticket)
    answer = visitor.post(form["action"], form.sends())
    assert answer.json()["shown"] == "2"
    assert set(Notice.objects.unread()) == {about_another, later}


def test_without_anything_unread_the_page_of_a_ticket_has_nothing_to_send(visitor, ticket):
    assert not read(visitor.get(ticket.get_absolute_url())).all("form", data_reads=True)


def test_nobody_reads_or_marks_what_is_anothers(shangjia2, kefu, dianyuan, ticket):
    theirs = NoticeFactory(recipient=dianyuan, ticket=ticket)
    for person in (shangjia2, kefu):
        visitor = signed_in(person)
        assert rows(visitor.get(f"{INBOX}?tab=all")) == []
        assert visitor.post(f"{INBOX}{theirs.pk}/read/").status_code == 404
        visitor.post(f"{INBOX}read/", {"up_to": theirs.pk})
    assert (
        signed_in(shangjia2).post(f"{INBOX}of/{ticket.number}/read/", {"up_to": theirs.pk}).status_code == 404
    )
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_what_is_not_ones_own_answers_like_what_does_not_exist(shangjia2, dianyuan, ticket):
    theirs = NoticeFactory(recipient=dianyuan, ticket=ticket)
    visitor = signed_in(shangjia2)
    answers = [visitor.post(f"{INBOX}{pk}/read/") for pk in (theirs.pk, 987_654, 2**70)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_ticket_that_went_to_another_merchant_takes_its_notices_with_it(shangjia2, order_a, ticket):
    NoticeFactory(recipient=shangjia2, ticket=ticket)
    visitor = signed_in(shangjia2)
    assert rows(visitor.get(f"{INBOX}?tab=all")) == []
    assert read(visitor.get(INBOX)).one("a", class_="bell")["aria-label"] == "消息"


@pytest.mark.parametrize("query", ["", "?tab=all"])
def test_one_row_and_fifty_cost_the_same(visitor, dianyuan, ticket, query):
    NoticeFactory(recipient=dianyuan, ticket=ticket)
    one = statements(lambda: visitor.get(INBOX + query))
    NoticeFactory.create_batch(49, recipient=dianyuan, ticket=ticket)
    assert statements(lambda: visitor.get(INBOX + query)) == one
    assert len(rows(visitor.get(INBOX + query))) == 50


def test_pages_go_on_where_the_last_one_ended(visitor, dianyuan, ticket):
    now = database_now()
    for minutes in range(60):
        NoticeFactory(recipient=dianyuan, ticket=ticket, created_at=now - timedelta(minutes=minutes))
    first = visitor.get(INBOX)
    second = visitor.get(INBOX + read(first).one("a", "下一页")["href"])
    assert (len(rows(first)), len(rows(second))) == (50, 10)
    back = read(second).one("main").one("form", method="post").all("button", "标为已读")[0]["formaction"]
    assert visitor.post(back)["Location"].startswith(f"{INBOX}?after=")


def test_a_change_needs_its_token(dianyuan, ticket):
    notice = NoticeFactory(recipient=dianyuan, ticket=ticket)
    visitor = signed_in(dianyuan, enforce_csrf_checks=True)
    assert visitor.post(f"{INBOX}{notice.pk}/read/").status_code == 403
