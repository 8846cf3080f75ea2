"""A decision as it is entered: its values, their JSON, and what must be right about them.

A proposal may have several parts that are decided apart; conditions name who
sees to them and by when; what is deferred says what is awaited and until when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from ehiia.domain import outcomes
from ehiia.domain.answers import EvidenceGap
from ehiia.domain.frozen import Component
from ehiia.domain.gaps import Acceptance
from ehiia.domain.vocabulary import Conclusion, Outcome
from ehiia.services import accepting
from ehiia.services.transaction import Invalid

LONGEST = {
    "reasons": 4000,
    "conditions": 4000,
    "advice_not_followed_reason": 4000,
    "minute": 300,
    "members_present": 4000,
    "conflicts": 2000,
    "awaited": 2000,
    "reconsidered": 4000,
}
LONGEST_TERM = 1000
MOST_TERMS = 20


@dataclass(frozen=True)
class PartDecided:
    """What is decided of one part of the proposal, and why."""

    name: str
    outcome: Outcome | None
    """None where nothing was chosen yet."""
    reason: str = ""


@dataclass(frozen=True)
class Term:
    """A condition: what must be done, who sees to it, and by when. It becomes a commitment."""

    what: str
    owner_id: int | None = None
    outside_owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Decision:
    """A decision as it is entered: alone, or by the secretary of a meeting."""

    outcome: Outcome
    """Of the whole; where there are parts it follows from theirs (rule DEC-02)."""
    reasons: str
    conditions: str = ""
    """What else is said about the conditions."""
    advice_followed: bool = True
    advice_not_followed_reason: str = ""
    meeting_on: date | None = None
    minute: str = ""
    members_present: tuple[str, ...] = ()
    conflicts: str = ""
    version_circulated: bool = False
    parts: tuple[PartDecided, ...] = ()
    terms: tuple[Term, ...] = ()
    awaited: str = ""
    """What is awaited, where the whole or a part is deferred."""
    awaited_until: date | None = None
    accepted: tuple[Acceptance, ...] = ()
    """Evidence gaps that are accepted with an approval."""
    reconsidered: str = ""
    """Where it was decided before: whether the body thought again, and what came of it, in its own words."""


def content_of(decision: Decision) -> dict[str, Any]:
    """Return a decision as JSON values."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, tuple | list):
            return [plain(one) for one in value]
        if isinstance(value, Outcome):
            return value.value
        return value.isoformat() if isinstance(value, date) else value

    content: dict[str, Any] = plain(asdict(decision))
    return content | {"accepted": accepting.acceptances_to(decision.accepted)}


def decision_from(content: Mapping[str, Any]) -> Decision:
    """Return a decision from its JSON values."""

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return Decision(
        **{
            **content,
            "outcome": Outcome(content["outcome"]),
            "meeting_on": day(content.get("meeting_on")),
            "members_present": tuple(content.get("members_present", ())),
            "parts": tuple(
                PartDecided(one["name"], Outcome(one["outcome"]), one["reason"])
                for one in content.get("parts", ())
            ),
            "terms": tuple(
                Term(one["what"], one["owner_id"], one["outside_owner"], day(one["due_on"]))
                for one in content.get("terms", ())
            ),
            "awaited_until": day(content.get("awaited_until")),
            "accepted": accepting.acceptances_from(content.get("accepted", ())),
        }
    )


def settled(decision: Decision, components: Sequence[Component]) -> Decision:
    """Return the decision with the outcome of the whole that follows from its parts, if there are any."""
    chosen = [part.outcome for part in decision.parts if part.outcome is not None]
    if not components:
        return replace(decision, parts=())
    return replace(decision, outcome=outcomes.overall(chosen)) if chosen else decision


def outcomes_of(decision: Decision) -> set[Outcome]:
    """Return every outcome that the decision names: of the whole and of its parts."""
    return {decision.outcome, *(part.outcome for part in decision.parts if part.outcome is not None)}


