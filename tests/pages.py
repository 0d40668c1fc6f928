"""Reading a page as a browser does: elements, tables, what a form would send.

>>> visitor = signed_in(kefu)
>>> page = read(visitor.get("/tickets/"))
>>> page.one("h1").text
>>> page.table()[0]["工单号"]
>>> page.one("form", method="post").sends()
"""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

BACKEND = "merchants.backends.ActivePeopleBackend"
VOID = {"area", "base", "embed", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
FRAGMENT = {"HX-Request": "true"}


def signed_in(person, **options) -> Client:
    """A browser in which this person has logged in."""
    client = Client(**options)
    client.force_login(person, backend=BACKEND)
    return client


def statements(act: Callable[[], object]) -> int:
    """How many SQL statements ``act`` costs."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


class Element:
    """One element of a page; ``children`` holds elements and pieces of text."""

    def __init__(self, tag: str, attrs: dict[str, str], parent: "Element | None" = None):
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children: list[Element | str] = []

    def walk(self) -> Iterator["Element"]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str = "", text: str | None = None, **attrs: str | bool) -> list["Element"]:
        """The elements below this one. An attribute fits when it is, or as a word holds, what was asked for
        (``class_="a"``); ``True`` asks only that it is there.
        """
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in self.walk()
            if (not tag or element.tag == tag)
            and all(element.has(name, value) for name, value in wanted.items())
            and (text is None or element.text == text)
        ]

    def one(self, tag: str = "", text: str | None = None, **attrs: str | bool) -> "Element":
        """The only such element."""
        found = self.all(tag, text, **attrs)
        assert len(found) == 1, f"{len(found)} × <{tag} {attrs} {text or ''}>"
        return found[0]

    def has(self, name: str, value: str | bool) -> bool:
        mine = self.attrs.get(name)
        return mine is not None and (value is True or mine == value or value in mine.split())

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    @property
    def raw(self) -> str:
        return (
            "\n"
            if self.tag == "br"
            else "".join(child if isinstance(child, str) else child.raw for child in self.children)
        )

    @property
    def text(self) -> str:
        """What can be read, with single blanks."""
        return " ".join(self.raw.split())

    @property
    def value(self) -> str:
        """What stands in a text field: a browser drops the line break that follows ``<textarea>``."""
        return self.raw.removeprefix("\n") if self.tag == "textarea" else self.attrs.get("value", "")

    def column(self) -> list[str]:
        """The headings of the only table below."""
        return [cell.text for cell in self.one("thead").all("th")]

    def table(self) -> list[dict[str, str]]:
        """The rows of the only table below, by heading; ``[]`` where there is none."""
        if not self.all("table"):
            return []
        cells = [
            [cell.text for cell in row.children if isinstance(cell, Element)]
            for row in self.one("tbody").all("tr")
        ]
        return [dict(zip(self.column(), row, strict=True)) for row in cells]

    def facts(self) -> dict[str, str]:
        """The labels below with their values."""
        return {
            line.one("dt").text: line.one("dd").text
            for line in self.all("div")
            if any(isinstance(child, Element) and child.tag == "dt" for child in line.children)
        }

    def errors(self) -> list[str]:
        """The sentences about what is wrong."""
        return [line.text for block in self.all("ul", class_="errors") for line in block.all("li")]

    def sends(self, button: str = "") -> dict[str, str]:
        """What a browser sends for this form as it stands (``button``: the name of the one that was pressed)."""
        sent: dict[str, str] = {}
        for control in self.walk():
            name, kind = control.attrs.get("name"), control.attrs.get("type", "")
            if not name or "disabled" in control.attrs or kind == "file":
                continue
            if control.tag == "textarea":
                sent[name] = control.value
            elif control.tag == "select":
                options = control.all("option")
                chosen = [option for option in options if "selected" in option.attrs] or options[:1]
                sent[name] = chosen[0]["value"]
            elif control.tag == "input" and (kind not in ("radio", "checkbox") or "checked" in control.attrs):
                sent[name] = control.attrs.get("value", "on" if kind == "checkbox" else "")
            elif control.tag == "button" and name == button:
                sent[name] = control.attrs.get("value", "")
        return sent


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attrs):
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag):
        assert tag == self.here.tag, f"</{tag}> closes <{self.here.tag}>"
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)


def read(page: HttpResponse | str) -> Element:
    """The page as a tree. Fails where an end tag closes something else than what is open."""
    builder = _Builder()
    builder.feed(page if isinstance(page, str) else page.text)
    builder.close()
    assert builder.here is builder.root, f"<{builder.here.tag}> is never closed"
    return builder.root


def tabs(page: HttpResponse) -> dict[str, int]:
    """The tabs of a list with their counts."""
    links = read(page).one("nav", class_="tabs").all("a")
    return {link["id"].removeprefix("tab-"): int(link.one("span", class_="count").text) for link in links}


def numbers(page: HttpResponse) -> list[str]:
    """The ticket numbers of a list, in its order."""
    return [row["工单号"] for row in read(page).table()]


def page_of(ticket, person) -> Element:
    """The ticket's page as this person gets it."""
    return read(signed_in(person).get(ticket.get_absolute_url()))
