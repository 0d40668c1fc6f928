"""Looking for a phone number without ever showing it.

A number that somebody searched for comes back in pages and addresses only as a *mark*: ``138****5678~3f2a91c0``. The
mask tells the person what was looked for; the keyed digest finds exactly that number again.
"""

import re

from django.utils.crypto import salted_hmac

from .masking import mask_phone

MARK = re.compile(r"^(?:(\d{3})\*{4}(\d{4})|\*{4}(\d{2}))~([0-9a-f]{8})$")
LAST_DIGITS = re.compile(r"^\d{4}$")
MOBILE = re.compile(r"^1[3-9]\d{9}$")


def normal_phone(text: str) -> str:
    """A phone number as it is stored and compared: digits only, without the country's 86."""
    digits = re.sub(r"\D", "", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def looks_like_mobile(text: str) -> bool:
    """Whether somebody typed a whole mainland mobile number (blanks, hyphens and +86 allowed)."""
    return bool(re.fullmatch(r"[\d\s+-]+", text.strip())) and bool(MOBILE.match(normal_phone(text)))


def phone_mark(phone: str) -> str:
    """The mark that stands for a whole number."""
    digest = salted_hmac("orders.phones", normal_phone(phone), algorithm="sha256").hexdigest()
    return f"{mask_phone(phone)}~{digest[:8]}"


def is_mark(text: str) -> bool:
    """Whether a text is a mark made by ``phone_mark``."""
    return bool(MARK.match(text))


def phones_of(mark: str, orders) -> list[str]:
    """The stored numbers among ``orders`` that a mark stands for (usually one)."""
    match = MARK.match(mark)
    if not match:
        return []
    start, end = match.group(1) or "", match.group(2) or match.group(3)
    candidates = orders.filter(phone__startswith=start, phone__endswith=end).values_list("phone", flat=True)
    return [phone for phone in candidates.distinct() if phone_mark(phone) == mark]
