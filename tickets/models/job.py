"""Work that takes longer than a page may: an export to be written, a file to be looked through and brought in.

A job is a row that a worker claims by moving ``next_attempt_at`` behind a lease. Whoever dies leaves a row that comes
due by itself and is begun anew; whoever was overtaken, or whose job was cancelled, finds at its next beat that the row
is not its own any more, and stops (tickets/exchange/working.py).
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from merchants.backends import ActivePeopleBackend
from merchants.models import Merchant, User

from ..clock import database_now
from ..lifecycle import Refused
from ..wording import UNKEEPABLE
from .notice import Notice, NoticeKind

# How long a job belongs to a worker that does not say anything.
LEASE = timedelta(minutes=2)
# So many times a job is begun (a worker was killed, the database was away) before it is given up.
MOST_ATTEMPTS = 3
AGAIN_AFTER = timedelta(seconds=20)
# What one person may have waiting or running at once.
MOST_AT_ONCE = 3
# How long a finished file lies ready, and an uploaded one waits for its confirmation; the row itself is kept longer.
FILE_KEPT = timedelta(days=7)
UPLOAD_KEPT = timedelta(days=3)
ROW_KEPT = timedelta(days=90)

NOT_VISIBLE = "任务不存在或无权查看"
MOVED_ON = "这个任务的状态已经变化，请刷新后查看"
TOO_MANY = f"您已有{MOST_AT_ONCE}个任务在等待或进行，请等其中一个完成，或先取消一个"
GIVEN_UP = f"中断了{MOST_ATTEMPTS}次，没有完成。请再试一次；仍不成功请联系系统管理员"


class JobKind(models.TextChoices):
    EXPORT_TICKETS = "export_tickets", "导出工单"
    EXPORT_ORDERS = "export_orders", "导出订单"
    OPEN_TICKETS = "open_tickets", "批量建单"
    IMPORT_ORDERS = "import_orders", "订单导入"


EXPORTS = frozenset({JobKind.EXPORT_TICKETS, JobKind.EXPORT_ORDERS})


class JobState(models.TextChoices):
    WAITING = "waiting", "等待中"
    RUNNING = "running", "进行中"
    CHECKED = "checked", "待确认"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


BUSY = (JobState.WAITING, JobState.RUNNING)


class JobQuerySet(models.QuerySet):
    def for_user(self, user) -> "JobQuerySet":
        """A person's own jobs, of the time in which they had the role and the merchant they have now."""
        return self.filter(by=user, role=user.role, merchant=user.merchant_id)

    def busy(self) -> "JobQuerySet":
        return self.filter(state__in=BUSY)

    def due(self, now: datetime) -> "JobQuerySet":
        """What a worker may begin: waiting, or running under a lease that is over."""
        return self.busy().filter(next_attempt_at__lte=now).order_by("next_attempt_at", "pk")


