"""A year's holidays as a small CSV file: 日期, 类型 (休 or 班), 名称."""

import csv
import io
import re
from datetime import date

from django.core.exceptions import ValidationError

from .models.calendar import YEARS, SpecialDay
from .wording import tidy

COLUMNS = ["日期", "类型", "名称"]
KINDS = {"休": False, "班": True}
# Several years' worth; whoever sends more has taken the wrong file.
LARGEST_BYTES = 100_000
LARGEST_LINES = 1_000
LONGEST_NAME = 40
# As a person writes it, and as Excel turns it round: 2027-01-01, 2027/1/1, 2027.1.1, 2027年1月1日
DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?")
EXAMPLE = "日期,类型,名称\r\n2027-01-01,休,元旦\r\n2027-01-02,班,元旦\r\n"


def template() -> bytes:
    """A file to fill in, as Excel opens it without guessing."""
    return ("\ufeff" + EXAMPLE).encode()


def read_sheet(content: bytes) -> tuple[list[SpecialDay], int]:
    """The days of a file that are not kept yet, unsaved, and how many of its days are kept already just so.

    Raises ``ValidationError`` with a sentence for every line that is wrong, or one for the file as a whole.
    """
    lines = list(_lines(content))
    kept = {row.day: row for row in SpecialDay.objects.filter(day__in=_possible_days(lines))}
    days: dict[date, SpecialDay] = {}
    errors, known = [], 0
    for number, cells in lines:
        try:
            row = _day(cells)
            if row.day in days:
                raise ValidationError(f"{row.day} 在文件里出现了两次")
            days[row.day] = row
            if (there := kept.get(row.day)) is not None:
                known += 1
                _same(row, there)
        except ValidationError as error:
            errors.append(f"第{number}行：{error.message}")
    if errors:
        raise ValidationError(errors)
    return [row for day, row in days.items() if day not in kept], known


def _lines(content: bytes):
    """The lines that say something, with their numbers from 1; the headings left out."""
    if len(content) > LARGEST_BYTES:
        raise ValidationError("文件太大，请确认选对了文件（节假日文件不超过100KB）")
    # newline='' leaves line ends inside quotes to the reader, which also tells the physical line.
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    found = 0
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise ValidationError(f"第{number}行的引号不完整，请检查文件") from error
        cells = [tidy(cell) for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells or (cells[0] == COLUMNS[0] and not found):
            continue
        found += 1
        if found > LARGEST_LINES:
            raise ValidationError(f"文件超过{LARGEST_LINES}行，请确认选对了文件")
        yield number, cells
    if not found:
        raise ValidationError("文件里没有任何日期，请按模板填写")


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel on a Chinese Windows saves."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError("看不懂文件的编码，请另存为 CSV（UTF-8）后再上传")


def _possible_days(lines) -> list[date]:
    days = []
    for _, cells in lines:
        try:
            days.append(_date(cells[0]))
        except ValidationError:
            continue
    return days


def _day(cells: list[str]) -> SpecialDay:
    day = _date(cells[0])
    if len(cells) != len(COLUMNS):
        raise ValidationError(f"应有3列（{'、'.join(COLUMNS)}），实际有{len(cells)}列")
    if cells[1] not in KINDS:
        raise ValidationError(f"类型只能是“休”或“班”，不能是“{cells[1][:20]}”")
    if not cells[2] or len(cells[2]) > LONGEST_NAME:
        raise ValidationError(f"名称应有1到{LONGEST_NAME}个字")
    return SpecialDay(day=day, is_working=KINDS[cells[1]], name=cells[2])


def _date(text: str) -> date:
    match = DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(f"“{text[:20]}”不是日期，请写成 2027-01-01")
    if day.year not in YEARS:
        raise ValidationError(f"年份应在{YEARS[0]}到{YEARS[-1]}之间")
    return day


def _same(row: SpecialDay, there: SpecialDay) -> None:
    if (row.is_working, row.name) != (there.is_working, there.name):
        kind = "班" if there.is_working else "休"
        raise ValidationError(
            f"{row.day} 已录入为“{kind} {there.name}”，与文件不同；要按文件改，请先删除那一天"
        )
