"""Fields of a risk on the scale of an assessment; and an effect, which is rated apart from any group."""

from __future__ import annotations

from functools import cache
from typing import Any

from markupsafe import Markup
from wtforms import Form
from wtforms.fields.form import FormField

from ehiia.domain.scales import USUAL, Scale
from ehiia.domain.scoring import RISKS
from ehiia.domain.vocabulary import Direction
from ehiia.forms.choices import ChoiceField, RadiosField, degrees, options
from ehiia.forms.fields import TextField
from ehiia.forms.nhs import NHS

_INSIDE = "\ue001"


class EffectForm(Form):
    """Which way something goes, why, and how big the risk is where somebody would be worse off."""

    direction = RadiosField("How would it change?", choices=options(Direction))
    reason = TextField("Why do you think so?", rows=4)
    likelihood_before = ChoiceField("Likelihood now")
    severity_before = ChoiceField("Severity now")
    likelihood_after = ChoiceField("Likelihood after action")
    severity_after = ChoiceField("Severity after action")
    justification = TextField(
        "If nothing will be done about it, why?",
        hint="Leave this empty if a mitigating action answers it.",
        rows=3,
    )


@cache
def effect_form(scale: Scale) -> type[EffectForm]:
    """Return the form of an effect that is rated on this scale."""
    return type("ScaledEffectForm", (EffectForm,), scaled(scale))


def scaled(scale: Scale) -> dict[str, Any]:
    """Return the four fields of a risk, before and after action, with the words of a scale."""
    likelihood, severity = degrees(scale.likelihood), degrees(scale.severity)
    return {
        "likelihood_before": ChoiceField("Likelihood now", choices=likelihood),
        "severity_before": ChoiceField("Severity now", choices=severity),
        "likelihood_after": ChoiceField("Likelihood after action", choices=likelihood),
        "severity_after": ChoiceField("Severity after action", choices=severity),
    }


class EffectField(FormField):
    """An effect with a reason. Data: the names of ``EffectForm``; "" for what is not answered."""

    def __init__(
        self,
        label: str = "",
        *,
        noun: str = "",
        hint: str = "",
        max_length: int = 4000,
        scale: Scale = USUAL,
        **kwargs: Any,
    ) -> None:
        """Take the question, what messages call it, its hint, how long texts may be, and the scale."""
        self.max_length, self.noun = max_length, noun or f"“{label}”"
        super().__init__(effect_form(scale), label, description=hint, separator="-", **kwargs)

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
        form = self.form
        risks = Markup("").join(form[name]() for name in RISKS)
        follow = Markup(
            '<div class="eh-follow"><p class="nhsuk-heading-s">If people would be worse off: '
            'how big is the risk?</p><div class="eh-pair">{}</div>{}</div>'
        ).format(risks, form.justification())
        inside = Markup("").join([hint, form.direction(), form.reason(), follow])
        html = Markup(str(frame).replace(_INSIDE, str(inside)))  # noqa: S704 - made of escaped parts
        return Markup('<div class="nhsuk-form-group" id="{}">{}</div>').format(self.id, html)
