"""Whose orders a file brings."""

from merchants.models import Merchant

from .cells import BadCell, mask_text
from .headings import fold, shorten


class MerchantBook:
    """Every merchant by code and by name, read once."""

    def __init__(self):
        self._by_code: dict[str, Merchant] = {}
        self._by_name: dict[str, list[Merchant]] = {}
        for merchant in Merchant.objects.order_by("pk"):
            self._by_code[merchant.code.casefold()] = merchant
            self._by_name.setdefault(fold(merchant.name), []).append(merchant)

    def look_up(self, word: str) -> Merchant | None:
        """The merchant with this code or, failing that, this name. ``BadCell`` when several have the name."""
        by_code = self._by_code.get(word.casefold())
        namesakes = self._by_name.get(fold(word), []) if word else []
        if by_code is None and len(namesakes) > 1:
            raise BadCell(f"有 {len(namesakes)} 个商户都叫「{shorten(word)}」，请改用商户编码")
        return by_code or (namesakes[0] if namesakes else None)

    def find(self, word: str) -> Merchant:
        """The active merchant that ``word`` names. ``BadCell`` with the reason when there is none."""
        if not word:
            raise BadCell("未写明商户")
        merchant = self.look_up(word)
        if merchant is None:
            raise BadCell(f"没有这个商户：「{mask_text(shorten(word))}」")
        if not merchant.is_active:
            raise BadCell(f"商户「{merchant.name}」已停用")
        return merchant
