"""When a text says something. One rule for results, reasons and problems, wherever they come from."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from .lifecycle import Outcome

RESULT_MISSING = "请填写处理结果"
RESULT_TOO_SIMPLE = "处理结果过于简单，请写明处理经过和结论（至少10个字）"
UNSOLVED_TOO = "未处理成功也需说明实际情况"
RESULT_LETTERS = 10
# Ten letters of which fewer than three differ (哈哈哈哈…, 好的好的好的…) describe nothing.
RESULT_DISTINCT = 3
TEXT_LIMIT = 10_000

# Letters that stand for themselves; modifier letters (Lm) are marks beside letters, many look like punctuation.
LETTERS = frozenset({"Lu", "Ll", "Lt", "Lo"})
# Unicode calls these letters, yet they show as nothing: Hangul fillers and blank hieroglyphs.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\U00013441\U00013442")
# Ideographs outlive the Unicode tables of any Python: two whole planes are theirs (but for two code points at the
# end of each that will never be characters).
IDEOGRAPHIC_PLANES = frozenset({2, 3})
# What no database keeps: NUL (PostgreSQL refuses it) and halves of surrogate pairs (UTF-8 has no room for them).
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def letters(text: str) -> list[str]:
    """The letters and ideographs of a text; digits, punctuation, emoji, blanks and invisible characters left out."""
    return [
        character
        for character in text
        if (unicodedata.category(character) in LETTERS and character not in FILLERS)
        or (ord(character) >> 16 in IDEOGRAPHIC_PLANES and ord(character) & 0xFFFF < 0xFFFE)
    ]


def visible(text: str) -> bool:
    """Whether anything of the text would leave ink: not only blanks, controls, zero-width and filler characters."""
    return bool(letters(text)) or any(
        unicodedata.category(character)[0] in "LNPS" and character not in FILLERS and character != "\u2800"
        for character in text
    )


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, nothing that no database keeps, no blank edge, else as it is."""
    return UNKEEPABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def check_result(text: str, outcome: str = "") -> str:
    """The result as it will be kept.

    Raises ``ValidationError`` with the agreed sentence for a text that is empty, invisible, only punctuation, one
    character over and over, or shorter than ten letters or ideographs (product.md, Words on the screens).
    """
    text = tidy(text or "")
    written = [character.casefold() for character in letters(text)]
    if not visible(text):
        sentence = RESULT_MISSING
    elif len(written) < RESULT_LETTERS or len(set(written)) < RESULT_DISTINCT:
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
