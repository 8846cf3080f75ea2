"""What the pages of one assessment share: the way back, links between them, its stages, the one next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import url_for

from ehiia.domain.completeness import PUBLIC_COMMENTS, Review, SectionState, State
from ehiia.domain.countdown import Milestone
from ehiia.domain.lacking import MissingAnswer
from ehiia.domain.selfcheck import DETAILS, PEOPLE, ROUTE, Place
from ehiia.domain.vocabulary import Part, Permission, Stage
from ehiia.services import checks
from ehiia.services.overview import Assessment, Leaf
from ehiia.services.sight import Seen
from ehiia.web import present
from ehiia.web.components import page_url
from ehiia.web.shell import Link

S = Stage


@dataclass(frozen=True)
class StageMark:
    """A stage of the status line; ``state`` is "done", "now" or ""."""

    label: str
    detail: str
    state: str


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next; ``href`` is "" where the person only waits."""

    heading: str
    text: str
    label: str = ""
    href: str = ""


def first_url(*endpoints: str, **values: str) -> str:
    """Return the address of the first of these pages that this application has, or ""."""
    return next((url for endpoint in endpoints if (url := page_url(endpoint, **values))), "")


def overview_url(ref: str) -> str:
    """Return the address of the task list."""
    return url_for("assessments.overview", ref=ref)


def crumbs(seen: Seen | None = None) -> list[tuple[str, str]]:
    """Return the way from the first page down to the assessment, or to the register where none is given."""
    found = [("Home", page_url("home.start") or "/"), ("Assessments", page_url("register.start") or "/")]
    if seen is not None:
        found.append((present.short(seen.assessment.title, 60), overview_url(seen.assessment.ref)))
    return found


DAILY: tuple[tuple[str, str], ...] = (
    ("Task list", "assessments.overview"),
    ("Impact matrix", "matrix.matrix"),
    ("All answers", "answers.check"),
    ("Comments", "comments.comments"),
)
SELDOM: tuple[tuple[str, str], ...] = (
    ("Self-check", "selfcheck.page"),
    ("Engagement", "engagement.log"),
    ("Duties", "duties.statement"),
    ("Commitments", "commitments.log"),
    ("People", "team.people"),
    ("Public reviewers", "reviewers.start"),
    ("Work in Word", "word.work"),
    ("Decision paper", "decisions.paper"),
    ("Versions", "versions.start"),
    ("Publication", "publications.show"),
    ("History", "history.assessment"),
)


def places_of(seen: Seen, here: str) -> list[Link]:
    """Return the links between the pages of an assessment; ``here`` is the endpoint of this page.

    What is needed seldom is folded away, but for the page that is shown.
    """
    return [
        Link(
            label, page_url(endpoint, ref=seen.assessment.ref), endpoint == here, folded and endpoint != here
        )
        for places, folded in ((DAILY, False), (SELDOM, True))
        for label, endpoint in places
    ]


def leaf_url(ref: str, section_id: str, subject: str = "", anchor: str = "") -> str:
    """Return the address of a page of the assessment."""
    if subject:
        return url_for("groups.group", ref=ref, code=subject, _anchor=anchor or None)
    return url_for("sections.section", ref=ref, section_id=section_id, _anchor=anchor or None)


def url_of(ref: str, leaf: Leaf | SectionState) -> str:
    """Return the address of a page from the list of pages or from its state."""
    section_id = leaf.section.id if isinstance(leaf, Leaf) else leaf.section_id
    return leaf_url(ref, section_id, leaf.subject)


def following(leaves: Sequence[Leaf], here: Leaf) -> Leaf | None:
    """Return the page after this one."""
    return next((after for leaf, after in pairwise(leaves) if leaf == here), None)


_FIELDS = {"owner": "owner_id", "due": "due_on-day", "expected": "expected_likelihood"}


def missing_url(ref: str, missing: MissingAnswer, *, may_write: bool = True) -> str:
    """Return the address of the field in which a missing answer is given, or of the page for a reader."""
    if missing.subject.startswith(f"{ref}-M"):
        if not may_write:
            return url_for("mitigations.one", mitigation_ref=missing.subject)
        field = _FIELDS.get(missing.question_id, missing.question_id)
        return url_for("mitigations.change", mitigation_ref=missing.subject, _anchor=field)
    if missing.question_id == PUBLIC_COMMENTS:
        return url_for("reviewers.start", ref=ref, _anchor=missing.anchor)
    return leaf_url(ref, missing.section_id, missing.subject, missing.anchor)


