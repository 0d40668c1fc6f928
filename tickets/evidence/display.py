"""What a page shows of evidence, with what its words say about the consumer masked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat

from orders.masking import mask_text


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One photo or paper for the eye. ``label`` says what it is to who cannot see it; ``purged_at``, that nobody can
    any more.
    """

    key: str
    url: str
    thumbnail_url: str
    name: str
    caption: str
    label: str
    size: str
    is_pdf: bool
    purged_at: datetime | None = None


def exhibits(attachments: Iterable, what: str, mask: Callable[[str], str] = mask_text) -> list[Exhibit]:
    """The attachments as a page shows them; ``what`` they are of, for their labels: 问题图片."""
    return [
        exhibit(attachment, mask(attachment.name), mask(attachment.caption), f"{what} {number}")
        for number, attachment in enumerate(attachments, start=1)
    ]


def exhibit(attachment, name: str, caption: str, what: str) -> Exhibit:
    """One of them, with its words as they may be shown."""
    return Exhibit(
        key=str(attachment.key),
        url=attachment.get_absolute_url(),
        thumbnail_url=attachment.thumbnail_url,
        name=name,
        caption=caption,
        label=f"{what}：{caption or name}",
        size=filesizeformat(attachment.size).replace("\xa0", " "),
        is_pdf=attachment.is_pdf,
        purged_at=attachment.purged_at,
    )
