"""The sheet on which a decision is entered: the main form, one for each part, a row for each condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask import request

from ehiia.domain.frozen import Component
from ehiia.domain.vocabulary import Outcome
from ehiia.forms.assessment import as_options, offer
from ehiia.forms.base import EhiiaForm
from ehiia.forms.decision import MOST_TERMS, DecisionForm, EnterForm, PartDecisionForm, TermForm
from ehiia.forms.gap import AcceptForm
from ehiia.services.decision_entry import Decision, PartDecided, Term
from ehiia.services.transaction import Invalid
from ehiia.web.asking import number

ADD, SAVE = "add-condition", "save"


@dataclass
class Sheet:
    """What is entered on one page. ``parts``: each part of the frozen version with its form."""

    form: DecisionForm
    parts: list[tuple[Component, PartDecisionForm]] = field(default_factory=list)
    terms: list[TermForm] = field(default_factory=list)
    accepting: list[AcceptForm] = field(default_factory=list)
    """A form for each evidence gap that has to be accepted before it can be approved."""

    @property
    def forms(self) -> list[EhiiaForm]:
        """Return every form of the page, for the summary of its errors."""
        return [self.form, *(form for _, form in self.parts), *self.terms, *self.accepting]

    @property
    def more(self) -> bool:
        """Whether another condition can be added."""
        return len(self.terms) < MOST_TERMS

    @property
    def adding(self) -> bool:
        """Whether another row was asked for, which saves nothing."""
        return self.form.is_submitted() and request.form.get("do") == ADD

    def validate(self) -> bool:
        """Read everything and say whether it can be used."""
        checked = [form.validate() for form in self.forms]  # all of them, so that every message is shown
        return all(checked)

    def refuse(self, error: Invalid) -> None:
        """Put what the service refused on its field; the rest above the page."""
        filled = [term for term in self.terms if not term.empty()] or self.terms[:1]
        for name, message in error.errors.items():
            kind, _, rest = name.partition("-")
            at, _, part = rest.partition("-")
            rows: Sequence[EhiiaForm] = [form for _, form in self.parts] if kind == "part" else filled
            if kind in ("part", "term") and at.isdigit() and 0 < int(at) <= len(rows):
                rows[int(at) - 1].refuse(part, message)
            elif gap := next((one for one in self.accepting if one.ref == kind), None):
                gap.refuse(rest, message)
            else:
                shown = name in self.form and not (self.parts and name == "outcome")
                self.form.refuse(name if shown else "", message)

    def decision(self) -> Decision:
        """Return what was entered."""
        form = self.form
        meeting = isinstance(form, EnterForm)
        return Decision(
            outcome=Outcome(form.outcome.data) if form.outcome.data else Outcome.IN_PART,
            reasons=form.reasons.data or "",
            conditions=form.conditions.data or "",
            advice_followed=form.advice_followed.data == "yes",
            advice_not_followed_reason=form.advice_not_followed_reason.data or "",
            reconsidered=form.reconsidered.data or "",
            meeting_on=form.meeting_on.data if isinstance(form, EnterForm) else None,
            minute=(form.minute.data or "") if isinstance(form, EnterForm) else "",
            members_present=form.members() if isinstance(form, EnterForm) else (),
            conflicts=(form.conflicts.data or "") if isinstance(form, EnterForm) else "",
            version_circulated=meeting and bool(form["version_circulated"].data),
            parts=tuple(
                PartDecided(
                    part.name, Outcome(one.outcome.data) if one.outcome.data else None, one.reason.data or ""
                )
                for part, one in self.parts
            ),
            terms=tuple(
                Term(
                    term.what.data or "",
                    number(term.owner_id.data) or None,
                    term.outside_owner.data or "",
                    term.due_on.data,
                )
                for term in self.terms
                if not term.empty()
            ),
            awaited=form.awaited.data or "",
            awaited_until=form.awaited_until.data,
            accepted=tuple(one.acceptance() for one in self.accepting),
        )


def sheet_of(
    form: DecisionForm, components: Sequence[Component], owners: dict[int, str], gaps: Iterable[str]
) -> Sheet:
    """Return the sheet of a page. ``owners``: who may see to a condition, by id; ``gaps``: to be accepted."""
    if components:
        form.outcome.required = ""  # it follows from the parts
    rows = form.row_count()
    if form.is_submitted() and request.form.get("do") == ADD:
        rows = min(rows + 1, MOST_TERMS)
    terms = [TermForm(prefix=f"term-{at}-") for at in range(1, rows + 1)]
    for term in terms:
        offer(term.owner_id, as_options(owners.items()))
    form.terms.data = str(rows)
    parts = [
        (component, PartDecisionForm(prefix=f"part-{at}-"))
        for at, component in enumerate(components, start=1)
    ]
    return Sheet(form, parts, terms, [AcceptForm(ref) for ref in gaps])
