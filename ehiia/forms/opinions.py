"""The forms of opinions on assurance: one opinion, and the scale they are given on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ehiia.domain.assurance import LONGEST, LONGEST_MEANING, LONGEST_WORD, MOST, Degree, OpinionWords
from ehiia.domain.questions import Option
from ehiia.forms.assessment import offer
from ehiia.forms.choices import RadiosField
from ehiia.forms.fields import EhiiaForm, HiddenToken, LineField, TextField

SAVE, GIVE = "save", "give"


class OpinionForm(EhiiaForm):
    """An opinion; its fields have the names of ``domain.assurance.OpinionWords``."""

    scope = TextField(
        "What did you look at?",
        hint="The period, the parts of the way of assessing, and the sample.",
        noun="What you looked at",
        rows=4,
        max_length=LONGEST,
    )
    rests_on = TextField(
        "What does your opinion rest on?",
        hint="What you read, whom you asked, what you tried again. The figures beside are kept with it.",
        noun="What it rests on",
        rows=4,
        max_length=LONGEST,
    )
    not_looked_at = TextField(
        "What did you not look at, and why?",
        hint="“Nothing” where you looked at everything.",
        noun="What you did not look at",
        rows=3,
        max_length=LONGEST,
    )
    design = RadiosField(
        "Design: would it protect people, if everybody did as it says?", noun="your opinion on the design"
    )
    design_reasons = TextField("Your reasons", noun="The reasons", rows=4, max_length=LONGEST)
    operation = RadiosField(
        "Operation: did everybody do as it says, throughout the period?",
        noun="your opinion on the operation",
    )
    operation_reasons = TextField("Your reasons", noun="The reasons", rows=4, max_length=LONGEST)
    correction = TextField(
        "Why does it take the place of the opinion before it?",
        noun="The reason",
        rows=3,
        max_length=LONGEST,
    )
    revision = HiddenToken()

    def choose_from(self, scale: Sequence[Degree]) -> None:
        """Let both opinions be chosen from the degrees of a scale."""
        for field in (self.design, self.operation):
            offer(field, [Option(degree.word, degree.word, degree.meaning) for degree in scale])

    def words(self) -> OpinionWords:
        """Return what was entered."""
        return OpinionWords(
            design=self.design.data or "",
            design_reasons=self.design_reasons.data or "",
            operation=self.operation.data or "",
            operation_reasons=self.operation_reasons.data or "",
            scope=self.scope.data or "",
            rests_on=self.rests_on.data or "",
            not_looked_at=self.not_looked_at.data or "",
            correction=self.correction.data or "",
        )


class ScaleForm(EhiiaForm):
    """The degrees of a scale: ``word_<n>`` and ``meaning_<n>``, the best first."""

    revision = HiddenToken()

    def degrees(self) -> tuple[Degree, ...]:
        """Return what was entered, empty ones too."""
        return tuple(
            Degree(self[f"word_{number}"].data or "", self[f"meaning_{number}"].data or "")
            for number in range(1, MOST + 1)
        )


@cache
def scale_form() -> type[ScaleForm]:
    """Return the form with two fields for each degree there can be."""
    fields: dict[str, object] = {"__doc__": ScaleForm.__doc__}
    for number in range(1, MOST + 1):
        fields[f"word_{number}"] = LineField("Word", noun="The word", max_length=LONGEST_WORD)
        fields[f"meaning_{number}"] = LineField(
            "What it means", noun="The meaning", max_length=LONGEST_MEANING
        )
    return type("FilledScaleForm", (ScaleForm,), fields)


def shown(scale: Sequence[Degree]) -> dict[str, str]:
    """Return a scale as the fields of its form."""
    found: dict[str, str] = {}
    for number, degree in enumerate(scale, start=1):
        found |= {f"word_{number}": degree.word, f"meaning_{number}": degree.meaning}
    return found
