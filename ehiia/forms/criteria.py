"""The form in which an equality lead scores the criteria of the check."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from ehiia.domain.checking import Criterion, Mark, Score
from ehiia.domain.questions import Option
from ehiia.forms.fields import EhiiaForm, RadiosField, TextField

NOT_HERE = "none"
"""Chosen where a criterion does not apply to this assessment."""


class CriteriaForm(EhiiaForm):
    """A score and a comment for each criterion: ``score_<id>`` and ``comment_<id>``."""

    def marks(self, criteria: Iterable[Criterion]) -> dict[str, Mark]:
        """Return what was given, by criterion; those without a score are left out."""
        found = {}
        for one in criteria:
            chosen = self[f"score_{one.id}"].data
            if chosen:
                score = None if chosen == NOT_HERE else Score(int(chosen))
                found[one.id] = Mark(one.id, score, self[f"comment_{one.id}"].data or "")
        return found


@lru_cache(maxsize=4)
def criteria_form(criteria: tuple[Criterion, ...]) -> type[CriteriaForm]:
    """Return the form for these criteria."""
    fields: dict[str, object] = {"__doc__": CriteriaForm.__doc__}
    for one in criteria:
        options = tuple(Option(str(int(score)), score.label) for score in Score)
        if not one.critical:
            options += (Option(NOT_HERE, "Does not apply to this assessment"),)
        label = f"{one.title} (critical)" if one.critical else one.title
        fields[f"score_{one.id}"] = RadiosField(label, hint=one.looks_for, choices=options)
        fields[f"comment_{one.id}"] = TextField(f"Comment on “{one.title}”", noun="The comment", rows=2)
    return type("ScoredForm", (CriteriaForm,), fields)


def filled(criteria: tuple[Criterion, ...], marks: Iterable[Mark]) -> CriteriaForm:
    """Return the form with what was given so far."""
    data: dict[str, str] = {}
    for mark in marks:
        score = NOT_HERE if mark.score is None else str(int(mark.score))
        data |= {f"score_{mark.criterion}": score, f"comment_{mark.criterion}": mark.comment}
    return criteria_form(criteria)(data=data)
