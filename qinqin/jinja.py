"""What every page of ours can call: Jinja2 globals and filters."""

import re
import secrets
from datetime import datetime
from decimal import Decimal
from functools import cache, cached_property

from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import Markup

from merchants.menu import nav
from orders import masking
from orders.mentions import mask_about
from tickets import row_marks
from tickets.bell import bell
from tickets.list_cells import rows_html
from tickets.timeliness import moment_words, span_words
from tickets.watching import last_scan

from .addresses import address
from .paging import MOST_LOOKED_THROUGH, count_words

DASH = "—"


def clock_time(moment: datetime | None) -> str:
    """``14:05`` on Shanghai's wall; a dash for nothing."""
    return timezone.localtime(moment).strftime("%H:%M") if moment else DASH


def exact_time(moment: datetime | None) -> str:
    """``14:05:09`` on Shanghai's wall; a dash for nothing."""
    return timezone.localtime(moment).strftime("%H:%M:%S") if moment else DASH


def money(amount: Decimal | None) -> str:
    """``¥1,234.50``; a dash for an amount nobody told us."""
    return DASH if amount is None else f"¥{amount:,.2f}"


def show_count(number: int | str) -> str:
    """A count as far as it was counted: 42, 10000+; what is in words already stays."""
    return count_words(number) if isinstance(number, int) else number


def dash(value: object) -> object:
    """The value, or a dash where there is none."""
    return DASH if value is None or value == "" else value


def form_key() -> Markup:
    """The hidden field by which a form that is sent twice is known to be one act; other in every form."""
    return Markup('<input type="hidden" name="form_key" value="{}">').format(secrets.token_urlsafe(16))


class PageToken:
    """``csrf_input``: the hidden field against forged forms, the same in all forms of a page. Django's own is masked
    anew wherever it stands, and a ticket's page has it a dozen times.
    """

    def __init__(self, request: HttpRequest):
        self.request = request

    @cached_property
    def html(self) -> SafeString:
        return csrf_input(self.request)

    def __html__(self) -> str:
        return self.html


def page_token(request: HttpRequest) -> dict[str, PageToken]:
    """Context processor for ``TEMPLATES``."""
    return {"csrf_input": PageToken(request)}


def asset(path: str) -> str:
    """The address of a static file; the hashed names are looked up once."""
    return _asset(staticfiles_storage.__class__, path)


@cache
def _asset(storage: type, path: str) -> str:
    return static(path)


def url(name: str, *args, **kwargs) -> str:
    """The address of a page; those without anything in them are made once, those with a name in them nearly."""
    if len(args) == 1 and not kwargs and type(args[0]) is str:
        return address(name, args[0])
    if args or kwargs:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    return _url(name, get_script_prefix())


@cache
def _url(name: str, prefix: str) -> str:
    return reverse(name)


class Unindented(Extension):
    """Templates are indented for those who read them; a page has no use for that fifth of its bytes.

    What stands between two lines stays white space: the line break, or, where ``trim_blocks`` takes that away behind a
    tag, one blank. No template of ours has preformatted text of its own.
    """

    INDENT = re.compile(r"(?<![%#]}\n)^[ \t]+", re.MULTILINE)
    AFTER_TAG = re.compile(r"(?<=[%#]}\n)[ \t]+")

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return self.AFTER_TAG.sub(" ", self.INDENT.sub("", source))


class KeysFirst(Environment):
    """``row.number`` of a dict is looked for among its keys first: a list asks a thousand times, and each time Jinja2
    would first raise and catch that a dict has no such attribute.
    """

    def getattr(self, obj, attribute: str):
        if type(obj) is not dict:
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass
        elif attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def environment(**options) -> Environment:
    """The Jinja2 environment named in ``TEMPLATES``."""
    env = KeysFirst(**options, extensions=[Unindented])
    env.globals.update(static=asset, url=url, row_marks=row_marks, cells=rows_html)
    env.globals.update(messages=get_messages, nav=nav, bell=bell, product_name="亲亲宝贝商城")
    env.globals.update(most_looked_through=MOST_LOOKED_THROUGH)
    env.globals.update(last_scan=last_scan, form_key=form_key)
    env.filters.update(
        datetime=moment_words, clock_time=clock_time, exact_time=exact_time,
        duration=span_words, money=money, dash=dash,
        mask_phone=masking.mask_phone, mask_name=masking.mask_name,
        mask_address=masking.mask_address, mask_text=masking.mask_text,
        mask_about=mask_about, count=show_count,
    )  # fmt: skip
    return env
