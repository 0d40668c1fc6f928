"""Who sees a photo of 协商留言 or 内部备注: whoever reads the words, by every method and range, and nobody else."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.evidence import photo, say, shelved
from tests.factories import (
    TicketFactory,
)
from tests.pages import signed_in
from tests.tickets.test_evidence_access import METHODS, RANGES, body
from tickets.models import Attachment, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

MERCHANTS = ["shangjia", "dianyuan", "shangjia2"]


@pytest.fixture
def ticket(order_a) -> Ticket:
    return TicketFactory(order=order_a)


@pytest.mark.parametrize(
    ("purpose", "sees"),
    [("note", {"kefu", "zhuguan"}), ("message", {"kefu", "zhuguan", "shangjia", "dianyuan"})],
)
def test_who_reads_the_words_sees_the_photo_and_nobody_else(purpose, sees, ticket, everybody):
    say(ticket, everybody["kefu"], purpose)
    assert {name for name, who in everybody.items() if Attachment.objects.for_user(who).exists()} == sees


def addresses(attachment: Attachment) -> list[str]:
    return [attachment.get_absolute_url(), attachment.thumbnail_url]


@pytest.mark.parametrize("is_bound", [True, False], ids=["said", "lying ready"])
@pytest.mark.parametrize("name", MERCHANTS)
def test_no_merchant_gets_a_byte_of_a_notes_photo_by_any_method_or_range(name, is_bound, ticket, everybody):
    kefu, visitor = everybody["kefu"], signed_in(everybody[name])
    attachment = (
        say(ticket, kefu, "note").attachments.get() if is_bound else shelved(kefu, ticket, purpose="note")
    )
    for address in addresses(attachment):
        none = visitor.get(address.replace(str(attachment.key), str(uuid4())))
        for method in METHODS:
            for asked in RANGES:
                page = visitor.generic(method, address, headers={"Range": asked} if asked else {})
                if method in ("GET", "HEAD"):
                    assert page.status_code == 404
                    assert page.content in (b"", none.content)
                else:
                    assert page.status_code == 405
                assert photo() not in body(page)
                assert not {"ETag", "Content-Range", "Content-Disposition"} & set(page.headers)
        etag = signed_in(kefu).get(address)["ETag"]
        for condition in ("If-None-Match", "If-Match"):
            assert visitor.get(address, headers={condition: etag}).status_code == 404
    for verb in ("caption", "discard"):
        assert visitor.post(f"{attachment.get_absolute_url()}{verb}/").status_code == 404


def test_a_person_who_goes_over_to_a_merchant_leaves_the_notes_behind(ticket, kefu, merchant_a):
    attachment = shelved(kefu, ticket, purpose="note")
    kefu.role, kefu.merchant = "merchant_staff", merchant_a
    kefu.save()
    assert signed_in(kefu).get(attachment.get_absolute_url()).status_code == 404
    assert not Attachment.objects.for_user(kefu).exists()


def test_without_a_login_there_is_no_photo(ticket, kefu):
    assert Client().get(addresses(say(ticket, kefu, "message").attachments.get())[0]).status_code == 302
