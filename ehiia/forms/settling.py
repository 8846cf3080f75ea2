"""The form in which a person settles a conflict: for each answer theirs, mine, or a text written anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ehiia.domain.questions import Option
from ehiia.forms.base import EhiiaForm
from ehiia.forms.choices import RadiosField
from ehiia.forms.fields import TextField

THEIRS, MINE, MERGED = "theirs", "mine", "merged"


@dataclass(frozen=True)
class Point:
    """Something that two people may have changed: a question, or a dimension of a group.

    ``base``: how the names of its fields begin. ``text``: the name of the field whose text may be written
    anew, "" where there is none.
    """

    id: str
    label: str
    base: str
    text: str
    max_length: int = 4000
    whole: bool = True
    """Whether the text is the whole answer, and not only its reason."""

    def owns(self, name: str) -> bool:
        """Say whether a field of this name is part of it."""
        return name == self.base or name.startswith(f"{self.base}-")


class SettleForm(EhiiaForm):
    """A choice for each conflict. Made by ``settle_form``."""


def settle_form(points: Iterable[Point]) -> type[SettleForm]:
    """Return a form with a choice, and where that can be a text, for each of these."""
    attributes: dict[str, Any] = {}
    for point in points:
        choices = [Option(THEIRS, "Keep what they wrote"), Option(MINE, "Save what you wrote in its place")]
        if point.text:
            label = "Save the text below" if point.whole else "Save yours, with the reason below"
            choices.append(Option(MERGED, label))
            attributes[f"merged-{point.id}"] = TextField(
                "Text from both" if point.whole else "Reason from both",
                hint="It holds what you wrote. Bring in what you want to keep of theirs.",
                noun=f"The text for “{point.label}”",
                rows=5,
                max_length=point.max_length,
            )
        attributes[f"keep-{point.id}"] = RadiosField(
            "Which shall stand?", choices=choices, required=f"Choose which shall stand for “{point.label}”"
        )
    return type("MadeSettleForm", (SettleForm,), attributes)
