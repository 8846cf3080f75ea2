"""Blueprints, one noun per file: load, form, service, then redirect or render."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

NOUNS: tuple[str, ...] = (
    "action_dates",
    "advice",
    "ahead",
    "answers",
    "assessments",
    "assignments",
    "assurance",
    "audits",
    "cases",
    "bodies",
    "bringing_in",
    "calendar",
    "checks",
    "circumstances",
    "commitments",
    "comments",
    "cumulative",
    "corrections",
    "criteria",
    "copies",
    "confirming",
    "decision_logs",
    "decisions",
    "depth",
    "details",
    "drafts",
    "endings",
    "engagement",
    "duties",
    "evidence",
    "example",
    "feedback",
    "findings",
    "formats",
    "foi",
    "gaps",
    "go_live",
    "groups",
    "guidance",
    "handing_over",
    "help",
    "history",
    "home",
    "invited",
    "keys",
    "library",
    "links",
    "looking_back",
    "mail",
    "matrix",
    "messages",
    "meetings",
    "mitigations",
    "opinions",
    "organisation",
    "outside",
    "partners",
    "owning",
    "packs",
    "parts",
    "people",
    "practice",
    "programmes",
    "progress",
    "published",
    "publications",
    "records",
    "register",
    "reminding",
    "review_dates",
    "reviewers",
    "reviews",
    "schemas",
    "screening",
    "sections",
    "selfcheck",
    "signatures",
    "stops",
    "submission",
    "systems",
    "team",
    "triggers",
    "versions",
    "views",
    "voices",
    "word",
)
"""Files with a ``blueprint``; one noun each."""


class RowNumber(IntegerConverter):
    """A number in an address. What no row can have, because it is too large for a database, leads nowhere."""

    def __init__(self, url_map: Map) -> None:
        """Take numbers up to the largest that PostgreSQL has for a key."""
        super().__init__(url_map, max=2**31 - 1)


def register_blueprints(app: Flask) -> None:
    """Register every blueprint."""
    app.url_map.converters["int"] = RowNumber
    for noun in NOUNS:
        app.register_blueprint(import_module(f"ehiia.web.{noun}").blueprint)
