"""From a form of answers to what a service saves, and from what it found back to words on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ehiia.domain.answers import Value
from ehiia.domain.questions import Question
from ehiia.domain.scales import Scale
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    Duration,
    Magnitude,
    NumberAffected,
    Reversible,
)
from ehiia.forms.builder import QuestionForm
from ehiia.forms.impact import ImpactForm, impact_form, impact_token
from ehiia.services.answered import Page
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.freezing import answer_words


@dataclass(frozen=True)
class AnswerRow:
    """An answer for those who only read. ``about``: id of the question or dimension."""

    about: str
    label: str
    text: str
    anchor: str
    sources: str
    """Numbers of those that it rests on: "[1] [3]"."""


def given(form: QuestionForm) -> dict[str, Given]:
    """Return what a form of questions holds, with the revision that each answer was made from."""
    touched, was = form.touched(), form.was()
    found = {}
    for key, value in form.answers().items():
        token = was[key]
        found[key] = Given(value, token.revision if token else 0, key in touched)
    return found


def given_impact(form: ImpactForm) -> GivenImpact:
    """Return what the form of a dimension holds."""
    token = form.was_token()
    return GivenImpact(form.impact(), token.revision if token else 0, form.touched())


def impact_filled(dimension: Dimension, page: Page, scale: Scale) -> ImpactForm:
    """Return the form of a dimension showing what is stored, half a risk included."""
    kind = impact_form(dimension, scale)
    columns = page.impact_columns.get(dimension)
    if columns is None:
        return kind.filled(None)
    token = impact_token(page.impact_revisions[dimension], columns)
    return kind(formdata=None, data={**columns, "was": token})


def renew_impact(form: ImpactForm, page: Page) -> None:
    """Point the token of a dimension at what is stored now, after a conflict was shown."""
    columns = page.impact_columns.get(form.dimension)
    if columns is not None:
        form.was.data = impact_token(page.impact_revisions[form.dimension], columns)


def answer_text(question: Question, value: Value, labels: Mapping[str, str]) -> str:
    """Return an answer in words, "" where there is none. ``labels``: group code -> label."""
    return "\n\n".join(answer_words(question, value, dict(labels)))


_WORDS: tuple[tuple[str, str, Any], ...] = (
    ("direction", "", Direction),
    ("magnitude", "How much", Magnitude),
    ("number_affected", "About how many", NumberAffected),
    ("duration", "For how long", Duration),
    ("reversible", "Could it be undone", Reversible),
    ("confidence", "Evidence", Confidence),
)
_DEGREES = (
    ("likelihood_before", "Likelihood now"),
    ("severity_before", "Severity now"),
    ("likelihood_after", "Likelihood after action"),
    ("severity_after", "Severity after action"),
)


def impact_text(columns: Mapping[str, str | int | None], scale: Scale) -> str:
    """Return an impact in words, one line for each part that was answered."""
    lines = []
    for name, label, kind in _WORDS:
        value = columns.get(name)
        if value:
            lines.append(f"{label}: {kind(value).label}" if label else str(kind(value).label))
    for name, label in _DEGREES:
        degree = columns.get(name)
        if isinstance(degree, int):
            of = scale.likelihood_word if name.startswith("likelihood") else scale.severity_word
            lines.append(f"{label}: {of(degree)}")
    for name, label in (("reason", "Why"), ("justification", "Why nothing is done")):
        if columns.get(name):
            lines.append(f"{label}: {columns[name]}")
    return "\n".join(lines)
