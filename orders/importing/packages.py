"""A workbook from a stranger: looked at from outside before anything reads it.

XLSX is a ZIP of XML parts. What a few kilobytes can become is told by the directory of the ZIP, and Python's reader
never gives more of a part than is told there; XML that brings a document type of its own (entities) is no workbook's.
"""

import re
import zipfile
from pathlib import Path

from openpyxl.packaging.manifest import Manifest
from openpyxl.xml.constants import ARC_CONTENT_TYPES, SHARED_STRINGS
from openpyxl.xml.functions import fromstring

from .reading import Unusable

# All parts together, and each one that is no sheet: the texts of all cells are held in memory as a whole.
MOST_BYTES = 256 * 1024 * 1024
MOST_TEXT_BYTES = 64 * 1024 * 1024
MOST_PARTS = 2_000
PIECE = 1 << 20
DOCUMENT_TYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")

DAMAGED = "无法读取这个 Excel 文件，它可能已损坏或不是 .xlsx：请用 Excel 另存为 .xlsx 或 .csv"
TOO_BIG = "这个 Excel 文件解压后太大，请另存为 CSV，或分成几个文件"
UNSAFE = "这个 Excel 文件含有不允许的内容（XML 实体），没有读取。请用 Excel 另存为 .xlsx 或 .csv"


def inspect(path: str | Path) -> None:
    """Raises ``Unusable`` with a sentence for a workbook that is too big inside, damaged, or up to something."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise Unusable(TOO_BIG)
            if any(part.file_size > MOST_TEXT_BYTES for part in parts if "/worksheets/" not in part.filename):
                raise Unusable(TOO_BIG)
            # All of them: a part may have any name, and is read for what the package declares it to be.
            for part in parts:
                _look_through(package, part)
            if any(package.getinfo(name).file_size > MOST_TEXT_BYTES for name in _texts(package)):
                raise Unusable(TOO_BIG)
    except Unusable:
        raise
    except Exception as error:  # a damaged ZIP fails in a dozen ways
        raise Unusable(DAMAGED) from error


def _texts(package: zipfile.ZipFile) -> list[str]:
    """The parts that are declared to hold the texts of all cells."""
    declared = Manifest.from_tree(fromstring(package.read(ARC_CONTENT_TYPES)))
    names = [part.PartName[1:] for part in declared.findall(SHARED_STRINGS)]
    # Some programs declare the part and leave it out where there is no text.
    return [name for name in names if name in package.namelist()]


def _look_through(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with package.open(part) as file:
        before = b""
        while piece := file.read(PIECE):
            # In UTF-16 every second byte of these words is zero.
            piece = piece.replace(b"\x00", b"")
            if DOCUMENT_TYPE.search(before + piece):
                raise Unusable(UNSAFE)
            before = piece[-16:]
