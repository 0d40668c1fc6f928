"""Shelf and rows held against each other, both ways, and what nobody sent thrown away."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import batched
from pathlib import Path
from uuid import UUID

from django.db import transaction

from ..clock import database_now
from ..exchange import ROOM as TABLES
from ..models import Attachment, Job
from . import shelf

BATCH = 500


@dataclass(slots=True)
class Found:
    """``stale``: how many staged files nobody sent in time; ``orphans``: files without a row; ``missing``: files that
    a row knows and the disk does not.
    """

    stale: int = 0
    orphans: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def prune(
    older_than: float, *, dry_run: bool = False, progress: Callable[[], object] = lambda: None
) -> Found:
    """Throw away what is older than so many hours and belongs to nothing. Uploads and verbs may go on meanwhile."""
    before = database_now() - timedelta(hours=older_than)
    found = Found()
    found.stale = _stale(before, dry_run)
    for names in batched(_names_on_disk(before), BATCH):
        for name in _without_a_row(names):
            found.orphans.append(name)
            if not dry_run:
                shelf.remove(name)
        for _ in names:
            progress()
    rows = Attachment.objects.kept().order_by("pk").values_list("storage_name", "thumbnail_name")
    for row in rows.iterator(BATCH):
        lost = [name for name in row if name and not shelf.path(name).is_file()]
        found.missing += lost and _still_known(lost)
        progress()
    return found


def _stale(before, dry_run: bool) -> int:
    """Staged files that nobody has sent: the row first, then its files. One that is being sent just now is kept."""
    stale = Attachment.objects.staged().filter(created_at__lt=before)
    if dry_run:
        return stale.count()
    thrown_away = 0
    while rows := _throw_away(stale):
        for row in rows:
            shelf.remove(*row)
        thrown_away += len(rows)
    return thrown_away


def _throw_away(stale) -> list[tuple[str, str]]:
    with transaction.atomic():
        locked = stale.select_for_update(skip_locked=True).order_by("pk")[:BATCH]
        rows = list(locked.values_list("pk", "storage_name", "thumbnail_name"))
        Attachment.objects.filter(pk__in=[pk for pk, *_ in rows]).delete()
    return [tuple(names) for _, *names in rows]


def _names_on_disk(before) -> Iterator[str]:
    """Names of files on the shelf that were last written before that moment, temporary ones included."""
    for room in (shelf.ROOM, TABLES):
        for folder, _, files in os.walk(shelf.root() / room):
            for file in files:
                place = Path(folder, file)
                try:
                    is_old = place.stat().st_mtime < before.timestamp()
                except FileNotFoundError:  # it got its name, or was taken away, meanwhile
                    continue
                if is_old:
                    yield place.relative_to(shelf.root()).as_posix()


def _without_a_row(names: tuple[str, ...]) -> list[str]:
    """Those of the names that no row knows, or one that is purged; a thumbnail lies beside its picture. The name of an
    uploaded table begins with a key of its own.
    """
    keys = [key for name in names if (key := _key_in(name))]
    rows = [
        *Attachment.objects.kept().filter(key__in=keys).values_list("storage_name", "thumbnail_name"),
        *Job.objects.filter(key__in=keys).values_list("result_name", "errors_name"),
        *Job.objects.filter(source_name__in=[name for name in names if name.startswith(TABLES)]).values_list(
            "source_name"
        ),
    ]
    known = {name for row in rows for name in row}
    return [name for name in names if name not in known]


def _key_in(name: str) -> UUID | None:
    """The key that our own names begin with."""
    with suppress(ValueError):
        return UUID(Path(name).name[:36])
    return None


def _still_known(names: list[str]) -> list[str]:
    """What is missing, unless its row has gone as well since it was read: taken away by whoever staged it."""
    return [name for name in names if not _without_a_row((name,))]
