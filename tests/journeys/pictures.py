"""Pictures of every page, wide and at 360 pixels: ``python -m tests.journeys.pictures FOLDER``.

Loads the demonstration into a temporary instance, signs in as each of its
people in turn and follows every link from the first page on. Of each page it
keeps one picture per person (``PICTURES`` of one kind), and says at the end
which pages nobody was led to and where something was wider than the window.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import flask_migrate
from flask import Flask
from playwright.sync_api import Browser, Error, Page, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from ehiia.config import Config
from ehiia.demonstration import play
from ehiia.extensions import db
from ehiia.services.demonstration_people import DemoPerson, people
from tests.journeys.person import FITS, TWICE
from tests.servers.browser import NARROW, WIDE, LiveServer, findings, serving

VISITS = 4
"""Pages of one kind that a person opens, in search of links to other pages."""
PICTURES = 1
"""Pages of one kind of which there are pictures, for each person."""


@dataclass
class Album:
    """The pictures of a run. ``seen`` counts the visits by kind of page, whoever made them."""

    folder: Path
    server: LiveServer
    seen: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    def endpoint(self, path: str) -> str:
        """Return the kind of page behind a path, or "" where there is none for GET."""
        try:
            found = self.server.app.url_map.bind("").match(path, method="GET")[0]
        except (HTTPException, RequestRedirect):
            return ""
        return str(found)

    def never_seen(self) -> list[str]:
        """Return the kinds of pages that nobody was led to."""
        known = {
            rule.endpoint for rule in self.server.app.url_map.iter_rules() if "GET" in (rule.methods or ())
        }
        return sorted(known - set(self.seen))

    def walk(self, page: Page, who: str) -> None:
        """Follow every link from the first page on, taking pictures."""
        waiting, known, visits = deque(["/"]), {"/"}, Counter[str]()
        while waiting:
            target = waiting.popleft()
            kind = self.endpoint(urlsplit(target).path)
            if not kind or visits[kind] >= VISITS:
                continue
            visits[kind] += 1
            self.seen[kind] += 1
            if not self.opens(page, target, who):
                continue
            if visits[kind] <= PICTURES:
                self.take(page, f"{kind}-{who}", target)
            for link in self.links(page):
                if link not in known:
                    known.add(link)
                    waiting.append(link)

    def opens(self, page: Page, target: str, who: str) -> bool:
        """Open an address; return whether it gave a page, not a file."""
        try:
            answer = page.goto(self.server.url + target)
        except Error as error:
            if "Download is starting" in error.message:
                return False
            raise
        if answer is None or answer.status >= 400:
            self.troubles.append(f"{who}: {target} answered {answer.status if answer else 'nothing'}")
        return answer is not None and answer.headers.get("content-type", "").startswith("text/html")

    def links(self, page: Page) -> Iterator[str]:
        """Return the links of a page within this site, without their anchors."""
        for href in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            parts = urlsplit(href)
            if f"{parts.scheme}://{parts.netloc}" == self.server.url:
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def take(self, page: Page, name: str, target: str) -> None:
        """Take a wide and a narrow picture, and note what can be noticed without eyes."""
        page.screenshot(path=self.folder / f"{name}.png", full_page=True)
        self.troubles += [f"{name} ({target}): {one['rule']}: {one['html']}" for one in findings(page)]
        twice = page.evaluate(TWICE)
        if twice:
            self.troubles.append(f"{name} ({target}): there twice: {', '.join(twice)}")
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        page.reload()
        if not page.evaluate(FITS):
            self.troubles.append(f"{name} ({target}): wider than a window of 360 pixels")
        page.screenshot(path=self.folder / f"{name}-360.png", full_page=True)
        page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def sign_in(page: Page, url: str, person: DemoPerson) -> None:
    """Sign in as a person of the demonstration."""
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(person.password)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def walk_as(browser: Browser, album: Album, person: DemoPerson | None) -> None:
    """Walk through everything as one person, or as a stranger."""
    context = browser.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    if person is not None:
        sign_in(page, album.server.url, person)
    album.walk(page, person.name.split()[0].lower() if person else "stranger")
    context.close()


def main(folder: Path) -> None:
    """Take all pictures and print what was noticed."""
    folder.mkdir(parents=True, exist_ok=True)
    instance = Path(tempfile.mkdtemp(prefix="ehiia-pictures-"))

    def make(url: str) -> Flask:
        from ehiia.app import create_app

        app = create_app(Config.for_tests(instance=instance, public_url=url, demonstration=True))
        with app.app_context():
            flask_migrate.upgrade()
            play.load()
            db.session.remove()
            db.engine.dispose()
        return app

    try:
        with serving(make) as server, sync_playwright() as playwright:
            program = shutil.which("chromium")
            arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
            browser = playwright.chromium.launch(executable_path=program, args=arguments)
            album = Album(folder, server)
            for person in (None, *people()):
                walk_as(browser, album, person)
            browser.close()
            never = ", ".join(album.never_seen()) or "nothing"
            sys.stdout.write("\n".join([*album.troubles, f"Nobody was led to: {never}", ""]))
    finally:
        shutil.rmtree(instance, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
