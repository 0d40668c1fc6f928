"""超时工单: what can be asked of it, and the rounds that each of its figures counts."""

from django import forms
from django.db.models import Count, Model, Q

from merchants.models import Merchant, User
from qinqin.paging import Ordering

from .lifecycle import Urgency
from .models import Category, Round
from .models.figures import LATENESS, REPEATED, REPEATED_DAYS, Rate
from .period import CHOICES, LONGEST_DAYS, Period

SHOWS = {"overdue": "现在超时", "due_soon": "即将超时", "late": "超时提交", "repeat": "屡次超时"}
# What the rates are made of; reached by their figures.
FIGURES = {"missed": "超时轮次", "due": "到期轮次"}
# Where the rounds are late, one by one.
LATE_SHOWS = {"overdue", "late", "missed"}
# What counts what happened in a period; the others are as they stand now.
OF_A_PERIOD = {"late", "missed", "due"}
GROUPS = {
    "merchant": ("按商户", "merchant_id", "merchant__name"),
    "category": ("按问题类型", "ticket__category_id", "ticket__category__name"),
    "handler": ("按处理人", "result__submitted_by_id", "result__submitted_by__name"),
}
# More lines than this nobody compares; the worst come first.
MOST_LINES = 50
NEWEST = Ordering("due_at", descending=True)
SORTS: dict[str, dict[str, tuple[str, Ordering]]] = {
    "overdue": {"worst": ("超时最久在前", Ordering("due_at")), "newest": ("最近超时在前", NEWEST)},
    "due_soon": {"soonest": ("最早到期在前", Ordering("due_at"))},
    "late": {
        "newest": ("最近提交在前", Ordering("submitted_at", descending=True)),
        "worst": ("超时最久在前", Ordering("late_by", descending=True, spans=True)),
    },
    "missed": {"newest": ("最近到期在前", NEWEST)},
    "due": {"newest": ("最近到期在前", NEWEST)},
}
DATE = {"type": "date"}
ANY = ("", "全部")


class PeriodForm(forms.Form):
    """The last days, or from one day to another. What cannot be read is reported and ignored."""

    days = forms.ChoiceField(
        label="期间", required=False, choices=[(str(days), f"最近{days}天") for days in CHOICES]
    )
    since = forms.DateField(label="截止时间从", required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))
    until = forms.DateField(label="截止时间至", required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))

    use_required_attribute = False

    def __init__(self, *args, days: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["days"].initial = self.usual = days
        self.fields["days"].choices = [
            (str(usual), f"最近{usual}天") for usual in sorted(CHOICES, key=lambda usual: usual != days)
        ]

    def clean(self) -> dict:
        data = super().clean()
        for name in ("since", "until"):
            if data.get(name) and not 2000 <= data[name].year <= 2100:
                self.add_error(name, "请填写2000年至2100年之间的日期")
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "结束日期不能早于开始日期")
        elif since and until and (until - since).days >= LONGEST_DAYS:
            self.add_error("until", f"最长{LONGEST_DAYS}天")
        return data

    def period(self, now) -> Period:
        """What was asked for; one of the two days alone means that day."""
        first, last = self._days()
        return Period(first, last) if first else Period.latest(self._latest(), now)

    @property
    def words(self) -> str:
        """The period for a heading: 最近7天, 2026-11-01 至 2026-11-07."""
        first, last = self._days()
        if not first:
            return f"最近{self._latest()}天"
        return str(Period(first, last))

    def _days(self) -> tuple:
        if "since" in self.errors or "until" in self.errors:
            return None, None
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        return since or until, until or since

    def _latest(self) -> int:
        return int(self.cleaned_data.get("days") or self.usual)


class DeskForm(PeriodForm):
    """The filters of the desk; they combine with *and*."""

    merchant = forms.ModelChoiceField(
        label="商户", required=False, queryset=Merchant.objects.all(), empty_label="全部"
    )
    category = forms.ModelChoiceField(
        label="问题类型", required=False, queryset=Category.objects.all(), empty_label="全部"
    )
    urgency = forms.ChoiceField(label="紧急程度", required=False, choices=[ANY, *Urgency.choices])
    handler = forms.ModelChoiceField(
        label="处理人", required=False, queryset=User.objects.none(), empty_label="全部"
    )
    acknowledged = forms.ChoiceField(
        label="确认", required=False, choices=[ANY, ("yes", "已确认"), ("no", "未确认")]
    )
    exempted = forms.ChoiceField(
        label="豁免", required=False, choices=[ANY, ("yes", "已豁免"), ("no", "未豁免")]
    )
    show = forms.CharField(required=False, widget=forms.HiddenInput)
    group = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    FILTERS = ("merchant", "category", "urgency", "handler", "acknowledged", "exempted")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.filter(merchant__isnull=False).select_related("merchant")
        self.fields["handler"].queryset = people.order_by("merchant__name", "name")
        self.fields["handler"].label_from_instance = lambda person: f"{person.merchant} · {person}"

    @property
    def asked(self) -> dict:
        """The filters that were filled in and understood."""
        return {name: self.cleaned_data[name] for name in self.FILTERS if self.cleaned_data.get(name)}

    @property
    def more_open(self) -> bool:
        """Whether the folded part of the bar has something to show."""
        return bool(self.errors) or any(
            self.cleaned_data.get(name) for name in (*self.FILTERS[1:], "since", "until")
        )

    def apply(self, rounds):
        """The rounds that fit every filter (the period is each list's own matter)."""
        asked = self.asked
        for name, column in [
            ("merchant", "merchant"),
            ("category", "ticket__category"),
            ("urgency", "urgency"),
            ("handler", "result__submitted_by"),
        ]:
            if name in asked:
                rounds = rounds.filter(**{column: asked[name]})
        if "acknowledged" in asked:
            rounds = rounds.filter(acknowledgement__isnull=asked["acknowledged"] == "no")
        if "exempted" in asked:
            rounds = rounds.exempted(yes=asked["exempted"] == "yes")
        return rounds


