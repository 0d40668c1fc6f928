"""Looking for a phone number without ever showing it.

A number that somebody searched for comes back in pages and addresses only as a *mark*: ``138****5678~3f2a91c0``. The
mask tells the person what was looked for; the keyed digest finds exactly that number again.
"""

import re

from django.db.models import Q
from django.utils.crypto import salted_hmac

from . import masking
from .masking import mask_phone
from .phone_places import MobileEnd, PhoneEnd

MARK = re.compile(r"^(?:(\d{3})\*{4}(\d{4})|\*{4}(\d{2}))~([0-9a-f]{8})$", re.ASCII)
LAST_DIGITS = re.compile(r"^\d{4}$", re.ASCII)
MOBILE = re.compile(r"^1[3-9]\d{9}$", re.ASCII)
COUNTRY = re.compile(r"^(?:00)?86(?=\d{11}$)")
LETTER = re.compile(r"[^\W\d_]")
NAME_PART = re.compile(r"[A-Za-z][_-]?$")


def normal_phone(text: str) -> str:
    """A phone number as it is stored and compared: plain digits only, without the country's 86."""
    return COUNTRY.sub("", "".join(str(int(character)) for character in text if character.isdecimal()))


def looks_like_mobile(text: str) -> bool:
    """Whether somebody typed a whole mainland mobile number and nothing else, in whatever writing."""
    return not LETTER.search(text) and bool(MOBILE.match(normal_phone(text)))


def take_mobile(text: str) -> tuple[str, str]:
    """The first whole mobile number in a text ('' where there is none), and the text without it.

    Digits that follow Latin letters are part of an order number, not a telephone number.
    """
    if looks_like_mobile(text):
        return normal_phone(text), ""
    mobile = masking.MOBILE.search(text)
    if mobile is None or NAME_PART.search(text[: mobile.start()]):
        return "", text
    rest = f"{text[: mobile.start()].strip()} {text[mobile.end() :].strip()}"
    return normal_phone(mobile.group(1)), rest.strip()


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
    orders = orders.alias(phone_end=PhoneEnd("phone"), mobile_end=MobileEnd("phone"))
    start, end = match.group(1), match.group(2) or match.group(3)
    if start and start.startswith("1"):
        # A number that the mall lent may be followed by an extension.
        orders = orders.filter(Q(mobile_end=end) | Q(phone_end=end), phone__startswith=start)
    elif len(end) == 4:
        orders = orders.filter(phone_end=end)
    else:
        orders = orders.filter(phone__endswith=end)
    candidates = orders.values_list("phone", flat=True)
    return [phone for phone in candidates.distinct() if phone_mark(phone) == mark]
