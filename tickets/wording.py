"""When a text says something. One rule for results, reasons and problems, wherever they come from."""

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

# Unicode calls these letters, yet they show as nothing: Hangul fillers and the Khmer inherent vowels.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# Ideographs outlive the Unicode tables of any Python: two whole planes are theirs.
IDEOGRAPHIC_PLANES = range(0x20000, 0x40000)


def letters(text: str) -> list[str]:
    """The letters and ideographs of a text; digits, punctuation, emoji, blanks and invisible characters left out."""
    return [
        character
        for character in text
        if (unicodedata.category(character)[0] == "L" and character not in FILLERS)
        or ord(character) in IDEOGRAPHIC_PLANES
    ]


def visible(text: str) -> bool:
    """Whether anything of the text would leave ink: not only blanks, controls, zero-width and filler characters."""
    return any(
        unicodedata.category(character)[0] in "LNPS" and character not in FILLERS and character != "\u2800"
        for character in text
    )


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, no NUL (PostgreSQL refuses it), no blank edge, else as it is."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


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


def _within_limit(text: str, what: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise ValidationError(f"{what}最多{TEXT_LIMIT}字，现在是{len(text)}字")
    return text
