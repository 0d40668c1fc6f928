"""Pictures and papers for tests, made on the spot; honest ones here, hostile ones in tests/hostile_files.py."""

import hashlib
import io
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tickets.clock import database_now
from tickets.evidence import shelf
from tickets.models import Attachment, Message, Purpose, Ticket

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(
    size: tuple[int, int] = (40, 30), colour: object = (200, 30, 60), mode: str = "RGB"
) -> Image.Image:
    return Image.new(mode, size, colour)


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    """The picture as a file of that kind."""
    if kind == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    page = io.BytesIO()
    image.save(page, kind, **options)
    return page.getvalue()


@cache
def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small honest picture."""
    return encoded(picture(size), kind)


def upload(content: bytes | None = None, name: str = "开线.jpg") -> SimpleUploadedFile:
    """A file as a form brings it."""
    return SimpleUploadedFile(name, photo() if content is None else content)


def staged(by_user, ticket=None, content: bytes | None = None, name: str = "开线.jpg", **about) -> Attachment:
    """Taken in and lying ready: with a merchant's answer, or with a problem, unless ``purpose`` says otherwise."""
    about.setdefault("purpose", Purpose.RESULT if by_user.is_merchant else Purpose.PROBLEM)
    return Attachment.stage(upload(content, name), by_user=by_user, ticket=ticket, **about)


def shelved(by_user, ticket=None, tray: UUID | None = None, purpose: str = "", **about) -> Attachment:
    """As ``staged``, without the darkroom, which costs a tenth of a second: for tests that are about who sees it."""
    purpose = purpose or (Purpose.RESULT if by_user.is_merchant else Purpose.PROBLEM)
    now, key = database_now(), uuid4()
    attachment = Attachment(
        key=key, ticket=ticket, tray=None if ticket else tray, uploaded_by=by_user,
        purpose=purpose, media_type="image/jpeg",
        size=len(photo()), width=40, height=30, sha256=hashlib.sha256(key.bytes).hexdigest(), created_at=now,
        storage_name=shelf.name_for(key, ".jpg", now), thumbnail_name=shelf.name_for(key, "-thumb.jpg", now),
        **({"name": "开线.jpg"} | about),
    )  # fmt: skip
    for name in (attachment.storage_name, attachment.thumbnail_name):
        shelf.path(name).parent.mkdir(parents=True, exist_ok=True)
        shelf.path(name).write_bytes(photo() + name.encode())
    attachment.save(force_insert=True)
    return attachment


def files_below(root: Path) -> list[str]:
    """Everything on the shelf."""
    return sorted(file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file())


@pytest.fixture
def media(settings, tmp_path) -> Path:
    """A ``MEDIA_ROOT`` of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


SAYING = {"note": "add_note", "message": "add_message"}


def say(ticket: Ticket, by_user, purpose: str, how_many: int = 1, text: str = "请看照片", **about) -> Message:
    """Said about a ticket, with so many photos."""
    keys = [shelved(by_user, ticket, purpose=purpose, **about).key for _ in range(how_many)]
    return getattr(ticket, SAYING[purpose])(by_user=by_user, text=text, attachments=keys)
