"""Blueprints, one noun per file: load, form, service, then redirect or render."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

NOUNS: tuple[str, ...] = (
    "advice",
    "answers",
    "assessments",
    "assignments",
    "audits",
    "bodies",
    "checks",
    "circumstances",
    "commitments",
    "comments",
    "criteria",
    "copies",
    "decisions",
    "depth",
    "details",
    "drafts",
    "engagement",
    "duties",
    "evidence",
    "example",
    "gaps",
    "groups",
    "guidance",
    "help",
    "history",
    "home",
    "invited",
    "library",
    "links",
    "mail",
    "matrix",
    "mitigations",
    "organisation",
    "parts",
    "people",
    "practice",
    "records",
    "register",
    "reviewers",
    "reviews",
    "screening",
    "sections",
    "selfcheck",
    "stops",
    "submission",
    "team",
    "versions",
    "voices",
    "word",
)
"""Files with a ``blueprint``; one noun each."""


def register_blueprints(app: Flask) -> None:
    """Register every blueprint."""
    for noun in NOUNS:
        app.register_blueprint(import_module(f"ehiia.web.{noun}").blueprint)
