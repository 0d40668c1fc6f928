"""A file that somebody sent, from the web server's temporary file to the shelf, with its job."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils import timezone

from merchants.models import Merchant
from orders.importing.reading import ZIP
from orders.masking import mask_text

from ..clock import database_now
from ..evidence import shelf
from ..lifecycle import Refused
from ..models import Job, JobKind, JobState
from . import MOST_BYTES, NO_SPACE, ROOM, TOO_BIG
from .tables import desk

LONGEST_NAME = 100
PIECE = 1 << 20


def stage(sent, kind: JobKind, *, by_user, merchant: Merchant | None = None) -> Job:
    """Keep the file and ask for it to be looked through; the same file under way already is the same job.

    Raises ``ValidationError`` for what cannot be taken in, ``Refused`` when the person has too much under way.
    """
    if sent.size > MOST_BYTES:
        raise ValidationError(TOO_BIG)
    if getattr(sent, "disk_full", False):
        raise ValidationError(NO_SPACE)
    if not sent.size:
        raise ValidationError("文件是空的：没有表头，也没有数据")
    key = uuid4()
    try:
        with desk(key) as parts:
            name, digest = _keep(sent, parts, key)
    except ValidationError as error:
        raise ValidationError(NO_SPACE) from error
    asked = {
        "name": tidy_name(sent.name), "bytes": sent.size, "sha256": digest,
        "merchant": merchant.pk if merchant else None, "merchant_name": merchant.name if merchant else "",
    }  # fmt: skip
    of_all = hashlib.sha256(f"{digest}:{asked['merchant']}".encode()).hexdigest()
    try:
        job, is_new = Job.ask(kind, by_user=by_user, asked=asked, digest=of_all, source_name=name)
    except Refused:
        shelf.remove(name)
        raise
    if not is_new:
        shelf.remove(name)
    return job


def _keep(sent, parts: Path, key) -> tuple[str, str]:
    """The file's name on the shelf and the digest of its content."""
    target = parts / "upload"
    with target.open("wb") as file:
        for piece in sent.chunks(PIECE):
            file.write(piece)
    with target.open("rb") as file:
        is_workbook = file.read(len(ZIP)) == ZIP
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    today = timezone.localtime(database_now())
    name = f"{ROOM}/{today:%Y/%m/%d}/{key}-upload{'.xlsx' if is_workbook else '.csv'}"
    shelf.put({name: target})
    return name, digest


def tidy_name(name: str) -> str:
    """What somebody called the file, fit to be repeated: no path, no phone number, nothing invisible, not too long."""
    name = os.path.basename(name.replace("\\", "/"))
    name = "".join(character for character in name if character.isprintable()).strip() or "未命名"
    name = mask_text(name)
    stem, dot, ending = name.rpartition(".")
    return name if len(name) <= LONGEST_NAME else f"{(stem or ending)[: LONGEST_NAME - 10]}…{dot}{ending[:8]}"


def earlier(job: Job) -> Job | None:
    """The job in which the same file was brought in before, by anybody, if it is still remembered."""
    same = Job.objects.filter(kind=job.kind, digest=job.digest, state=JobState.DONE).exclude(pk=job.pk)
    return same.select_related("by").order_by("-finished_at").first()
