"""From questions to a form: one ``match`` from the kind of answer to the field.

Nothing is required here: a missing answer never refuses a save. What is refused
is malformed: text that is too long, a date that does not exist, an option that
was not offered, a negative number.

Two people may save the same answer. Each question travels with a hidden field
``was-<id>`` that says which revision, and which value, the page was made from;
the service compares it with what is there (``parse_was``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

from ehiia.domain.answers import SubjectGroup, Value
from ehiia.domain.questions import AnswerKind, Group, Option, Question
from ehiia.domain.scales import USUAL, Scale
from ehiia.domain.scoring import RISKS
from ehiia.domain.vocabulary import (
    YesNoUnknown,
)
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import CheckboxesField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, NumberField, PercentField, TextField
from ehiia.forms.risks import EffectField

# -- which value a page was made from ---------------------------------------------------------


@dataclass(frozen=True)
class Was:
    """What a page was made from: ``revision`` 0 where there was no answer yet."""

    revision: int
    digest: str

    def same_as(self, value: Value) -> bool:
        """Whether this is still the value that the page showed."""
        return self.digest == value_digest(value)


def value_digest(value: Value) -> str:
    """Return the first twelve hexadecimal digits of the SHA-256 of a value as canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def was_token(revision: int, value: Value) -> str:
    """Return the token of a value as it was shown: "3.9f86d081884c"."""
    return f"{revision}.{value_digest(value)}"


def parse_was(text: str | None) -> Was | None:
    """Return what a token says, or None where it is missing or was tampered with."""
    found = re.fullmatch(r"(\d{1,9})\.([0-9a-f]{12})", text or "", re.ASCII)
    return Was(int(found[1]), found[2]) if found else None


# -- questions ---------------------------------------------------------------------------------


def field_for(question: Question, groups: Sequence[Group | SubjectGroup] = (), scale: Scale = USUAL) -> Any:
    """Return the unbound field for a question.

    ``groups`` are those that a GROUPS question may name; an effect is rated on ``scale``.
    """
    common: dict[str, Any] = {"label": question.label, "hint": question.hint}
    if not question.required:
        common |= {"label": f"{question.label} (optional)", "noun": f"“{question.label}”"}
    match question.kind:
        case AnswerKind.TEXT:
            return TextField(**common, rows=question.rows, max_length=question.max_length)
        case AnswerKind.LINE:
            return LineField(**common, max_length=min(question.max_length, 300))
        case AnswerKind.CHOICE:
            return RadiosField(**common, choices=question.options)
        case AnswerKind.MULTI:
            return CheckboxesField(**common, choices=question.options)
        case AnswerKind.NUMBER:
            return NumberField(**common)
        case AnswerKind.PERCENT:
            return PercentField(**common)
        case AnswerKind.DATE:
            return DateField(**common)
        case AnswerKind.UNKNOWABLE:
            return RadiosField(**common, choices=question.options or options(YesNoUnknown))
        case AnswerKind.EFFECT:
            return EffectField(**common, max_length=question.max_length, scale=scale)
        case AnswerKind.GROUPS | AnswerKind.COMBINATION:
            return CheckboxesField(**common, choices=tuple(_as_option(group) for group in groups))
    raise ValueError(f"no field for {question.kind!r}")


def _as_option(group: Group | SubjectGroup) -> Option:
    """Return a group as an option; under its label stands why it is considered."""
    hint = group.hint if isinstance(group, Group) else ""
    return Option(
        group.code, group.label, f"{group.legal_status.label}. {hint}" if hint else group.legal_status.label
    )


def answer_value(field: Any) -> Value:
    """Return the value of an answer as it is stored; None where nothing was answered."""
    data = field.data
    match field:
        case EffectField():
            effect = {"direction": data["direction"] or "", "reason": data["reason"] or ""}
            more = {name: data[name] for name in (*RISKS, "justification") if data[name]}
            return effect | more if any(effect.values()) or more else None
        case DateField():
            return data.isoformat() if data else None
        case NumberField():
            return data if isinstance(data, int | float) else None
        case CheckboxesField():
            return list(data) if data else None
        case _:
            return data or None