class Desk:
    """The answers: one query set for each figure, used for listing, counting and exporting alike."""

    def __init__(self, user, query, now):
        self.now = now
        self.form = DeskForm(query, days=7)
        self.form.is_valid()
        self.period = self.form.period(now)
        self.everything = self.form.apply(Round.objects.for_user(user))
        asked = self.form.cleaned_data
        self.show = asked.get("show") if asked.get("show") in SHOWS | FIGURES else "overdue"
        self.group = asked.get("group") if asked.get("group") in GROUPS else "merchant"
        late = query.get("late", "")
        self.late = late if self.show in LATE_SHOWS and late in {key for key, *_ in LATENESS} else ""
        sorts = SORTS.get(self.show, {})
        self.sort = asked.get("sort") if asked.get("sort") in sorts else next(iter(sorts), "")

    def counted(self, show: str):
        """The rounds that a figure counts."""
        rounds, now = self.everything, self.now
        return {
            "overdue": lambda: rounds.overdue(now),
            "due_soon": lambda: rounds.due_soon(now),
            "late": lambda: rounds.submitted_late_in(self.period),
            "missed": lambda: rounds.missed_in(self.period, now),
            "due": lambda: rounds.due_in(self.period, now),
        }[show]()

    def listed(self):
        """The rounds of the list that is shown."""
        rounds = self.counted(self.show)
        if self.late:
            return rounds.late_by(self.late, self.now)
        return rounds.with_lateness(self.now)

    @property
    def ordering(self) -> Ordering:
        return SORTS[self.show][self.sort][1]

    @property
    def conditions(self) -> list[str]:
        """What was asked, in words that may be shown: which list, of when, filtered how, in which order."""
        said = [f"列表：{(SHOWS | FIGURES)[self.show]}"]
        if self.show in OF_A_PERIOD:
            said.append(f"期间：{self.period}")
        if self.late:
            said += [f"超时：{label}" for key, label, *_ in LATENESS if key == self.late]
        for name, value in self.form.asked.items():
            field = self.form.fields[name]
            word = value if isinstance(value, Model) else dict(field.choices)[value]
            said.append(f"{field.label}：{word}")
        return said + ([SORTS[self.show][self.sort][0]] if self.sort else [])

    def lines(self) -> list[dict]:
        """A line for each merchant, category or handler, the worst first.

        Two statements: what runs, and what was due in the period.
        """
        _, key, name = GROUPS[self.group]
        running = self.everything.running().order_by().values(key, name)
        running = running.filter(warn_at__lte=self.now)  # never after the deadline: both lists at once
        running = running.annotate(
            overdue=Count("pk", filter=Q(due_at__lte=self.now)),
            due_soon=Count("pk", filter=Q(due_at__gt=self.now)),
        )
        lines = {}
        for row in [*running, *self.counted("due").timeliness_by(key, name, now=self.now)]:
            line = lines.setdefault(
                row[key], {"key": row[key], "name": row[name], **dict.fromkeys(COUNTED, 0)}
            )
            line |= {counted: row[counted] for counted in COUNTED if counted in row}
            lines[row[key]] = line
        shown = sorted(lines.values(), key=lambda line: str(line["name"]))
        return sorted(shown, key=lambda line: [-line[key] for key in ("overdue", "missed", "due_soon")])

    def offenders(self) -> dict[str, list[dict]]:
        """屡次超时: merchants and handlers with at least three missed deadlines in the last thirty days."""
        missed = self.everything.missed_in(Period.latest(REPEATED_DAYS, self.now), self.now).order_by()
        merchants = missed.values("merchant_id", "merchant__name")
        handlers = missed.filter(result__isnull=False)
        handlers = handlers.values(
            "result__submitted_by_id", "result__submitted_by__name", "result__submitted_by__merchant__name"
        )
        return {
            "merchant": [
                {"key": row["merchant_id"], "name": row["merchant__name"], "of": "", "count": row["missed"]}
                for row in _repeated(merchants)
            ],
            "handler": [
                {
                    "key": row["result__submitted_by_id"],
                    "name": row["result__submitted_by__name"],
                    "of": row["result__submitted_by__merchant__name"],
                    "count": row["missed"],
                }
                for row in _repeated(handlers)
            ],
        }


COUNTED = ("overdue", "due_soon", "late", "n", "missed", "excused")


def _repeated(grouped):
    return grouped.annotate(missed=Count("pk")).filter(missed__gte=REPEATED).order_by("-missed")


def rates(line: dict) -> tuple[Rate, Rate]:
    """超时率 and the same without what was exempted, of a line or of the totals."""
    return Rate(line["missed"], line["n"]), Rate(line["missed"] - line["excused"], line["n"])
