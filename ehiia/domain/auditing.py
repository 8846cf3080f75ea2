"""Auditing what was drawn: the checks of one action, what a case still needs, findings and opinions.

A mitigation audit asks whether each action was done and works. An opinion on assurance asks whether the whole
way of assessing works; it is another audit, and somebody without equality-lead duties gives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ehiia.domain.vocabulary import Verdict, Word


class Result(Word):
    """How one check of an audit came out."""

    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not_met", "Not met"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class Screened(Word):
    """What an auditor found of a proposal that was not assessed in full."""

    RIGHT = "right", "Rightly screened out", "Nothing shows that anybody could be worse off."
    WRONG = "wrong", "An assessment was needed", "Somebody could be worse off, and nobody looked further."
    UNCLEAR = "unclear", "Cannot be told", "What was written does not carry the answer."


class CaseState(Word):
    """Where one item of a sample is."""

    OPEN = "open", "To be audited"
    BEGUN = "begun", "Begun"
    DONE = "done", "Done"


@dataclass(frozen=True)
class Check:
    """Something that is looked at in every mitigating action; see ``reference/audit_checks.toml``."""

    id: str
    title: str
    question: str
    shows: str
    """What would show that it is met."""
    fails: str
    """What would show that it is not."""


@dataclass(frozen=True)
class Checked:
    """What an auditor found in one check."""

    check: str
    result: Result | None = None
    words: str = ""
    file_sha256: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class Lack:
    """Why a case cannot be finished yet: the field ("" for none in particular) and a sentence."""

    field: str
    text: str


def lacks(
    checks: Iterable[Check],
    checked: Mapping[str, Checked],
    *,
    verdict: Verdict | None,
    found: str,
    rated: tuple[int | None, int | None],
) -> tuple[Lack, ...]:
    """Return what is missing before a verdict on an action can be given; empty where nothing is.

    Every check has a result; one that is not simply met says in words why. "Working" does not go together
    with a check that is not met, and the risk is rated again where the action was done.
    """
    missing = []
    for number, check in enumerate(checks, start=1):
        one = checked.get(check.id, Checked(check.id))
        if one.result is None:
            missing.append(Lack(f"result_{check.id}", f"Check {number}: choose how it came out"))
        elif not one.words.strip():
            missing.append(Lack(f"words_{check.id}", f"Check {number}: say what you looked at and saw"))
    if verdict is None:
        missing.append(Lack("verdict", "Choose what you found"))
    if not found.strip():
        missing.append(Lack("found", "Say what you looked at and what you saw"))
    if (rated[0] is None) != (rated[1] is None):
        missing.append(Lack("likelihood", "Choose both likelihood and severity, or neither"))
    elif rated[0] is None and verdict in DONE:
        missing.append(Lack("likelihood", "Rate the risk that is left as you see it now"))
    if verdict is Verdict.WORKING and _not_met(checked, "worked"):
        missing.append(Lack("verdict", "“Working” needs proof: the check whether it worked is not met"))
    return tuple(missing)


DONE = frozenset({Verdict.WORKING, Verdict.TOO_EARLY, Verdict.NOT_WORKING})
"""Verdicts that say it was done, so that the risk left is what counts."""


def _not_met(checked: Mapping[str, Checked], check: str) -> bool:
    one = checked.get(check)
    return one is not None and one.result is Result.NOT_MET


# -- findings ------------------------------------------------------------------------------------


class Grade(Word):
    """How much a finding matters."""

    HIGH = "high", "High", "People may be worse off until it is put right."
    MEDIUM = "medium", "Medium", "It weakens what protects people."
    LOW = "low", "Low", "It can be done better."


class Response(Word):
    """What management says of a finding."""

    ACCEPTED = "accepted", "Accepted", "What is recommended will be done."
    PARTLY = "partly", "Partly accepted", "Part of it will be done; the reason says which."
    NOT_ACCEPTED = (
        "not_accepted",
        "Not accepted",
        "Nothing will be done; somebody accepts the risk by name.",
    )


class FollowUp(Word):
    """What was seen when a finding was looked at again."""

    DONE = "done", "Put right"
    PARTLY = "partly", "Partly put right"
    NOT_DONE = "not_done", "Not put right"
    OVERTAKEN = "overtaken", "No longer applies"


CLOSED_BY = frozenset({FollowUp.DONE, FollowUp.OVERTAKEN})
"""Results after which nothing of a finding is open any more."""


class FindingState(Word):
    """Where a finding is; it follows from what was written of it."""

    ANSWER_DUE = "answer_due", "Waits for an answer"
    ACTION_DUE = "action_due", "To be put right"
    RISK_ACCEPTED = "risk_accepted", "Not accepted: risk taken"
    CLOSED = "closed", "Closed"


def state_of(response: Response | None, followed: FollowUp | None) -> FindingState:
    """Return where a finding is. What was not accepted stays in sight: nobody looks away from a risk."""
    if followed in CLOSED_BY:
        return FindingState.CLOSED
    if response is None:
        return FindingState.ANSWER_DUE
    return FindingState.RISK_ACCEPTED if response is Response.NOT_ACCEPTED else FindingState.ACTION_DUE
