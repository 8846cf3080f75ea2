"""Every form that a link leads to is sent empty, with far too much, and with nonsense.

Whatever comes, it is answered with a page, what was wrong is said in the summary, and what was typed
stays in its field. Nobody has to write such a test for a new page: it is found by its link.
"""

from __future__ import annotations

import random
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from tests import large
from tests.people import Cast
from tests.web.conftest import Browsers

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

FAR_TOO_MUCH = "x" * 50_001
ODD = (
    "a\x00b",
    "\x0b\x0c",
    "🙂" * 50,
    "<script>alert(1)</script>",
    "\u202eabc",
    "9" * 40,
    "-1",
    "NaN",
    "1e400",
    "  ",
    "٣",
)
SAME_KIND = 2
"""So many pages of one kind are opened: a thousand sections are one kind of page."""
FEWEST = {"amina": 50, "ben": 15, "farah": 15}
"""So many forms must be found, or the test has lost its way."""


def nothing(_tag: Tag, _dice: random.Random) -> str:
    return ""


def far_too_much(tag: Tag, _dice: random.Random) -> str:
    kind = tag.get("type") or tag.name
    return "martian" if kind in ("radio", "checkbox", "select") else FAR_TOO_MUCH


def odd(tag: Tag, dice: random.Random) -> str:
    return dice.choice(ODD)


Filling = Callable[[Tag, random.Random], str]


@dataclass
class Walk:
    """One person follows every link and sends every form; ``wrong`` is what should not have been."""

    client: FlaskClient
    fill: Filling
    dice: random.Random
    wrong: list[str] = field(default_factory=list)
    sent: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _kinds: Counter[str] = field(default_factory=Counter)

    def go(self, start: str) -> None:
        """Walk from a page until no new kind of page is left."""
        waiting = deque([start])
        while waiting:
            address = waiting.popleft()
            answer = self.client.get(address)
            if answer.status_code >= 500:
                self.wrong.append(f"GET {address}: {answer.status_code}")
            if answer.mimetype != "text/html":
                continue
            page = BeautifulSoup(answer.get_data(as_text=True), "html.parser")
            waiting.extend(self._new_links(page, address))
            for form in page.find_all("form", method=re.compile("post", re.IGNORECASE)):
                self._send(form, urljoin(address, str(form.get("action") or "")))

    def _new_links(self, page: BeautifulSoup, address: str) -> Iterator[str]:
        for link in page.find_all("a", href=True):
            target = urlsplit(urljoin(address, str(link["href"])))
            found = target._replace(fragment="").geturl()
            kind = _kind(found)
            if target.netloc or target.scheme or "sign-out" in found or found in self._seen:
                continue
            if self._kinds[kind] < SAME_KIND:
                self._kinds[kind] += 1
                self._seen.add(found)
                yield found

    def _send(self, form: Tag, address: str) -> None:
        fields = [tag for tag in form.find_all(["input", "select", "textarea"]) if tag.get("name")]
        key = (_kind(address), tuple(sorted({str(tag["name"]) for tag in fields})))
        if "sign-out" in address or key in self.sent:
            return
        self.sent.add(key)
        typed = {}
        for tag in fields:
            kind = tag.get("type")
            if kind == "hidden":
                typed[str(tag["name"])] = str(tag.get("value", ""))
            elif kind != "file":
                typed[str(tag["name"])] = self.fill(tag, self.dice)
        answer = self.client.post(address, data=typed)
        if answer.status_code >= 500:
            self.wrong.append(f"POST {address}: {answer.status_code}, {sorted(typed)}")
        elif answer.status_code == 400:
            self._refused(BeautifulSoup(answer.get_data(as_text=True), "html.parser"), address, fields, typed)

    def _refused(self, page: BeautifulSoup, address: str, fields: list[Tag], typed: dict[str, str]) -> None:
        if not page.find(class_="nhsuk-error-summary"):
            self.wrong.append(f"POST {address}: refused, and no summary says why")
        for name in {str(tag["name"]) for tag in fields if tag.name == "textarea"}:
            if typed[name] == FAR_TOO_MUCH and not _holds(page, name):
                self.wrong.append(f"POST {address}: what was typed in {name} is lost")


def _kind(address: str) -> str:
    """Return an address without what tells one page of its kind from the next."""
    return re.sub(r"\d+", "#", address.split("?")[0])


def _holds(page: BeautifulSoup, name: str) -> bool:
    return any(FAR_TOO_MUCH in tag.get_text() for tag in page.find_all("textarea", attrs={"name": name}))


@pytest.mark.parametrize("fill", [nothing, far_too_much, odd])
@pytest.mark.parametrize("name", ["amina", "ben", "farah"])
def test_every_form_answers_nonsense_with_a_page(
    app: Flask, cast: Cast, as_: Browsers, now: datetime, name: str, fill: Filling
) -> None:
    with app.app_context():
        ref = large.make(cast, now, large=False)
    walk = Walk(as_(name), fill, random.Random(7))
    walk.go("/")
    walk.go(f"/a/{ref}")
    assert walk.wrong == []
    assert len(walk.sent) >= FEWEST[name], sorted(walk.sent)
