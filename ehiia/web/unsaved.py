"""What a page of questions shows of what was typed there and not saved, and of who else has it open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from ehiia import clock
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import Dimension
from ehiia.forms.builder import QuestionForm
from ehiia.forms.impact import ImpactForm, impact_form
from ehiia.services import drafting
from ehiia.services.drafting import Kept
from ehiia.web import present
from ehiia.web.access import visitor
from ehiia.web.drafts import present_words


@dataclass(frozen=True)
class Unsaved:
    """``when``: when it was typed, "" where nothing is to be told. ``back``: it stands in the fields."""

    page: str
    when: str = ""
    back: bool = False
    others: tuple[str, ...] = ()


def kept_on(assessment_id: int, page: str) -> Kept | None:
    """Return the visitor's own draft of a page."""
    return drafting.mine(assessment_id, page, visitor.person_id)


def wanted() -> bool:
    """Whether the visitor asked to have their draft put back."""
    return request.args.get("draft") == "back"


def dimensions_of(draft: Kept | None, dimensions: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """Return the dimensions a draft was typed on, as far as the page has them."""
    return tuple(one for one in dimensions if draft is not None and f"{one.value}-was" in draft.fields)


def put_back(form: QuestionForm, draft: Kept) -> bool:
    """Put a draft into the form of a page; says whether anything differs from what is stored."""
    typed = _typed(draft)
    for question in form.questions:
        if f"was-{question.id}" in typed:
            form.field_of(question).process(typed)
            form.was_of(question).process(typed)
    return bool(form.touched())


def part_of(draft: Kept, dimension: Dimension, scale: Scale) -> ImpactForm:
    """Return the form of a dimension as it stands in a draft."""
    return impact_form(dimension, scale)(formdata=_typed(draft))


def unsaved(assessment_id: int, page: str, draft: Kept | None, *, differs: bool, back: bool) -> Unsaved:
    """Return what the page tells: of the draft where it differs, and of others who have it open."""
    now = clock.now()
    found = drafting.others(assessment_id, page, visitor.person_id, now=now)
    when = f"on {present.moment(draft.at)}" if draft is not None and differs else ""
    return Unsaved(page, when, back and bool(when), tuple(present_words(other) for other in found))


def _typed(draft: Kept) -> MultiDict[str, str]:
    return MultiDict([(name, value) for name, values in draft.fields.items() for value in values])
