"""Nothing jumps: what is on a page stays where it is while the rest of it arrives and refreshes."""

import pytest
from playwright.sync_api import Page

from .looks import WIDTHS

# Shifts that follow a person's act within half a second are meant; these are the others (web.dev/cls).
WATCH = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput, sources } of list.getEntries()) {
    if (!hadRecentInput) shifts.push([value, ...sources.map(({ node }) => (node?.outerHTML ?? "").slice(0, 120))]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
SETTLED_MS = 700
# A pixel here or there while a number grows; 0.1 is what people begin to mind.
SEEN_BY_NOBODY = 0.001
# So slow a machine shows a page piece by piece, as far as the page lets it.
SLOWER = 4


def shifts(page: Page) -> list[list]:
    """The shifts so far; none where all of them together are too little to be seen."""
    page.wait_for_timeout(SETTLED_MS)
    found = page.evaluate("shifts")
    return found if sum(value for value, *_ in found) > SEEN_BY_NOBODY else []


def watched(page_of, username: str, width: int, path: str) -> Page:
    page = page_of(username, width=width)
    page.add_init_script(WATCH)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


PAGES = [
    ("kefu", "/tickets/"), ("kefu", "/tickets/new/"), ("zhuguan", "/tickets/overdue/"),
    ("zhuguan", "/tickets/timeliness/"), ("shangjia", "/tickets/?tab=all"), ("kefu", "/tickets/review/"),
]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("username", "path"), PAGES)
def test_a_page_stands_still_while_it_arrives_and_refreshes(username, path, width, page_of):
    page = watched(page_of, username, width, path)
    page.evaluate("document.querySelector('[data-refresh-every]')?.dispatchEvent(new Event('refresh'))")
    assert shifts(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("username", ["kefu", "shangjia"])
def test_a_ticket_stands_still(username, width, page_of, stage):
    page = watched(page_of, username, width, f"/tickets/{stage.ticket()}/")
    assert shifts(page) == []


def test_the_first_message_moves_nothing(page_of):
    page = watched(page_of, "kefu", WIDTHS[0], "/tickets/")
    count = page.locator(".bell .count")
    count.evaluate("(count) => (count.hidden = true)")
    page.wait_for_timeout(SETTLED_MS)
    page.evaluate("shifts.length = 0")
    count.evaluate("(count) => { count.textContent = 9; count.hidden = false; }")
    assert shifts(page) == []


def test_the_measure_sees_what_jumps(page_of):
    page = watched(page_of, "kefu", WIDTHS[0], "/tickets/")
    page.evaluate("document.querySelector('main').prepend(document.createElement('p'))")
    page.evaluate("document.querySelector('main p').style.height = '200px'")
    assert shifts(page) != []
