"""One cell into one value. Every reader takes the cell's text without blank edges and raises ``BadCell``."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone as zone
from openpyxl.utils.datetime import from_excel

from ..masking import DASH, STARS, looks_like_name, mask_address, mask_text
from .reading import INVISIBLE

# What exports write where they have nothing to say.
NOTHING = frozenset(
    ["", "-", "--", "—", "——", "/", "\\n", "null", "none", "nil", "nan", "n/a", "#n/a", "#ref!", "#value!", "#name?",
     "#div/0!", "#num!", "#null!"]
)  # fmt: skip
NO_VALUE = NOTHING | {"无", "无退款申请", "暂无"}

AMOUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(e-\d{1,3})?")
CURRENCY = re.compile(r"¥|元|rmb|cny|\s")
QUANTITY = re.compile(r"(-?\d{1,15})(\.0*)?\s*[件个只盒套箱瓶包罐]?")
MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}\.\d{1,2}\.\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)"
    r"([\sT]*(?P<time>\d{1,2}:\d{1,2}(:\d{1,2})?)(\.(?P<fraction>\d{1,9}))?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
ZERO_DATE = re.compile(r"[0\-/:.\sT]+")
YEARS = range(1990, 2101)

FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)
# 1.23E+18 in a CSV that Excel saved, 1.23e+18 of a number cell; a number beyond 15 digits has lost its end.
SPOILED = re.compile(r"\d+(\.\d+)?e\+\d+|\d\.\d+e\d+|\d{16,}\.0*", re.IGNORECASE)
FLOATED = re.compile(r"(\d{1,15})\.0*")
ZERO_WIDTH = dict.fromkeys([0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
MOBILE = re.compile(r"(?:\+?86[-\s]?|0086)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})")
# A word as people name a kind of thing in Chinese: without figures, and too short for a sentence.
PLAIN_WORD = re.compile(r"[\u3400-\u9fff、，,/（）() -]{0,12}")
# What people write of goods that begins like a surname.
NO_NAMES = re.compile("包装|安装|金额|易碎|时效|时间|单据|费用")
UNFIT_FOR_A_NUMBER = re.compile(r"[\s/\\\"'<>\x00-\x1f\x7f]")

# The columns keep twelve digits, two of them fen; rounding must not make a thirteenth.
LARGEST_AMOUNT = Decimal("9999999999.995")
LARGEST_QUANTITY = 2_147_483_647
LONGEST_REMARK = 10_000


class BadCell(ValueError):
    """The cell cannot be what its column says; the message tells why, after the column's name."""


def amount(text: str) -> Decimal | None:
    """Yuan, rounded to fen; ``¥1,234.50``, ``37.0`` and full-width digits are understood. Nothing told: ``None``."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded in NO_VALUE:
        return None
    number = CURRENCY.sub("", folded).replace("−", "-")
    if not AMOUNT.fullmatch(number) or not any(character.isdigit() for character in number):
        raise BadCell(f"不是金额：{shown(text)}")
    value = Decimal(number.replace(",", ""))
    if abs(value) >= LARGEST_AMOUNT:
        raise BadCell(f"金额太大：{shown(text)}")
    value = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if value < 0:
        raise BadCell(f"不能是负数：{shown(text)}")
    return abs(value)


def quantity(text: str) -> int | None:
    """A whole number of articles. Nothing told: ``None``."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded in NO_VALUE:
        return None
    match = QUANTITY.fullmatch(folded.replace(",", ""))
    if not match:
        raise BadCell(f"不是整数：{shown(text)}")
    if not 0 <= int(match[1]) <= LARGEST_QUANTITY:
        raise BadCell(f"数量不合理：{shown(text)}")
    return int(match[1])


