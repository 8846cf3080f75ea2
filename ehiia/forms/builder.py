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
from functools import cache, lru_cache
from typing import Any, ClassVar

from markupsafe import Markup
from wtforms import Form
from wtforms.fields.form import FormField

from ehiia.domain.answers import Impact, SubjectGroup, Value
from ehiia.domain.questions import AnswerKind, Group, Option, Question
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    Likelihood,
    Magnitude,
    Severity,
    YesNoUnknown,
)
from ehiia.forms.base import EhiiaForm, PartForm
from ehiia.forms.choices import CheckboxesField, ChoiceField, RadiosField, options
from ehiia.forms.fields import DateField, HiddenToken, LineField, NumberField, PercentField, TextField
from ehiia.forms.nhs import NHS

_INSIDE = "\ue001"


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


class EffectForm(Form):
    """Which way something goes, and why; and why nothing is done where somebody would be worse off."""

    direction = RadiosField("How would it change?", choices=options(Direction))
    reason = TextField("Why do you think so?", rows=4)
    justification = TextField(
        "If people would be worse off and nothing will be done about it, why?",
        hint="Leave this empty if a mitigating action answers it.",
        rows=3,
    )


class EffectField(FormField):
    """An effect with a reason. Data: "direction", "reason", "justification"; "" for what is not answered."""

    def __init__(
        self, label: str = "", *, noun: str = "", hint: str = "", max_length: int = 4000, **kwargs: Any
    ) -> None:
        """Take the question, what messages call it, its hint and how long the texts may be."""
        self.max_length, self.noun = max_length, noun or f"“{label}”"
        super().__init__(EffectForm, label, description=hint, separator="-", **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Take the data, then name the parts after the question, so that a message says which is meant."""
        super().process(*args, **kwargs)
        name = self.noun
        for part in (self.form.reason, self.form.justification):
            part.max_length = self.max_length
        self.form.direction.noun = name
        self.form.reason.noun = f"The reason for {name}"
        self.form.justification.noun = f"Why nothing is done about {name}"

    def __call__(self, *, size: str = "m", **_: Any) -> Markup:
        """Return its parts under one legend."""
        frame = NHS.fieldset({"legend": {"text": str(self.label.text), "size": size}, "html": _INSIDE})
        hint = NHS.hint({"text": self.description, "id": f"{self.id}-hint"}) if self.description else ""
        inside = Markup("").join([hint, *(part() for part in self.form)])
        html = Markup(str(frame).replace(_INSIDE, str(inside)))  # noqa: S704 - made of escaped parts
        return Markup('<div class="nhsuk-form-group" id="{}">{}</div>').format(self.id, html)


def field_for(question: Question, groups: Sequence[Group | SubjectGroup] = ()) -> Any:
    """Return the unbound field for a question. ``groups``: those that it may name, where it names groups."""
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
            return EffectField(**common, max_length=question.max_length)
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
            justified = {"justification": data["justification"]} if data["justification"] else {}
            return effect | justified if any(effect.values()) or justified else None
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
    questions: Iterable[Question], groups: Sequence[Group | SubjectGroup] = (), *, people: str = ""
) -> type[QuestionForm]:
    """Return a form with a field for each question, in order, and a hidden field ``was-<id>``.

    The fields of a section are named ``q-<id>``. ``people`` ("disabled people") makes it the main form of a
    group's page: they stand in place of "{people}", and its fields are named ``<id>``.

    Raises:
        ValueError: the id of a question on a group's page is a name that forms need for themselves.
    """
    return _question_form(tuple(questions), tuple(groups), people)


@lru_cache(maxsize=500)
def _question_form(
    questions: tuple[Question, ...], groups: tuple[Group | SubjectGroup, ...], people: str
) -> type[QuestionForm]:
    asked = tuple(_about(question, people) if people else question for question in questions)
    prefix = "" if people else "q-"
    attributes: dict[str, Any] = {"questions": asked, "field_prefix": prefix}
    for question in asked:
        name = f"{prefix}{question.id}"
        if hasattr(QuestionForm, name):
            raise ValueError(f"a question on a group's page cannot be called {question.id!r}")
        attributes[name] = field_for(question, groups)
        attributes[f"was-{question.id}"] = HiddenToken()
    return type("SectionForm", (QuestionForm,), attributes)


def _about(question: Question, people: str) -> Question:
    words = {
        name: getattr(question, name).replace("{people}", people)
        for name in ("label", "hint", "good", "why", "poor")
    }
    prompts = tuple(prompt.replace("{people}", people) for prompt in question.prompts)
    return replace(question, **words, prompts=prompts)


# -- a group's page ---------------------------------------------------------------------------

_CHANGE: Mapping[Dimension, str] = {
    Dimension.ACCESS: "How would access change?",
    Dimension.EXPERIENCE: "How would experience change?",
    Dimension.OUTCOMES: "How would outcomes change?",
    Dimension.ELIMINATE: "How would it change the risk of discrimination, harassment or victimisation?",
}
_IMPACT_KEYS = ("direction", "magnitude", "confidence", "reason", "justification")
_DEGREE_KEYS = ("likelihood_before", "severity_before", "likelihood_after", "severity_after")


class ImpactForm(PartForm):
    """How one group is affected in one dimension; every part may be left open. Made by ``impact_form``."""

    dimension: ClassVar[Dimension]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields after the dimension, so that several can stand in one page."""
        super().__init__(*args, **({"prefix": f"{self.dimension.value}-"} | kwargs))

    direction = RadiosField("How would it change?", choices=options(Direction))
    magnitude = RadiosField("How much?", choices=options(Magnitude))
    confidence = RadiosField("How strong is the evidence?", choices=options(Confidence))
    reason = TextField("Why do you think so?", rows=4)
    likelihood_before = ChoiceField("Likelihood now", choices=options(Likelihood))
    severity_before = ChoiceField("Severity now", choices=options(Severity))
    likelihood_after = ChoiceField("Likelihood after action", choices=options(Likelihood))
    severity_after = ChoiceField("Severity after action", choices=options(Severity))
    justification = TextField(
        "If nothing will be done about it, why?",
        hint="Leave this empty if a mitigating action answers it.",
        rows=3,
    )
    was = HiddenToken()

    @classmethod
    def filled(cls, impact: Impact | None, revision: int = 0) -> ImpactForm:
        """Return the form showing a stored impact, with the token of what it shows."""
        values = impact_values(impact)
        return cls(formdata=None, data={**values, "was": was_token(revision, _as_value(values))})

    def impact(self) -> dict[str, str | int | None]:
        """Return what was answered by the names of the columns: ids, texts, degrees from 1 to 5 or None."""
        texts = {key: self[key].data or "" for key in _IMPACT_KEYS}
        degrees = {key: int(self[key].data) if self[key].data else None for key in _DEGREE_KEYS}
        return {**texts, **degrees}

    def was_token(self) -> Was | None:
        """Return what the page was made from."""
        return parse_was(self.was.data)

    def touched(self) -> bool:
        """Whether the answers differ from those that the page showed."""
        was = self.was_token()
        return was is None or not was.same_as(_as_value(self.impact()))

    @property
    def worse_off(self) -> bool:
        """Whether the follow-up about risk matters for what is chosen now."""
        return self.direction.data in (Direction.WORSE.value, Direction.MIXED.value)


def impact_values(impact: Impact | None) -> dict[str, str | int | None]:
    """Return a stored impact by the names of the columns, as ``ImpactForm.impact`` does."""
    if impact is None:
        return {**dict.fromkeys(_IMPACT_KEYS, ""), **dict.fromkeys(_DEGREE_KEYS)}
    before, after = impact.before, impact.after
    return {
        "direction": impact.direction.value if impact.direction else "",
        "magnitude": impact.magnitude.value if impact.magnitude else "",
        "confidence": impact.confidence.value if impact.confidence else "",
        "reason": impact.reason,
        "justification": impact.justification,
        "likelihood_before": int(before.likelihood) if before else None,
        "severity_before": int(before.severity) if before else None,
        "likelihood_after": int(after.likelihood) if after else None,
        "severity_after": int(after.severity) if after else None,
    }


def impact_token(revision: int, values: Mapping[str, str | int | None]) -> str:
    """Return the token of an impact given by the names of its columns (half a risk included)."""
    return was_token(revision, _as_value(values))


def _as_value(values: Mapping[str, str | int | None]) -> dict[str, str]:
    return {key: "" if value is None else str(value) for key, value in values.items()}


@cache
def impact_form(dimension: Dimension) -> type[ImpactForm]:
    """Return the form of a dimension. Its fields are named after it: "access-direction"."""
    attributes: dict[str, Any] = {
        "dimension": dimension,
        "direction": RadiosField(_CHANGE[dimension], choices=options(Direction)),
        "reason": TextField("Why do you think so?", noun=f"The reason for {dimension.label.lower()}", rows=4),
    }
    return type(f"{dimension.name.title()}Form", (ImpactForm,), attributes)
