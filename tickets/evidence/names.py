"""What a file may be called: the name people gave it, as far as it is a name, never a place on a disk."""

import unicodedata

from ..wording import FILLERS

NAME_LENGTH = 80
# Not in the names of files on the systems people have, or with a meaning there.
FORBIDDEN = frozenset('<>:"/\\|?*%')
BLANK_PATTERN = "\u2800"
SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
UNNAMED = {"application/pdf": "文件"}


def seen_name(raw: str) -> str:
    """The last part of a path, with what shows of it; perhaps nothing."""
    name = unicodedata.normalize("NFC", raw.replace("\\", "/").rpartition("/")[2])
    return "".join(character for character in name if _is_seen(character))


def clean_name(raw: str, media_type: str) -> str:
    """The name without a path and without what is not seen (controls, zero widths, marks of direction), at most
    ``NAME_LENGTH`` characters, ending as what the file has become ends.
    """
    name = seen_name(raw)
    stem = name.rpartition(".")[0] if "." in name else name
    stem = " ".join(stem.split()).strip(". ")
    suffix = SUFFIXES[media_type]
    stem = stem[: NAME_LENGTH - len(suffix)].rstrip(". ")
    return (stem or UNNAMED.get(media_type, "图片")) + suffix


def _is_seen(character: str) -> bool:
    """Whether the character shows, or is a plain blank."""
    if character in FORBIDDEN or character in FILLERS or character == BLANK_PATTERN:
        return False
    category = unicodedata.category(character)
    return category[0] not in "CZ" or category == "Zs"
