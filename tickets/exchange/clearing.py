"""What is over is thrown away: files after some days, the rows of jobs after some months. Records of exports stay."""

from dataclasses import dataclass

from ..clock import database_now
from ..evidence import shelf
from ..models import Job, JobState
from ..models.job import BUSY, ROW_KEPT, UPLOAD_KEPT

BATCH = 500


@dataclass(slots=True)
class Cleared:
    files: int = 0
    rows: int = 0


def clear(now=None) -> Cleared:
    """Throw away what has expired; may run at any time, beside the site and the worker."""
    now = now or database_now()
    cleared = Cleared()
    over = Job.objects.exclude(state__in=BUSY)
    # What was given up or cancelled has no day of its own.
    ended = over.filter(state__in=[JobState.FAILED, JobState.CANCELLED], finished_at__lt=now - UPLOAD_KEPT)
    for found in (over.filter(expires_at__lt=now), ended):
        while rows := list(_with_files(found).order_by("pk")[:BATCH]):
            cleared.files += sum(_without_files(row) for row in rows)
    cleared.rows = over.filter(created_at__lt=now - ROW_KEPT).delete()[0]
    return cleared


def _with_files(jobs):
    return jobs.exclude(source_name="", result_name="", errors_name="")


def _without_files(job: Job) -> int:
    """The row forgets them first: a file that it still names is there."""
    names = [name for name in (job.source_name, job.result_name, job.errors_name) if name]
    Job.objects.filter(pk=job.pk).update(source_name="", result_name="", errors_name="")
    shelf.remove(*names)
    return len(names)
