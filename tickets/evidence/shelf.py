"""The files on the disk, below ``MEDIA_ROOT``.

A file is written under a temporary name in ``incoming``, reaches the disk, and only then gets its own name: there is
never half a file under a name that a row knows. The row follows the file; what a crash in between leaves behind,
``prune_files`` finds.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from . import NO_SPACE_SENTENCE

ROOM = "evidence"
INCOMING = "incoming"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def root() -> Path:
    """Where names on the shelf begin."""
    return Path(settings.MEDIA_ROOT)


def path(name: str) -> Path:
    """The file of a name that a row knows."""
    return root() / name


@contextmanager
def room_on_disk() -> Iterator[None]:
    """A full disk is no fault of the program: ``ValidationError`` with the sentence for it."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise ValidationError(NO_SPACE_SENTENCE, code="no_space") from error
        raise


@contextmanager
def workplace(key: UUID) -> Iterator[Path]:
    """A path for temporary names (``with_suffix``), on the shelf's own disk; nothing stays there afterwards."""
    with room_on_disk():
        desk = root() / ROOM / INCOMING
        desk.mkdir(parents=True, exist_ok=True)
        place = desk / key.hex
        try:
            yield place
        finally:
            for left in desk.glob(f"{key.hex}.*"):
                left.unlink(missing_ok=True)


def name_for(key: UUID, suffix: str, at: datetime) -> str:
    """Our own name for a file: a folder for each day, and nothing that anybody typed."""
    return f"{ROOM}/{timezone.localtime(at):%Y/%m/%d}/{key}{suffix}"


def put(files: dict[str, Path]) -> None:
    """Give finished files their names (name: where the file lies now). All of them, or none."""
    done = []
    with room_on_disk():
        try:
            for name, source in files.items():
                target = path(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                _reach_the_disk(source)
                os.replace(source, target)
                done.append(name)
                _reach_the_disk(target.parent)
        except BaseException:
            remove(*done)
            raise


def remove(*names: str) -> None:
    """Take files away; one that is gone already is no matter."""
    for name in filter(None, names):
        path(name).unlink(missing_ok=True)


def _reach_the_disk(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
