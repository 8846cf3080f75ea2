"""A person at a browser of their own, in the words of a journey: goes, presses, writes, chooses, sees.

Every page that somebody comes to is checked once: by axe, and for scrolling
sideways in a window of 360 pixels.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.people import NAMES, PASSWORD
from tests.servers.browser import NARROW, WIDE, Desk, check_accessible, check_fits

LOOKED_AT = """() => location.pathname + " " + document.title + " " + document.querySelectorAll(
  ".nhsuk-notification-banner, .nhsuk-error-summary, main form, main table, main details").length"""
"""What tells one state of a page from another: address, title, and which parts it has."""

TWICE = """() => [...document.querySelectorAll("[id]")].map(e => e.id)
  .filter((id, at, all) => all.indexOf(id) !== at)"""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"

FITS_SOON = f"""() => new Promise(done => {{
  const end = performance.now() + 2000;
  const look = () => ({FITS}) || performance.now() > end ? done() : setTimeout(look, 20);
  look();
}})"""
"""Waited for inside the page by the debugger: the content policy refuses what Playwright would do."""


@dataclass
class Person:
    """Somebody at their browser. ``visited`` are the states of pages that were checked."""

    name: str
    desk: Desk
    url: str
    narrow: bool = False
    script: bool = True
    visited: set[str] = field(default_factory=set)

    @property
    def page(self) -> Page:
        """What they see."""
        return self.desk.page

    @property
    def main(self) -> Locator:
        """The part of the page that is about something."""
        return self.page.locator("main")

    # -- coming to a page -------------------------------------------------------------------

    def look(self) -> None:
        """Look at the page: nothing that axe finds, and nothing sideways at 360 pixels."""
        state = self.page.evaluate(LOOKED_AT)
        if state in self.visited:
            return
        self.visited.add(state)
        expect(self.page.locator("h1")).to_have_count(1)
        assert self.page.evaluate(TWICE) == [], "an id is there twice, so a label or a link leads astray"
        if self.script:  # axe is a script too, and waits for ever where its timers are switched off
            check_accessible(self.page)
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        if self.script:
            self.page.evaluate(FITS_SOON)  # the menu folds itself up a moment after the window became narrow
        check_fits(self.page)
        if not self.narrow:
            self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]

    def goes_to(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.url + path)
        self.look()

    def _arrives(self, act: Callable[[], Any]) -> None:
        with self.page.expect_navigation():
            act()
        self.look()

    def presses(self, button: str) -> None:
        """Press a button that leads somewhere."""
        self._arrives(self.main.get_by_role("button", name=button).first.click)

    def is_refused(self, button: str, *messages: str) -> None:
        """Press a button, and be told what is wrong: the summary of errors has the focus."""
        self.presses(button)
        expect(self.page).to_have_title(re.compile("^Error: "))
        if self.script:
            expect(self.page.locator(".nhsuk-error-summary")).to_be_focused()
        for message in messages:
            expect(self.page.locator(".nhsuk-error-summary")).to_contain_text(message)
        self.desk.expect_error("status of 4")

    def follows(self, link: str) -> None:
        """Follow a link, which is named as people hear it; one that looks like a button is heard as one."""
        found = self.page.get_by_role("link", name=link).or_(self.page.get_by_role("button", name=link))
        self._arrives(found.first.click)

    def signs_in(self, password: str = PASSWORD) -> None:
        """Sign in, from the page that asks for it."""
        if "/sign-in" not in self.page.url:
            self.goes_to("/")
        self.page.get_by_label("E-mail address").fill(f"{self.name}@example.org")
        self.page.get_by_label("Password", exact=True).fill(password)
        self.presses("Sign in")
        self.sees(NAMES[self.name], where="header")

    def signs_out(self) -> None:
        """Sign out."""
        self._arrives(self.page.get_by_role("button", name="Sign out").click)

    # -- filling in -------------------------------------------------------------------------

    def question(self, words: str) -> Locator:
        """Find a question with several answers by its legend."""
        return self.main.get_by_role("group", name=re.compile(re.escape(words))).last

    def writes(self, label: str, text: str) -> None:
        """Write into a box."""
        self.main.get_by_label(re.compile(re.escape(label))).first.fill(text)

    def chooses(self, question: str, answer: str) -> None:
        """Choose one answer, or tick one of several."""
        self.question(question).get_by_label(answer, exact=True).check()

    def ticks(self, label: str) -> None:
        """Tick a box."""
        self.main.get_by_label(label).check()

    def picks(self, label: str, option: str) -> None:
        """Pick from a list."""
        self.main.get_by_label(label).first.select_option(label=option)

    def dates(self, question: str, day: int, month: int, year: int) -> None:
        """Enter a date in its three boxes."""
        group = self.question(question)
        for part, number in (("Day", day), ("Month", month), ("Year", year)):
            group.get_by_label(part).fill(str(number))

    def hands_over(self, label: str, file: Path | dict[str, Any]) -> None:
        """Choose a file."""
        self.main.get_by_label(label).set_input_files(file)  # type: ignore[arg-type]

    def answers_everything(self, text: str = "Said in plain words.") -> None:
        """Answer what is still open on a page of questions: words in every box, the first of every choice."""
        for box in self.main.locator("form textarea").all():
            if not box.input_value() and "justification" not in (box.get_attribute("name") or ""):
                box.fill(text)
        names = {one.get_attribute("name") for one in self.main.locator("form input[type=radio]").all()}
        for name in sorted(filter(None, names)):
            radios = self.main.locator(f'input[type=radio][name="{name}"]')
            if not any(one.is_checked() for one in radios.all()):
                same = self.main.locator(f'input[type=radio][name="{name}"][value="same"]')
                (same if same.count() else radios).first.check()

    # -- seeing -----------------------------------------------------------------------------

    def sees(self, words: str, where: str = "main") -> None:
        """See words on the page."""
        expect(self.page.locator(where).first).to_contain_text(words)

    def does_not_see(self, words: str, where: str = "main") -> None:
        """Not see words on the page."""
        expect(self.page.locator(where).first).not_to_contain_text(words)

    def is_at(self, heading: str) -> None:
        """Stand on the page with this heading."""
        expect(self.page.locator("h1")).to_contain_text(heading)

    def has_written(self, label: str, text: str) -> None:
        """Find in a box what was written."""
        expect(self.main.get_by_label(re.compile(re.escape(label))).first).to_have_value(text)

    def fetches(self, link: str) -> bytes:
        """Download what a link leads to."""
        with self.page.expect_download() as found:
            self.main.get_by_role("link", name=link).first.click()
        return found.value.path().read_bytes()