def moment(text: str) -> datetime | None:
    """An aware time; without an offset it is Shanghai's. Dates alone mean midnight. Nothing told: ``None``."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if folded.casefold() in NO_VALUE or ZERO_DATE.fullmatch(folded):
        return None
    try:
        value = _moment(folded)
    except (ValueError, OverflowError):
        value = None
    if value is None or value.year not in YEARS:
        raise BadCell(f"不是可能的时间：{shown(text)}")
    return value if value.tzinfo else value.replace(tzinfo=zone.get_default_timezone())


def _moment(text: str) -> datetime | None:
    if SERIAL.fullmatch(text):
        return from_excel(float(text))
    if match := COMPACT.fullmatch(text):
        return datetime(*(int(part) for part in match.groups(default="0")))  # noqa: DTZ001 (made aware by the caller)
    match = MOMENT.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) for part in re.findall(r"\d+", match["date"]))
    hour, minute, second = [*(int(part) for part in (match["time"] or "0:0").split(":")), 0][:3]
    microsecond = int((match["fraction"] or "0").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_offset(match["zone"]))


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def identifier(text: str) -> str:
    """A number that is a name (order, parcel, telephone): without the ``'`` or ``="…"`` that keep Excel's hands off.

    Refuses what Excel has spoiled all the same: 1.23E+18, or a float of more than 15 digits.
    """
    if match := FORMULA_TEXT.fullmatch(text):
        text = match[1]
    text = unicodedata.normalize("NFKC", text.strip(INVISIBLE).lstrip("'‘’`")).translate(ZERO_WIDTH)
    text = text.strip(INVISIBLE)
    if text.casefold() in NO_VALUE:
        return ""
    if match := FLOATED.fullmatch(text):
        return match[1]
    return unspoiled(text)


def unspoiled(text: str) -> str:
    """The text itself; ``BadCell`` when Excel has cut off its end."""
    if SPOILED.fullmatch(text):
        raise BadCell("已被 Excel 改成科学计数法或丢失精度，请把该列设为文本后重新导出")
    return text


def order_number(text: str) -> str:
    """An order's number: never empty, at least one digit, nothing that an address of a page could not carry."""
    number = identifier(text)
    if not number:
        raise BadCell("为空")
    if len(number) > 64:
        raise BadCell(f"超过 64 个字符（有 {len(number)} 个）")
    if UNFIT_FOR_A_NUMBER.search(number) or not any(character.isdigit() for character in number):
        raise BadCell("不是订单号：须含数字，不能含空格、引号或斜线")
    return number


def phone(text: str) -> str:
    """A telephone number; mainland mobile numbers in any writing become eleven digits."""
    number = identifier(text)
    match = MOBILE.fullmatch(number)
    return "".join(match.groups()) if match else number


def is_mobile(number: str) -> bool:
    """Whether a telephone number is a whole mobile number: not masked by the mall, not virtual with an extension."""
    return len(number) == 11 and MOBILE.fullmatch(number) is not None


def tracking_numbers(text: str) -> list[str]:
    """The parcels named in a cell: one, or several between commas, semicolons or blanks; ``No:`` is taken off."""
    text = re.sub(r"\bno\s*[:：]", " ", text, flags=re.IGNORECASE)
    parts = (identifier(part) for part in re.split(r"[\s,，;；、|]+", text))
    return list(dict.fromkeys(part for part in parts if part))


def line_of_text(text: str) -> str:
    """A text on one line."""
    if match := FORMULA_TEXT.fullmatch(text):
        text = match[1]
    text = " ".join(text.split())
    return "" if text.casefold() in NOTHING else text


def lines_of_text(text: str) -> str:
    """A text that may have several lines, with one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "" if text.casefold() in NOTHING else text


def within(text: str, limit: int) -> str:
    """The text itself; ``BadCell`` when it is longer than ``limit`` characters."""
    if len(text) > limit:
        raise BadCell(f"太长：有 {len(text)} 个字符，最多 {limit} 个")
    return text


def shown(text: str) -> str:
    """A cell as a report may quote it: short, and useless to whoever looks for a consumer's name or number in it."""
    text = mask_text(" ".join(text.split()))[:40]
    text = re.sub(r"(\d{3})\d{4,}", r"\1****", text)
    text = re.sub(r"([^\W\d_])[^\W\d_]+", r"\1*", text)
    return f"「{text if len(text) <= 20 else text[:19] + '…'}」"


def shown_word(text: str, words: Iterable[str]) -> str:
    """A cell that should hold one of our ``words``, as a report may quote it: whole, so that it can be put right.

    Where the file's columns are out of place anything may stand there: what may be a name or a part of an address, is
    longer than a word or has figures is quoted as ``shown`` does.
    """
    text = " ".join(text.split())
    ours = {word[place : place + 2] for word in words for place in range(len(word) - 1)}
    if not PLAIN_WORD.fullmatch(text) or mask_address(text) not in (STARS, DASH):
        return shown(text)
    for part in re.findall(r"[\u3400-\u9fff]+", text):
        akin = NO_NAMES.search(part) or any(part[place : place + 2] in ours for place in range(len(part) - 1))
        if looks_like_name(part) and not akin:
            return shown(text)
    return f"「{text}」"
