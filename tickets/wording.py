"""When a text says something. One rule for results, reasons and problems, wherever they come from."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError

from .lifecycle import Outcome
from .sameness import same

RESULT_MISSING = "请填写处理结果"
RESULT_TOO_SIMPLE = "处理结果过于简单，请写明处理经过和结论（至少10个字）"
UNSOLVED_TOO = "未处理成功也需说明实际情况"
RESULT_LETTERS = 10
# Ten letters of which fewer than three differ (哈哈哈哈…, 好的好的好的…) describe nothing.
RESULT_DISTINCT = 3
TEXT_LIMIT = 10_000

# What the page says about the field; handed in as the answer it is none.
RESULT_HELP = "请写明处理经过和结论，至少10个字；未处理成功也请写明实际情况。"
RESULT_HINTS = [RESULT_HELP, RESULT_TOO_SIMPLE, UNSOLVED_TOO]

# Letters that stand for themselves; modifier letters (Lm) are marks beside letters, many look like punctuation.
LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo"})
# Unicode calls these letters, yet they show as nothing: Hangul fillers and blank hieroglyphs.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\U00013441\U00013442")
# Ideographs outlive the Unicode tables of any Python: two whole planes are theirs (but for two code points at the
# end of each that will never be characters).
IDEOGRAPHIC_PLANES = frozenset({2, 3})
# What says nothing at the edge of a text, as far as a list that SQL can use goes: first what shows as nothing, then
# punctuation and digits. No letter is among them, so no honest text loses one.
INVISIBLE_EDGES = (
    "\t\n\r \u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180c\u180d\u180e"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3000\u3164\ufe0e\ufe0f\ufeff\uffa0\U00013441\U00013442"
    + "".join(map(chr, range(0xE0020, 0xE0080)))
)
HOLLOW_EDGES = INVISIBLE_EDGES + (
    '!"#$&()*+,-./0123456789:;<=>?@[]^_`{|}~·—‘’“”…、。《》「」『』【】！（），：；？～０１２３４５６７８９'
)
# What no database keeps: NUL (PostgreSQL refuses it) and halves of surrogate pairs (UTF-8 has no room for them).
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def letters(text: str) -> list[str]:
    """The letters and ideographs of a text; digits, punctuation, emoji, blanks and invisible characters left out."""
    return list(_letters(text))


def _letters(text: str) -> Iterator[str]:
    return (
        character
        for character in text
        if (unicodedata.category(character) in LETTERS and character not in FILLERS)
        or (ord(character) >> 16 in IDEOGRAPHIC_PLANES and ord(character) & 0xFFFF < 0xFFFE)
    )


def visible(text: str) -> bool:
    """Whether anything of the text would leave ink: not only blanks, controls, zero-width and filler characters."""
    return next(_letters(text), None) is not None or any(
        unicodedata.category(character)[0] in "LNPS" and character not in FILLERS and character != "\u2800"
        for character in text
    )


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, nothing that no database keeps, no blank edge, else as it is."""
    return UNKEEPABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def check_result(text: str, outcome: str = "", not_these: Iterable[str] = ()) -> str:
    """The result as it will be kept.

    Raises ``ValidationError`` with the agreed sentence for a text that is empty, invisible, only punctuation, one
    character over and over, shorter than ten letters or ideographs (product.md, Words on the screens), or nothing but
    what the page itself says about the field; ``not_these`` are more such hints.
    """
    text = tidy(text or "")
    written = [character.casefold() for character in letters(text)]
    if not visible(text):
        sentence = RESULT_MISSING
    elif (
        len(written) < RESULT_LETTERS
        or len(set(written)) < RESULT_DISTINCT
        or any(same(text, hint) for hint in [*RESULT_HINTS, *not_these])
    ):
        sentence = RESULT_TOO_SIMPLE
    else:
        return _within_limit(text, "处理结果")
    if outcome and outcome != Outcome.SOLVED:
        raise ValidationError([sentence, UNSOLVED_TOO])
    raise ValidationError(sentence)


def check_text(text: str, what: str) -> str:
    """A reason, note or problem as it will be kept; ``what`` names it in the sentence: 请填写{what}."""
    text = tidy(text or "")
    if not letters(text) and not any(character.isdigit() for character in text):
        raise ValidationError(f"请填写{what}")
    return _within_limit(text, what)


def check_problem(text: str) -> str:
    """A consumer's problem as it will be kept: their own words, if only question marks, but not nothing."""
    text = tidy(text or "")
    if not visible(text):
        raise ValidationError("请填写问题描述")
    return _within_limit(text, "问题描述")


def check_note(text: str, what: str) -> str:
    """A text that may be left empty, as it will be kept; ``what`` names it should it be too long."""
    return _within_limit(tidy(text or ""), what)


def _within_limit(text: str, what: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise ValidationError(f"{what}最多{TEXT_LIMIT}字，现在是{len(text)}字")
    return text
