"""What managers fill in on 时限与节假日. The rules live on the models; a form carries their sentences to the field."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError

from .holiday_sheet import LARGEST_BYTES
from .models import Calendar, Category, Policy, SpecialDay
from .models.calendar import WEEKDAYS, YEARS, Week, check_week
from .timeliness import span_words
from .weekly import read_shifts, shifts_text


class PolicyForm(forms.ModelForm):
    """处理时限. What it is for (category, urgency) is said once, when it is made."""

    use_required_attribute = False

    class Meta:
        model = Policy
        fields = ["category", "urgency", "warning_minutes", "deadline_minutes", "calendar", "hold_hours"]
        error_messages = {
            "urgency": {"required": "请选择紧急程度"},
            "warning_minutes": {"required": "请填写一般预警的分钟数"},
            "deadline_minutes": {"required": "请填写处理时限的分钟数"},
            "calendar": {"required": "请选择服务日历"},
            "hold_hours": {"required": "请填写最长挂起的小时数"},
        }
        help_texts = {"hold_hours": "每轮累计最多挂起多少小时；修改后，进行中的轮次再挂起时也按新的上限"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["category"], self.fields["urgency"]
        else:
            self.fields["category"].queryset = Category.objects.filter(is_active=True)
            self.fields["category"].empty_label = "全部类型"
            self.fields["urgency"].choices = [("", "请选择"), *Policy._meta.get_field("urgency").choices]
        self.fields["calendar"].empty_label = "请选择"
        for name in ("warning_minutes", "deadline_minutes"):
            if self.initial.get(name):
                words = span_words(timedelta(minutes=self.initial[name]))
                self.fields[name].help_text += f"；现在是{words}"


class CalendarForm(forms.ModelForm):
    """服务日历: its name, whether holidays count, and the shifts of each weekday as a text."""

    use_required_attribute = False

    class Meta:
        model = Calendar
        fields = ["name", "observes_holidays"]
        error_messages = {"name": {"required": "请填写名称", "unique": "已有同名的服务日历"}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        week = self.instance.week() if self.instance.pk else [[] for _ in WEEKDAYS]
        for weekday, label in enumerate(WEEKDAYS):
            self.fields[f"day{weekday}"] = forms.CharField(
                label=label,
                required=False,
                max_length=200,
                initial=shifts_text(week[weekday]),
                widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            )

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of Monday to Sunday."""
        return [self[f"day{weekday}"] for weekday in range(len(WEEKDAYS))]

    @property
    def week(self) -> Week:
        """The shifts that were typed; only for a valid form."""
        return [self.cleaned_data[f"day{weekday}"] for weekday in range(len(WEEKDAYS))]

    def clean(self) -> dict:
        data = super().clean()
        for weekday in range(len(WEEKDAYS)):
            name = f"day{weekday}"
            if name in data:
                try:
                    data[name] = read_shifts(data[name], weekday)
                except ValidationError as error:
                    self.add_error(name, error)
        if not any(name.startswith("day") for name in self.errors):
            check_week(self.week)
        return data


class TryForm(forms.Form):
    """试算: when a deadline would fall."""

    start = forms.DateTimeField(
        label="开始时间",
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        error_messages={"required": "请填写开始时间", "invalid": "请填写正确的日期和时间"},
    )
    minutes = forms.IntegerField(
        label="时限（分钟）",
        min_value=1,
        max_value=Policy.LONGEST_MINUTES,
        error_messages={
            "required": "请填写时限的分钟数",
            "invalid": "请填写整数",
            "min_value": "时限至少1分钟",
            "max_value": f"时限最多{Policy.LONGEST_MINUTES}分钟（30天）",
        },
    )

    use_required_attribute = False

    def clean_start(self):
        start = self.cleaned_data["start"]
        if start.year not in YEARS:
            raise ValidationError(f"年份应在{YEARS[0]}到{YEARS[-1]}之间")
        return start


class SpecialDayForm(forms.ModelForm):
    """One day that differs: 休 or 班."""

    is_working = forms.TypedChoiceField(
        label="类型",
        choices=[("0", "休（节假日）"), ("1", "班（调休上班）")],
        coerce=lambda value: value == "1",
        initial="0",
    )

    use_required_attribute = False

    class Meta:
        model = SpecialDay
        fields = ["day", "is_working", "name"]
        widgets = {"day": forms.DateInput({"type": "date"}, "%Y-%m-%d")}
        error_messages = {
            "day": {"required": "请填写日期", "invalid": "请填写正确的日期", "unique": "该日期已录入"},
            "name": {"required": "请填写名称"},
        }

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day.year not in YEARS:
            raise ValidationError(f"年份应在{YEARS[0]}到{YEARS[-1]}之间")
        return day


class YearForm(forms.Form):
    """从节假日库导入: which year."""

    year = forms.IntegerField(
        label="年份",
        min_value=YEARS[0],
        max_value=YEARS[-1],
        error_messages=dict.fromkeys(
            ["required", "invalid", "min_value", "max_value"], f"年份应在{YEARS[0]}到{YEARS[-1]}之间"
        ),
    )


class SheetForm(forms.Form):
    """A CSV file of holidays."""

    sheet = forms.FileField(
        label="CSV 文件",
        help_text="三列：日期、类型（休/班）、名称；有一行不对就一行也不导入",
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的"},
    )

    use_required_attribute = False

    def content(self) -> bytes:
        """What was sent, at most one byte more than is allowed; only for a valid form."""
        return self.cleaned_data["sheet"].read(LARGEST_BYTES + 1)
