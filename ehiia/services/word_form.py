"""The assessment as a form in Word: which field stands for which answer, there and back.

A ``Slot`` ties a field of the document to its place in the assessment: a
question, one part of an effect, or one column of an impact. Whatever is read
from a document goes through ``meant``, which returns a value as it is stored
or says in a sentence why it cannot be one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ehiia.documents.word.form import Choice, Entered, Field, FieldKind, tidy
from ehiia.domain.answers import Answers, SubjectGroup, Value
from ehiia.domain.questions import AnswerKind, AskedWhen, Question
from ehiia.domain.scales import Scale
from ehiia.domain.scoring import RISKS, dimensions
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    Duration,
    Magnitude,
    NumberAffected,
    ProposalKind,
    Reversible,
    Word,
    YesNoUnknown,
)
from ehiia.services import overview
from ehiia.services.answered import DEGREES, Page, pages_of
from ehiia.services.overview import Leaf
from ehiia.services.scales import scale_of
from ehiia.store.assessments import Assessment

_DATES = ("%d %B %Y", "%A %d %B %Y", "%d %b %Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d")

PARTS: dict[str, tuple[str, type[Word] | None]] = {
    "direction": ("How would it change?", Direction),
    "reason": ("Why do you think so?", None),
    "magnitude": ("How much?", Magnitude),
    "number_affected": ("About how many people?", NumberAffected),
    "duration": ("How long would it last?", Duration),
    "reversible": ("Could it be undone?", Reversible),
    "confidence": ("How strong is the evidence?", Confidence),
    "likelihood_before": ("If people would be worse off: likelihood now", None),
    "severity_before": ("Severity now", None),
    "likelihood_after": ("Likelihood after action", None),
    "severity_after": ("Severity after action", None),
    "justification": ("If nothing will be done about it, why?", None),
}
"""The columns of an impact in the order of the form: label, and the words that can be chosen."""
EFFECT_PARTS = ("direction", "reason", *RISKS, "justification")
"""The parts of an effect, which is about no group."""


@dataclass(frozen=True)
class Slot:
    """A field, and the place in the assessment that it stands for."""

    field: Field
    page: str
    """Title of the page, as on the task list."""
    subject: str
    question: Question | None = None
    dimension: Dimension | None = None
    part: str = ""
    """Of an effect or an impact: "direction", "reason" ..."""
    stored: Any = None
    """The whole answer as it is stored, or the columns of the impact."""
    revision: int = 0


@dataclass(frozen=True)
class Sheet:
    """The slots of one page of the assessment. ``heads``: key of a field -> heading above it."""

    leaf: Leaf
    slots: tuple[Slot, ...]
    heads: dict[str, str]


class NotMeant(Exception):
    """A text that cannot be the answer to its question; the message says why."""


def sheets_of(assessment: Assessment, answers: Answers) -> tuple[Sheet, ...]:
    """Return every page of the assessment with its fields, filled with what is stored."""
    values = {question: value for (question, subject), value in answers.values.items() if not subject}
    groups = {group.code: group for group in answers.groups}
    offered = overview.groups_on_offer(assessment, answers.groups)
    pages, scale = pages_of(assessment), scale_of(assessment)
    found = []
    for leaf in overview.leaves(assessment, values, answers.groups):
        page = pages.get(leaf.subject) or Page({}, {}, {}, {}, {})
        meets = any(question.kind is AnswerKind.COMBINATION for question in leaf.section.questions)
        named = answers.groups if meets else offered
        slots = list(_questions(leaf, page, assessment.kind, groups.get(leaf.subject), named, scale))
        heads = {}
        if leaf.subject in groups:
            for dimension in dimensions(groups[leaf.subject]):
                columns = list(_impact(leaf, page, dimension, scale))
                heads[columns[0].field.key] = dimension.label
                slots += columns
        found.append(Sheet(leaf, tuple(slots), heads))
    return tuple(found)


_NAME_GROUPS = frozenset({AnswerKind.GROUPS, AnswerKind.COMBINATION})
"""Kinds of answer that name groups: those on offer, or those that the assessment considers."""

# -- fields --------------------------------------------------------------------------------------------


def _questions(
    leaf: Leaf,
    page: Page,
    kind: ProposalKind,
    group: SubjectGroup | None,
    offered: tuple[SubjectGroup, ...],
    scale: Scale,
) -> Iterator[Slot]:
    for question in leaf.section.questions:
        ever = replace(question.asked_when, question="", is_one_of=())
        if not ever.holds(kind, {}, leaf.subject):
            continue
        people = group.people if group else ""
        asked = replace(
            question,
            label=question.label.replace("{people}", people),
            hint=_hint(question, leaf).replace("{people}", people),
        )
        key, value = f"{leaf.subject}/{question.id}", page.values.get(question.id)
        slot = Slot(_field(asked, key, value, offered), leaf.title, leaf.subject, question, stored=value)
        slot = replace(slot, revision=page.revisions.get(question.id, 0))
        if question.kind is AnswerKind.EFFECT:
            yield from _effect(slot, value, scale)
        else:
            yield slot


def _hint(question: Question, leaf: Leaf) -> str:
    """Return the hint, and when the question is asked where an answer decides about it."""
    condition: AskedWhen = question.asked_when
    parent = next((q for q in leaf.section.questions if q.id == condition.question), None)
    if parent is None:
        return question.hint
    labels = dict(_choices(parent, ()))
    wanted = " or ".join(f"“{labels.get(one, one)}”" for one in condition.is_one_of)
    return f"Only if the answer to “{parent.label}” is {wanted}. {question.hint}".strip()


def _choices(question: Question, offered: tuple[SubjectGroup, ...]) -> list[tuple[str, str]]:
    """Return the ids and labels of what can be chosen."""
    if question.kind in _NAME_GROUPS:
        return [(group.code, group.label) for group in offered]
    if question.kind is AnswerKind.UNKNOWABLE and not question.options:
        return [(word.value, word.label) for word in YesNoUnknown]
    return [(option.id, option.label) for option in question.options]


def _field(question: Question, key: str, value: Value, offered: tuple[SubjectGroup, ...]) -> Field:
    choices = tuple(Choice(*pair) for pair in _choices(question, offered))
    kind = {
        AnswerKind.TEXT: FieldKind.TEXT,
        AnswerKind.CHOICE: FieldKind.ONE,
        AnswerKind.UNKNOWABLE: FieldKind.ONE,
        AnswerKind.MULTI: FieldKind.SEVERAL,
        AnswerKind.GROUPS: FieldKind.SEVERAL,
        AnswerKind.COMBINATION: FieldKind.SEVERAL,
    }.get(question.kind, FieldKind.LINE)
    return Field(key, question.label, kind, question.hint, choices, _entered(question.kind, value, choices))


def _entered(kind: AnswerKind, value: Value, choices: tuple[Choice, ...]) -> Entered:
    """Return a stored value as it stands in a field."""
    if kind in {AnswerKind.MULTI, *_NAME_GROUPS}:
        return tuple(value) if isinstance(value, list) else ()
    if value is None or isinstance(value, list | dict):
        return ""
    if kind in {AnswerKind.CHOICE, AnswerKind.UNKNOWABLE}:
        return next((choice.label for choice in choices if choice.id == value), "")
    if kind is AnswerKind.DATE:
        day = date.fromisoformat(str(value))
        return f"{day.day} {day:%B %Y}"
    return tidy(str(value))


def _effect(slot: Slot, value: Value, scale: Scale) -> Iterator[Slot]:
    """Return the fields of an effect: which way, why, how big the risk is, and why nothing is done."""
    given = value if isinstance(value, dict) else {}
    for part in EFFECT_PARTS:
        field = _part(f"{slot.field.key}#{part}", part, given.get(part), scale)
        if part == "direction":
            field = replace(field, label=slot.field.label, hint=slot.field.hint)
        yield replace(slot, field=field, part=part)


def _impact(leaf: Leaf, page: Page, dimension: Dimension, scale: Scale) -> Iterator[Slot]:
    columns = page.impact_columns.get(dimension, {})
    for name in PARTS:
        key = f"{leaf.subject}/{dimension.value}.{name}"
        yield Slot(
            _part(key, name, columns.get(name), scale),
            f"{leaf.title}: {dimension.label.lower()}",
            leaf.subject,
            dimension=dimension,
            part=name,
            stored=columns,
            revision=page.impact_revisions.get(dimension, 0),
        )


def _part(key: str, name: str, value: str | int | None, scale: Scale) -> Field:
    """Return the field of a part of an effect or an impact: a choice of words, a degree, or a text."""
    label, words = PARTS[name]
    if words is not None:
        choices = tuple(Choice(word.value, word.label) for word in words)
    elif name in DEGREES:
        degrees = scale.likelihood if name.startswith("likelihood") else scale.severity
        choices = tuple(Choice(str(number), word) for number, word in enumerate(degrees, start=1))
    else:
        return Field(key, label, FieldKind.TEXT, value=tidy(str(value or "")))
    chosen = next((choice.label for choice in choices if value and choice.id == str(value)), "")
    return Field(key, label, FieldKind.ONE, choices=choices, value=chosen)


# -- and back ------------------------------------------------------------------------------------------


def meant(slot: Slot, entered: Entered) -> Value:
    """Return what stands in a field as it is stored; None for nothing.

    Raises NotMeant where it cannot be an answer: a choice that is not offered, a date that does not exist,
    a number that is none, a text that is too long.
    """
    field = slot.field
    if field.kind is FieldKind.SEVERAL:
        known = {choice.id for choice in field.choices}
        if not isinstance(entered, tuple):
            raise NotMeant("The boxes to tick are gone from the file")
        return [choice.id for choice in field.choices if choice.id in entered and choice.id in known] or None
    text = tidy(entered) if isinstance(entered, str) else ""
    if not text:
        return None
    if field.kind is FieldKind.ONE:
        return _choice(field, text, as_number=slot.dimension is not None and slot.part in DEGREES)
    kind = slot.question.kind if slot.question and not slot.part else AnswerKind.TEXT
    longest = slot.question.max_length if slot.question else 4000
    match kind:
        case AnswerKind.DATE:
            return _date(text)
        case AnswerKind.NUMBER:
            return _number(text)
        case AnswerKind.PERCENT:
            return _percent(text)
        case AnswerKind.LINE:
            text, longest = " ".join(text.split()), min(longest, 300)
    if len(text) > longest:
        raise NotMeant(f"The text has {len(text):,} characters; {longest:,} fit")
    return text


def _choice(field: Field, text: str, *, as_number: bool) -> str | int:
    wanted = " ".join(text.split()).casefold().replace("’", "'")
    for choice in field.choices:
        if choice.label.casefold().replace("’", "'") == wanted:
            return int(choice.id) if as_number else choice.id
    raise NotMeant(f"“{text[:80]}” is not one of the answers that can be chosen")


def _date(text: str) -> str:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise NotMeant(f"“{text[:40]}” is not a date that exists. Write it like 27 November 2026")


def _number(text: str) -> int:
    digits = text.replace(",", "").replace(" ", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise NotMeant(f"“{text[:40]}” is not a whole number. Write it like 1,200")
    return int(digits)


def _percent(text: str) -> int | float:
    digits = text.removesuffix("per cent").replace("%", "").strip()
    try:
        share = round(float(digits), 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 100:
        raise NotMeant(f"“{text[:40]}” is not a share from 0 to 100. Write it like 12.5")
    return int(share) if share == int(share) else share
