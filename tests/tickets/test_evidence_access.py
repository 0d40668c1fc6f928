"""Who gets a file handed out, and how: never another merchant's, by no method, no range, no address."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.evidence import PDF, shelved, staged
from tests.factories import ANSWER, TicketFactory
from tests.pages import signed_in
from tickets.evidence import shelf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

PEOPLE = ["kefu", "zhuguan", "shangjia", "dianyuan", "shangjia2", "sysadmin", "anonymous"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
RANGES = [
    "",
    "bytes=0-0",
    "bytes=0-",
    "bytes=-1",
    "bytes=0-0,2-3",
    "bytes=9999999-",
    "bytes=5-1",
    "items=0-1",
]
# Address parts that name another merchant's ticket or none; the key is the true one.
DETOURS = ["{own}", "new", "x", "GD20990101-000001"]


@pytest.fixture
def ticket(order_a, kefu, dianyuan):
    """Merchant A's, with a picture of the problem, and a picture and a paper of the answer."""
    ticket = TicketFactory(order=order_a)
    ticket.add_evidence(by_user=kefu, attachments=[shelved(kefu, ticket).key])
    keys = [shelved(dianyuan, ticket).key, staged(dianyuan, ticket, content=PDF, name="报告.pdf").key]
    ticket.submit(by_user=dianyuan, outcome="solved", text=ANSWER, attachments=keys)
    return ticket


def addresses(ticket) -> list[str]:
    attachments = ticket.attachments.order_by("pk")
    return [each.get_absolute_url() for each in attachments] + [
        each.thumbnail_url for each in attachments if each.thumbnail_url
    ]


def visitor_of(name: str, everybody) -> Client:
    return Client() if name == "anonymous" else signed_in(everybody[name])


def contents(ticket) -> list[bytes]:
    return [
        shelf.path(name).read_bytes()
        for each in ticket.attachments.all()
        for name in (each.storage_name, each.thumbnail_name)
        if name
    ]


def body(page) -> bytes:
    return b"".join(page.streaming_content) if page.streaming else page.content


@pytest.mark.parametrize("name", PEOPLE)
def test_who_may_see_the_ticket_gets_its_files_and_nobody_else_a_byte(name, ticket, everybody):
    visitor, secret = visitor_of(name, everybody), contents(ticket)
    may = name in ("kefu", "zhuguan", "shangjia", "dianyuan")
    for address in addresses(ticket):
        for method in METHODS:
            for asked in RANGES:
                page = visitor.generic(method, address, headers={"Range": asked} if asked else {})
                given = body(page)
                if may and method in ("GET", "HEAD"):
                    assert page.status_code == 200, (method, asked, address)
                    assert given in ([b""] if method == "HEAD" else secret)
                else:
                    expected = {"sysadmin": {403}, "shangjia2": {404, 405}, "anonymous": {302, 401}}
                    assert page.status_code in expected.get(name, {405}), (method, asked, address)
                    assert not any(given and piece in given for piece in secret)
                    assert "ETag" not in page


@pytest.mark.parametrize("detour", DETOURS)
def test_a_true_key_under_another_number_opens_nothing(detour, ticket, everybody, order_b):
    number = detour.format(own=TicketFactory(order=order_b).number)
    for name in PEOPLE[:6]:
        for address in addresses(ticket):
            page = visitor_of(name, everybody).get(address.replace(ticket.number, number))
            assert page.status_code == (403 if name == "sysadmin" else 404)


def test_anothers_file_answers_like_one_that_does_not_exist(ticket, shangjia2):
    visitor, address = signed_in(shangjia2), addresses(ticket)[0]
    key = str(ticket.attachments.order_by("pk").first().key)
    theirs, none = visitor.get(address), visitor.get(address.replace(key, str(uuid4())))
    assert (theirs.status_code, theirs.text) == (none.status_code, none.text) == (404, none.text)
    assert "文件不存在或无权查看" in none.text


@pytest.mark.parametrize("condition", ["If-None-Match", "If-Match"])
def test_a_condition_tells_an_outsider_nothing(condition, ticket, kefu, shangjia2):
    address = addresses(ticket)[0]
    etag = signed_in(kefu).get(address)["ETag"]
    assert signed_in(shangjia2).get(address, headers={condition: etag}).status_code == 404


