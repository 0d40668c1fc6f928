"""The files to fill in: headings and nothing else, so that no example is ever imported."""

import tempfile
from pathlib import Path
from typing import BinaryIO

from xlsxwriter import Workbook

from orders.importing.vocabulary import ORDER_FIELDS

from ..exporting import csv_lines
from ..importing import TICKET_FIELDS
from ..lifecycle import Urgency
from ..models import Category

# How many rows of a template are prepared (cells as texts, so that Excel leaves long numbers alone; choices).
PREPARED_ROWS = 5_000
# What Excel takes as a list typed into the rule itself.
LONGEST_CHOICE = 255


def ticket_headings() -> list[str]:
    return [each.label for each in TICKET_FIELDS]


def order_headings() -> list[str]:
    return [each.label for each in ORDER_FIELDS]


def ticket_choices() -> dict[str, list[str]]:
    """What may be written into a column, where that is a handful of words."""
    return {
        "问题类型": list(Category.objects.filter(is_active=True).values_list("name", flat=True)),
        "紧急程度": list(Urgency.labels),
    }


def csv_template(headings: list[str]) -> str:
    return "".join(csv_lines(headings, []))


def xlsx_template(title: str, headings: list[str], choices: dict[str, list[str]]) -> BinaryIO:
    """The workbook as an open file without a name."""
    with tempfile.TemporaryDirectory(prefix="template-") as parts:
        path = Path(parts, "template.xlsx")
        with Workbook(str(path), {"tmpdir": parts}) as workbook:
            sheet = workbook.add_worksheet(title)
            text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
            sheet.set_column(0, len(headings) - 1, 20, text)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(headings):
                sheet.write_string(0, place, heading, bold)
                words = choices.get(heading, [])
                if (
                    words
                    and len(",".join(words)) <= LONGEST_CHOICE
                    and not any("," in word for word in words)
                ):
                    rule = {
                        "validate": "list", "source": words, "error_title": heading,
                        "error_message": "请从列表中选择",
                    }  # fmt: skip
                    sheet.data_validation(1, place, PREPARED_ROWS, place, rule)
        return path.open("rb")
