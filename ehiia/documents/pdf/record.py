"""A decision record as a logical document: every fact of it, in the order in which a board reads.

The first pure step of the PDF: no fonts, no pages, no clock. The chapters about
people are in ``findings``, those about the decision and its proof in ``judgement``.
"""

from __future__ import annotations

from ehiia.clock import day_of
from ehiia.documents.pdf import (
    findings,
    judgement,
    listening,
    places,
    promises,
    proof,
    published,
    resting,
    undecided,
    words,
)
from ehiia.documents.pdf.findings import NOT_ANSWERED
from ehiia.documents.pdf.structure import (
    Attachment,
    Block,
    Cell,
    Code,
    Column,
    Contents,
    Cover,
    Document,
    Fact,
    Heading,
    Items,
    KeyFacts,
    Line,
    NewPage,
    Notice,
    Paragraph,
    Running,
    Signatory,
    Table,
    Tone,
    numbered,
    section_numbers,
)
from ehiia.domain.decision import (
    DEMONSTRATION,
    TIMES_OF_DEMONSTRATION,
    UNDECIDED,
    Decided,
    DecisionRecord,
    digest,
)
from ehiia.domain.frozen import Answered, Snapshot
from ehiia.domain.glance import is_adverse

RECORD_FILE = "record.json"
"""Name of the attached canonical JSON."""

KIND = "Equality and Health Inequalities Impact Assessment"


def record_document(
    record: DecisionRecord,
    *,
    signatories: tuple[Signatory, ...] = (),
    address: str = "",
    text: str = "",
) -> Document:
    """Return the logical document of a decision record.

    ``signatories`` get a field each, in the given order, after the organisation's seal. ``address`` is
    that of the installation ("https://ehiia.example.nhs.uk"), "" where it is not known. ``text``: the
    canonical text as it was frozen, which may lack what later versions of this software add.
    """
    snapshot = record.snapshot
    canonical = text or record.canonical()
    sha256 = digest(canonical)
    before = _up_to_the_decision(record, address)
    after = _after_the_duties(record, signatories, address, sha256)
    numbers = section_numbers((*before, *judgement.duties(record, {}), *after))
    called = f"Decision record {record.reference}"
    if record.decision is None:
        called = f"{undecided.MARK}: {record.reference}"
    return Document(
        title=f"{called}: {snapshot.title}"
        if record.decision
        else f"{record.reference}: {snapshot.title}. {UNDECIDED}",
        author=snapshot.organisation,
        subject=KIND,
        language="en-GB",
        made_at=record.made_at,
        running=Running(
            snapshot.organisation,
            called,
            DEMONSTRATION if record.demonstration else f"Code {record.code}",
        ),
        fingerprint=sha256,
        blocks=numbered((*before, *judgement.duties(record, numbers), *after)),
        attachments=(
            Attachment(
                RECORD_FILE,
                "application/json",
                "The same record as data: canonical JSON in UTF-8",
                canonical.encode("utf-8"),
            ),
        ),
    )


def _up_to_the_decision(record: DecisionRecord, address: str) -> list[Block]:
    """Return the blocks before the duties, which point at the sections of all others."""
    snapshot = record.snapshot
    return [
        *_cover(record, address),
        NewPage(),
        Contents(),
        *published.chapter(record),
        *_in_short(record),
        *assessment(snapshot),
        *(judgement.conclusion_and_decision(record) if record.decision else undecided.conclusion(record)),
        *resting.accepted(record),
    ]


def assessment(snapshot: Snapshot) -> list[Block]:
    """Return the chapters of what was assessed, from the proposal to the mitigating actions."""
    return [
        *_proposal(snapshot),
        *findings.who(snapshot),
        *findings.matrix(snapshot),
        *findings.groups(snapshot),
        *findings.core20plus5(snapshot),
        *findings.other_sections(snapshot),
        *resting.sources(snapshot),
        *resting.gaps(snapshot),
        *listening.listening(snapshot),
        *promises.mitigations(snapshot),
    ]


