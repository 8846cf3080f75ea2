"""Filling in a page as a browser without scripts does: every field of its form, with some changed."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from tests.web.conftest import soup


def main_form(page: BeautifulSoup) -> Tag:
    """Return the form of the page that is not for signing out: the last one with a primary button."""
    found = [
        form
        for form in page.select("main form[method=post]")
        if form.select_one("button.nhsuk-button:not(.nhsuk-button--secondary)")
    ]
    assert found, page.get_text(" ")
    return found[-1]


def fields(form: Tag) -> dict[str, Any]:
    """Return what a browser would send of a form that nobody touched, without buttons."""
    sent: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name") or ""), field.get("type", "")
        if not name or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            value = str(chosen["value"]) if chosen else ""
        elif field.name == "textarea":
            value = field.get_text().removeprefix("\n")
        else:
            value = str(field.get("value") or "")
        if kind == "checkbox":
            sent.setdefault(name, []).append(value)
        else:
            sent[name] = value
    return sent


def fill(client: FlaskClient, path: str, changes: dict[str, Any], **kwargs: Any) -> Any:
    """Open a page, fill in its form and send it to where it says."""
    form = main_form(soup(client.get(path)))
    return client.post(form.get("action") or path, data=fields(form) | changes, **kwargs)


def chosen(page: BeautifulSoup, name: str) -> list[str]:
    """Return the values that are ticked, or the text that stands, in the fields of this name."""
    values: list[str] = []
    for field in page.find_all(["input", "textarea", "select"], {"name": name}):
        if field.get("type") in ("radio", "checkbox"):
            values += [str(field["value"])] if field.has_attr("checked") else []
        elif field.name == "select":
            values += [str(option["value"]) for option in field.find_all("option", selected=True)]
        elif field.name == "textarea":
            values.append(field.get_text().removeprefix("\n"))
        else:
            values.append(str(field.get("value") or ""))
    return values
