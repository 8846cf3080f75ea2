"""The self-check of an assessment: what its rules find as it stands, put right or explained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from ehiia import clock
from ehiia.domain.access import OPEN
from ehiia.domain.vocabulary import Permission
from ehiia.forms.selfcheck import ExplainForm
from ehiia.services import selfchecking
from ehiia.services.selfchecking import Finding, Gravity
from ehiia.services.sight import Seen
from ehiia.services.transaction import Invalid
from ehiia.web.access import opens, visitor
from ehiia.web.asking import done, number, refuse
from ehiia.web.pages import crumbs, found_url, places_of

blueprint = Blueprint("selfcheck", __name__)


@dataclass(frozen=True)
class Rule:
    """What one rule found: in how many places, each with its address."""

    id: str
    title: str
    put_right: str
    places: tuple[tuple[Finding, str], ...]


def _by_rule(ref: str, findings: Iterable[Finding]) -> list[Rule]:
    """Return what was found under its rules, both in the order in which they come first."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.rule, []).append(one)
    return [
        Rule(
            name,
            first.title,
            first.put_right,
            tuple((one, found_url(ref, one.place)) for one in (first, *rest)),
        )
        for name, (first, *rest) in found.items()
    ]


def beside(seen: Seen, section_id: str, subject: str = "") -> list[tuple[Finding, str]]:
    """Return what the self-check finds on one page, with the addresses of the places."""
    ref, found = seen.assessment.ref, selfchecking.self_check(seen.assessment, today=clock.today())
    here = found.at(section_id, subject)
    return [(one, found_url(ref, one.place)) for one in here if one.gravity is not Gravity.STOP]


@blueprint.route("/a/<ref>/self-check", methods=["GET", "POST"])
@opens(Permission.READ)
def page(seen: Seen) -> Any:
    """Show what was found, by weight; keep why a finding stands and is right."""
    assessment, ref, status = seen.assessment, seen.assessment.ref, 200
    form = ExplainForm()
    if form.is_submitted():
        try:
            if form.validate():
                selfchecking.explain(
                    ref,
                    key=form.finding.data or "",
                    text=form.text.data or "",
                    revision=number(form.revision.data),
                    by=visitor.person_id,
                    now=clock.now(),
                )
                done("Your explanation was kept")
                return redirect(url_for("selfcheck.page", ref=ref), 303)
        except Invalid as error:
            refuse(form, error)
        status = 400
    found = selfchecking.self_check(assessment, today=clock.today())
    key = form.finding.data if status == 400 else request.args.get("explain", "")
    chosen = next((one for one in found.findings if one.key == key), None)
    if chosen is not None and chosen.explained is not None:
        form.revision.data = str(chosen.explained.revision)
        if status == 200:
            form.text.data = chosen.explained.text
    form.finding.data = key
    may = bool(seen.may(Permission.WRITE)) and assessment.stage in OPEN
    return (
        render_template(
            "selfcheck/page.html",
            assessment=assessment,
            found=found,
            parts=[
                (gravity, len(found.of(gravity)), _by_rule(ref, found.of(gravity)))
                for gravity in (Gravity.STOP, Gravity.WARNING, Gravity.ADVICE)
            ],
            explained=_by_rule(ref, found.explained),
            chosen=chosen if may else None,
            form=form,
            may=may,
            crumbs=crumbs(seen),
            places=places_of(seen, "selfcheck.page"),
        ),
        status,
    )
