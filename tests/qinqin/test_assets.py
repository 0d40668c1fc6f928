"""Stylesheets and scripts as they are served: small, whole, and to each page what it needs."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.factories import TicketFactory
from tests.pages import read, signed_in

OURS = ("css/", "js/")
# All of ours together, before compression, in bytes.
MOST = 60_000
HTMX = "django_htmx/"


@pytest.fixture(scope="module")
def served(static_root) -> dict[str, bytes]:
    """Our files by the name of their source, as a browser gets them."""
    paths = json.loads((static_root / "staticfiles.json").read_text())["paths"]
    return {name: (static_root / paths[name]).read_bytes() for name in paths if name.startswith(OURS)}


@cache
def imported(name: str) -> frozenset[str]:
    """A module and everything that comes with it."""
    names = re.findall(r'from "\./(\w+\.js)"', Path("static", name).read_text())
    return frozenset({name}).union(*(imported(f"js/{each}") for each in names))


def loaded(page) -> set[str]:
    """What a page asks for, by the name of the source."""
    page = read(page)
    links = [link["href"] for link in page.all("link", rel="stylesheet")]
    scripts = [script["src"] for script in page.all("script")]
    names = {address.removeprefix("/static/") for address in links + scripts}
    return names.union(*(imported(name) for name in names if name.startswith("js/")))


def test_all_of_it_stays_small(served):
    sources = {str(path.relative_to("static")) for path in Path("static").rglob("*.[cj]s*")}
    assert set(served) == sources
    assert sum(map(len, served.values())) <= MOST


def test_what_is_served_has_no_comments_and_the_sources_keep_theirs(served):
    for name, text in served.items():
        assert b"/*" not in text
        assert not re.search(rb"(^|\s)// ", text)
        source = Path("static", name).read_text()
        assert len(text) < len(source.encode()) * 0.9
    assert "/*" in Path("static/css/components.css").read_text()


def test_modules_find_each_other_by_their_hashed_names(served, static_root):
    paths = json.loads((static_root / "staticfiles.json").read_text())["paths"]
    for name, text in served.items():
        for found in re.findall(r'from\s*"\./([^"]+)"', text.decode()):
            assert f"js/{found}" in paths.values(), f"{name} asks for {found}"


# In a selector a blank before a colon means "somewhere inside"; without it the rule is another one.
def test_a_blank_that_means_something_stays(served):
    assert b".app:not(:has(.menu[open])) :is(.nav" in served["css/modules.css"]
    assert b"calc(-1 * var(--gap))" in served["css/modules.css"]


@pytest.mark.django_db
def test_a_page_loads_no_more_than_it_needs(served, kefu, zhuguan, shangjia, order_a, subtests):
    ticket = TicketFactory(order=order_a)
    frame = {"js/forms.js", "js/notices.js", "js/keys.js"}
    paper = {"css/base.css", "css/components.css", "css/modules.css"}
    writing = {f"js/{name}.js" for name in ("drafts", "sheet", "session", "fields", "local")}
    list_, detail = {"js/live.js", "js/picking.js"}, {"js/live.js", "js/gallery.js", "js/presence.js"}
    pages = [
        (kefu, "/tickets/", list_ | {HTMX}),
        (shangjia, "/tickets/", list_ | {HTMX}),
        (kefu, "/tickets/views/", set()),
        (kefu, "/tickets/columns/", set()),
        (shangjia, "/notices/", set()),
        (zhuguan, "/tickets/timeliness/", set()),
        (shangjia, ticket.get_absolute_url(), detail | writing | {"js/evidence.js", "js/writing.js"}),
    ]
    for person, path, needed in pages:
        with subtests.test(path=path, person=str(person)):
            names = loaded(signed_in(person).get(path))
            assert {HTMX if name.startswith(HTMX) else name for name in names} == frame | paper | needed
            assert sum(len(served[name]) for name in names if name in served) <= MOST
