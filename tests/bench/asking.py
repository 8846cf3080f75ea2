"""Requests straight through the WSGI application: no socket and no test client that would be measured too."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import EnvironBuilder


class WrongAnswer(RuntimeError):
    """The page did not answer as it should, so measuring it would say nothing."""


class Asker:
    """A browser of the simplest kind in front of one application; it keeps the cookie."""

    def __init__(self, app: Flask, cookie: str = "") -> None:
        """Take the application and the value of the session cookie ("" for nobody)."""
        self.app = app
        self.cookie = cookie
        self._environs: dict[str, dict[str, Any]] = {}

    def get(self, path: str) -> bytes:
        """Return a page. Raises WrongAnswer where it is not a 200."""
        return self._ask("GET", path, b"", "200")

    def post(self, path: str, body: bytes) -> None:
        """Send a form. Raises WrongAnswer where it does not end in a redirect."""
        self._ask("POST", path, body, "30")

    def form(self, path: str) -> list[tuple[str, str]]:
        """Return the fields of the main form of a page as a browser would send them unchanged."""
        page = BeautifulSoup(self.get(path), "html.parser")
        form = page.select_one("main form[method=post]")
        if form is None:
            raise WrongAnswer(f"{path} has no form")
        return [pair for field in form.select("[name]") for pair in _sent(field)]

    def _ask(self, method: str, path: str, body: bytes, expected: str) -> bytes:
        known = self._environs.setdefault(f"{method} {path}", _environ(method, path))
        environ = known | {
            "wsgi.input": BytesIO(body),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": f"ehiia={self.cookie}",
        }
        status = ""

        def start(given: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = given
            for name, value in headers:
                if name == "Set-Cookie":
                    self.cookie = SimpleCookie(value)["ehiia"].value

        answer: Iterable[bytes] = self.app.wsgi_app(environ, start)
        page = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if not status.startswith(expected):
            raise WrongAnswer(f"{method} {path}: {status} instead of {expected}")
        return page


def encoded(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return the fields of a form as the body of a request."""
    return urlencode(list(fields)).encode()


def _environ(method: str, path: str) -> dict[str, Any]:
    kind = "application/x-www-form-urlencoded" if method == "POST" else None
    environ: dict[str, Any] = EnvironBuilder(path, method=method, content_type=kind).get_environ()
    return environ


def _sent(field: Tag) -> list[tuple[str, str]]:
    name, kind = str(field["name"]), str(field.get("type", ""))
    if field.name == "textarea":
        return [(name, field.get_text().removeprefix("\n"))]
    if field.name == "select":
        chosen = field.select("option[selected]") or field.select("option")[:1]
        return [(name, str(option.get("value", ""))) for option in chosen]
    if field.name != "input" or kind in {"submit", "file", "button"}:
        return []
    if kind in {"radio", "checkbox"} and not field.has_attr("checked"):
        return []
    return [(name, str(field.get("value", "")))]
