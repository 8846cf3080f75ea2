"""How a group is affected in one dimension: the form of one part of a group's page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from ehiia.domain.answers import Impact
from ehiia.domain.scales import USUAL, Scale
from ehiia.domain.scoring import RISKS
from ehiia.domain.vocabulary import (
    Confidence,
    Dimension,
    Direction,
    Duration,
    Magnitude,
    NumberAffected,
    Reversible,
)
from ehiia.forms.base import PartForm
from ehiia.forms.builder import Was, parse_was, was_token
from ehiia.forms.choices import ChoiceField, RadiosField, options
from ehiia.forms.fields import HiddenToken, TextField
from ehiia.forms.risks import scaled

_CHANGE: Mapping[Dimension, str] = {
    Dimension.ACCESS: "How would access change?",
    Dimension.EXPERIENCE: "How would experience change?",
    Dimension.OUTCOMES: "How would outcomes change?",
    Dimension.ELIMINATE: "How would it change the risk of discrimination, harassment or victimisation?",
}
_IMPACT_KEYS = (
    "direction",
    "magnitude",
    "confidence",
    "reason",
    "justification",
    "number_affected",
    "duration",
    "reversible",
)


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
    number_affected = ChoiceField("About how many people?", choices=options(NumberAffected))
    duration = ChoiceField("For how long?", choices=options(Duration))
    reversible = ChoiceField("Could it be undone?", choices=options(Reversible))
    likelihood_before = ChoiceField("Likelihood now")
    severity_before = ChoiceField("Severity now")
    likelihood_after = ChoiceField("Likelihood after action")
    severity_after = ChoiceField("Severity after action")
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
        degrees = {key: int(self[key].data) if self[key].data else None for key in RISKS}
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
        return {**dict.fromkeys(_IMPACT_KEYS, ""), **dict.fromkeys(RISKS)}
    before, after = impact.before, impact.after
    return {
        "direction": impact.direction.value if impact.direction else "",
        "magnitude": impact.magnitude.value if impact.magnitude else "",
        "confidence": impact.confidence.value if impact.confidence else "",
        "reason": impact.reason,
        "justification": impact.justification,
        "number_affected": impact.number.value if impact.number else "",
        "duration": impact.duration.value if impact.duration else "",
        "reversible": impact.reversible.value if impact.reversible else "",
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
def impact_form(dimension: Dimension, scale: Scale = USUAL) -> type[ImpactForm]:
    """Return the form of a dimension. Its fields are named after it: "access-direction"."""
    attributes: dict[str, Any] = {
        **scaled(scale),
        "dimension": dimension,
        "direction": RadiosField(_CHANGE[dimension], choices=options(Direction)),
        "reason": TextField("Why do you think so?", noun=f"The reason for {dimension.label.lower()}", rows=4),
    }
    return type(f"{dimension.name.title()}Form", (ImpactForm,), attributes)
