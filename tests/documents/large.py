"""A large record, as a board would get it: twelve groups, long answers, a late check. All invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from ehiia.domain.decision import Attestation, Check, Decided, DecisionRecord, ReviewPlan
from ehiia.domain.frozen import (
    Answered,
    Evidence,
    GroupFindings,
    Mitigation,
    Person,
    RatedImpact,
    RouteStep,
    SectionContent,
)
from ehiia.domain.mitigating import ActionKind, Funding
from ehiia.domain.reasons import Reason
from tests.documents.records import SMALL_SNAPSHOT, record_of

GROUPS = (
    ("age", "Age", "Protected by law"),
    ("disability", "Disability", "Protected by law"),
    ("gender-reassignment", "Gender reassignment", "Protected by law"),
    ("marriage", "Marriage and civil partnership", "Protected by law"),
    ("pregnancy", "Pregnancy and maternity", "Protected by law"),
    ("race", "Race", "Protected by law"),
    ("religion", "Religion or belief", "Protected by law"),
    ("sex", "Sex", "Protected by law"),
    ("orientation", "Sexual orientation", "Protected by law"),
    ("carers", "Unpaid carers", "Statutory duty"),
    ("fishing", "Fishing communities in the ports", "Policy choice"),
    ("farm", "Migrant agricultural workers", "Policy choice"),
    ("mental-illness", "People with severe mental illness", "Policy choice"),
    ("deprived", "People in the most deprived fifth of areas", "Policy choice"),
)
REASONS = (
    "Sessions are held in the evening and in the largest town. People who work early shifts told us "
    "that they cannot come, and that the online form asks for an e-mail address that many "
    "do not have.",
    "In the last two rounds fewer than one in twenty of those who took part belonged to this group, "
    "while about one in nine residents does. The panels that did meet in community rooms were full.",
    "We heard from three organisations. They agree that being asked in person, by somebody known, makes the "
    "difference; a poster with a web address does not. “Ask us where we are, not where you are,” "
    "said one woman.",
    "The strategy adds a named contact in every neighbourhood. That makes it easier to be heard between "
    "rounds, and costs nothing to those who would rather write.",
)
KINDS = (
    ("worse", "Worse"),
    ("better", "Better"),
    ("mixed", "Some better, some worse"),
    ("unknown", "Don’t know yet"),
)
BEFORE = (
    ("Likely", "Major", 16, "Very high"),
    ("Possible", "Moderate", 9, "High"),
    ("Unlikely", "Moderate", 6, "Medium"),
)
AFTER = (("Possible", "Moderate", 9, "High"), ("Unlikely", "Small", 4, "Medium"), ("Rare", "Small", 2, "Low"))


def _impacts(place: int, code: str) -> tuple[RatedImpact, ...]:
    if code == "marriage":
        return (
            RatedImpact(
                "Discrimination", "same", "No difference", reason="Only the first aim is asked about."
            ),
        )
    if code in ("religion", "orientation"):
        return ()
    found = []
    for step, dimension in enumerate(("Access", "Experience", "Outcomes")):
        direction, label = KINDS[(place + step) % 4]
        reason = REASONS[(place + 2 * step) % 4]
        if direction in ("worse", "mixed"):
            before, after = BEFORE[(place + step) % 3], AFTER[(place + step) % 3]
            justified = (
                ""
                if step
                else "The next round takes place before any action could work; it is looked at then."
            )
            found.append(
                RatedImpact(
                    dimension, direction, label, "Clearly", "Moderate", reason, *before, *after, justified
                )
            )
        else:
            magnitude = "A little" if direction == "better" else ""
            found.append(RatedImpact(dimension, direction, label, magnitude, "Weak", reason))
    return tuple(found)


SECTIONS = (
    (
        "proposal",
        "The proposal",
        "What is proposed",
        ("What changes?", "Which options were looked at?", "What if nothing is done?"),
    ),
    (
        "population",
        "The proposal",
        "Population and baseline",
        ("Who lives here?", "Who uses it today, and who does not?"),
    ),
    (
        "core20",
        "Matters across groups",
        "Core20PLUS5",
        ("The most deprived fifth", "Local PLUS groups", "Smoking"),
    ),
    (
        "reaching",
        "Matters across groups",
        "Digital and rural access",
        ("Who is left out?", "How far is it to go?"),
    ),
    (
        "engagement",
        "What people said",
        "Engagement",
        ("Who was asked, and how?", "What did they say?", "What changed?"),
    ),
    (
        "monitoring",
        "Afterwards",
        "Monitoring",
        ("How will it be known whether it works?", "Who will be told?"),
    ),
)


def _sections() -> list[SectionContent]:
    made = []
    for number, (code, part, title, questions) in enumerate(SECTIONS):
        answers = tuple(
            Answered(
                "options" if "options" in question else f"q{number}-{place}",
                question,
                (REASONS[(number + place) % 4], REASONS[place % 4]),
            )
            for place, question in enumerate(questions)
        )
        made.append(SectionContent(code, part, title, answers))
    return made


def large_record() -> DecisionRecord:
    """Return a realistic record of about 25 pages."""
    snapshot = replace(
        SMALL_SNAPSHOT,
        reference="EHIIA-2026-014",
        title="People and Communities Strategy 2027 to 2030",
        kind="Strategy or plan",
        summary=(
            "The strategy says how people take part in planning care for three years. It would let more "
            "people be heard, but it would shut some out if taking part moved online.\n\n"
            "Five mitigating actions bring the highest risk from very high to high. Three groups would still "
            "find it harder to take part, farm workers most of all. Four effects are not known yet."
        ),
        places=("North Alliance", "Coast Alliance", "West Alliance"),
        go_live_on=date(2027, 4, 1),
        version=3,
        contributors=(
            Person("Zofia Wiśniewska-Żółć", "Engagement lead"),
            Person("Aled Ŷnyr Davies", "Analyst"),
        ),
        route=(
            RouteStep(1, "Coast Alliance Committee", "Is consulted", date(2026, 11, 3), "CAC 26/41"),
            RouteStep(2, "Quality and Equality Committee", "Endorses", date(2026, 12, 9), "QEC 26/77"),
            RouteStep(3, "Integrated Care Board", "Decides", date(2027, 1, 21), "ICB 27/04"),
            RouteStep(4, "Integrated Care Partnership", "Ratifies", None),
        ),
        sections=(*_sections(), SectionContent("groups", "Groups", "A page for each group")),
        groups=tuple(
            GroupFindings(
                code,
                label,
                status,
                "No" if code in ("religion", "orientation") else "Yes" if place % 3 else "Don’t know yet",
                REASONS[place % 4],
                _impacts(place, code),
            )
            for place, (code, label, status) in enumerate(GROUPS)
        ),
        groups_left_out=("People who are homeless", "Sex workers", "People leaving prison"),
        evidence=tuple(
            Evidence(kind, title, publisher, year, REASONS[place % 4], strength)
            for place, (kind, title, publisher, year, strength) in enumerate(
                (
                    ("National statistics", "Census of population", "Statistics office", "2021", "Strong"),
                    (
                        "Local data",
                        "Who took part in the last two rounds",
                        "Elmshire Integrated Care Board",
                        "2026",
                        "Moderate",
                    ),
                    ("Engagement", "Sessions on the quay", "Harbour Mission", "2026", "Weak"),
                    (
                        "Research",
                        "What helps seasonal workers to be heard",
                        "University of Elmshire",
                        "2024",
                        "Moderate",
                    ),
                    ("Audit", "Practices that ask what people need", "Internal audit", "2025", "Strong"),
                )
            )
        ),
        mitigations=tuple(
            Mitigation(
                f"MIT-2026-{number + 20:03}",
                what,
                owner,
                date(2027, 3, 1) + timedelta(days=31 * number),
                "This group’s share of those who take part reaches its share of residents by March 2028.",
                in_place,
                "Unlikely × small: 4, medium",
                answers,
                kind=ActionKind.REDUCE.label,
                starts_on=date(2027, 1, 4),
                baseline="4% of those who take part, May 2026",
                target="11%, this group’s share of residents",
                data_source="Register of the engagement team",
                resources="Two days a week of a worker, and £4,000 a year",
                funding=Funding.ASKED.label,
                clause="Schedule 2, 4.1" if number == 1 else "",
            )
            for number, (what, owner, in_place, answers) in enumerate(
                (
                    (
                        "Paper, telephone and face-to-face stay open beside the website.",
                        "Zofia Wiśniewska-Żółć",
                        "Before it starts",
                        ("Disability: access", "Age: access"),
                    ),
                    (
                        "Sessions on the quay, set by tide and season.",
                        "Tom Ayers",
                        "When it starts",
                        ("Fishing communities in the ports: access",),
                    ),
                    (
                        "Sessions without employers, led by a community group, with interpreters.",
                        "Marta Kowalczyk",
                        "When it starts",
                        ("Migrant agricultural workers: access", "Migrant agricultural workers: experience"),
                    ),
                    (
                        "New wording of forms, tried with the people it is about.",
                        "Aled Ŷnyr Davies",
                        "Before it starts",
                        ("Gender reassignment: experience",),
                    ),
                    (
                        "A quiet room and a known person at every session.",
                        "Dr Ahmed Rahman",
                        "After it has started",
                        ("People with severe mental illness: access",),
                    ),
                )
            )
        ),
        conclusion="Change the proposal",
        conclusion_reasons=(
            Answered("c-aim", "What is it for?", (REASONS[3],)),
            Answered("c-alternatives", "Which alternatives were looked at?", (REASONS[1], REASONS[2])),
            Answered("c-proportion", "Is the harm that is left in proportion?", (REASONS[0],)),
        ),
        worst_before="Very high",
        worst_after="High",
    )
    passed = datetime(2027, 1, 22, 9, 30, tzinfo=UTC)
    decided = datetime(2027, 1, 25, 15, 41, 7, tzinfo=UTC)
    return record_of(
        snapshot,
        edition=2,
        supersedes="EHIIA-2026-014/1",
        reference="EHIIA-2026-014/2",
        status="In force, with conditions",
        demonstration=True,
        check=Check(
            "Ben Marsh",
            passed,
            True,
            "The paper reached the equality lead on the day before the meeting.",
            "The money for interpreters ends after March 2028, two years before the strategy does.",
            tuple(
                Answered(f"k{n}", title, (REASONS[n % 4],))
                for n, title in enumerate(("What is proposed", "Engagement"))
            ),
        ),
        decision=Decided(
            body="Integrated Care Board",
            outcome="with_conditions",
            outcome_label="Approved with conditions",
            meeting_on=date(2027, 1, 21),
            minute="ICB 27/04",
            reasons=REASONS[3] + "\n\n" + REASONS[1],
            conditions="The five mitigating actions are conditions.\nThe money for interpreters is found.",
            advice_followed=False,
            advice_not_followed_reason="The Board did not want to wait for the second round of sessions.",
            members_present=("Carol Reeve", "Dr Ahmed Rahman", "Priya Nair", "Tomasz Żółkiewski", "Rhŷs Ŵyn"),
            conflicts="Dr Ahmed Rahman owns a mitigating action and did not vote.",
            decided_by=Person("Carol Reeve", "Chair of the Board"),
            entered_by=Person("Sam Holt", "Committee secretary"),
            decided_at=decided,
        ),
        attestations=(
            Attestation(
                "Declared the assessment complete", "Amina Okafor", "Author", decided - timedelta(days=40), ""
            ),
            Attestation(
                "Agreed as accountable director",
                "Dr Siân Ŵyn-Łukasiewicz",
                "Director",
                decided - timedelta(days=38),
                "signed in again with a password",
            ),
            Attestation(
                "Passed the check", "Ben Marsh", "Equality lead", passed, "signed in again with a password"
            ),
            Attestation(
                "Read this version", "Carol Reeve", "Chair of the Board", decided - timedelta(minutes=20), ""
            ),
            Attestation(
                "Confirmed the decision of the meeting",
                "Carol Reeve",
                "Chair of the Board",
                decided,
                "signed in again with a password",
            ),
        ),
        duties=REASONS,
        review=ReviewPlan(
            date(2027, 10, 1),
            (
                Reason("review.high", "The worst risk left is high: six months after it starts."),
                Reason("review.conditions", "The decision has conditions that end in March 2028."),
            ),
        ),
    )