def check(
    decision: Decision,
    components: Sequence[Component],
    *,
    committee: bool,
    today: date,
    conclusion: Conclusion | None,
    gaps: Iterable[EvidenceGap] = (),
    entering: bool = True,
    already_decided: bool = False,
) -> None:
    """Raise Invalid with a sentence by field for everything that is not right.

    ``components``: the parts of the version that is decided; ``gaps``: what is not known.
    ``entering``: False where a chair confirms later what was right when it was entered.
    """
    errors = {**_said(decision), **_parts(decision, components)}
    if already_decided and not decision.reconsidered.strip():
        errors["reconsidered"] = "It was decided before it was assessed: say whether it was thought over"
    named = outcomes_of(decision)
    errors |= _terms(decision, named, today=today if entering else date.min)
    if Outcome.DEFERRED in named:
        if not decision.awaited.strip():
            errors["awaited"] = "Enter what is awaited"
        if decision.awaited_until is None:
            errors["awaited_until"] = "Enter until when it is awaited"
        elif entering and decision.awaited_until < today:
            errors["awaited_until"] = "The day until which it is awaited must not have passed"
    if not decision.advice_followed and not decision.advice_not_followed_reason.strip():
        errors["advice_not_followed_reason"] = "Enter why the advice was not followed"
    approves = named & outcomes.APPROVALS
    if conclusion is Conclusion.MORE_EVIDENCE and approves and decision.advice_followed:
        errors["advice_followed"] = (
            "The assessment concludes that more evidence is needed. Defer, or say why not"
        )
    if approves:
        errors |= accepting.refusals(decision.accepted, gaps, today)
    if committee:
        errors |= _meeting(decision, today)
    if errors:
        raise Invalid(**errors)


def check_words(decision: Decision, *, committee: bool, today: date) -> None:
    """Raise Invalid by field for what cannot stand in the record of a decision that was made already."""
    errors = _said(decision) | (_meeting(decision, today) if committee else {})
    if errors:
        raise Invalid(**errors)


def _said(decision: Decision) -> dict[str, str]:
    errors = {}
    for name, longest in LONGEST.items():
        given = getattr(decision, name)
        if len("\n".join(given) if isinstance(given, tuple) else given) > longest:
            errors[name] = f"This must be {longest:,} characters or fewer"
    if not decision.reasons.strip():
        errors["reasons"] = "Enter the reasons for the decision"
    return errors


def _parts(decision: Decision, components: Sequence[Component]) -> dict[str, str]:
    errors = {}
    if [part.name for part in decision.parts] != [one.name for one in components]:
        errors["outcome"] = "The parts of the proposal were changed. Open the page again and decide each part"
    for at, part in enumerate(decision.parts, start=1):
        if part.outcome not in outcomes.FOR_A_PART:
            errors[f"part-{at}-outcome"] = f"Choose what is decided of “{part.name}”"
        if not part.reason.strip():
            errors[f"part-{at}-reason"] = f"Enter the reason for “{part.name}”"
        elif len(part.reason) > LONGEST["reasons"]:
            errors[f"part-{at}-reason"] = f"This must be {LONGEST['reasons']:,} characters or fewer"
    return errors


def _terms(decision: Decision, named: set[Outcome], *, today: date) -> dict[str, str]:
    errors = {}
    if Outcome.WITH_CONDITIONS in named and not decision.terms:
        errors["term-1-what"] = "Enter the conditions: what must be done, by whom and by when"
    if decision.terms and Outcome.WITH_CONDITIONS not in named:
        errors["outcome"] = "There are conditions, so choose “Approved with conditions”, or remove them"
    if len(decision.terms) > MOST_TERMS:
        errors["term-1-what"] = f"Enter {MOST_TERMS} conditions at most"
    for at, term in enumerate(decision.terms, start=1):
        if not term.what.strip():
            errors[f"term-{at}-what"] = "Enter what must be done"
        elif len(term.what) > LONGEST_TERM:
            errors[f"term-{at}-what"] = f"This must be {LONGEST_TERM:,} characters or fewer"
        if term.owner_id is None and not term.outside_owner.strip():
            errors[f"term-{at}-owner_id"] = "Choose who sees to it, or name somebody outside"
        elif term.owner_id is not None and term.outside_owner.strip():
            errors[f"term-{at}-owner_id"] = "Choose somebody here or name somebody outside, not both"
        if len(term.outside_owner) > 300:
            errors[f"term-{at}-outside_owner"] = "This must be 300 characters or fewer"
        if term.due_on is None:
            errors[f"term-{at}-due_on"] = "Enter by when"
        elif term.due_on < today:
            errors[f"term-{at}-due_on"] = "The day must not have passed"
    return errors


def _meeting(decision: Decision, today: date) -> dict[str, str]:
    errors = {}
    if decision.meeting_on is None:
        errors["meeting_on"] = "Enter the date of the meeting"
    elif decision.meeting_on > today:
        errors["meeting_on"] = "The date of the meeting cannot be in the future"
    if not decision.members_present:
        errors["members_present"] = "Enter the members who were present, one on each line"
    if not decision.minute.strip():
        errors["minute"] = "Enter the reference of the minute"
    if not decision.conflicts.strip():
        errors["conflicts"] = "Enter the conflicts of interest declared, or “None”"
    if not decision.version_circulated:
        errors["version_circulated"] = "The frozen version must have been circulated to the members"
    return errors
