"""What may stand in a log: no number of a consumer, and no key that opens a page without a login."""

import logging
import re

from orders.masking import STARS, mask_text

# The consumer's page is opened by whoever knows its address (tickets/rating_urls.py).
TOKEN = re.compile(r"/r/[^/\s\"'?]+")


def harmless(text: str) -> str:
    """The text with the keys of one-time addresses and with phone, identity and bank card numbers masked."""
    return mask_text(without_tokens(text))


def without_tokens(text: str) -> str:
    return TOKEN.sub(f"/r/{STARS}", text)


class HarmlessFormatter(logging.Formatter):
    """Masks the finished line, and so also what stands in a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return harmless(super().format(record))
