"""Consumers' data as screens may show it: a little, never the whole (product.md, Consumers' data)."""

import re

DASH = "—"

# A mainland mobile number, also written with +86, blanks or hyphens; not part of a longer run of digits
# (order and tracking numbers are longer).
MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?\d{4}[-\s]?(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[-\s]\d{3,4}(\d{4})(?!\d)")

PROVINCE = (
    r"(?:[^\s省市区县]{2,8}?(?:省|自治区|特别行政区)"
    r"|(?:北京|上海|天津|重庆|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?!市|省|自治))"
)
CITY = r"(?:[^\s省市区县]{2,10}?(?:市|自治州|地区|盟))"
DISTRICT = r"(?:[^\s省市区县]{1,10}?(?:区|县|旗|市))"
TO_DISTRICT = re.compile(rf"^\s*({PROVINCE})?\s*({CITY})?\s*({DISTRICT})?")


def mask_phone(phone: str | None) -> str:
    """``138****5678``; a number too short to keep both ends shows its last two digits only."""
    if not phone:
        return DASH
    digits = re.sub(r"\D", "", phone)
    if len(digits) >= 11:
        digits = digits[-11:]
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if len(digits) > 4 else "****"


def mask_name(name: str | None) -> str:
    """``张*``: the first character and one star, whatever the length."""
    return f"{name.strip()[0]}*" if name and name.strip() else DASH


def mask_address(address: str | None) -> str:
    """The address down to the district; what follows is a star. An address without a known head keeps nothing."""
    if not address or not address.strip():
        return DASH
    address = address.strip()
    match = TO_DISTRICT.match(address)
    head = match.group(0).strip() if match else ""
    rest = address[len(match.group(0)) :].strip() if match else address
    if not rest:
        return head
    return f"{head}****"


def mask_text(text: str | None) -> str:
    """Free text with every phone number in it masked."""
    if not text:
        return text or ""
    return LANDLINE.sub(r"\1-****\2", MOBILE.sub(r"\1****\2", text))
