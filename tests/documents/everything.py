"""A record in which every field says something, so that whatever prints records can be held to all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime

from ehiia.domain.decision import (
    UNDECIDED,
    Condition,
    Correction,
    DecidedPart,
    DecisionRecord,
    LeftOut,
    MeetingMoved,
    PublicationEdition,
)
from ehiia.domain.frozen import (
    Answered,
    Circumstance,
    Component,
    DutyShown,
    Elsewhere,
    GroupFindings,
    Person,
    RatedEffect,
    RatedImpact,
)
from ehiia.domain.mitigating import ActionKind, Funding
from ehiia.domain.reasons import Reason
from tests.documents.records import SMALL_SNAPSHOT, record_of

IMPACT = RatedImpact(
    dimension="Access",
    direction="worse",
    direction_label="Worse",
    magnitude="Clearly",
    confidence="Moderate",
    reason="Deaf people need another way to book.",
    likelihood_before="Likely",
    severity_before="Major",
    score_before=16,
    band_before="Very high",
    likelihood_after="Unlikely",
    severity_after="Small",
    score_after=4,
    band_after="Low",
    justification="The rest cannot be answered before the spring.",
    number_affected="100 to 999 people",
    duration="Years",
    reversible="Partly",
    sources=(2,),
)

NOT_PRINTED = {
    "Answered.question_id",
    "RatedImpact.direction",
    "RatedEffect.question_id",
    "GroupFindings.code",
    "SectionContent.id",
    "SectionContent.part",
    "DutyShown.id",
    "Decided.outcome",
    "DecidedPart.outcome",
    "Circumstance.kind",
    "PublicationEdition.kind",
}
"""Ids and stored values, whose labels are printed; and parts of the form: a record has its own chapters."""


def full_record() -> DecisionRecord:
    """Return a record that leaves no field empty: late, with conditions, in parts, with a deferred one."""
    why = Answered("g-how", "Which barriers are there?", ("Stairs at the only door.",), sources=(2,))
    snapshot = replace(
        SMALL_SNAPSHOT,
        contributors=(Person("Helen Marsh", "Public health"),),
        groups=(
            GroupFindings(
                "disability",
                "Disability",
                "Protected by law",
                "Yes",
                "They rely on it more than others.",
                (
                    IMPACT,
                    replace(
                        IMPACT, dimension="Experience", direction="unknown", direction_label="Don't know yet"
                    ),
                ),
                (why,),
                (2,),
            ),
            GroupFindings("age", "Age", "Protected by law", "No", "Every age may book in every way."),
            GroupFindings("race", "Race", "Protected by law", "Don’t know yet", "Nobody was asked so far."),
            GroupFindings(
                "marriage",
                "Marriage and civil partnership",
                "Protected by law",
                "Yes",
                "Staff record next of kin.",
                (replace(IMPACT, dimension="Discrimination", direction="better", direction_label="Better"),),
            ),
        ),
        mitigations=(
            replace(
                SMALL_SNAPSHOT.mitigations[0],
                kind=ActionKind.REDUCE.label,
                starts_on=date(2027, 1, 4),
                baseline="4 in 100 book by text.",
                target="10 in 100 book by text.",
                data_source="The booking system",
                resources="A worker for two days.",
                funding=Funding.ASKED.label,
                clause="Schedule 2, 4.1",
            ),
        ),
        duties=(
            DutyShown(
                "psed",
                "The equality duty",
                "Equality Act 2010, section 149",
                True,
                Reason("DU-01", "It binds every public body."),
                ("What was done about it?",),
                ("Who was asked?",),
                ("Disability: affected differently",),
                ("Monitoring",),
                "Every assessment engages it.",
            ),
            DutyShown(
                "covenant",
                "The armed forces covenant",
                "Armed Forces Act 2006, section 343AA",
                False,
                Reason("DU-09", "Nothing here concerns people who served."),
            ),
        ),
        effects=(RatedEffect("cancer", "Cancer screening", replace(IMPACT, dimension="")),),
        scale="Five by five",
        highest_score=25,
        components=(Component("The text line", "A number that takes texts."),),
        evidence_left_out=1,
        legal_advice=("Advice of counsel on the tender",),
        elsewhere=(Elsewhere("Data protection", "DPIA 12", "https://example.org/dpia-12"),),
        circumstances=(Circumstance("urgent", "It could not wait", ("The line was cut.", "Daniel agreed.")),),
    )
    small = record_of(snapshot)
    return replace(
        small,
        edition=2,
        supersedes="EHIIA-2026-007/0",
        demonstration=True,
        published=PublicationEdition(
            "redacted",
            "With parts left out",
            2,
            "EHIIA-2026-007-D1",
            "9f" * 32,
            "Suffolk and North East Essex",
            datetime(2027, 1, 20, 9, 0, tzinfo=UTC),
            (LeftOut("Groups: Age", "A passage", "It named a patient.", True, "Section 40", 2),),
        ),
        correction=Correction(
            "EHIIA-2026-007/0",
            "The minute was numbered anew.",
            ("Reference of the minute",),
            Person("Ruth Adeyemi", "Chair, The board"),
            datetime(2027, 1, 19, 9, 0, tzinfo=UTC),
        ),
        check=replace(
            small.check,
            late=True,
            late_note="Ben was away for a week.",
            sections=(Answered("c-1", "The proposal", ("Clear enough.",), sources=()),),
        ),
        decision=replace(
            small.decided,
            conditions="Tell the deaf club first.",
            advice_not_followed_reason="The board weighed the night calls differently.",
            conflicts="John Reeve left the room.",
            entered_by=Person("Grace Tilley", "Secretary"),
            parts=(DecidedPart("The text line", "deferred", "Deferred", "The price is not known."),),
            terms=(Condition("Two interpreters on call.", "Jo Bell", date(2027, 1, 20)),),
            awaited="The price of the text line.",
            awaited_until=date(2027, 3, 3),
            meetings_moved=(
                MeetingMoved(
                    date(2027, 1, 5),
                    date(2027, 1, 12),
                    "There was no quorum.",
                    "Amina Okafor",
                    datetime(2027, 1, 6, 9, 30, tzinfo=UTC),
                ),
            ),
            reconsidered="The board went through it line by line.",
        ),
    )


def said_in(
    value: object,
    *,
    day: Callable[[date], str],
    moment: Callable[[datetime], str],
    name: str = "",
) -> Iterator[str]:
    """Yield every text of a frozen value that people must find, its days and moments in words."""
    if isinstance(value, str):
        if value.strip() and name not in NOT_PRINTED:
            yield value
    elif isinstance(value, datetime):
        yield moment(value)
    elif isinstance(value, date):
        yield day(value)
    elif isinstance(value, tuple):
        for inner in value:
            yield from said_in(inner, day=day, moment=moment, name=name)
    elif is_dataclass(value):
        for each in fields(value):
            place = f"{type(value).__name__}.{each.name}"
            yield from said_in(getattr(value, each.name), day=day, moment=moment, name=place)


def left_empty(value: object, name: str = "record") -> Iterator[str]:
    """Yield the fields that nothing in a frozen value fills: each kind of value needs one that does."""
    found: dict[str, bool] = {}
    _fill(value, name, found)
    yield from sorted(place for place, filled in found.items() if not filled)


def _fill(value: object, name: str, found: dict[str, bool]) -> None:
    if isinstance(value, tuple):
        found[name] = found.get(name, False) or bool(value)
        for inner in value:
            _fill(inner, name, found)
    elif is_dataclass(value):
        found[name] = True
        for each in fields(value):
            _fill(getattr(value, each.name), f"{type(value).__name__}.{each.name}", found)
    else:
        found[name] = found.get(name, False) or value not in ("", None, 0, False)


def undecided_record() -> DecisionRecord:
    """Return the full record as it is published before it is decided."""
    return replace(full_record(), decision=None, correction=None, supersedes="", edition=0, status=UNDECIDED)