class QuestionForm(EhiiaForm):
    """The form of one section, or of one group's page. Made by ``question_form``."""

    questions: ClassVar[tuple[Question, ...]] = ()
    """As they read on this page."""
    field_prefix: ClassVar[str] = "q-"

    @classmethod
    def filled(
        cls, values: Mapping[str, Value], revisions: Mapping[str, int] | None = None, **kwargs: Any
    ) -> QuestionForm:
        """Return the form showing stored values (question id -> value), with the tokens of what it shows."""
        data: dict[str, Any] = {}
        for question in cls.questions:
            value = values.get(question.id)
            data[f"{cls.field_prefix}{question.id}"] = value
            data[f"was-{question.id}"] = was_token((revisions or {}).get(question.id, 0), value)
        return cls(formdata=None, data=data, **kwargs)

    def field_of(self, question: Question | str) -> Any:
        """Return the field of a question."""
        return self[f"{self.field_prefix}{question if isinstance(question, str) else question.id}"]

    def was_of(self, question: Question | str) -> Any:
        """Return the hidden field with the token of a question."""
        return self[f"was-{question if isinstance(question, str) else question.id}"]

    def answers(self) -> dict[str, Value]:
        """Return question id -> value of every question on the page."""
        return {question.id: answer_value(self.field_of(question)) for question in self.questions}

    def was(self) -> dict[str, Was | None]:
        """Return question id -> what the page was made from; None where the token is not ours."""
        return {question.id: parse_was(self.was_of(question).data) for question in self.questions}

    def touched(self) -> set[str]:
        """Return the ids of the questions whose answer is not the one that the page showed."""
        answers = self.answers()
        return {key for key, was in self.was().items() if was is None or not was.same_as(answers[key])}

    def renew_was(self, values: Mapping[str, Value], revisions: Mapping[str, int]) -> None:
        """Point the tokens at what is stored now, after a conflict was shown to the person."""
        for question in self.questions:
            stored = values.get(question.id)
            self.was_of(question).data = was_token(revisions.get(question.id, 0), stored)


def question_form(
    questions: Iterable[Question],
    groups: Sequence[Group | SubjectGroup] = (),
    *,
    people: str = "",
    scale: Scale = USUAL,
) -> type[QuestionForm]:
    """Return a form with a field for each question, in order, and a hidden field ``was-<id>``.

    The fields of a section are named ``q-<id>``. ``people`` ("disabled people") makes it the main form of a
    group's page: they stand in place of "{people}", and its fields are named ``<id>``. Effects are rated
    on ``scale``.

    Raises:
        ValueError: the id of a question on a group's page is a name that forms need for themselves.
    """
    return _question_form(tuple(questions), tuple(groups), people, scale)


@lru_cache(maxsize=500)
def _question_form(
    questions: tuple[Question, ...], groups: tuple[Group | SubjectGroup, ...], people: str, scale: Scale
) -> type[QuestionForm]:
    asked = tuple(_about(question, people) if people else question for question in questions)
    prefix = "" if people else "q-"
    attributes: dict[str, Any] = {"questions": asked, "field_prefix": prefix}
    for question in asked:
        name = f"{prefix}{question.id}"
        if hasattr(QuestionForm, name):
            raise ValueError(f"a question on a group's page cannot be called {question.id!r}")
        attributes[name] = field_for(question, groups, scale)
        attributes[f"was-{question.id}"] = HiddenToken()
    return type("SectionForm", (QuestionForm,), attributes)


def _about(question: Question, people: str) -> Question:
    words = {
        name: getattr(question, name).replace("{people}", people)
        for name in ("label", "hint", "good", "why", "poor")
    }
    prompts = tuple(prompt.replace("{people}", people) for prompt in question.prompts)
    return replace(question, **words, prompts=prompts)
