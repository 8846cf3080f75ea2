"""A real browser, the application on a real port, and axe, the accessibility engine.

The browser is Debian's Chromium, or what ``EHIIA_TEST_BROWSER`` names. Every
page is watched: an error on its console (a breach of the content policy is
one), an error of a script, an answer of 500 and a request that leaves this
machine each fail the test at its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, Page

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 360, "height": 740}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@dataclass(frozen=True)
class Allowed:
    """A finding of axe that is not ours: its rule, the part of the mark-up it is about, and the reason."""

    rule: str
    html: str
    reason: str


ALLOWED = (
    Allowed(
        "aria-allowed-attr",
        "nhsuk-radios__input",
        "NHS.UK radios that reveal a question carry aria-expanded: known upstream, and read out usefully.",
    ),
    Allowed(
        "label-content-name-mismatch",
        "nhsuk-file-upload__",
        "The button that the NHS.UK script puts in place of a file input: known upstream.",
    ),
)
"""The two findings in NHS.UK frontend itself. Nothing may be added to this list: mend the page instead."""


@dataclass(frozen=True)
class LiveServer:
    """The application, answering on a real port of this machine."""

    url: str
    app: Flask


@contextlib.contextmanager
def serving(make: Callable[[str], Flask]) -> Iterator[LiveServer]:
    """Serve what ``make`` returns for an address, by the server that ``make run`` uses, in a thread."""
    from waitress import wasyncore
    from waitress.server import create_server

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = make(url)
    connections: dict[int, object] = {}
    server = create_server(
        app, connections, sockets=[listener], threads=4, clear_untrusted_proxy_headers=False
    )
    thread = threading.Thread(target=server.run, name="live server", daemon=True)
    thread.start()
    try:
        yield LiveServer(url, app)
    finally:
        server.task_dispatcher.shutdown()
        # From inside its own thread, where nothing else touches its sockets; and all of them: what a closing
        # page said last may wait on one of them for an answer that nobody is left to give.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(connections))
        thread.join(10)
        assert not thread.is_alive(), "the live server did not end"


@pytest.fixture
def live_server(make_app: Callable[..., Flask]) -> Iterator[LiveServer]:
    """Serve the application on a free port, on an empty database."""
    with serving(lambda url: make_app(public_url=url)) as server:
        yield server


# -- the browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once for each file of tests. Fails with a sentence where there is none.

    Not once for the whole run: while Playwright runs, its event loop runs in this thread, and other tests
    that begin a loop of their own (signing does) would be refused.
    """
    from playwright.sync_api import sync_playwright

    program = os.environ.get("EHIIA_TEST_BROWSER") or shutil.which("chromium")
    if not program or not Path(program).exists():
        pytest.fail(
            "The tests need Chromium: install it with `apt-get install chromium`, "
            "or name another Chromium or Chrome in EHIIA_TEST_BROWSER."
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield opened
        opened.close()


@dataclass
class Desk:
    """One person at a browser of their own: ``page`` is what they see, ``troubles`` what went wrong."""

    page: Page
    context: BrowserContext
    troubles: list[str] = field(default_factory=list)

    def expect_error(self, part: str) -> None:
        """Strike a trouble that belongs to the test, such as an answer of 404; fail if it did not happen."""
        found = [trouble for trouble in self.troubles if part in trouble]
        assert found, f"no trouble speaks of {part!r}: {self.troubles}"
        self.troubles = [trouble for trouble in self.troubles if part not in trouble]


def _watch(desk: Desk) -> None:
    def on_request(route: Any) -> None:
        if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
            route.continue_()
        else:
            desk.troubles.append(f"a request left this machine: {route.request.url}")
            route.abort()

    def on_response(answer: Any) -> None:
        if answer.status >= 500:
            desk.troubles.append(f"answered {answer.status}: {answer.url}")

    def on_console(message: Any) -> None:
        if message.type == "error":
            desk.troubles.append(f"console: {message.text} ({message.location.get('url')})")

    desk.context.route("http://**/*", on_request)
    desk.context.route("https://**/*", on_request)
    desk.page.on("response", on_response)
    desk.page.on("console", on_console)
    desk.page.on("pageerror", lambda error: desk.troubles.append(f"script: {error}"))


@pytest.fixture
def sit_down(browser: Browser) -> Iterator[Callable[..., Desk]]:
    """Return a function that gives a person a browser; ``script=False`` switches JavaScript off."""
    desks: list[Desk] = []

    def open_desk(*, script: bool = True, narrow: bool = False) -> Desk:
        context = browser.new_context(
            java_script_enabled=script,
            viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        desk = Desk(context.new_page(), context)
        _watch(desk)
        desks.append(desk)
        return desk

    yield open_desk
    for desk in desks:
        desk.context.close()
    troubles = [trouble for desk in desks for trouble in desk.troubles]
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def desk(sit_down: Callable[..., Desk]) -> Desk:
    """Give one person a browser."""
    return sit_down()


# -- accessibility -----------------------------------------------------------------------------


def findings(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds on the page: a rule, its help and the element, one entry per element.

    Asked over the debugging protocol, because the content policy rightly refuses scripts from elsewhere.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    session = page.context.new_cdp_session(page)
    try:
        session.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
        options = {
            "runOnly": {"type": "tag", "values": WCAG},
            "rules": {"label-content-name-mismatch": {"enabled": True}},  # off in older versions of axe
            "resultTypes": ["violations"],
        }
        run = {"expression": f"axe.run({json.dumps(options)})", "awaitPromise": True, "returnByValue": True}
        answer = session.send("Runtime.evaluate", run)
    finally:
        session.detach()
    assert "exceptionDetails" not in answer, answer
    return [
        {"rule": found["id"], "help": found["help"], "html": node["html"], "why": node["failureSummary"]}
        for found in answer["result"]["value"]["violations"]
        for node in found["nodes"]
    ]


def check_accessible(page: Page) -> None:
    """Fail where axe finds a breach of WCAG 2.0, 2.1 or 2.2, A or AA, but for the two findings upstream."""
    ours = [
        found
        for found in findings(page)
        if not any(found["rule"] == allowed.rule and allowed.html in found["html"] for allowed in ALLOWED)
    ]
    told = [f"{found['rule']}: {found['help']}\n  {found['html']}\n  {found['why']}" for found in ours]
    assert not told, f"{page.url} is not accessible:\n" + "\n".join(told)


def check_fits(page: Page) -> None:
    """Fail where the page is wider than the window, so that people would have to scroll sideways."""
    wide, window = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= window, f"{page.url} is {wide} pixels wide in a window of {window}"
