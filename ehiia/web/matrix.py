"""The impact matrix: groups by dimensions, before and after action, each cell a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from ehiia.domain import scoring
from ehiia.domain.asked import asked_sections
from ehiia.domain.scoring import Matrix, MatrixCell, MatrixRow
from ehiia.domain.vocabulary import (
    ADVERSE,
    Band,
    Direction,
    LegalStatus,
    NumberAffected,
    Permission,
    YesNoUnknown,
)
from ehiia.services import overview as pages_of
from ehiia.services.overview import Whole
from ehiia.services.sight import Seen
from ehiia.web import present
from ehiia.web.access import opens
from ehiia.web.pages import crumbs, leaf_url, next_step, places_of

blueprint = Blueprint("matrix", __name__)


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix as the component wants it."""

    direction: Direction | None
    details: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class GroupRow:
    """A row of the matrix as the component wants it."""

    label: str
    cells: tuple[Cell, ...]
    note: Markup | str = ""


@dataclass(frozen=True)
class EffectRow:
    """A question of one effect as the component wants it."""

    label: str
    cell: Cell
    reason: str


@dataclass(frozen=True)
class BandOfRows:
    """Rows under one heading."""

    label: str
    rows: tuple[GroupRow, ...]


@blueprint.get("/a/<ref>/matrix")
@opens(Permission.READ)
def matrix(seen: Seen) -> Any:
    """Show who would be affected, and how, before and after action: groups by dimensions."""
    whole = pages_of.whole(seen.assessment)
    found = scoring.matrix(whole.answers, whole.borders, whole.effects)
    bands = []
    for status in LegalStatus:
        rows = tuple(_row(seen.assessment.ref, row) for row in found.rows if row.legal_status is status)
        if rows:
            bands.append(BandOfRows(status.label, rows))
    step = next_step(seen, whole.review)
    return render_template(
        "matrix/matrix.html",
        seen=seen,
        crumbs=crumbs(seen),
        places=places_of(seen, "matrix.matrix"),
        dimensions=[dimension.label for dimension in scoring.DIMENSIONS],
        bands=bands,
        summary=_summary(found),
        effects=_effects(seen.assessment.ref, whole),
        scale=whole.scale,
        step=step,
    )


def _row(ref: str, row: MatrixRow) -> GroupRow:
    href = url_for("groups.group", ref=ref, code=row.subject)
    if row.affected is None:
        return GroupRow(row.label, (), Markup('Not answered yet. <a href="{}">Answer</a>').format(href))
    if row.affected is YesNoUnknown.NO:
        reason = present.short(row.reason, 200) or "No reason is given yet."
        return GroupRow(
            row.label, (), Markup('<a href="{}">Not affected differently</a>: {}').format(href, reason)
        )
    if row.first_aim_only:
        (cell,) = row.cells
        details = "; ".join(_details(cell))
        words = present.impact_word(cell.direction) + (f" ({details})" if details else "")
        return GroupRow(
            row.label,
            (),
            Markup('First aim of the duty only. Discrimination: <a href="{}">{}</a>').format(href, words),
        )
    return GroupRow(
        row.label,
        tuple(
            Cell(cell.direction, _details(cell), f"{href}#{cell.dimension.value}-heading")
            for cell in row.cells
        ),
    )


def _details(cell: MatrixCell) -> tuple[str, ...]:
    lines = []
    if cell.direction not in (None, Direction.SAME, Direction.UNKNOWN) and cell.magnitude:
        lines.append(cell.magnitude.label.lower())
    if cell.number and cell.number is not NumberAffected.UNKNOWN:
        lines.append(cell.number.label.lower())
    if cell.before:
        lines.append(f"before action: {cell.band_before.label.lower()} ({cell.before.score})")
    if cell.after:
        lines.append(f"after action: {cell.band_after.label.lower()} ({cell.after.score})")
    if cell.needs_action:
        lines.append("no action or reason yet")
    elif cell.actions:
        lines.append(present.count(len(cell.actions), "mitigating action"))
    return tuple(lines)


def _summary(found: Matrix) -> list[str]:
    """Say the matrix in sentences, worst first."""
    worse = [row for row in found.rows if any(_adverse(cell) for cell in row.cells)]
    unknown = sum(cell.direction is Direction.UNKNOWN for row in found.rows for cell in row.cells)
    open_rows = sum(row.affected is None for row in found.rows)
    lines = [
        f"{present.count(len(worse), 'group')} of {len(found.rows)} would find something worse."
        if worse
        else "No group is found to be worse off so far."
    ]
    if worse and found.worst_before.band is not Band.NONE:
        lines.append(
            f"The worst risk is {found.worst_before.band.label.lower()} before action and "
            f"{found.worst_after.band.label.lower()} after it."
        )
    if unknown:
        lines.append(f"{present.count(unknown, 'impact')} not known yet.")
    if open_rows:
        lines.append(f"{present.count(open_rows, 'group')} not answered yet.")
    return lines


def _adverse(cell: MatrixCell) -> bool:
    return cell.direction in ADVERSE


def _effects(ref: str, whole: Whole) -> list[EffectRow]:
    """Return the questions of one effect (Core20PLUS5): name, way with its ratings, start of the reason."""
    needing = {one.subject for one in scoring.needs_action(whole.answers, whole.effects)}
    found = []
    for section in asked_sections(whole.questions, whole.answers):
        for question in section.questions:
            if question.id not in whole.effects:
                continue
            effect = scoring.effect(question.id, whole.answers.value(question.id))
            href = leaf_url(ref, section.id, anchor=f"question-{question.id}")
            details = _ratings(effect, whole) if effect else ()
            if question.id in needing:
                details += ("no action or reason yet",)
            cell = Cell(effect.direction if effect else None, details, href)
            found.append(EffectRow(question.name, cell, present.short(effect.reason, 120) if effect else ""))
    return found


def _ratings(effect: scoring.Effect, whole: Whole) -> tuple[str, ...]:
    if not effect.adverse:
        return ()
    return tuple(
        f"{when} action: {scoring.band(risk, whole.borders).label.lower()} ({risk.score})"
        for when, risk in (("before", effect.before), ("after", scoring.left(effect)))
        if risk
    )
