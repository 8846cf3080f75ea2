"""What every page shows around its content: organisation, person, navigation, today's date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from ehiia import clock
from ehiia.config import Config
from ehiia.domain.vocabulary import Permission
from ehiia.services.assessments import PRACTICE
from ehiia.web.access import visitor

SERVICE = "Impact assessments"


@dataclass(frozen=True)
class Link:
    """A link of the navigation, or between pages that belong together."""

    label: str
    href: str
    current: bool = False
    folded: bool = False
    """Whether it is needed seldom, and stands under "More"."""


@dataclass(frozen=True)
class Shell:
    """What the layout needs; see ``templates/layout/base.html``."""

    organisation_name: str
    service_name: str
    person_name: str
    nav: tuple[Link, ...]
    demonstration: bool
    practice: bool
    """The page belongs to a practice assessment."""
    today: date


OF_ORGANISATION = frozenset({"assurance", "bodies", "people"})
"""Nouns whose pages belong to the place Organisation."""
OF_AUDIT = frozenset({"programmes", "cases", "findings", "opinions", "systems", "decision_logs"})
"""Nouns whose pages belong to the place Audit."""
OF_HELP = frozenset({"guidance", "practice", "example"})
"""Nouns whose pages belong to the place Help."""


def _nav(demonstration: bool) -> tuple[Link, ...]:
    if not current_user.is_authenticated:
        return _links(("Verify a record", "records.verify"), ("Help", "help.start"))
    places = [
        ("Home", "home.start"),
        ("Assessments", "register.start"),
        ("Mitigating actions", "mitigations.register"),
        ("Reviews", "reviews.register"),
        ("Records", "records.register"),
        ("Evidence", "library.start"),
    ]
    if visitor.may_in(Permission.SEE_AUDIT_PLAN):
        places.append(("Audit", "audits.waiting"))
    elif visitor.may_in(Permission.READ_OPINIONS):
        places.append(("Audit", "opinions.start"))
    if visitor.may_in(Permission.ADMINISTER):
        places.append(("Organisation", "organisation.start"))
    if demonstration:
        places.append(("Mail", "mail.folder"))
    return _links(*places)


def _links(*places: tuple[str, str]) -> tuple[Link, ...]:
    here = (request.endpoint or "").split(".")[0]
    here = "organisation" if here in OF_ORGANISATION or request.endpoint == "mail.outbox" else here
    here = "audits" if here in OF_AUDIT else here
    here = "help" if here in OF_HELP else here
    return tuple(
        Link(label, url_for(endpoint), endpoint.split(".")[0] == here)
        for label, endpoint in places
        if endpoint in current_app.view_functions
    )


def init_shell(app: Flask) -> None:
    """Give every template ``shell`` and ``today``."""

    @app.context_processor
    def shell() -> dict[str, Any]:
        config: Config = app.extensions["ehiia.config"]
        signed_in = current_user.is_authenticated
        organisation = visitor.organisation.name if signed_in and visitor.organisation else ""
        return {
            "shell": Shell(
                organisation_name=organisation,
                service_name=SERVICE,
                person_name=visitor.name if signed_in else "",
                nav=_nav(config.demonstration),
                demonstration=config.demonstration,
                practice=any(PRACTICE in str(value) for value in (request.view_args or {}).values()),
                today=clock.today(),
            ),
            "today": clock.today(),
        }
