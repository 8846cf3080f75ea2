"""When two people saved the same page: what clashes, question by question, and what the second one chose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from ehiia.domain import wording_changes
from ehiia.domain.questions import AnswerKind
from ehiia.domain.vocabulary import Dimension
from ehiia.domain.wording_changes import Piece
from ehiia.forms.builder import QuestionForm
from ehiia.forms.impact import ImpactForm
from ehiia.forms.settling import MERGED, THEIRS, Point, SettleForm, settle_form
from ehiia.services.answering import Conflict
from ehiia.services.sight import Seen
from ehiia.web import present
from ehiia.web.pages import crumbs

TEXTS = frozenset({AnswerKind.TEXT, AnswerKind.LINE})


@dataclass(frozen=True)
class Clash:
    """An answer that two people changed: what they wrote and what was sent now, in words."""

    point: Point
    by: str
    when: str
    theirs: str
    mine: str
    pieces: tuple[Piece, ...]
    """From theirs to mine, word by word; none where that says nothing."""
    hidden: tuple[tuple[str, str], ...]
    """Names and values of the fields that hold what was sent."""


@dataclass(frozen=True)
class Settled:
    """What was sent, with the choices of a conflict page worked in. ``form``: None on any other page."""

    form: SettleForm | None
    sent: MultiDict[str, str]
    theirs: frozenset[str]
    """Ids of what stays as somebody else wrote it."""
    points: tuple[Point, ...] = ()

    @property
    def undecided(self) -> bool:
        """Whether the conflict page was sent without every choice, or with a text that is too long."""
        return self.form is not None and not self.form.validate()


def points_of(kind: type[QuestionForm], dimensions: Iterable[Dimension] = ()) -> dict[str, Point]:
    """Return what may clash on a page: its questions by id and its dimensions by value."""
    found = {}
    for question in kind.questions:
        base = f"{kind.field_prefix}{question.id}"
        text = base if question.kind in TEXTS else ""
        if question.kind is AnswerKind.EFFECT:
            text = f"{base}-reason"
        whole = question.kind is not AnswerKind.EFFECT
        found[question.id] = Point(question.id, question.label, base, text, question.max_length, whole)
    for dimension in dimensions:
        name = dimension.value
        found[name] = Point(name, dimension.label, name, f"{name}-reason", 4000, whole=False)
    return found


def sent() -> bool:
    """Say whether a conflict page was sent: it holds nothing but what clashed."""
    return any(name.startswith("settle-") for name in request.form)


def settled(points: Mapping[str, Point]) -> Settled:
    """Read what was sent to a page, from its own form or from its conflict page."""
    ids = [one for one in points if f"settle-{one}" in request.form]
    given: MultiDict[str, str] = MultiDict(request.form)
    if not ids:
        return Settled(None, given, frozenset())
    chosen = tuple(points[one] for one in ids)
    form = settle_form(chosen)()
    theirs = set()
    for point in chosen:
        keep = form[f"keep-{point.id}"].data
        if keep == THEIRS:
            theirs.add(point.id)
        elif keep == MERGED and point.text:
            given.setlist(point.text, [form[f"merged-{point.id}"].data or ""])
    return Settled(form, given, frozenset(theirs), chosen)


def page(
    seen: Seen,
    title: str,
    action: str,
    points: Mapping[str, Point],
    conflicts: Mapping[str, Conflict],
    *,
    words: Callable[[str, Any], str],
    mine: Mapping[str, Any],
    tokens: Mapping[str, tuple[str, str]],
    saved: int,
    was: Settled,
) -> str:
    """Render the page on which a person chooses what shall stand.

    ``words`` says a value of an id in words; ``mine``: what was sent by id; ``tokens``: by id the name and
    value of the field that says what the page was made from, which is what stands now.
    """
    clashes = []
    for name, conflict in conflicts.items():
        theirs, own = words(name, conflict.theirs), words(name, mine[name])
        point = points[name]
        hidden = [
            (field, value)
            for field, value in request.form.items(multi=True)
            if point.owns(field) and field != tokens[name][0]
        ]
        clashes.append(
            Clash(
                point,
                conflict.by,
                f"on {present.moment(conflict.at)}",
                theirs or "They took the answer out.",
                own or "You took the answer out.",
                wording_changes.changes(theirs, own) if point.text and theirs and own else (),
                (*hidden, tokens[name]),
            )
        )
    form = was.form
    if form is None or set(was.points) != {clash.point for clash in clashes}:
        texts = {f"merged-{c.point.id}": request.form.get(c.point.text, "") for c in clashes if c.point.text}
        form = settle_form(clash.point for clash in clashes)(formdata=None, data=texts)
    return render_template(
        "sections/_conflict.html",
        seen=seen,
        title=title,
        action=action,
        clashes=clashes,
        form=form,
        saved=saved,
        then=request.form.get("then", ""),
        crumbs=crumbs(seen),
    )


def tokens_of(form: QuestionForm, parts: Iterable[ImpactForm] = ()) -> dict[str, tuple[str, str]]:
    """Return by id the name and value of the field that says what the page was made from."""
    found = {
        question.id: (f"was-{question.id}", form.was_of(question).data or "") for question in form.questions
    }
    return found | {part.dimension.value: (part.was.name, part.was.data or "") for part in parts}
