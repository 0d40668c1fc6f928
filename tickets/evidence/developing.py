"""From a file that somebody sent to one that may be kept: a picture decoded and written anew, or a PDF as it is."""

import hashlib
import json
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from . import LIMIT_SENTENCE, MOST_BYTES, NO_SPACE_SENTENCE, darkroom

DARKROOM = Path(__file__).with_name("darkroom.py")
# On a machine that is busy; its own limit of processor time is much shorter.
PATIENCE_SECONDS = 40

PDF = "application/pdf"
PDF_HEAD, PDF_END = b"%PDF-", b"%%EOF"
PDF_TAIL_BYTES = 2048

EMPTY = "文件是空的，请重新选择"
UNKNOWN = "只支持 JPG、PNG、WebP、HEIC 图片和 PDF"
BROKEN = "图片已损坏或不完整，请重新选择"
TOO_LARGE = "图片像素过大，请缩小后再上传"
PDF_BROKEN = "PDF 已损坏、不完整或夹带了其他内容"
SENTENCES = {
    darkroom.UNKNOWN: UNKNOWN,
    darkroom.BROKEN: BROKEN,
    darkroom.TOO_LARGE: TOO_LARGE,
    darkroom.NO_SPACE: NO_SPACE_SENTENCE,
}


@dataclass(frozen=True, slots=True)
class Developed:
    """A file that is safe to keep, still under a temporary name. Pictures have a size in points and a thumbnail."""

    file: Path
    thumbnail: Path | None
    media_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


def develop(upload: UploadedFile, place: Path) -> Developed:
    """Check ``upload`` by its content and write what may be kept beside ``place``.

    Raises ``ValidationError`` with a sentence for what is none of the kinds, broken, too large, or finds no space.
    """
    if getattr(upload, "disk_full", False):
        raise ValidationError(NO_SPACE_SENTENCE, code="no_space")
    if upload.size > MOST_BYTES:
        raise ValidationError(LIMIT_SENTENCE)
    if not upload.size:
        raise ValidationError(EMPTY)
    source = _on_disk(upload, place.with_suffix(".raw"))
    with source.open("rb") as file:
        is_pdf = file.read(len(PDF_HEAD)) == PDF_HEAD
    return _kept_pdf(source, place) if is_pdf else _new_picture(source, place)


def _on_disk(upload: UploadedFile, place: Path) -> Path:
    """Where the content of the upload lies; what is only in memory is written to ``place``."""
    with suppress(AttributeError):
        return Path(upload.temporary_file_path())
    with place.open("xb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return place


def _kept_pdf(source: Path, place: Path) -> Developed:
    """A PDF stays as it is, for nobody opens it here: it is only ever handed out as a download.

    It has to begin and to end as one, so that it cannot be half, nor another kind of file in disguise.
    """
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - PDF_TAIL_BYTES))
        tail = file.read().rstrip(b"\x00\t\n\x0c\r ")
    if not tail.endswith(PDF_END):
        raise ValidationError(PDF_BROKEN)
    kept = place.with_suffix(".new")
    shutil.copyfile(source, kept)
    return Developed(kept, None, PDF, kept.stat().st_size, _digest(kept))


def _new_picture(source: Path, place: Path) -> Developed:
    picture, thumbnail = place.with_suffix(".new"), place.with_suffix(".small")
    made = _in_the_dark(source, picture, thumbnail)
    if "refused" in made:
        raise ValidationError(SENTENCES[made["refused"]], code=made["refused"])
    return Developed(picture, thumbnail, size=picture.stat().st_size, sha256=_digest(picture), **made)


def _in_the_dark(*places: Path) -> dict:
    """What the darkroom made of it; a file that killed it, or kept it too long, is broken."""
    command = [sys.executable, "-I", str(DARKROOM), *map(str, places)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"MALLOC_ARENA_MAX": "1"},
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return json.loads(done.stdout) if done.returncode == 0 else {"refused": darkroom.BROKEN}
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": darkroom.BROKEN}


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
