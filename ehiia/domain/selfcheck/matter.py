"""What the self-check looks at, what it finds, and the table of its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ehiia.domain import scoring
from ehiia.domain.answers import Answers, Impact, MitigatingAction, SubjectGroup
from ehiia.domain.asked import asked_once
from ehiia.domain.questions import AnswerKind, Question, QuestionSet, Section, SectionKind
from ehiia.domain.scoring import USUAL_BORDERS, BandBorders
from ehiia.domain.vocabulary import Word, YesNoUnknown


class Gravity(Word):
    """How much a finding weighs."""

    STOP = "stop", "Must be put right", "It cannot be sent on while this stands."
    WARNING = "warning", "Put right or explain", "An equality lead would send it back without an explanation."
    ADVICE = "advice", "Advice", "It would be better; nobody has to answer it."
    REASON = "reason", "Says why", "It gives the reason for a result and asks for nothing."


DETAILS = "details"
"""Stands for the section where a finding points to the details of the proposal."""
ROUTE = "route"
"""Stands for the section where a finding points to the route of the decision and its dates."""
PEOPLE = "people"
"""Stands for the section where a finding points to who takes part."""


@dataclass(frozen=True)
class Place:
    """Where something is put right, in the words of ``completeness.MissingAnswer``.

    ``section_id`` may also be "details", "route" or "people", which are no sections of questions.
    """

    section_id: str
    subject: str = ""
    question_id: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Signal:
    """A rule fired: where, and the words that fill its sentence."""

    rule: str
    place: Place
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Matter:
    """Everything the rules read: what was answered and the facts around it. Dates are London dates."""

    answers: Answers
    questions: QuestionSet
    today: date
    title: str = ""
    director_writes: bool = False
    """Whether the accountable director is an author or contributor."""
    authors: tuple[str, ...] = ()
    """Names of the authors."""
    contributors: tuple[str, ...] = ()
    """Names of the contributors."""
    meeting_on: date | None = None
    """When the deciding body meets."""
    earliest_pass_on: date | None = None
    """When the check would end if it were sent on today; None where the check was passed."""
    screening: Mapping[str, object] = field(default_factory=dict)
    borders: BandBorders = USUAL_BORDERS

    @cached_property
    def impacts(self) -> tuple[Impact, ...]:
        """The impacts that stand and have a direction."""
        return tuple(one for one in scoring.counted(self.answers) if one.direction is not None)

    @cached_property
    def actions(self) -> tuple[MitigatingAction, ...]:
        """The mitigating actions that were neither cancelled nor replaced."""
        return scoring.standing(self.answers.mitigations)

    @cached_property
    def groups(self) -> tuple[tuple[SubjectGroup, YesNoUnknown, tuple[Impact, ...]], ...]:
        """The groups whose first question was answered: the group, the answer, its impacts."""
        found = []
        for group in self.answers.groups:
            said = scoring.affected(self.answers, group)
            if said is not None:
                mine = tuple(one for one in self.impacts if one.subject == group.code)
                found.append((group, said, mine))
        return tuple(found)

    @cached_property
    def asked(self) -> Mapping[str, tuple[Question, Section]]:
        """The questions that are asked once of this proposal, with their sections."""
        return asked_once(self.questions, self.answers)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What was written in answer to the questions that are asked once: id -> text."""
        kinds = (AnswerKind.TEXT, AnswerKind.LINE)
        found = {}
        for name, (question, _) in self.asked.items():
            value = self.answers.value(name)
            if question.kind in kinds and isinstance(value, str) and value.strip():
                found[name] = value
        return found

    def text(self, question: str) -> str:
        """Return what was written in answer to a question that is asked once, or ""."""
        return self.texts.get(question, "")

    def reason(self, group: SubjectGroup) -> str:
        """Return why a group is said not to be affected, or ""."""
        return group.not_affected_reason or str(self.answers.value("not_affected_reason", group.code) or "")

    # -- places ----------------------------------------------------------------------------------

    def at_question(self, question: str) -> Place:
        """Return the place of a question that is asked once."""
        known = self.asked.get(question)
        return Place(known[1].id if known else "", "", question, f"q-{question}")

    def at_group(self, code: str, field_id: str = "affected") -> Place:
        """Return the place of a question or a dimension on the page of a group."""
        return Place(self.section_of(code), code, field_id, field_id)

    def at_impact(self, impact: Impact, part: str = "direction") -> Place:
        """Return the place of one part of an impact."""
        dimension = str(impact.dimension)
        return Place(self.section_of(impact.subject), impact.subject, dimension, f"{dimension}-{part}")

    def at_action(self, action: MitigatingAction, part: str) -> Place:
        """Return the place of one part of a mitigating action."""
        return Place(self._first(SectionKind.MITIGATIONS), action.ref, part, f"{action.ref}-{part}")

    def at_actions(self) -> Place:
        """Return the place where mitigating actions are added."""
        return Place(self._first(SectionKind.MITIGATIONS))

    def at_evidence(self, number: int = 0) -> Place:
        """Return the place of the list of sources, or of one of them (from 1)."""
        anchor = f"evidence-{number}-shows" if number else "evidence"
        return Place(self._first(SectionKind.EVIDENCE), "", "evidence", anchor)

    def section_of(self, code: str) -> str:
        """Return the id of the section that has the page of a group."""
        paged = [one for one in self.questions.sections if one.kind is SectionKind.GROUP]
        found = next((one for one in paged if code in one.subjects), None)
        found = found or next((one for one in paged if not one.subjects), None)
        return found.id if found else ""

    def _first(self, kind: SectionKind) -> str:
        return next((one.id for one in self.questions.sections if one.kind is kind), "")


Look = Callable[[Matter], Iterator[Signal]]
RULES: dict[str, Callable[[Matter], tuple[Signal, ...]]] = {}
"""Rule id -> the function that looks for it. A rule is pure: it reads the matter and nothing else."""


def signal(place: Place, **words: object) -> Signal:
    """Return a finding; the rule that yields it puts its own id in."""
    return Signal("", place, tuple((name, str(word)) for name, word in words.items()))


def rule(rule_id: str) -> Callable[[Look], Callable[[Matter], tuple[Signal, ...]]]:
    """Register a rule under its id; ids are never used again for something else."""

    def register(look: Look) -> Callable[[Matter], tuple[Signal, ...]]:
        def found(matter: Matter) -> tuple[Signal, ...]:
            return tuple(Signal(rule_id, one.place, one.words) for one in look(matter))

        if rule_id in RULES:
            raise ValueError(f"{rule_id} is taken")
        found.__name__, found.__doc__ = look.__name__, look.__doc__
        RULES[rule_id] = found
        return found

    return register