def _after_the_duties(
    record: DecisionRecord, signatories: tuple[Signatory, ...], address: str, sha256: str
) -> list[Block]:
    """Return the blocks after the duties. ``sha256``: digest of the canonical text."""
    return [
        *judgement.check(record),
        *judgement.attestations(record),
        *judgement.review(record),
        *proof.origin(record),
        *proof.history(record),
        *proof.proof(record, address, sha256),
        *proof.signatures(record, signatories),
    ]


def _cover(record: DecisionRecord, address: str) -> list[Block]:
    snapshot, decision = record.snapshot, record.decision
    facts = [
        Fact("Record" if decision else "Edition", (record.reference,)),
        *(_decided(decision) if decision else undecided.facts(record)),
        Fact("Author’s conclusion", (snapshot.conclusion or "None given",)),
        Fact("Version", (f"Version {snapshot.version}, frozen {words.moment(snapshot.frozen_at)}",)),
    ]
    if decision:
        facts.append(Fact("Next review", (words.day(record.review.due_on),)))
    if record.edition > 1 or record.supersedes:
        replaced = f", replaces {record.supersedes}" if record.supersedes else ""
        made = "Record" if record.correction else "Decision"
        facts.insert(1, Fact("Edition", (f"{made} {record.edition}{replaced}",)))
    verdict = [decision.outcome_label if decision else undecided.VERDICT]
    if decision and record.status:
        verdict.append(f"Status on the day it was decided: {record.status[:1].lower()}{record.status[1:]}")
    blocks: list[Block] = [
        Cover(
            snapshot.organisation,
            KIND,
            snapshot.title,
            "Decision record" if decision else undecided.MARK,
            tuple(verdict),
        ),
        *published.notice(record),
        *judgement.correction_notice(record),
        KeyFacts("The decision at a glance" if decision else "The assessment at a glance", tuple(facts)),
        _code(record, address),
    ]
    if record.demonstration:
        blocks.append(Notice(DEMONSTRATION, (TIMES_OF_DEMONSTRATION,)))
    blocks += [Notice(one.title, one.text) for one in snapshot.circumstances]
    if record.check.late:
        blocks.append(judgement.late_notice(record))
    return blocks


def _decided(decision: Decided) -> list[Fact]:
    return [
        Fact("Decided by", (decision.body, words.person(decision.decided_by))),
        Fact("Date", (words.day(decision.meeting_on or day_of(decision.decided_at)),)),
    ]


def _code(record: DecisionRecord, address: str) -> Code:
    """Return the code of the cover, with the page that tells how this record stands today."""
    how = ["How to check that this file is genuine is explained in “How to check this record”."]
    if address:
        how.insert(0, f"Scan the squares, or type the code at {proof.verify_at(address)}")
    return Code(
        "The code of this record",
        words.in_fours(record.code),
        tuple(how),
        f"{proof.verify_at(address)}/{record.code}" if address else "",
        f"QR code: it opens the page that verifies this record, code {words.in_fours(record.code)}.",
    )


