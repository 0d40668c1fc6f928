"""Addresses below a ticket's own, of which its page has dozens."""

from qinqin import addresses


def address(name: str, number: str) -> str:
    """``reverse("tickets:<name>", args=[number])``, but quick."""
    return addresses.address(f"tickets:{name}", number)
