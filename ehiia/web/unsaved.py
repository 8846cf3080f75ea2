"""What a page of questions shows of what was typed there and not saved, and of who else has it open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from ehiia import clock
from ehiia.forms.builder import QuestionForm
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


def wanted() -> bool:
    """Whether the visitor asked to have their draft put back."""
    return request.args.get("draft") == "back"


def fields_of(draft: Kept) -> MultiDict[str, str]:
    """Return a draft as the form that it was."""
    return MultiDict([(name, value) for name, values in draft.fields.items() for value in values])


def put_into(form: QuestionForm, fields: MultiDict[str, str]) -> bool:
    """Put a draft into the form of a page; says whether any answer differs from what is stored."""
    for question in form.questions:
        if f"was-{question.id}" in fields:
            form.field_of(question).process(fields)
            form.was_of(question).process(fields)
    return bool(form.touched())


def told(assessment_id: int, page: str, draft: Kept | None, *, back: bool) -> Unsaved:
    """Return what the page tells: of a draft that differs from what is stored, and of who has it open too."""
    found = drafting.others(assessment_id, page, visitor.person_id, now=clock.now())
    when = f"on {present.moment(draft.at)}" if draft is not None else ""
    return Unsaved(page, when, back, tuple(present_words(other) for other in found))
