"""A pack of papers for a meeting as a logical document. Pure: no pages, no clock."""

from __future__ import annotations

import json

from ehiia.documents.pdf import findings, words
from ehiia.documents.pdf.layout import lay_out_document
from ehiia.documents.pdf.structure import (
    Attachment,
    Block,
    Cell,
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
    Table,
    Tone,
)
from ehiia.domain import paper
from ehiia.domain.decision import DEMONSTRATION, TIMES_OF_DEMONSTRATION, digest
from ehiia.domain.meeting import FILE, MeetingPaper, PaperMark, PaperPack

KIND = "Equality and Health Inequalities Impact Assessments"
NO_REFERENCE = "Draft: no valid reference"


def lay_out_pack(pack: PaperPack) -> bytes:
    """Return the PDF of a pack; the same pack gives the same bytes."""
    return lay_out_document(pack_document(pack))


def pack_document(pack: PaperPack) -> Document:
    """Return the logical document of a pack: a list with marks, the five questions, then paper by paper."""
    on = words.day(pack.meeting_on)
    listed = json.dumps(_listed(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    blocks: list[Block] = [
        *_cover(pack),
        NewPage(),
        Contents(),
        *_what_lies(pack),
        *_questions(),
    ]
    for number, one in enumerate(pack.papers, start=1):
        blocks += [NewPage(), *_paper(number, one)]
    return Document(
        title=f"Papers for {pack.body}, {on}",
        author=pack.organisation,
        subject=KIND,
        language="en-GB",
        made_at=pack.made_at,
        running_left=pack.organisation,
        running_right=f"{pack.body}, {on}",
        running_foot=DEMONSTRATION if pack.demonstration else f"Paper pack {pack.number}",
        fingerprint=digest(listed),
        blocks=tuple(blocks),
        attachments=(
            Attachment(FILE, "application/json", "The papers of this pack as data", listed.encode()),
        ),
    )


def _listed(pack: PaperPack) -> dict[str, object]:
    return {
        "type": "PaperPack",
        "organisation": pack.organisation,
        "body": pack.body,
        "meeting_on": pack.meeting_on.isoformat(),
        "number": pack.number,
        "made_by": pack.made_by,
        "made_at": pack.made_at.isoformat(),
        "papers": [
            {
                "title": one.snapshot.title,
                "mark": one.mark.value,
                "reference": "" if one.mark is PaperMark.DRAFT else one.snapshot.reference,
                "version": one.snapshot.version,
                "sha256": one.sha256,
                "record": one.record,
            }
            for one in pack.papers
        ],
    }


def _cover(pack: PaperPack) -> list[Block]:
    marks = [
        words.sentence(f"{words.count(number, 'paper', 'papers')}: {mark.label}")
        for mark in PaperMark
        if (number := sum(one.mark is mark for one in pack.papers))
    ]
    blocks: list[Block] = [
        Cover(pack.organisation, KIND, f"Papers for {pack.body}", f"Meeting of {words.day(pack.meeting_on)}"),
        KeyFacts(
            "The meeting at a glance",
            (
                Fact("Body", (pack.body,)),
                Fact("Meeting", (words.day(pack.meeting_on),)),
                Fact("In this pack", tuple(marks)),
                Fact("Pack", (f"Number {pack.number} for this meeting",)),
                Fact("Put together", (f"{pack.made_by}, {words.moment(pack.made_at)}",)),
            ),
        ),
    ]
    if pack.demonstration:
        blocks.append(Notice(DEMONSTRATION, (TIMES_OF_DEMONSTRATION,)))
    blocks.append(
        Paragraph(
            "Whoever reads a paper here can say so in the system: “I read it in the paper pack”. The digest "
            "of each version says which text lay before the meeting.",
            Tone.SMALL,
        )
    )
    return blocks


def _what_lies(pack: PaperPack) -> list[Block]:
    return [
        Heading(1, "What lies before the meeting", "papers"),
        Table(
            "The papers of this meeting, with the mark of each",
            (
                Column("Paper", 3),
                Column("Reference", 1.8),
                Column("Mark", 1.5),
                Column("Asked of the body", 1.2),
            ),
            tuple(
                (
                    Cell((Line(f"{number}. {one.snapshot.title}"),)),
                    Cell((Line(_reference(one)),)),
                    Cell((Line(one.mark.label, strong=True),)),
                    Cell((Line(one.part),)),
                )
                for number, one in enumerate(pack.papers, start=1)
            ),
        ),
        KeyFacts("What the marks mean", tuple(Fact(mark.label, (mark.meaning,)) for mark in PaperMark)),
    ]


def _reference(one: MeetingPaper) -> str:
    if one.mark is PaperMark.DRAFT:
        return NO_REFERENCE
    return one.record or f"{one.snapshot.reference}, version {one.snapshot.version}"


def _questions() -> list[Block]:
    return [
        Heading(1, "Five questions to ask of every paper", "questions"),
        KeyFacts(
            "The questions, and where to look",
            tuple(Fact(question, (look,)) for question, look in paper.QUESTIONS),
        ),
    ]


def _paper(number: int, one: MeetingPaper) -> list[Block]:
    snapshot, key = one.snapshot, f"paper-{number}"
    facts = [
        Fact("Mark", (one.mark.label,)),
        Fact("Reference", (_reference(one),)),
        Fact("Asked of the body", (one.part,)),
        Fact("Goes live", (words.day(snapshot.go_live_on),)),
        Fact("Accountable director", (words.person(snapshot.director),)),
        Fact("Author’s conclusion", (snapshot.conclusion or "None given",)),
        Fact(
            "Worst single rating",
            (
                f"{snapshot.worst_before or 'none'} before mitigating actions, "
                f"{snapshot.worst_after or 'none'} after them",
            ),
        ),
    ]
    if one.checked_by:
        facts.append(Fact("Checked by", (one.checked_by,)))
    if one.outcome:
        facts.append(Fact("Decided", (one.outcome,)))
    if one.sha256:
        facts.append(Fact("Digest of the version (SHA-256)", (one.sha256,), exact=True))
    blocks: list[Block] = [Heading(1, f"{number}. {snapshot.title}", key)]
    if one.mark is PaperMark.DRAFT:
        blocks.append(Notice(NO_REFERENCE, (PaperMark.DRAFT.meaning,)))
    blocks += [Notice(told.title, told.text) for told in snapshot.circumstances]
    if one.late:
        blocks.append(
            Notice("The check was late", ("It passed after the meeting. This stays in the record.",))
        )
    blocks += [
        KeyFacts(f"Paper {number} at a glance", tuple(facts)),
        Heading(2, "In short", f"{key}-short"),
        *findings.paragraphs(snapshot.summary or "No summary was written.", Tone.LEAD),
        Heading(2, "What the assessment says to the five questions", f"{key}-questions"),
    ]
    for asked in paper.challenges(snapshot):
        blocks.append(Paragraph(asked.question, Tone.QUESTION))
        said = [text for text in asked.found if text.strip()]
        blocks += [block for text in said for block in findings.paragraphs(text)]
        if not said:
            blocks.append(Paragraph("The assessment says nothing to this.", Tone.MISSING))
    blocks += _glance(one, key)
    blocks += _left(one, key)
    if one.reservations:
        blocks.append(Notice("Reservation of the equality lead", (one.reservations,)))
    return blocks


def _glance(one: MeetingPaper, key: str) -> list[Block]:
    """Return the matrix of the record, one level lower and with keys of this paper."""
    return [
        Heading(min(block.level + 1, 3), block.text, f"{key}-{block.key}")
        if isinstance(block, Heading)
        else block
        for block in findings.matrix(one.snapshot)
    ]


def _left(one: MeetingPaper, key: str) -> list[Block]:
    snapshot = one.snapshot
    blocks: list[Block] = [Heading(2, "Risks left, in plain words", f"{key}-left")]
    harms = paper.harms(snapshot)
    if harms:
        blocks.append(
            Items(
                tuple(
                    words.ended(
                        f"{words.pair(harm.who, harm.respect)}: {harm.direction}. {words.ended(harm.reason)} "
                        f"After action: {harm.after or 'not rated'}"
                    )
                    for harm in harms
                )
            )
        )
    else:
        blocks.append(Paragraph("The assessment finds nobody who would be worse off."))
    unknown = paper.not_known(snapshot)
    if unknown:
        blocks += [
            Heading(2, "What is not known yet", f"{key}-unknown"),
            Items(tuple(words.ended(f"{words.pair(gap.who, gap.respect)}: {gap.plan}") for gap in unknown)),
        ]
    blocks.append(Heading(2, "What is promised", f"{key}-promised"))
    if snapshot.mitigations:
        blocks.append(
            Table(
                f"Mitigating actions of “{snapshot.title}”",
                (Column("Action", 3.4), Column("Owner", 1.5), Column("Due", 1.5)),
                tuple(
                    (
                        Cell(tuple(Line(text) for text in (action.ref, action.what) if text)),
                        Cell((Line(action.owner or "Nobody named"),)),
                        Cell((Line(words.day(action.due_on)),)),
                    )
                    for action in snapshot.mitigations
                ),
            )
        )
    else:
        blocks.append(Paragraph("No mitigating action was promised."))
    return blocks
