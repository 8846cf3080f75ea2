"""Decision records to lay out: a small one and a large one. People, figures and quotations are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from ehiia.documents.pdf.structure import Signatory
from ehiia.domain.decision import (
    AcceptedGap,
    Attestation,
    Check,
    Decided,
    DecisionRecord,
    FrozenFinding,
    FrozenScore,
    FrozenThread,
    Happened,
    ReviewPlan,
    digest,
)
from ehiia.domain.frozen import (
    Answered,
    Commitment,
    Engagement,
    Evidence,
    Gap,
    GroupFindings,
    Mitigation,
    Person,
    PublicComment,
    RatedImpact,
    Reach,
    RouteStep,
    SectionContent,
    Snapshot,
)
from ehiia.domain.reasons import Reason

CAROL = Signatory("DecisionMaker", "Carol Reeve", "Chair of the Board")

SMALL_SNAPSHOT = Snapshot(
    reference="EHIIA-2026-007",
    title="Booking by telephone at Elm Street Surgery",
    organisation="Elmshire Integrated Care Board",
    organisation_code="QZZ",
    kind="Change to a service",
    summary="Patients will be able to book by telephone all day. Nothing is taken away.",
    places=("Elm Street Surgery",),
    go_live_on=date(2027, 2, 1),
    version=1,
    question_set="assessment 1",
    reference_data="2026-10",
    authors=(Person("Amina Okafor", "Commissioning manager"),),
    contributors=(),
    director=Person("Dr Siân Ŵyn-Łukasiewicz", "Director of primary care"),
    route=(RouteStep(1, "Primary Care Committee", "Decides", date(2027, 1, 12), "PCC 27/03"),),
    screening_result="A full assessment is needed",
    screening_reasons=(Reason("screening.access", "It changes how people reach a service."),),
    screening=(Answered("s-reach", "Does it change how people reach a service?", ("Yes",)),),
    sections=(
        SectionContent(
            "baseline",
            "The proposal",
            "Today’s service",
            (
                Answered("b-now", "How does it work today?", ("Booking opens at 8:00 and is full by 8:20.",)),
                Answered("b-numbers", "How many people use it?", (), missing=True),
            ),
        ),
    ),
    groups=(
        GroupFindings(
            "disability",
            "Disability",
            "Protected by law",
            "Yes",
            "Some people cannot use a telephone.",
            (
                RatedImpact(
                    "Access",
                    "worse",
                    "Worse",
                    "A little",
                    "Moderate",
                    "Deaf people need another way to book.",
                    "Possible",
                    "Moderate",
                    9,
                    "Medium",
                    "Unlikely",
                    "Small",
                    4,
                    "Low",
                    sources=(2,),
                ),
                RatedImpact("Experience", "same", "No difference", reason="The same staff answer."),
            ),
        ),
        GroupFindings("age", "Age", "Protected by law", "No", "Every age group may book in every way."),
    ),
    groups_left_out=("People in contact with the justice system",),
    evidence=(
        Evidence(
            "Survey",
            "Patient survey",
            "Elm Street Surgery",
            "2026",
            "One in ten uses text relay.",
            "Moderate",
            number=2,
            place="Elmford",
            groups=("Disability", "Carers"),
            link="https://example.org/survey",
            file_name="survey 2026.xlsx",
            version=3,
        ),
    ),
    gaps=(
        Gap(
            "G1",
            "How many deaf people call at night.",
            ("Disability",),
            True,
            "Nobody knows how many would be cut off.",
            "Count relay calls for a month.",
            date(2027, 2, 1),
            "Helen Marsh",
            "Accepted",
            accepted_reason="The line must open before winter.",
            accepted_until=date(2027, 2, 2),
            protection="A text line runs by night.",
        ),
        Gap("G2", "Where they live.", (), False, "", "", None, "", "Closed", "In Elmford.", 2),
    ),
    evidence_left_out=1,
    mitigations=(
        Mitigation(
            "MIT-2026-011",
            "Keep booking by text message and by post.",
            "Zofia Wiśniewska-Żółć",
            date(2027, 1, 25),
            "Every tenth booking is made by text or post.",
            "Before it starts",
            "Unlikely × small: 4, low",
            ("Disability: access",),
        ),
    ),
    conclusion="No major change",
    conclusion_reasons=(Answered("c-why", "Why?", ("The only harm found has an answer.",)),),
    worst_before="Medium",
    worst_after="Low",
    frozen_at=datetime(2026, 12, 18, 10, 2, 3, tzinfo=UTC),
    engagement=(
        Engagement(
            ref="Engagement 1",
            on_date=date(2026, 11, 3),
            channel="Went to a group’s own place or event",
            place="Deaf club, Elmford",
            who=("Disability: fewer than 10", "Taxi drivers"),
            everybody="10 to 24",
            named=("Zoë", "Somebody who chose not to be named"),
            led_by="The engagement team",
            partner="Healthwatch Elmshire",
            reached="Two interpreters came.",
            shown="A page with drawings.",
            shown_version="Version 2",
            said="A telephone shuts us out.\n\nText us.",
            changed="Booking by text stays.",
            fed_back_on=date(2026, 12, 1),
            fed_back_how="We went back to the club.",
            not_reached="Deafblind people: home visits in January.",
        ),
    ),
    reach=(
        Reach("Disability", "worse: access", True, "Heard once, fewer than 10 people", 1, ("Engagement 1",)),
    ),
    commitments=(
        Commitment(
            "Commitment 1",
            "Come back in June.",
            "Paper 7, page 3",
            "Helen Marsh",
            date(2027, 6, 30),
            "Kept",
            "We came on 14 June.",
        ),
    ),
    public_comments=(
        PublicComment(
            "Comment 1", "Healthwatch", date(2026, 12, 4), "Why by telephone?", "It is one of three ways."
        ),
    ),
)


def record_of(snapshot: Snapshot, **changes: object) -> DecisionRecord:
    """Return a decided record of a snapshot, with the given facts changed."""
    facts: dict[str, object] = {
        "reference": f"{snapshot.reference}/1",
        "code": "7QK2M9XH4TRB",
        "edition": 1,
        "supersedes": "",
        "snapshot": snapshot,
        "snapshot_sha256": digest(snapshot.reference),
        "check": Check(
            "Ben Marsh",
            datetime(2026, 12, 18, 10, 2, 3, tzinfo=UTC),
            False,
            "",
            "None of weight.",
            (),
            scores=(
                FrozenScore("Plain English", False, 1, "1: weak", "Two acronyms too many."),
                FrozenScore("Harm is faced honestly", True, 3, "3: strong"),
            ),
            explained=(
                FrozenFinding("QC-41", "Everything rests on one source.", "It is the only survey there is."),
            ),
            comments=(FrozenThread("Today’s service", "How full is it?", ("By 8:20.",), True),),
        ),
        "decision": Decided(
            body="Primary Care Committee",
            outcome="approved",
            outcome_label="Approved",
            meeting_on=date(2027, 1, 12),
            minute="PCC 27/03",
            reasons="More people can book, and nobody loses a way to do so.",
            conditions="",
            advice_followed=True,
            advice_not_followed_reason="",
            members_present=("Carol Reeve", "Dr Ahmed Rahman"),
            conflicts="",
            decided_by=Person("Carol Reeve", "Chair of the Board"),
            entered_by=None,
            decided_at=datetime(2027, 1, 12, 14, 41, 7, tzinfo=UTC),
            accepted_gaps=(
                AcceptedGap(
                    "G3",
                    "Who has no telephone.",
                    "Some people may have no way to book.",
                    "The desk stays open.",
                    date(2027, 5, 3),
                    "Anybody may walk in and book.",
                ),
            ),
        ),
        "attestations": (
            Attestation(
                "Made the decision",
                "Carol Reeve",
                "Chair of the Board",
                datetime(2027, 1, 12, 14, 41, 7, tzinfo=UTC),
                "signed in again with a password",
            ),
        ),
        "duties": ("You must have due regard to three aims.", "You must also think of health inequalities."),
        "review": ReviewPlan(
            date(2028, 2, 1), (Reason("review.low", "The worst risk left is low: after a year."),)
        ),
        "history_sequence": 4711,
        "history_sha256": digest("the head of the history"),
        "demonstration": False,
        "status": "In force",
        "history": (
            Happened(4690, datetime(2026, 12, 17, 9, 5, tzinfo=UTC), "Amina Okafor", "sent it to be checked"),
            Happened(4711, datetime(2027, 1, 12, 14, 41, 7, tzinfo=UTC), "Carol Reeve", "made the decision"),
        ),
    }
    return DecisionRecord(**(facts | changes))  # type: ignore[arg-type]


def small_record() -> DecisionRecord:
    """Return the smallest record that has one of everything."""
    return record_of(SMALL_SNAPSHOT)


def empty_record() -> DecisionRecord:
    """Return a record in which nothing is given that may be left out."""
    record = small_record()
    bare = replace(
        record.snapshot,
        summary="",
        places=(),
        go_live_on=None,
        director=None,
        authors=(),
        route=(),
        screening_reasons=(),
        screening=(),
        sections=(),
        groups=(),
        groups_left_out=(),
        evidence=(),
        mitigations=(),
        conclusion="",
        conclusion_reasons=(),
        worst_before="",
        worst_after="",
    )
    return replace(record, snapshot=bare, attestations=(), duties=())