@pytest.mark.parametrize("name", ["kefu", "zhuguan", "shangjia", "shangjia2"])
def test_what_only_lies_ready_opens_for_nobody_else(name, order_a, everybody):
    attachment = shelved(everybody["dianyuan"], TicketFactory(order=order_a))
    visitor = visitor_of(name, everybody)
    for address in (attachment.get_absolute_url(), attachment.thumbnail_url):
        assert visitor.get(address).status_code == 404
    for verb in ("caption", "discard"):
        assert visitor.post(f"{attachment.get_absolute_url()}{verb}/").status_code == 404
    assert signed_in(everybody["dianyuan"]).get(attachment.get_absolute_url()).status_code == 200


def test_what_lies_ready_for_a_new_ticket_opens_for_who_put_it_there(kefu, zhuguan):
    attachment = shelved(kefu, tray=uuid4())
    assert attachment.get_absolute_url().startswith("/tickets/new/files/")
    assert signed_in(kefu).get(attachment.thumbnail_url).status_code == 200
    assert signed_in(zhuguan).get(attachment.thumbnail_url).status_code == 404


def test_what_is_sent_can_no_longer_be_described_or_taken_away(ticket, dianyuan):
    visitor = signed_in(dianyuan)
    for address in addresses(ticket)[:3]:
        assert visitor.post(f"{address}caption/", {"caption": "x"}).status_code == 404
        assert visitor.post(f"{address}discard/").status_code == 404
    assert ticket.attachments.count() == 3


# How it is handed out.


def test_every_file_is_fenced_in(ticket, kefu):
    for address in addresses(ticket):
        page = signed_in(kefu).get(address)
        assert page["X-Content-Type-Options"] == "nosniff"
        assert page["Content-Security-Policy"] == "sandbox; default-src 'none'; img-src 'self'"
        assert page["Cross-Origin-Resource-Policy"] == "same-origin"
        assert page["X-Frame-Options"] == "DENY"
        assert page["Cache-Control"] == "private, no-cache"
        assert page["Accept-Ranges"] == "none"
        assert int(page["Content-Length"]) == len(body(page))


def test_pictures_are_shown_and_papers_are_downloaded_under_their_names(ticket, kefu):
    shown = [signed_in(kefu).get(address) for address in addresses(ticket)]
    picture = ("image/jpeg", "inline; filename*=utf-8''%E5%BC%80%E7%BA%BF.jpg")
    paper = ("application/pdf", "attachment; filename*=utf-8''%E6%8A%A5%E5%91%8A.pdf")
    assert [(page["Content-Type"], page["Content-Disposition"]) for page in shown] == [
        picture, picture, paper, picture, picture,
    ]  # fmt: skip


def test_what_the_browser_has_is_not_sent_again(ticket, kefu):
    visitor = signed_in(kefu)
    for address in addresses(ticket):
        first = visitor.get(address)
        again = visitor.get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert len({visitor.get(address)["ETag"] for address in addresses(ticket)[1:]}) > 1


def test_a_front_server_gets_the_place_of_the_file_and_the_browser_never(ticket, kefu, settings):
    settings.MEDIA_ACCEL = "/protected/"
    attachment = ticket.attachments.order_by("pk").first()
    page = signed_in(kefu).get(attachment.get_absolute_url())
    assert page["X-Accel-Redirect"] == f"/protected/{attachment.storage_name}"
    assert page.content == b""
    assert page["Content-Type"] == "image/jpeg"


def test_a_front_server_is_told_nothing_for_an_outsider(ticket, shangjia2, settings):
    settings.MEDIA_ACCEL = "/protected/"
    page = signed_in(shangjia2).get(addresses(ticket)[0])
    assert page.status_code == 404
    assert "X-Accel-Redirect" not in page


def test_a_file_that_is_lost_is_a_404_and_a_line_in_the_log(ticket, kefu, caplog):
    attachment = ticket.attachments.order_by("pk").first()
    shelf.path(attachment.storage_name).unlink()
    assert signed_in(kefu).get(attachment.get_absolute_url()).status_code == 404
    assert attachment.storage_name in caplog.text
