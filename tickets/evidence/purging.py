"""Files that may show a consumer who is no longer kept: the row stays and says when its file went."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from ..models import Attachment
from . import shelf


def purge(attachments: QuerySet[Attachment], now: datetime) -> int:
    """Mark them as purged, and take their files away after the commit; returns how many.

    Belongs into a transaction in which the door is open (tickets/anonymising.py). What a crash after the commit leaves
    on the disk, prune_files takes: a row that is purged knows no file any more.
    """
    rows = list(attachments.kept().values_list("pk", "storage_name", "thumbnail_name"))
    Attachment.objects.filter(pk__in=[pk for pk, *_ in rows]).update(purged_at=now)
    names = [name for _, *names in rows for name in names]
    # A disk that refuses does not stop the others from going.
    transaction.on_commit(partial(shelf.remove, *names), robust=True)
    return len(rows)