def _in_short(record: DecisionRecord) -> list[Block]:
    snapshot, decision = record.snapshot, record.decision
    affected = sum(1 for group in snapshot.groups if group.impacts)
    worse = sum(1 for group in snapshot.groups if is_adverse(group))
    promised = words.count(len(snapshot.mitigations), "mitigating action", "mitigating actions")
    points = [
        f"{words.sentence(words.count(len(snapshot.groups), 'group was', 'groups were'))} considered. "
        f"{words.sentence(words.count(affected, 'group could', 'groups could'))} be affected differently; "
        f"for {words.count(worse, 'group', 'groups')} something would be worse.",
        f"Worst single rating before mitigating actions: {snapshot.worst_before or 'none'}. "
        f"After them: {snapshot.worst_after or 'none'}.",
        f"{words.sentence(promised)} promised.",
    ]
    if decision is None:
        points.append(undecided.in_short(record))
    else:
        on = words.day(decision.meeting_on) if decision.meeting_on else words.moment(decision.decided_at)
        points.append(
            f"The author concluded: {snapshot.conclusion or 'nothing yet'}. "
            f"{decision.body} decided on {on}: {decision.outcome_label}."
        )
        if decision.conditions or decision.terms:
            points.append("The decision has conditions; they are in “The conclusion and the decision”.")
        points.append(
            f"It is looked at again on {words.day(record.review.due_on)}."
            if record.review.due_on
            else "No date was set for a review."
        )
    return [
        Heading(1, "In short", "in-short"),
        *findings.paragraphs(snapshot.summary or "No summary was written.", Tone.LEAD),
        Items(tuple(points)),
        *findings.elsewhere(snapshot),
    ]


def _proposal(snapshot: Snapshot) -> list[Block]:
    blocks: list[Block] = [
        Heading(1, "The proposal", "proposal"),
        KeyFacts(
            "The proposal",
            (
                Fact("Title", (snapshot.title,)),
                Fact("Assessment", (snapshot.reference,)),
                Fact("Kind", (snapshot.kind,)),
                Fact("Organisation", (f"{snapshot.organisation} ({snapshot.organisation_code})",)),
                Fact("Places", snapshot.places or ("None named",)),
                Fact("Goes live", (words.day(snapshot.go_live_on),)),
                Fact("Accountable director", (words.person(snapshot.director),)),
                Fact("Written by", findings.people(snapshot.authors)),
                Fact("Contributed", findings.people(snapshot.contributors)),
            ),
        ),
        *findings.told_in(snapshot, *places.PROPOSAL, without=places.OPTIONS),
        *_options(snapshot),
        Heading(2, "The route to the decision", "route"),
    ]
    if snapshot.route:
        blocks.append(
            Table(
                "Bodies on the route of this proposal, in order",
                (
                    Column("Body", 3),
                    Column("What it does", 1.4),
                    Column("Meeting", 2.3),
                    Column("Minute", 1.4),
                ),
                tuple(
                    (
                        Cell((Line(f"{step.position}. {step.body}"),)),
                        Cell((Line(step.part),)),
                        Cell((Line(words.day(step.meeting_on)),)),
                        Cell((Line(step.minute or "None given"),)),
                    )
                    for step in snapshot.route
                ),
            )
        )
    else:
        blocks.append(Paragraph("No route was recorded."))
    blocks += [
        Heading(2, "Why this assessment was made", "screening"),
        Paragraph(f"Result of the screening: {words.ended(snapshot.screening_result or 'not recorded')}"),
    ]
    if snapshot.screening_reasons:
        blocks.append(Items(tuple(findings.with_rule(reason) for reason in snapshot.screening_reasons)))
    if snapshot.screening:
        blocks.append(_screening(snapshot.screening))
    return blocks


def _screening(answers: tuple[Answered, ...]) -> Table:
    """Return the answers to the first questions side by side with them: most are a word."""
    return Table(
        "The first questions, which say whether an assessment is needed",
        (Column("Question", 3), Column("Answer", 2.4)),
        tuple(
            (
                Cell((Line(one.question),)),
                Cell(tuple(Line(text) for text in one.answer if text.strip()) or (Line(NOT_ANSWERED),)),
            )
            for one in answers
        ),
    )


def _options(snapshot: Snapshot) -> list[Block]:
    """Return which options were considered, doing nothing among them."""
    told = [
        answer
        for section in snapshot.sections
        if section.id in places.PROPOSAL
        for answer in section.answers
        if answer.question_id in places.OPTIONS
    ]
    return [Heading(2, "The options considered", "options"), *findings.answered(tuple(told))] if told else []
