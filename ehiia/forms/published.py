"""The form of the public register: what is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ehiia.domain.questions import Option
from ehiia.forms.base import PartForm
from ehiia.forms.choices import ChoiceField
from ehiia.forms.fields import LineField


class RegisterForm(PartForm):
    """What is looked for in the register; it is sent with the address."""

    words = LineField("Words", hint="Of its title, summary or reference.", max_length=200)
    kind = ChoiceField("What is changed", nothing="Anything", noun="what is changed")
    group = ChoiceField("Who is affected", nothing="Anybody", noun="who is affected")
    place = ChoiceField("Place", nothing="Anywhere", noun="the place")
    year = ChoiceField("Year of the decision", nothing="Any", noun="the year")
    outcome = ChoiceField("Decision", nothing="Any", noun="the decision")

    def offer(self, choices: Mapping[str, Sequence[Any]]) -> None:
        """Let it be chosen from what is in the register."""
        for name, found in (
            ("kind", "kinds"),
            ("group", "groups"),
            ("place", "places"),
            ("year", "years"),
            ("outcome", "outcomes"),
        ):
            self[name].options = tuple(Option(str(one), str(one)) for one in choices[found])
