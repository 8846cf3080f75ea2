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
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup
from wtforms import Form
from wtforms.fields.form import FormField

from ehiia.domain.answers import Impact, Value
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
    """Which way something goes, and why."""

    direction = RadiosField("How would it change?", choices=options(Direction))
    reason = TextField("Why do you think so?", rows=4)


class EffectField(FormField):
    """An effect with a reason. Data: {"direction": ..., "reason": ...} with "" for what is not answered."""

    def __init__(self, label: str = "", *, hint: str = "", max_length: int = 4000, **kwargs: Any) -> None:
        """Take the question, its hint and how long the reason may be."""
        self.max_length = max_length
        super().__init__(EffectForm, label, description=hint, separator="-", **kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Take the data, then name the parts after the question, so that a message says which is meant."""
        super().process(*args, **kwargs)
        self.form.reason.max_length = self.max_length
        self.form.direction.noun = f"“{self.label.text}”"
        self.form.reason.noun = f"The reason for “{self.label.text}”"

    def __call__(self, *, size: str = "m", **_: Any) -> Markup:
        """Return both parts under one legend."""
        frame = NHS.fieldset({"legend": {"text": str(self.label.text), "size": size}, "html": _INSIDE})
        hint = (
            NHS.hint({"text": self.description, "id": f"{self.id}-hint"}) if self.description else Markup("")
        )
        inside = hint + self.form.direction() + self.form.reason()
        html = str(frame).replace(_INSIDE, str(inside))
        return Markup('<div class="nhsuk-form-group">{}</div>').format(Markup(html))  # noqa: S704 - escaped parts


def field_for(question: Question, groups: Sequence[Group] = ()) -> Any:
    """Return the unbound field for a question. ``groups`` are those that a GROUPS question may name."""
    common: dict[str, Any] = {"label": question.label, "hint": question.hint}
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
        case AnswerKind.GROUPS:
            chosen = tuple(Option(group.code, group.label, group.hint) for group in groups)
            return CheckboxesField(**common, choices=chosen)
    raise ValueError(f"no field for {question.kind!r}")


def answer_value(field: Any) -> Value:
    """Return the value of an answer as it is stored; None where nothing was answered."""
    data = field.data
    match field:
        case EffectField():
            effect = {"direction": data.get("direction") or "", "reason": data.get("reason") or ""}
            return effect if any(effect.values()) else None
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

    @classmethod
    def filled(
        cls, values: Mapping[str, Value], revisions: Mapping[str, int] | None = None, **kwargs: Any
    ) -> QuestionForm:
        """Return the form showing stored values (question id -> value), with the tokens of what it shows."""
        data: dict[str, Any] = {}
        for question in cls.questions:
            value = values.get(question.id)
            data[f"q-{question.id}"] = value
            data[f"was-{question.id}"] = was_token((revisions or {}).get(question.id, 0), value)
        return cls(formdata=None, data=data, **kwargs)

    def field_of(self, question: Question | str) -> Any:
        """Return the field of a question."""
        return self[f"q-{question if isinstance(question, str) else question.id}"]

    def was_of(self, question: Question | str) -> Any:
        """Return the hidden field with the token of a question."""
        return self[f"was-{question if isinstance(question, str) else question.id}"]

    def answers(self) -> dict[str, Value]:
        """Return question id -> value of every question on the page."""
        return {question.id: answer_value(self.field_of(question)) for question in self.questions}

    def was(self) -> dict[str, Was | None]:
        """Return question id -> what the page was made from; None where the token is not ours."""
        return {question.id: parse_was(self.was_of(question).data) for question in self.questions}

    def renew_was(self, values: Mapping[str, Value], revisions: Mapping[str, int]) -> None:
        """Point the tokens at what is stored now, after a conflict was shown to the person."""
        for question in self.questions:
            stored = values.get(question.id)
            self.was_of(question).data = was_token(revisions.get(question.id, 0), stored)


def question_form(questions: Iterable[Question], groups: Sequence[Group] = ()) -> type[QuestionForm]:
    """Return a form with a field ``q-<id>`` and a hidden field ``was-<id>`` for each question, in order."""
    asked = tuple(questions)
    attributes: dict[str, Any] = {"questions": asked}
    for question in asked:
        attributes[f"q-{question.id}"] = field_for(question, groups)
        attributes[f"was-{question.id}"] = HiddenToken()
    return type("SectionForm", (QuestionForm,), attributes)


# -- a group's page ---------------------------------------------------------------------------

_CHANGE: Mapping[Dimension, str] = {
    Dimension.ACCESS: "How would access change?",
    Dimension.EXPERIENCE: "How would experience change?",
    Dimension.OUTCOMES: "How would outcomes change?",
    Dimension.ELIMINATE: "How would it change the risk of discrimination, harassment or victimisation?",
}
_IMPACT_KEYS = ("direction", "magnitude", "confidence", "reason", "justification")
_DEGREE_KEYS = ("likelihood_before", "severity_before", "likelihood_after", "severity_after")


class AffectedForm(EhiiaForm):
    """The main form of a group's page, "Could these people be affected?"; it carries the CSRF token."""

    affected = RadiosField("Could these people be affected differently?", choices=options(YesNoUnknown))
    not_affected_reason = TextField(
        "If not, why not?",
        hint="Say what you looked at. It is read by those who check and decide.",
        rows=3,
    )
    was = HiddenToken()

    def ask(self, people: str, hint: str = "") -> AffectedForm:
        """Put the group into the question ("disabled people") and return the form."""
        self.affected.label.text = f"Could {people} be affected differently?"
        self.affected.description = hint
        return self


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


def impact_form(dimension: Dimension) -> type[ImpactForm]:
    """Return the form of a dimension. Its fields are named after it: "access-direction"."""
    attributes: dict[str, Any] = {
        "dimension": dimension,
        "direction": RadiosField(_CHANGE[dimension], choices=options(Direction)),
        "reason": TextField("Why do you think so?", noun=f"The reason for {dimension.label.lower()}", rows=4),
    }
    return type(f"{dimension.name.title()}Form", (ImpactForm,), attributes)