_APART = {DETAILS: "details.details", ROUTE: "details.route", PEOPLE: "team.people"}


def found_url(ref: str, place: Place) -> str:
    """Return the address of the place in which a finding of the self-check is put right."""
    if endpoint := _APART.get(place.section_id):
        return url_for(endpoint, ref=ref, _anchor=place.anchor or None)
    if place.subject.startswith(f"{ref}-M"):
        return url_for("mitigations.one", mitigation_ref=place.subject)
    return leaf_url(ref, place.section_id, place.subject, place.anchor)


# -- the status line ---------------------------------------------------------------------------

_LINE: tuple[tuple[str, str, frozenset[Stage]], ...] = (
    ("screening", "Screening", frozenset({S.SCREENING, S.NOT_NEEDED_TO_CONFIRM, S.NOT_NEEDED})),
    ("writing", "Being written", frozenset({S.WRITING, S.SENT_BACK})),
    ("with_director", "With director", frozenset({S.WITH_DIRECTOR})),
    ("checking", "Being checked", frozenset({S.CHECKING})),
    ("decision", "Decision", frozenset({S.READY, S.AWAITING_SIGNATURES})),
    ("in_force", "In force", frozenset({S.IN_FORCE})),
)


def stage_line(
    assessment: Assessment, dates: Iterable[Milestone], *, director_agrees: bool
) -> list[StageMark]:
    """Return the stages as a line. Ended or paused work shows how far it came."""
    days = {milestone.name: milestone.on for milestone in dates}
    stage = assessment.stage_before_pause or assessment.stage
    line = [step for step in _LINE if director_agrees or step[0] != "with_director"]
    here = next((i for i, (_, _, stages) in enumerate(line) if stage in stages), len(line))
    marks = []
    for place, (name, label, _) in enumerate(line):
        state = "done" if place < here else ("now" if place == here else "")
        detail = ""
        if state == "now":
            label = assessment.stage.label
            if name == "writing":
                detail = f"{assessment.answered_count} of {assessment.asked_count} answered"
        elif name == "screening" and state == "done" and assessment.screening_result:
            detail = assessment.screening_result.label
        if not detail and state != "done" and (on := days.get(name)):
            before = {"decision": "", "in_force": "from "}.get(name, "by ")
            detail = before + present.day(on)
        marks.append(StageMark(label, detail, state))
    return marks if here < len(line) else [StageMark(m.label, "", "") for m in marks]


# -- the one next step ---------------------------------------------------------------------------


def next_step(seen: Seen, review: Review) -> NextStep | None:
    """Return what this person can do next, or for whom it waits."""
    assessment = seen.assessment
    ref, stage = assessment.ref, assessment.stage
    match stage:
        case Stage.SCREENING:
            if seen.may(Permission.WRITE):
                return NextStep(
                    "Next: the screening questions",
                    "They decide whether a full assessment is needed. Most people need ten minutes.",
                    "Answer the screening questions",
                    url_for("screening.questions", ref=ref),
                )
            return NextStep("Waiting for the author", "The screening questions are being answered.")
        case Stage.NOT_NEEDED_TO_CONFIRM:
            if seen.may(Permission.COUNTERSIGN):
                return NextStep(
                    "To confirm: no full assessment is needed",
                    "The author proposes that none is needed. Read the screening, then confirm or refuse.",
                    "Read the screening",
                    url_for("screening.countersign", ref=ref),
                )
            return NextStep(
                "Waiting for an equality lead",
                "An equality lead confirms that no full assessment is needed, or asks for one.",
                "See the screening",
                url_for("screening.result", ref=ref),
            )
        case Stage.WRITING | Stage.SENT_BACK:
            return _write_on(seen, review)
    return _other_stage(seen)


