"""An audit report and its evidence pack. People, figures and events are invented, and never change."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from ehiia.content.auditing import checks
from ehiia.documents.pack.writing import Beside, data_files, frame_name, listed
from ehiia.domain import chain, sampling
from ehiia.domain.audit_report import (
    AuditedCase,
    AuditFinding,
    AuditReport,
    CheckResult,
    KeptDraw,
    LookedAgain,
    Opinion,
)
from ehiia.domain.auditing import Grade, Response, Result
from ehiia.domain.chain import Link, Told
from ehiia.domain.frozen import Person
from ehiia.domain.programmes import BEGINS_WITH, Rhythm
from ehiia.domain.sampling import Drawn, Frame, Item, Pool
from ehiia.domain.vocabulary import Verdict

ORGANISATION = "Elmshire Integrated Care Board"
MADE_AT = datetime(2027, 4, 30, 13, 5, 9, tzinfo=UTC)
AUDIT = "EHIIA-A2027-001"
SEEDED, LAST = 5, 12

PROMISES = (
    ("EHIIA-2026-007-M1", "Keep booking by text message and by post.", "Booking by telephone at Elm Street"),
    ("EHIIA-2026-009-M2", "A minibus from the harbour three times a day.", "Moving the walk-in centre"),
    ("EHIIA-2026-012-M1", "Interpreters at every first visit.", "One telephone line for maternity"),
    ("EHIIA-2026-012-M3", "A quiet room at each site.", "One telephone line for maternity"),
    ("EHIIA-2026-015-M1", "Easy-read letters.", "Reminders by text message"),
    ("EHIIA-2026-016-M1", "Evening clinics for shift workers.", "Fewer sites for blood tests"),
    ("EHIIA-2026-018-M2", "A named contact for carers.", "Discharge before noon"),
)


def example_frame() -> Frame:
    """Return everything that could be drawn."""
    pools = (Pool.OVERDUE_HIGH, *(Pool.COMPLETED,) * 6)
    items = (
        Item(pool, f"director-{number % 2 + 3}/{('age', 'disability', 'carers')[number % 3]}", ref)
        for number, (pool, (ref, _, _)) in enumerate(zip(pools, PROMISES, strict=True))
    )
    return Frame(BEGINS_WITH[Rhythm.QUARTERLY], tuple(items))


def example_history() -> tuple[Link, ...]:
    """Return a part of the history: the row of the seed and those after it; two are not for the reader."""
    began = datetime(2027, 3, 30, 9, 0, tzinfo=UTC)
    links: list[Link] = []
    prev, body = hashlib.sha256(b"what happened before").hexdigest(), "{}"
    for seq in range(SEEDED, LAST + 1):
        by: int | None = 1
        verb, subject, who, says = "answers_changed", "assessment:9", "Amina Okafor", "changed 2 answers"
        if seq == 6:
            seed = sampling.seed_of(links[-1].seq, links[-1].hash)
            drawn: dict[str, object] = {
                "run": AUDIT,
                "draw": 1,
                "number": len(sampling.draw(example_frame(), seed)),
                "seed": seed,
                "frame_sha256": sampling.digest(sampling.canonical(example_frame())),
                "reason": "",
            }
            body = json.dumps(drawn, sort_keys=True, separators=(",", ":"))
            verb, subject, who, by = "sample_drawn", "programme:1", "", None
            says = f"drew the sample of {AUDIT} (draw 1): {drawn['number']} items"
        elif seq > 8:
            body = json.dumps({"finding": f"EHIIA-F2027-00{1 + seq % 2}"}, separators=(",", ":"))
            verb, subject, who, by = "finding_raised", f"finding:{1 + seq % 2}", "Dev Patel", 4
            says = f"wrote the finding EHIIA-F2027-00{1 + seq % 2}"
        told = Told(
            1,
            (began + timedelta(days=seq)).isoformat(timespec="seconds"),
            by,
            verb,
            subject,
            body,
            hashlib.sha256(body.encode()).hexdigest(),
            prev,
            who,
            f"{who or 'The service'} {says}",
        )
        digest = chain.row_hash(
            organisation_id=1,
            seq=seq,
            at=told.at,
            by=by,
            verb=verb,
            subject=subject,
            body=told.body_sha256,
            prev=prev,
        )
        links.append(Link(seq, digest, None if seq in (7, 8) else told))
        prev = digest
    return tuple(links)


def example_beside(records: dict[str, bytes], root_pem: str) -> Beside:
    """Return what lies beside the report; records and certificate are given, for no two are the same."""
    return Beside((sampling.canonical(example_frame()),), example_history(), records, root_pem)


def _case(number: int, drawn: Drawn) -> AuditedCase:
    what, title = next((what, title) for ref, what, title in PROMISES if ref == drawn.item.ref)
    verdict = (Verdict.WORKING, Verdict.NOT_WORKING, Verdict.WORKING, Verdict.TOO_EARLY, Verdict.PARTLY)[
        number % 5
    ]
    results = [Result.MET] * 7 + [Result.PARTLY, Result.NOT_MET, Result.NOT_APPLICABLE, Result.MET]
    return AuditedCase(
        ref=drawn.item.ref,
        about=drawn.item.ref.rpartition("-")[0],
        title=title,
        what=what,
        pool=drawn.item.pool.label,
        draw=1,
        auditor="Dev Patel" if number % 2 else "Ivan Lindqvist-Ó Briain",
        state="Done",
        verdict=verdict.label,
        found="Went there on two mornings, asked at the desk, and read the figures of the first quarter.",
        risk="Unlikely, small: 4, low" if verdict is Verdict.WORKING else "Possible, moderate: 9, medium",
        done_at=datetime(2027, 4, 12 + number, 14, 20, tzinfo=UTC),
        checks=tuple(
            CheckResult(
                check.title,
                results[(place * 5 + number * 3) % 11].label,
                "The rota of March names who is there on each day, and the desk knew it.",
                "rota march.pdf" if place == 1 else "",
                hashlib.sha256(b"rota").hexdigest() if place == 1 else "",
            )
            for place, check in enumerate(checks())
        ),
    )


def example_report(beside: Beside | None = None) -> AuditReport:
    """Return the report; with the files beside it, where they are given."""
    frame = sampling.canonical(example_frame())
    history = example_history()
    seed = sampling.seed_of(history[0].seq, history[0].hash)
    drawn = sampling.draw(example_frame(), seed)
    cases = tuple(_case(number, one) for number, one in enumerate(drawn))
    report = AuditReport(
        reference="EHIIA-AUD-2027-01",
        organisation=ORGANISATION,
        organisation_code="elmshire",
        programme="Mitigating actions",
        rhythm=Rhythm.QUARTERLY.label,
        audit=AUDIT,
        period="January to March 2027",
        first_on=date(2027, 1, 1),
        last_on=date(2027, 3, 31),
        made_by=Person("Dev Patel", "Auditor"),
        made_at=MADE_AT,
        draws=(
            KeptDraw(
                1,
                datetime(2027, 4, 1, 4, 0, tzinfo=UTC),
                "",
                "",
                seed,
                tuple(f"{take.pool.label}: {take.words()}" for take in BEGINS_WITH[Rhythm.QUARTERLY]),
                len(example_frame().items),
                sampling.digest(frame),
                frame_name(1),
                True,
                tuple(one.item.ref for one in drawn),
            ),
        ),
        cases=cases,
        findings=(
            AuditFinding(
                ref="EHIIA-F2027-001",
                case=cases[1].ref,
                about=cases[1].about,
                title=cases[1].title,
                condition="What was promised runs, and the people it is for do not use it.",
                criterion="The decision says: used by at least 40 people a week.",
                cause="Nobody told them: the leaflet went out in English only.",
                effect="People who do not read English still wait longer.",
                recommendation="Tell them in the six languages most spoken here, and count again in July.",
                grade=Grade.HIGH.label,
                state="To be put right",
                raised_by="Dev Patel",
                raised_at=datetime(2027, 4, 14, 9, 0, tzinfo=UTC),
                answers="Daniel Osei",
                response=Response.ACCEPTED.label,
                response_words="The leaflet is being translated.",
                responded_by="Daniel Osei",
                responded_at=datetime(2027, 4, 20, 9, 0, tzinfo=UTC),
                owner="Helen Marsh",
                due_on=date(2027, 7, 31),
                followed="Partly put right",
                followed_words="Three of six languages are on the door.",
                followed_by="Ivan Lindqvist-Ó Briain",
                followed_at=datetime(2027, 4, 29, 9, 0, tzinfo=UTC),
                before=(
                    LookedAgain(
                        "Not put right",
                        "Nothing was there yet.",
                        "Dev Patel",
                        datetime(2027, 4, 26, 9, 0, tzinfo=UTC),
                    ),
                ),
            ),
            AuditFinding(
                ref="EHIIA-F2027-002",
                case="",
                about="",
                title="",
                condition="Two dates were put off without a reason that could be read.",
                criterion="",
                cause="",
                effect="",
                recommendation="Ask for a reason.",
                grade=Grade.LOW.label,
                state="Waits for an answer",
                raised_by="Dev Patel",
                raised_at=datetime(2027, 4, 21, 9, 0, tzinfo=UTC),
                answers="Ben Marsh",
                due_on=date(2027, 5, 21),
            ),
        ),
        files=(),
        history_sequence=history[-1].seq,
        history_sha256=history[-1].hash,
        opinions=(
            Opinion(
                ref="EHIIA-O2027-001",
                scope="All assessments that were decided in the quarter.",
                design="Substantial",
                design_means="It is sound.",
                design_reasons="What is to be done is clear, and who does it.",
                operation="Moderate",
                operation_means="Some of it is weak.",
                operation_reasons="It is done, and dates are put off too easily.",
                rests_on="The sample of this report and the checks of the register.",
                not_looked_at="How far the evidence is true.",
                by="Dev Patel",
                at=datetime(2027, 4, 29, 9, 0, tzinfo=UTC),
            ),
        ),
    )
    return replace(report, files=listed(data_files(report, beside))) if beside else report
