"""Chromium on a real server with the demo data. Tests of this directory are marked ``browser`` by themselves.

``page``       a desk (1440 × 900), script on        ``any_page``   runs the test twice, script on and off
``open_page``  opens more: ``open_page(width=390)``  ``sign_in``    ``sign_in(page, "kefu")``
``page_of``    a page of somebody who is logged in already: ``page_of("dianyuan", width=390, dark=True)``
``script``     runs the test twice, too: ``page_of("kefu", java_script=script)``
``stage``      orders and tickets of the demo people's own merchant, made for the test: ``stage.ticket()``

Addresses are relative: ``page.goto("/tickets/")``. An exception in a script, a breach of the content security policy
or an answer of 5xx on any page fails the test that saw it. The models are at hand in ``with demo_site.database():``.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.conftest import NO_BROWSER
from tests.processes import DEMO_PASSWORD, Site

from .staging import Stage

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Works as root and without a graphics card, and talks to nobody but the page's server.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 15_000
BREACH = "Content Security Policy"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ends with these tests: while Playwright runs, its event loop keeps the ORM of this process from working."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        warnings.warn(NO_BROWSER, pytest.PytestWarning, stacklevel=1)
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


class Windows:
    """Browser contexts, each with cookies of its own. They are used again: a new one costs more than most tests."""

    def __init__(self, browser: Browser, site_url: str) -> None:
        self.browser, self.site_url = browser, site_url
        self.free: dict[bool, list[BrowserContext]] = {True: [], False: []}
        self.complaints: list[str] = []

    def take(self, java_script: bool) -> BrowserContext:
        """A context without cookies and pages."""
        return self.free[java_script].pop() if self.free[java_script] else self.new(java_script)

    def give_back(self, context: BrowserContext, java_script: bool) -> None:
        for page in context.pages:
            # A page that was on its way elsewhere is stopped first: closing it then may never come to an end.
            with suppress(Error):  # … or shows what went wrong on its way
                page.goto("about:blank")
            page.close()
        context.clear_cookies()
        self.free[java_script].append(context)

    def new(self, java_script: bool) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.site_url,
            java_script_enabled=java_script,
            viewport={"width": 1440, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("console", lambda line: BREACH in line.text and self.complaints.append(line.text))
        context.on(
            "response",
            lambda answer: answer.status >= 500 and self.complaints.append(f"{answer.status} {answer.url}"),
        )
        return context


@pytest.fixture(scope="package")
def windows(browser: Browser, demo_site: Site) -> Windows:
    return Windows(browser, demo_site.url)


@pytest.fixture
def open_page(windows: Windows) -> Iterator[Callable[..., Page]]:
    """Opens a page with cookies of its own: ``open_page(java_script=True, width=1440, height=900, dark=False)``.

    ``own_clock`` is for tests that turn the browser's clock, which nobody else may get afterwards.
    """
    taken, spoilt = [], []
    windows.complaints.clear()

    def open_page(
        java_script: bool = True,
        width: int = 1440,
        height: int = 900,
        dark: bool = False,
        own_clock: bool = False,
    ) -> Page:
        context = windows.new(java_script) if own_clock else windows.take(java_script)
        spoilt.append(context) if own_clock else taken.append((context, java_script))
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        return page

    yield open_page
    for context, java_script in taken:
        windows.give_back(context, java_script)
    for context in spoilt:
        context.close()
    assert windows.complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def any_page(script: bool, open_page: Callable[..., Page]) -> Page:
    return open_page(java_script=script)


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """Signs one of the demo people in and waits for the page that follows."""

    def sign_in(page: Page, username: str, password: str = DEMO_PASSWORD) -> None:
        page.goto("/login/")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(password)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)

    return sign_in


@pytest.fixture(scope="package")
def keys() -> dict[str, list]:
    """The cookies of those who have logged in once; nobody whose page comes from ``page_of`` may log out."""
    return {}


@pytest.fixture
def page_of(
    open_page: Callable[..., Page], sign_in: Callable[..., None], keys: dict[str, list]
) -> Callable[..., Page]:
    """A new page of one of the demo people; the rest as ``open_page``. A login costs a second, so each has one."""

    def page_of(username: str, **options) -> Page:
        page = open_page(**options)
        if username in keys:
            page.context.add_cookies(keys[username])
        else:
            sign_in(page, username)
            keys[username] = page.context.cookies()
        return page

    return page_of


@pytest.fixture(scope="package")
def stage(demo_site: Site) -> Stage:
    return Stage(demo_site)


@pytest.fixture(autouse=True)
def with_empty_hands(browser: Browser, stage: Stage) -> None:
    stage.forget_drafts()
