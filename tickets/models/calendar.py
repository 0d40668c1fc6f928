"""When a merchant is expected to work: shifts by weekday, and the days that are different (节假日, 调休)."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, ProtectedError, Q

from ..lifecycle import Refused
from ..worktime import ServiceTime

WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
MINUTES_OF_DAY = 24 * 60
# With less than this in a week the longest deadline (Policy.LONGEST) might never be reached.
LEAST_IN_A_WEEK = 60
# The years whose holidays somebody may keep.
YEARS = range(2004, 2101)

Week = list[list[tuple[int, int]]]


class SpecialDay(models.Model):
    """One day of the year that is not what its weekday says: a holiday, or a working weekend (调休)."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班（调休）", default=False)
    name = models.CharField("名称", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "节假日"
        ordering = ["day"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="special_day_has_a_name")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}{'（上班）' if self.is_working else ''}"

    @classmethod
    def enter(cls, days: list["SpecialDay"]) -> int:
        """Keep these days, all or none of them; returns how many they are.

        Raises ``ValidationError`` when one of them was entered by somebody else meanwhile.
        """
        try:
            with transaction.atomic():
                return len(cls.objects.bulk_create(days))
        except IntegrityError as error:
            raise ValidationError("其中有日期已被录入，请刷新后查看") from error

    @classmethod
    def year_is_kept(cls, year: int) -> bool:
        """Whether anybody has entered the holidays of a year."""
        return cls.objects.filter(day__year=year, is_working=False).exists()


class Calendar(models.Model):
    """A service calendar. ``is_always`` is 7×24: its shifts and all holidays are beside the point."""

    name = models.CharField("名称", max_length=40, unique=True)
    is_always = models.BooleanField("7×24", default=False, help_text="全天计时，不看班次和节假日")
    observes_holidays = models.BooleanField(
        "遵守节假日", default=True, help_text="节假日不计时，调休上班日按周一的班次计时"
    )

    ALWAYS_IS_FIXED = "7×24 是固定的，不能修改或删除"

    class Meta:
        verbose_name = verbose_name_plural = "服务日历"
        ordering = ["-is_always", "name"]

    def __str__(self) -> str:
        return self.name

    def service_time(self) -> ServiceTime:
        """The calendar made ready for arithmetic; two statements, none for 7×24."""
        if self.is_always:
            return ALWAYS
        week = self.week()
        special = {}
        if self.observes_holidays:
            special = {
                row.day: (week[0] if row.is_working else [], row.name + ("调休" if row.is_working else ""))
                for row in SpecialDay.objects.all()
            }
        return ServiceTime(week, special)

    def week(self) -> Week:
        """The shifts of Monday to Sunday as (from, to) in minutes after midnight, in order."""
        week: Week = [[] for _ in WEEKDAYS]
        for shift in sorted(self.shifts.all(), key=lambda shift: shift.start_minute):
            week[shift.weekday].append((shift.start_minute, shift.end_minute))
        return week

    def keep(self, week: Week) -> None:
        """Save the calendar with these shifts instead of those it had; rounds that run keep their deadlines.

        Raises ``ValidationError`` for shifts that overlap or a week that is as good as empty, ``Refused`` for 7×24.
        """
        if self.is_always:
            raise Refused(self.ALWAYS_IS_FIXED)
        check_week(week)
        with transaction.atomic():
            self.save()
            self.shifts.all().delete()
            Shift.objects.bulk_create(
                Shift(calendar=self, weekday=weekday, start_minute=start, end_minute=end)
                for weekday, shifts in enumerate(week)
                for start, end in sorted(shifts)
            )

    def remove(self) -> None:
        """Delete the calendar. ``Refused`` while a policy uses it, or when a round has ever counted by it: nobody
        could explain that round's deadline any more.
        """
        from .round import Round

        if self.is_always:
            raise Refused(self.ALWAYS_IS_FIXED)
        if Round.objects.filter(calendar=self).exists():
            raise Refused(f"已有工单按「{self}」计时，不能删除，否则无法说明它们的截止时间")
        try:
            self.delete()
        except ProtectedError as error:
            using = "、".join(str(policy) for policy in error.protected_objects)
            raise Refused(f"「{self}」正在被处理时限使用（{using}），请先给它们换一个日历") from error


