"""What a page lacks: one function for each thing that can be asked on a page.

Each writes what it finds to the ``Page``: ``missing`` where something asked was
not answered, ``follow_ups`` where an answer calls for something more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ehiia.domain import gaps, scoring
from ehiia.domain.answers import (
    Answers,
    EvidenceGap,
    EvidenceItem,
    Impact,
    MitigatingAction,
    SubjectGroup,
    given,
)
from ehiia.domain.questions import Question, Section, SectionKind
from ehiia.domain.vocabulary import CHANGES, Dimension, Direction

_IMPACT_RULES = {
    "direction": "MIS-03",
    "reason": "MIS-04",
    "magnitude": "MIS-05",
    "confidence": "MIS-06",
    "likelihood_before": "MIS-07",
    "likelihood_after": "MIS-08",
    "number_affected": "MIS-20",
    "duration": "MIS-21",
    "reversible": "MIS-22",
}
_HOW_FAR = (
    ("number", "number_affected", "about how many people?"),
    ("duration", "duration", "for how long?"),
    ("reversible", "reversible", "could it be undone?"),
)
_BEFORE = "how likely and how bad is it before any action?"
_AFTER = "how likely and how bad is it after action?"


@dataclass(frozen=True)
class MissingAnswer:
    """Something that has to be given, and where.

    ``subject`` is the code of a group, the reference of a mitigating action, or
    "". ``question_id`` is the id of a question, a dimension, "evidence" or the
    part of a mitigating action. ``anchor`` is the id of the field on the page:
    "q-problem" or "q-smoking-reason" for a question, "affected" or
    "access-likelihood_before" on the page of a group, "M1-owner" for a
    mitigating action, "evidence" for the list. ``rule`` is the id of the rule
    that asks for it: MIS for an answer, CON where a conclusion is refused.
    """

    section_id: str
    subject: str
    question_id: str
    text: str
    anchor: str
    rule: str = ""


@dataclass
class Page:
    """A page of the assessment while it is looked at: what it asks, what was answered, what it lacks."""

    section: Section
    subject: str = ""
    title: str = ""
    asked: int = 0
    answered: int = 0
    touched: bool = False
    missing: list[MissingAnswer] = field(default_factory=list)
    follow_ups: list[MissingAnswer] = field(default_factory=list)

    def lacks(
        self, question: str, text: str, *, rule: str, anchor: str = "", subject: str = ""
    ) -> MissingAnswer:
        """Make the missing answer to a question of this page."""
        about, place = subject or self.subject, anchor or self.field(question)
        return MissingAnswer(self.section.id, about, str(question), text, place, rule)

    def field(self, question: str) -> str:
        """Return the id of the field of a question on this page."""
        return question if self.section.kind == SectionKind.GROUP else f"q-{question}"


def count(page: Page, question: Question, own: Mapping[str, object], label: str) -> None:
    """Count a question and its answer. ``own``: question id -> value of the page."""
    value = own.get(question.id)
    page.touched = page.touched or value not in (None, "", [], {})
    if not question.required:
        return
    page.asked += 1
    if given(value):
        page.answered += 1
    elif question.id == "groups_chosen" and given(own.get("groups_left_out_reason")):
        page.answered += 1  # none of them matters here, and it says why
    elif isinstance(value, dict) and value.get("direction"):
        page.missing.append(
            page.lacks(
                question.id, f"{label} Say why", rule="MIS-02", anchor=f"{page.field(question.id)}-reason"
            )
        )
    else:
        page.missing.append(page.lacks(question.id, label, rule="MIS-01"))


def confirm(page: Page, answers: Answers, name: str, label: str, *, counted: bool) -> None:
    """Ask for what was copied to be confirmed or changed: until then it is no answer (rule MIS-23)."""
    if (name, page.subject) not in answers.to_confirm:
        return
    page.missing.append(
        page.lacks(name, f"{label}: copied, confirm or change it", rule="MIS-23", anchor="copied")
    )
    if counted and page.answered:
        page.answered -= 1


def harm_unanswered(page: Page, question: str, about: str) -> None:
    """Ask for an action, or a reason for none, where somebody would be worse off (rule MIS-09)."""
    text = f"{about}: somebody would be worse off: name a mitigating action, or say why nothing is done"
    anchor = f"{page.field(question)}-justification"
    page.follow_ups.append(page.lacks(question, text, rule="MIS-09", anchor=anchor))


def effect(page: Page, question: Question, value: object) -> None:
    """Ask for the ratings of an effect that leaves somebody worse off."""
    found = scoring.effect(question.id, value)
    if found is None or not found.adverse:
        return
    for name, rating, what in (
        ("likelihood_before", found.before, _BEFORE),
        ("likelihood_after", found.after, _AFTER),
    ):
        if rating is None:
            anchor = f"{page.field(question.id)}-{name}"
            text = f"{question.name}: {what}"
            page.follow_ups.append(page.lacks(question.id, text, rule=_IMPACT_RULES[name], anchor=anchor))


def rating(page: Page, group: SubjectGroup, impact: Impact) -> None:
    """Count an impact as one question, and ask for the parts of its rating that are lacking."""
    lacking: list[tuple[str, str]] = []
    if impact.direction is None:
        lacking.append(("direction", _opening(impact.dimension)))
    else:
        page.touched = True
        if not impact.reason.strip():
            what = (
                "what will you do to find out?"
                if impact.direction == Direction.UNKNOWN
                else "why do you think so?"
            )
            lacking.append(("reason", what))
        if impact.direction in CHANGES and impact.magnitude is None:
            lacking.append(("magnitude", "how much?"))
        if impact.adverse:
            for name, anchor, what in _HOW_FAR:
                if getattr(impact, name) is None:
                    lacking.append((anchor, what))
        if impact.direction != Direction.UNKNOWN and impact.confidence is None:
            lacking.append(("confidence", "how sure are we?"))
        if impact.adverse and impact.before is None:
            lacking.append(("likelihood_before", _BEFORE))
        if impact.adverse and impact.after is None:
            lacking.append(("likelihood_after", _AFTER))
    page.asked += 1
    page.answered += not lacking
    for name, what in lacking:
        text = f"{group.label}, {impact.dimension.label.lower()}: {what}"
        anchor = f"{impact.dimension}-{name}"
        page.missing.append(page.lacks(impact.dimension, text, rule=_IMPACT_RULES[name], anchor=anchor))


def _opening(dimension: Dimension) -> str:
    if dimension == Dimension.ELIMINATE:
        return "could they be discriminated against?"
    return "how would it change?"


def evidence(page: Page, items: tuple[EvidenceItem, ...]) -> None:
    """Ask for a source, and of each source what it shows and how strong it is."""
    page.asked += 1
    page.answered += bool(items)
    if not items:
        page.missing.append(
            page.lacks(
                "evidence", "Add at least one source that this rests on", rule="MIS-10", anchor="evidence"
            )
        )
    for number, item in enumerate(items, start=1):
        page.touched = True
        for rule, name, lacks, what in (
            ("MIS-11", "shows", not item.shows.strip(), "what does it show?"),
            ("MIS-12", "strength", item.strength is None, "how strong is it for this decision?"),
        ):
            if lacks:
                text = f"Evidence {number}, {item.title or 'without a title'}: {what}"
                anchor = f"evidence-{number}-{name}"
                page.follow_ups.append(page.lacks("evidence", text, rule=rule, anchor=anchor))


def evidence_gaps(page: Page, known: tuple[EvidenceGap, ...]) -> None:
    """Ask for what an open evidence gap does not say yet (rules GAP-01 to GAP-05)."""
    for gap in known:
        page.touched = True
        for lack in gaps.lacking(gap):
            text = f"Evidence gap {gap.ref}: {lack.text}"
            anchor = f"{gap.ref}-{lack.field}"
            page.follow_ups.append(page.lacks("evidence", text, rule=lack.rule, anchor=anchor))


def mitigation(page: Page, action: MitigatingAction) -> None:
    """Ask for the parts of a mitigating action that are not filled in."""
    page.touched = True
    for rule, name, lacks, what in (
        ("MIS-13", "what", not action.what.strip(), "what will be done?"),
        ("MIS-14", "owner", not action.owner.strip(), "who owns it?"),
        ("MIS-15", "due", action.due_on is None, "when is it due?"),
        ("MIS-16", "measure", not action.measure.strip(), "how will we know that it works?"),
        (
            "MIS-17",
            "in_place",
            action.in_place is None,
            "must it be in place before, when or after it starts?",
        ),
        ("MIS-18", "expected", action.expected is None, "which risk is expected to be left?"),
        ("MIS-19", "answers", not action.answers, "which impact does it answer?"),
    ):
        if lacks:
            text = f"Mitigating action {action.ref}: {what}"
            anchor = f"{action.ref}-{name}"
            page.follow_ups.append(page.lacks(name, text, rule=rule, anchor=anchor, subject=action.ref))