class Job(models.Model):
    """One person's export or import. ``asked`` says of what, ``report`` what came of it.

    An import is looked through first (``checked``), and does nothing before ``confirm``. The names of files are those
    of the shelf: ``source_name`` what was uploaded, ``result_name`` what was exported, ``errors_name`` the
    lines refused.
    """

    key = models.UUIDField("编号", unique=True, default=uuid4)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="提出人", related_name="+")
    role = models.CharField("提出人角色", max_length=20)
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name="提出人的商户", null=True, blank=True, related_name="+"
    )
    kind = models.CharField("类型", max_length=20, choices=JobKind)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.WAITING)
    asked = models.JSONField("内容", default=dict)
    # The same thing asked again while it is under way is the same job.
    digest = models.CharField("内容摘要", max_length=64)
    is_confirmed = models.BooleanField("已确认", default=False)
    rows_done = models.PositiveIntegerField("已处理行数", default=0)
    rows_total = models.PositiveIntegerField("总行数", null=True, blank=True)
    report = models.JSONField("结果", default=dict)
    sentence = models.CharField("未完成的原因", max_length=500, blank=True)
    source_name = models.CharField("上传的文件", max_length=200, blank=True)
    result_name = models.CharField("结果文件", max_length=200, blank=True)
    result_bytes = models.PositiveBigIntegerField("结果文件大小", default=0)
    errors_name = models.CharField("错误文件", max_length=200, blank=True)
    created_at = models.DateTimeField("提出时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    expires_at = models.DateTimeField("文件保留至", null=True, blank=True)
    next_attempt_at = models.DateTimeField("下次执行")
    attempts = models.PositiveSmallIntegerField("执行次数", default=0)
    claim = models.UUIDField("执行编号", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导出与导入任务"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["by", "-created_at", "-id"], name="job_of_person"),
            models.Index(fields=["state", "next_attempt_at", "id"], name="job_due"),
            models.Index(fields=["expires_at"], name="job_expires"),
            models.Index(fields=["created_at"], name="job_age"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=JobKind.values), name="job_kind_known"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.UniqueConstraint(
                fields=["by", "kind", "digest"], condition=Q(state__in=BUSY), name="job_under_way_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_export(self) -> bool:
        return self.kind in EXPORTS

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    # ---- the person ----

    @classmethod
    def ask(
        cls, kind: JobKind, *, by_user, asked: dict, digest: str, source_name: str = ""
    ) -> "tuple[Job, bool]":
        """A new job, and whether it is one: the same thing that is under way already is not begun twice.

        Raises ``Refused`` when the person has ``MOST_AT_ONCE`` under way.
        """
        now = database_now()
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=by_user.pk)
            own = cls.objects.for_user(by_user).busy()
            if known := own.filter(kind=kind, digest=digest).first():
                return known, False
            if own.count() >= MOST_AT_ONCE:
                raise Refused(TOO_MANY)
            # The same, asked for in a role that is over: nobody may have what would come of it.
            former = cls.objects.busy().filter(by=by_user, kind=kind, digest=digest)
            former.update(state=JobState.CANCELLED, finished_at=now, claim=None)
            job = cls.objects.create(
                by=by_user, role=by_user.role, merchant_id=by_user.merchant_id, kind=kind, asked=asked, digest=digest,
                source_name=source_name, created_at=now, next_attempt_at=now,
                expires_at=now + UPLOAD_KEPT if source_name else None,
            )  # fmt: skip
        return job, True

    def confirm(self, *, by_user) -> None:
        """确认: bring in what was looked through. Raises ``Refused`` when it is not (or no longer) waiting for that."""
        now = database_now()
        own = Job.objects.for_user(by_user).filter(pk=self.pk, state=JobState.CHECKED, expires_at__gt=now)
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=by_user.pk)
            if Job.objects.busy().filter(by=by_user, kind=self.kind, digest=self.digest).exists():
                raise Refused("同一个文件正在处理，请等它完成")
            confirmed = own.update(
                state=JobState.WAITING,
                is_confirmed=True,
                attempts=0,
                rows_done=0,
                next_attempt_at=now,
                claim=None,
            )
        if not confirmed:
            raise Refused(MOVED_ON)

    def cancel(self, *, by_user) -> None:
        """取消. What an import has brought in by then stays. Raises ``Refused`` when there is nothing to cancel."""
        open_ones = Job.objects.for_user(by_user).filter(pk=self.pk, state__in=[*BUSY, JobState.CHECKED])
        if not open_ones.update(state=JobState.CANCELLED, finished_at=database_now(), claim=None):
            raise Refused(MOVED_ON)

    # ---- the worker ----

    @classmethod
    def take(cls, now: datetime) -> "Job | None":
        """The job that has been due for longest, now this worker's; those begun too often are given up on the way."""
        due = cls.objects.due(now)
        # Look before asking SQLite for its one write lock.
        while due.exists():
            with transaction.atomic():
                job = due.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
                if job is None:
                    return None
                job.claim, job.state = uuid4(), JobState.RUNNING
                job.next_attempt_at, job.attempts = now + LEASE, job.attempts + 1
                job.started_at, job.rows_done = now, 0
                job.save(
                    update_fields=["claim", "state", "next_attempt_at", "attempts", "started_at", "rows_done"]
                )
                if job.attempts <= MOST_ATTEMPTS:
                    return job
                job.fail(GIVEN_UP)
        return None

    def is_still_theirs(self) -> bool:
        """Whether its person could ask for it now: able to log in, with the role and the merchant they had then."""
        person = ActivePeopleBackend().get_user(self.by_id)
        return person is not None and (person.role, person.merchant_id) == (self.role, self.merchant_id)

    def beat(self, rows_done: int, rows_total: int | None = None) -> bool:
        """Say how far it is, and keep the lease; false when the job is this worker's no longer."""
        known = {} if rows_total is None else {"rows_total": rows_total}
        return self._own().update(rows_done=rows_done, next_attempt_at=database_now() + LEASE, **known) == 1

    def put_back(self, *, counts: bool) -> None:
        """Leave it to be begun anew: at once when the worker was asked to stop, later when it failed (``counts``)."""
        again = database_now() + (AGAIN_AFTER if counts else timedelta())
        attempts = F("attempts") if counts else F("attempts") - 1
        self._own().update(state=JobState.WAITING, next_attempt_at=again, attempts=attempts, claim=None)

    def offer(self, *, rows: int, report: dict, errors_name: str, tell: bool) -> bool:
        """The file was looked through; false when the job is this worker's no longer."""
        now = database_now()
        with transaction.atomic():
            ended = self._end(
                JobState.CHECKED, rows_done=rows, rows_total=rows, report=report, errors_name=errors_name,
                expires_at=now + UPLOAD_KEPT,
            )  # fmt: skip
            if ended and tell:
                self._tell(f"{self.get_kind_display()}的文件已检查（{self.asked['name']}），请确认。", now)
        return ended

    def finish(
        self, *, rows: int, report: dict, told: str, result_name: str = "", result_bytes: int = 0, errors_name: str = ""
    ) -> bool:  # fmt: skip
        """It is done, and its person is told so; false when the job is this worker's no longer."""
        now = database_now()
        with transaction.atomic():
            ended = self._end(
                JobState.DONE, rows_done=rows, rows_total=rows, report=report, result_name=result_name,
                result_bytes=result_bytes, errors_name=errors_name, source_name="", finished_at=now,
                expires_at=now + FILE_KEPT,
            )  # fmt: skip
            if ended:
                self._tell(told, now)
        return ended

    def fail(self, sentence: str) -> bool:
        """It cannot be done, for this reason; the person is told."""
        now = database_now()
        with transaction.atomic():
            sentence = UNKEEPABLE.sub("", sentence)[:500]
            ended = self._end(JobState.FAILED, sentence=sentence, finished_at=now)
            if ended:
                self._tell(f"{self.get_kind_display()}没有完成：{sentence}", now)
        return ended

    def _own(self) -> JobQuerySet:
        return Job.objects.filter(pk=self.pk, state=JobState.RUNNING, claim=self.claim)

    def _end(self, state: JobState, **values) -> bool:
        return self._own().update(state=state, claim=None, **values) == 1

    def _tell(self, text: str, now: datetime) -> None:
        """A notice for every attempt to end it that succeeded: a job that was confirmed may end twice."""
        key = f"job:{self.pk}:{uuid4().hex[:8]}"
        text = f"【{NoticeKind.JOB.label}】{text}"[:2_000]
        Notice.objects.create(
            recipient_id=self.by_id, key=key, kind=NoticeKind.JOB, text=text, created_at=now
        )
