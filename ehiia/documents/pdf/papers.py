"""A pack of papers for a meeting as a logical document. Pure: no pages, no clock.

Each paper begins with what is asked and what weighs most, on a page or two; then the whole version follows,
chapter by chapter as its record will have it. Chapters are numbered paper by paper: 3.2 is in the third.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from ehiia.documents.pdf import findings, judgement, words
from ehiia.documents.pdf.layout import lay_out_document
from ehiia.documents.pdf.record import assessment
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
    Running,
    Table,
    Tone,
    numbered,
    section_numbers,
)
from ehiia.domain import paper
from ehiia.domain.decision import DEMONSTRATION, TIMES_OF_DEMONSTRATION, digest
from ehiia.domain.frozen import Snapshot
from ehiia.domain.meeting import FILE, NO_REFERENCE, MeetingPaper, PaperMark, PaperPack

KIND = "Equality and Health Inequalities Impact Assessments"


def lay_out_pack(pack: PaperPack) -> bytes:
    """Return the PDF of a pack; the same pack gives the same bytes."""
    return lay_out_document(pack_document(pack))


def pack_document(pack: PaperPack) -> Document:
    """Return the logical document of a pack: a list with marks, the five questions, then paper by paper."""
    meeting = f"{pack.body}, {words.day(pack.meeting_on)}"
    listed = json.dumps(_listed(pack), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    blocks: list[Block] = [
        *_cover(pack),
        NewPage(),
        Contents(levels=1),
        *_what_lies(pack),
        *_questions(),
        *_duties(pack),
    ]
    for number, one in enumerate(pack.papers, start=1):
        running = Running(
            f"Paper {number}: {one.snapshot.title}",
            DEMONSTRATION if pack.demonstration else meeting,
            _marked(one),
        )
        blocks += [NewPage(running), *_paper(number, one, pack)]
    return Document(
        title=f"Papers for {meeting}",
        author=pack.organisation,
        subject=KIND,
        language="en-GB",
        made_at=pack.made_at,
        running=Running(
            pack.organisation, meeting, DEMONSTRATION if pack.demonstration else f"Paper pack {pack.number}"
        ),
        fingerprint=digest(listed),
        blocks=tuple(blocks),
        attachments=(
            Attachment(FILE, "application/json", "The papers of this pack as data", listed.encode()),
        ),
        bookmarks_open=0,
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


def _duties(pack: PaperPack) -> list[Block]:
    """Return the duties once for all papers; each paper says where it shows them."""
    if not pack.duties:
        return []
    return [
        Heading(1, "The duties under which it is decided", "duties"),
        *(block for text in pack.duties for block in findings.paragraphs(text)),
    ]


def _marked(one: MeetingPaper) -> str:
    """Return the mark with the reference: it stands on each page of a paper."""
    return NO_REFERENCE if one.mark is PaperMark.DRAFT else f"{one.mark.label}: {_reference(one)}"


def _paper(number: int, one: MeetingPaper, pack: PaperPack) -> list[Block]:
    """Return a paper: its title, what is asked, its contents, and its chapters one level lower."""
    key, snapshot = f"paper-{number}", one.text
    blocks: list[Block] = [
        Heading(1, f"Paper {number}: {snapshot.title}", key),
        *_notices(one),
        *_asked(number, one, pack),
        Contents("In this paper", of=key),
    ]
    before = [*_in_short(snapshot), *_questioned(snapshot), *_left(snapshot), *_concluded(one)]
    chapters: list[Block] = [*before, *assessment(snapshot)]
    numbers = section_numbers(chapters, f"{number}.")
    if shown := judgement.duties_shown(snapshot, numbers, "this paper"):
        chapters += [
            Heading(1, "The duties", "duties"),
            Paragraph("What each duty asks is explained at the beginning of this pack.", Tone.SMALL),
            *shown,
        ]
    if watched := judgement.monitoring(snapshot):
        chapters += [Heading(1, "Monitoring and review", "review"), *watched]
    return blocks + _lower(numbered(chapters, f"{number}."), key)


def _lower(blocks: Iterable[Block], key: str) -> list[Block]:
    """Return the chapters one level lower, with keys of this paper."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            block = replace(block, level=block.level + 1, key=f"{key}-{block.key}")
        elif isinstance(block, Paragraph):
            block = replace(
                block, pointers=tuple((number, f"{key}-{other}") for number, other in block.pointers)
            )
        found.append(block)
    return found


