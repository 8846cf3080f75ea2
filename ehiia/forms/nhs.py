"""The NHS.UK components as Python calls: ``NHS.button({"text": "Save"})`` gives safe HTML.

The macros are ``.jinja`` files, which Flask does not escape, and they lean on
variables that are not there. So they live in a private environment that always
escapes and forgives; the application's own templates stay strict.

Macros are slow (a form page of them takes 30 ms), so what they wrote is kept,
by name and parameters. What people typed never goes through a macro: fields
put it in afterwards (``with_value``), which keeps the memory small and the line
breaks of a text area as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, TemplateNotFound
from markupsafe import Markup, escape

VALUE = "\ue000"
"""Stands for what was typed until ``with_value`` puts it in; a private character, removed from input."""

_MOST_KEPT = 8_000_000
"""Characters kept in each process; then the memory starts afresh."""
_LONGEST_KEY = 20_000
_FOLDERS = {"table": "tables", "summaryListRow": "summary-list/row"}

Component = Callable[..., Markup]


class Components:
    """Every NHS component as a method, in camel or snake case: ``errorSummary``, ``error_summary``."""

    def __init__(self) -> None:
        """Make the private environment; templates are read when they are first used."""
        self._environment = Environment(
            loader=PackageLoader("nhsuk_frontend_jinja"),
            undefined=ChainableUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._kept: dict[tuple[str, str], Markup] = {}
        self._size = 0
        self._macros: dict[str, Component] = {}

    def __getattr__(self, name: str) -> Component:
        """Return a component as a function of its parameters (a mapping).

        Raises:
            AttributeError: there is no component of this name.
        """
        if name.startswith("_"):
            raise AttributeError(name)

        def component(params: Mapping[str, Any] | None = None) -> Markup:
            return self._render(name, params or {})

        self._macro(name)
        return component

    def _render(self, name: str, params: Mapping[str, Any]) -> Markup:
        key = (name, repr(params))
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        html = _squash(self._macro(name)(params))
        if len(key[1]) <= _LONGEST_KEY:
            self._size += len(key[1]) + len(html)
            if self._size > _MOST_KEPT:
                self._kept.clear()
                self._size = 0
            self._kept[key] = html
        return html

    def _macro(self, name: str) -> Component:
        if name not in self._macros:
            camel = re.sub(r"_(\w)", lambda found: found.group(1).upper(), name)
            kebab = re.sub(r"[A-Z]", lambda found: "-" + found.group().lower(), camel)
            folder = _FOLDERS.get(camel, kebab)
            try:
                template = self._environment.get_template(f"nhsuk/components/{folder}/macro.jinja")
            except TemplateNotFound:
                raise AttributeError(f"there is no NHS component called {name!r}") from None
            self._macros[name] = getattr(template.module, camel)
        return self._macros[name]


def _squash(html: Markup) -> Markup:
    """Take out the white space that the macros leave, unless it could be somebody's text."""
    if re.search(r"<pre|<textarea[^>]*>[^<\ue000]", html):
        return html
    return Markup(re.sub(r"\s*\n\s*", "\n", html).strip())  # noqa: S704 - comes escaped out of the macro


def with_value(html: Markup, value: str) -> Markup:
    """Put what was typed where ``VALUE`` stands, escaped for text and attributes alike."""
    if value.startswith("\n"):
        value = "\n" + value  # a browser drops the first line break of a text area
    return Markup(str(html).replace(VALUE, str(escape(value))))  # noqa: S704 - both parts are escaped


NHS = Components()
"""The components of this process, shared by forms and templates."""
