"""House tests about templates: nothing stands in them that nobody needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from tests.house.tree import HOME

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TEMPLATES = HOME / "ehiia" / "templates"
STATIC = HOME / "ehiia" / "static"
OF_OTHERS = re.compile(r"eh-(impact|verdict)--|eh-is-")
"""Classes that templates put together from a word."""


def trees(app: Flask) -> Iterator[tuple[Path, nodes.Template]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield path, app.jinja_env.parse(path.read_text(encoding="utf-8"), filename=str(path))


def loaded(tree: nodes.Template) -> set[str]:
    return {name.name for name in tree.find_all(nodes.Name) if name.ctx == "load"}


def imported(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """Yield what a template imports: the name of the macro, and the name by which it is called here."""
    for statement in tree.find_all(nodes.FromImport):
        for name in statement.names:
            yield name if isinstance(name, tuple) else (name, name)


def test_every_macro_that_a_template_imports_is_used_there(app: Flask) -> None:
    idle = [
        f"{path.relative_to(TEMPLATES)}: {here}"
        for path, tree in trees(app)
        for _, here in imported(tree)
        if here not in loaded(tree)
    ]
    assert not idle, "take it out of the import"


def test_every_macro_is_called(app: Flask) -> None:
    wanted = {name for _, tree in trees(app) for name, _ in imported(tree)}
    idle = [
        f"{path.relative_to(TEMPLATES)}: {macro.name}"
        for path, tree in trees(app)
        for macro in tree.find_all(nodes.Macro)
        if macro.name not in wanted | loaded(tree)
    ]
    assert not idle, "take it out"


def test_every_class_of_the_style_sheet_stands_in_a_template_or_a_script(app: Flask) -> None:
    styled = set(re.findall(r"\.(eh-[\w-]+)", (STATIC / "ehiia.css").read_text(encoding="utf-8")))
    files = [*TEMPLATES.rglob("*.html"), *STATIC.glob("*.js"), *(HOME / "ehiia" / "web").glob("*.py")]
    said = " ".join(path.read_text(encoding="utf-8") for path in files)
    assert styled
    assert not [name for name in sorted(styled) if name not in said and not OF_OTHERS.match(name)]