def _notices(one: MeetingPaper) -> list[Block]:
    found: list[Block] = []
    if one.mark is PaperMark.DRAFT:
        found.append(Notice(NO_REFERENCE, (PaperMark.DRAFT.meaning,)))
    found += [Notice(told.title, told.text) for told in one.snapshot.circumstances]
    if one.late:
        passed = "It passed after the meeting. This stays in the record."
        found.append(Notice("The check was late", (passed,)))
    return found


def _asked(number: int, one: MeetingPaper, pack: PaperPack) -> list[Block]:
    """Return what is asked of the body, and by what it knows which version lies before it."""
    snapshot = one.snapshot
    facts = [
        Fact("Mark", (one.mark.label,)),
        Fact("Reference", (_reference(one),)),
        Fact("What is asked", (f"{pack.body}: {one.part}",)),
        Fact("Meeting", (words.day(pack.meeting_on),)),
        Fact("Goes live", (words.day(snapshot.go_live_on),)),
        Fact("Accountable director", (words.person(snapshot.director),)),
        Fact("Author’s conclusion", (snapshot.conclusion or "None given",)),
    ]
    if one.checked_by:
        when = f", {words.moment(one.checked_at)}" if one.checked_at else ""
        facts.append(Fact("Checked by", (f"{one.checked_by}{when}",)))
    if one.outcome:
        facts.append(Fact("Decided", (one.outcome,)))
    minutes = words.count(paper.minutes_to_read(snapshot), "minute", "minutes")
    facts.append(Fact("Time to read the whole", (f"About {minutes}",)))
    if one.sha256:
        facts.append(Fact("Digest of the version (SHA-256)", (one.sha256,), exact=True))
    blocks: list[Block] = [KeyFacts(f"Paper {number} at a glance", tuple(facts))]
    if snapshot.components:
        rows = tuple((Cell((Line(part.name),)), Cell((Line(part.what),))) for part in snapshot.components)
        columns = (Column("Part", 2), Column("What it is", 4))
        blocks.append(Table("Parts of the proposal that are decided one by one", columns, rows))
    return blocks


def _in_short(snapshot: Snapshot) -> list[Block]:
    return [
        Heading(1, "In short", "short"),
        *findings.paragraphs(snapshot.summary or "No summary was written.", Tone.LEAD),
        Paragraph(
            f"Worst single rating before mitigating actions: {snapshot.worst_before or 'none'}. "
            f"After them: {snapshot.worst_after or 'none'}."
        ),
        *findings.elsewhere(snapshot),
    ]


def _questioned(snapshot: Snapshot) -> list[Block]:
    blocks: list[Block] = [Heading(1, "What the assessment says to the five questions", "questions")]
    for asked in paper.challenges(snapshot):
        blocks.append(Paragraph(asked.question, Tone.QUESTION))
        said = [text for text in asked.found if text.strip()]
        blocks += [block for text in said for block in findings.paragraphs(text)]
        if not said:
            blocks.append(Paragraph("The assessment says nothing to this.", Tone.MISSING))
    return blocks


def _left(snapshot: Snapshot) -> list[Block]:
    """Return who would be worse off and what is not known, in plain words."""
    blocks: list[Block] = [Heading(1, "Risks left, in plain words", "left")]
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
            Heading(2, "Effects that are not known yet", "unknown"),
            Items(tuple(words.ended(f"{words.pair(gap.who, gap.respect)}: {gap.plan}") for gap in unknown)),
        ]
    return blocks


def _concluded(one: MeetingPaper) -> list[Block]:
    blocks: list[Block] = [
        Heading(1, "What the author concluded", "conclusion"),
        *judgement.concluded(one.text),
    ]
    if one.reservations:
        blocks.append(Notice("Reservation of the equality lead", (one.reservations,)))
    return blocks
