"""The browser of the tests itself: what it must notice, and the two findings it lets pass."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from jinja2 import ChainableUndefined, Environment, PackageLoader

from tests.servers.browser import ALLOWED, Desk, LiveServer, check_accessible, check_fits, findings, serving

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NHS = Path(__file__).parents[2] / "ehiia" / "static" / "nhsuk"
FRAME = """<!doctype html><html lang="en-GB"><title>A page</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/{css}"><body class="js-enabled nhsuk-frontend-supported">
<main><h1>A page</h1>{content}</main>
<script type="module">
  import {{ createAll, FileUpload, Radios }} from "/static/{js}";
  createAll(FileUpload); createAll(Radios);
</script></html>"""


def page_of(content: str) -> str:
    css, js = (next(NHS.glob(f"*.min.{kind}")).name for kind in ("css", "js"))
    return FRAME.format(css=css, js=js, content=content)


def components() -> str:
    environment = Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"), autoescape=True, undefined=ChainableUndefined
    )
    return environment.from_string(
        """{% from "nhsuk/components/radios/macro.jinja" import radios %}
        {% from "nhsuk/components/file-upload/macro.jinja" import fileUpload %}
        {{ radios({"name": "why", "fieldset": {"legend": {"text": "Why?"}}, "items": [
            {"value": "a", "text": "This", "conditional": {"html": "<p>More</p>"}},
            {"value": "b", "text": "That"}]}) }}
        {{ fileUpload({"id": "proof", "name": "proof", "label": {"text": "Proof"}, "javascript": true}) }}"""
    ).render()


@pytest.fixture
def small_site() -> Iterator[LiveServer]:
    def make(_url: str) -> Flask:
        app = Flask("small", static_folder=str(NHS), static_url_path="/static")
        app.add_url_rule("/components", "components", lambda: page_of(components()))
        app.add_url_rule("/no-label", "no_label", lambda: page_of("<input>"))
        app.add_url_rule("/wide", "wide", lambda: page_of("<div style='width: 900px'>far</div>"))
        app.add_url_rule("/away", "away", lambda: page_of("<img alt='' src='http://192.0.2.1/x.png'>"))
        app.add_url_rule("/broken", "broken", lambda: ("broken", 503))
        policy = ("script-src 'none'", {"Content-Security-Policy": "script-src 'none'"})
        app.add_url_rule("/policy", "policy", lambda: (page_of(""), 200, policy[1]))
        return app

    with serving(make) as server:
        yield server


def test_axe_finds_exactly_the_two_things_upstream_in_the_components(
    small_site: LiveServer, desk: Desk
) -> None:
    desk.page.goto(f"{small_site.url}/components")
    desk.page.locator("[aria-expanded]").first.wait_for(state="attached")
    check_accessible(desk.page)
    found = findings(desk.page)
    for allowed in ALLOWED:
        assert any(one["rule"] == allowed.rule and allowed.html in one["html"] for one in found), (
            f"upstream mended it, so strike it from the list: {allowed.reason}"
        )


def test_axe_finds_a_field_without_a_label(small_site: LiveServer, desk: Desk) -> None:
    desk.page.goto(f"{small_site.url}/no-label")
    with pytest.raises(AssertionError, match="label"):
        check_accessible(desk.page)


def test_axe_runs_where_the_content_policy_refuses_scripts(small_site: LiveServer, desk: Desk) -> None:
    desk.page.goto(f"{small_site.url}/policy")
    check_accessible(desk.page)
    desk.expect_error("Content Security Policy")


def test_a_page_that_is_too_wide_for_a_telephone_is_noticed(
    small_site: LiveServer, sit_down: Callable[..., Desk]
) -> None:
    page = sit_down(narrow=True).page
    page.goto(f"{small_site.url}/wide")
    with pytest.raises(AssertionError, match="pixels wide"):
        check_fits(page)


@pytest.mark.parametrize(
    ("path", "words"), [("away", "left this machine: http://192.0.2.1/x.png"), ("broken", "answered 503")]
)
def test_troubles_of_a_page_are_noticed(small_site: LiveServer, desk: Desk, path: str, words: str) -> None:
    desk.page.goto(f"{small_site.url}/{path}")
    desk.expect_error(words)
    desk.troubles.clear()  # the console speaks of the same


def test_a_server_ends_although_a_page_still_speaks_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # A page that closes says so, and that may come when nobody is left to answer it.
    from waitress.task import ThreadedTaskDispatcher

    queued = threading.Event()
    add, shut_down = ThreadedTaskDispatcher.add_task, ThreadedTaskDispatcher.shutdown

    def add_task(self: Any, task: Any) -> None:
        add(self, task)
        queued.set()

    def shutdown(self: Any, *args: Any, **kwargs: Any) -> bool:
        ended = shut_down(self, *args, **kwargs)
        late.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert queued.wait(10), "the late request did not arrive"
        return bool(ended)

    monkeypatch.setattr(ThreadedTaskDispatcher, "add_task", add_task)
    monkeypatch.setattr(ThreadedTaskDispatcher, "shutdown", shutdown)
    with serving(lambda _url: Flask("small")) as server:
        address = urlsplit(server.url)
        late = socket.create_connection((address.hostname or "", address.port or 0), timeout=10)
        with late.makefile("rb") as answers:
            late.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert answers.readline().startswith(b"HTTP/1.1 404")
            queued.clear()
    late.close()
