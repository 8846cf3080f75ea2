"""Forms of links: the umbrella, and assessments kept elsewhere."""

from __future__ import annotations

from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import RadiosField
from ehiia.forms.fields import HiddenToken, LineField

ELSEWHERE = (
    Option("quality", "Quality impact assessment"),
    Option("data_protection", "Data protection impact assessment"),
    Option("other", "Another assessment"),
)


class UmbrellaForm(EhiiaForm):
    """Under which assessment this one stands."""

    act = HiddenToken(default="umbrella")
    umbrella = LineField(
        "Reference of the umbrella",
        hint="Such as that of the strategy this proposal carries out. Leave it empty to take it out.",
        noun="The reference",
        max_length=40,
    )


class ElsewhereForm(EhiiaForm):
    """Another assessment of the proposal that is kept elsewhere."""

    act = HiddenToken(default="elsewhere")
    kind = RadiosField(
        "What kind of assessment is it?", choices=ELSEWHERE, required="Choose what kind of assessment it is"
    )
    label = LineField(
        "What is it called?", noun="The name", max_length=300, required="Enter what it is called"
    )
    address = LineField(
        "Where is it?",
        hint="The whole address, such as https://example.org/quality/12.",
        noun="The address",
        max_length=2000,
        required="Enter the whole address, such as https://example.org/quality/12",
    )