ALWAYS = ServiceTime.always()


class Shift(models.Model):
    """A stretch of a weekday in which the clock runs; a lunch break is the gap between two of them."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, verbose_name="服务日历", related_name="shifts")
    weekday = models.PositiveSmallIntegerField("星期", choices=list(enumerate(WEEKDAYS)))
    start_minute = models.PositiveSmallIntegerField("开始（零点后分钟数）")
    end_minute = models.PositiveSmallIntegerField("结束（零点后分钟数）")

    class Meta:
        verbose_name = verbose_name_plural = "班次"
        ordering = ["weekday", "start_minute"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "start_minute"], name="shift_starts_once"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, end_minute__gt=F("start_minute"), end_minute__lte=MINUTES_OF_DAY),
                name="shift_ends_after_its_start",
                violation_error_message="班次的结束时间必须晚于开始时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.start_words}–{self.end_words}"

    @property
    def start_words(self) -> str:
        return minute_words(self.start_minute)

    @property
    def end_words(self) -> str:
        return minute_words(self.end_minute)


def minute_words(minute: int) -> str:
    """``09:30`` for 570; ``24:00`` for the end of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def check_shifts(shifts: list[tuple[int, int]], weekday: int) -> None:
    """``ValidationError`` when the shifts of one weekday end before they start or overlap."""
    end_before = 0
    for start, end in sorted(shifts):
        if not 0 <= start < end <= MINUTES_OF_DAY:
            raise ValidationError(f"{WEEKDAYS[weekday]}的班次结束时间必须晚于开始时间")
        if start < end_before:
            raise ValidationError(f"{WEEKDAYS[weekday]}的班次互相重叠")
        end_before = end


def check_week(week: Week) -> None:
    """``ValidationError`` for the first weekday with impossible shifts, or where too little of the week is left."""
    for weekday, shifts in enumerate(week):
        check_shifts(shifts, weekday)
    if sum(end - start for shifts in week for start, end in shifts) < LEAST_IN_A_WEEK:
        raise ValidationError("每周至少要有1小时的服务时间")


def import_holidays(year: int) -> tuple[int, int]:
    """Take a year's mainland holidays and working weekends over from the chinesecalendar library.

    Days somebody has entered already stay as they are. Returns how many days were added and how many the library
    knows. Raises ``ValidationError`` for a year that it does not cover.
    """
    from chinese_calendar import constants

    known = [
        SpecialDay(day=day, is_working=is_working, name=HOLIDAY_NAMES.get(name, "法定节假日"))
        for table, is_working in ((constants.holidays, False), (constants.workdays, True))
        for day, name in table.items()
        if day.year == year
    ]
    if not known:
        first, last = min(constants.holidays).year, max(constants.holidays).year
        if year < first:
            raise ValidationError(f"节假日库从{first}年开始，没有{year}年")
        raise ValidationError(f"节假日库只到{last}年，{year}年的安排请在公布后手工添加")
    existing = set(SpecialDay.objects.filter(day__year=year).values_list("day", flat=True))
    added = [row for row in known if row.day not in existing]
    SpecialDay.objects.bulk_create(added, ignore_conflicts=True)
    return len(added), len(known)


HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def unkept_years(today: date) -> list[int]:
    """This year and, from October on, the next, where their holidays have not been entered."""
    years = [today.year] + ([today.year + 1] if today.month >= 10 else [])
    return [year for year in years if not SpecialDay.year_is_kept(year)]


def holiday_warnings(today: date) -> list[str]:
    """What managers have to be told about years whose holidays nobody has entered; empty when all is well."""
    return [
        f"{'本年' if year == today.year else '次年'}节假日未维护：{year}年的节假日和调休还没有录入，"
        "遵守节假日的服务日历会把它们当作平常的日子计时。"
        for year in unkept_years(today)
    ]