def _write_on(seen: Seen, review: Review) -> NextStep:
    ref = seen.assessment.ref
    progress = review.progress
    sent_back = seen.assessment.stage is Stage.SENT_BACK
    done = f"{progress.answered} of {progress.asked} questions are answered."
    if not seen.may(Permission.WRITE):
        return NextStep("Being written", f"{done} You can read what is there so far.")
    to_answer = sent_back and any(one.waits for one in checks.comments_of(seen.assessment.id))
    if to_answer and (url := first_url("comments.comments", ref=ref)):
        return NextStep(
            "Next: answer the comments", "It was sent back to you with comments.", "Read the comments", url
        )
    left = [state for state in review.states if state.state is not State.ANSWERED]
    if not left and seen.assessment.practice:
        return NextStep(
            "Nothing is missing",
            f"{done} A real assessment would now be sent on to be checked; this one goes to nobody.",
            "See it as the check would",
            url_for("answers.check", ref=ref),
        )
    if not left:
        return NextStep(
            "Next: check your answers and send it on",
            f"{done} Nothing is missing.",
            "Check your answers",
            url_for("answers.check", ref=ref),
        )
    begun = [state for state in left if state.state is not State.NOT_STARTED]
    page = (begun or left)[0]
    time = f"About {_minutes(progress.minutes_left)} of work are left. " if progress.minutes_left else ""
    return NextStep(
        f"Next: {page.title}",
        f"{done} {time}Everything so far is saved.",
        f"Carry on with {page.title}" if begun else f"Go to {page.title}",
        url_of(ref, page),
    )


def _minutes(minutes: int) -> str:
    if minutes < 90:
        return present.count(minutes, "minute")
    return present.count(round(minutes / 60), "hour")


_WAITS: Mapping[Stage, tuple[Permission, str, str, str, tuple[str, ...]]] = {
    S.WITH_DIRECTOR: (
        Permission.AGREE,
        "To agree as accountable director",
        "Read it, then agree it or send it back.",
        "Read and agree",
        ("submission.agree",),
    ),
    S.CHECKING: (
        Permission.CHECK,
        "To check, section by section",
        "Pass it, or send it back with comments.",
        "Check it",
        ("checks.check", "checks.start"),
    ),
    S.READY: (
        Permission.READ_PAPER,
        "Ready for decision",
        "Read this version with the duties, and say that you have read it, before anything is decided.",
        "Read the decision paper",
        ("decisions.paper",),
    ),
}
_PASSIVE: Mapping[Stage, tuple[str, str]] = {
    S.WITH_DIRECTOR: ("Waiting for the accountable director", "They read and agree it, or send it back."),
    S.CHECKING: ("Waiting for an equality lead", "It is being checked section by section."),
    S.READY: ("Ready for decision", "The check was passed. This version is frozen for the decision."),
    S.AWAITING_SIGNATURES: ("Decided, awaiting signatures", "Somebody on the route still has to sign."),
    S.IN_FORCE: ("In force", "The decision stands. Mitigating actions and reviews follow."),
    S.NOT_NEEDED: ("No full assessment was needed", "An equality lead confirmed it."),
    S.PAUSED: ("Paused", "Nobody is reminded while it rests."),
}


def _other_stage(seen: Seen) -> NextStep | None:
    stage, ref = seen.assessment.stage, seen.assessment.ref
    if stage in _WAITS:
        permission, heading, text, label, endpoints = _WAITS[stage]
        if seen.may(permission) and (url := first_url(*endpoints, ref=ref)):
            return NextStep(heading, text, label, url)
    if stage not in _PASSIVE:
        return None
    heading, text = _PASSIVE[stage]
    if stage is S.PAUSED and seen.may(Permission.STOP_WORK):
        return NextStep(heading, text, "Take it up again", url_for("stops.stop", ref=ref, what="resume"))
    if stage is S.NOT_NEEDED:
        return NextStep(heading, text, "See the screening", url_for("screening.result", ref=ref))
    return NextStep(heading, text)


def people_words(involved: Iterable[Any], person_id: int) -> list[tuple[str, list[str]]]:
    """Return who takes part, by what they do; the visitor is marked."""
    found: dict[Part, list[str]] = {}
    for one in involved:
        found.setdefault(one.part, []).append(one.name + (" (you)" if one.person_id == person_id else ""))
    return [(part.label, names) for part, names in found.items()]
