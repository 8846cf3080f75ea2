"""House tests about doors and pages: who may enter, addresses, templates."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined, meta

from tests.house.tree import HOME

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

URLS = Path(__file__).with_name("urls.txt")
OWN_DOORS = {
    "security.": "Flask-Security's endpoints carry no door of ours; it decides by itself who may sign in.",
    "static": "Style sheets and scripts, the same for everybody.",
}
"""Endpoints without a door, by the beginning of their name, each with its reason."""

SHARED = ("layout", "components", "emails", "security")
"""Folders of templates that belong to no endpoint."""


def door_of(app: Flask, endpoint: str) -> str | None:
    door = getattr(app.view_functions[endpoint], "__door__", None)
    if door is None and any(endpoint.startswith(own) for own in OWN_DOORS):
        return "own"
    return door


def test_every_endpoint_says_who_may_enter(app: Flask) -> None:
    open_doors = [endpoint for endpoint in app.view_functions if not door_of(app, endpoint)]
    assert not open_doors, "put @public, @signed_in, @requires or @opens on the view"


def test_every_named_exception_is_needed(app: Flask) -> None:
    for own in OWN_DOORS:
        assert any(
            endpoint.startswith(own) and not hasattr(view, "__door__")
            for endpoint, view in app.view_functions.items()
        ), own


def test_addresses_change_only_when_somebody_means_it(app: Flask) -> None:
    lines = sorted(
        f"{rule.rule}  {','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))}"
        f"  {rule.endpoint}  {door_of(app, rule.endpoint)}"
        for rule in app.url_map.iter_rules()
    )
    now = "\n".join(lines) + "\n"
    if os.environ.get("EHIIA_TEST_WRITE_URLS") == "1":
        URLS.write_text(now, encoding="utf-8")
    assert URLS.read_text(encoding="utf-8") == now, (
        "people keep addresses in bookmarks and papers; if the change is meant, "
        "run `EHIIA_TEST_WRITE_URLS=1 .venv/bin/pytest tests/house/test_doors.py` and commit urls.txt"
    )


def test_every_template_belongs_to_the_endpoint_of_its_name(app: Flask) -> None:
    folder = HOME / "ehiia" / "templates"
    security = {
        template
        for name, template in app.config.items()
        if name.startswith("SECURITY_") and name.endswith("_TEMPLATE")
    }
    strangers = []
    for path in sorted(folder.rglob("*.html")):
        room, *rest = path.relative_to(folder).with_suffix("").parts
        if room in SHARED or (rest and rest[-1].startswith("_")):
            continue
        rendered_by_security = path.relative_to(folder).as_posix() in security
        if not rendered_by_security and ".".join([room, *rest]) not in app.view_functions:
            strangers.append(str(path.relative_to(folder)))
    assert not strangers, (
        "templates/reviews/plan.html is rendered by web/reviews.py::plan, and so is its like"
    )


def test_a_missing_variable_in_a_template_is_an_error(app: Flask) -> None:
    assert app.jinja_env.undefined is StrictUndefined


def test_every_template_compiles_and_names_only_templates_that_exist(app: Flask) -> None:
    environment = app.jinja_env
    folder = HOME / "ehiia" / "templates"
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".html", ".txt"):
            continue
        tree = environment.parse(path.read_text(encoding="utf-8"), filename=str(path))
        environment.compile(tree)
        for name in meta.find_referenced_templates(tree):
            if name is not None:
                environment.get_template(name)
