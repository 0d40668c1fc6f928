"""The worker that takes the jobs: one at a time, as many workers as one likes."""

import logging
import threading
import time
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError

from orders.importing.reading import Unusable

from ..clock import database_now
from ..evidence.shelf import FULL
from ..lifecycle import Refused
from ..models import Job, JobKind
from . import NO_SPACE, exports, imports

logger = logging.getLogger(__name__)

RUNS: dict[str, Callable] = {
    JobKind.EXPORT_TICKETS: exports.run,
    JobKind.EXPORT_ORDERS: exports.run,
    JobKind.OPEN_TICKETS: imports.run,
    JobKind.IMPORT_ORDERS: imports.run,
}
SAY_EVERY_SECONDS = 1.0
UNEXPECTED = "出现意外错误，没有完成。请联系系统管理员"
NO_ACCOUNT = "提出任务的账号已停用，或角色已变化"


class Overtaken(BaseException):
    """The job is this worker's no longer: cancelled, or taken over. Not an ``Exception``: nobody else handles it."""


class Interrupted(BaseException):
    """The worker was asked to stop."""


class Beat:
    """What a job calls again and again: says how far it is, at most once a second, and ends it when it has to.

    With ``total`` it is said at once. Raises ``Refused`` when the job's person may not have it any more.
    """

    def __init__(self, job: Job, stopping: threading.Event):
        self.job, self.stopping = job, stopping
        self.said_at = time.monotonic()

    def __call__(self, rows: int, total: int | None = None) -> None:
        if self.stopping.is_set():
            raise Interrupted
        if total is None and time.monotonic() - self.said_at < SAY_EVERY_SECONDS:
            return
        self.said_at = time.monotonic()
        if not self.job.beat(rows, total):
            raise Overtaken
        if not self.job.is_still_theirs():
            raise Refused(NO_ACCOUNT)


def work_once(stopping: threading.Event | None = None) -> Job | None:
    """Take the job that has waited for longest and see it through; ``None`` when there is none."""
    job = Job.take(database_now())
    if job is not None:
        see_through(job, stopping or threading.Event())
    return job


def see_through(job: Job, stopping: threading.Event) -> None:
    """Run a job that was taken. Whatever becomes of it, the row says so, and no half file stays."""
    if not job.is_still_theirs():
        job.fail(NO_ACCOUNT)
        return
    try:
        RUNS[job.kind](job, Beat(job, stopping))
    except Overtaken:
        pass
    except Interrupted:
        job.put_back(counts=False)
    except (Unusable, Refused) as error:
        job.fail(str(error))
    except ValidationError as error:
        job.fail(NO_SPACE if getattr(error, "code", "") == "no_space" else "；".join(error.messages))
    except (OperationalError, InterfaceError):
        logger.warning("job %s: the database failed, tried again later", job.pk)
        _put_back_when_it_answers(job)
    except OSError as error:
        if error.errno in FULL:
            job.fail(NO_SPACE)
        else:
            logger.error("job %s: %s", job.pk, type(error).__name__)
            job.fail(UNEXPECTED)
    except DatabaseError as error:  # its text may quote a row
        logger.error("job %s: %s", job.pk, type(error).__name__)
        job.fail(UNEXPECTED)
    except Exception:
        logger.exception("job %s", job.pk)
        job.fail(UNEXPECTED)


def _put_back_when_it_answers(job: Job) -> None:
    """The database may still be away: then the lease ends by itself."""
    try:
        job.put_back(counts=True)
    except DatabaseError:
        logger.warning("job %s: left to its lease", job.pk)
