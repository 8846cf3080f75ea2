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
from ehiia.web.access import visitor

SERVICE = "Impact assessments"


@dataclass(frozen=True)
class Link:
    """A link of the navigation."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Shell:
    """What the layout needs; see ``templates/layout/base.html``."""

    organisation_name: str
    service_name: str
    person_name: str
    nav: tuple[Link, ...]
    demonstration: bool
    today: date


def _nav() -> tuple[Link, ...]:
    if not current_user.is_authenticated:
        return (_link("Verify a record", "records.verify"), _link("Help", "help.start"))
    links = [
        _link("Home", "home.start"),
        _link("Assessments", "register.start"),
        _link("Mitigating actions", "mitigations.register"),
        _link("Reviews", "reviews.register"),
        _link("Records", "records.register"),
    ]
    if visitor.may_in(Permission.SEE_AUDIT_PLAN):
        links.append(_link("Audit", "audits.waiting"))
    if visitor.may_in(Permission.ADMINISTER):
        links.append(_link("Organisation", "organisation.start"))
    return tuple(links)


def _link(label: str, endpoint: str) -> Link:
    here = (request.endpoint or "").split(".")[0] == endpoint.split(".")[0]
    return Link(label, url_for(endpoint) if endpoint in current_app.view_functions else "/", here)


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
                nav=_nav(),
                demonstration=config.demonstration,
                today=clock.today(),
            ),
            "today": clock.today(),
        }
