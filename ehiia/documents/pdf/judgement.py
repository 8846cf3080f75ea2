"""The chapters of the record about the judgement: decision, check, duties, attestations, review."""

from __future__ import annotations

from collections.abc import Mapping

from ehiia.documents.pdf import checked, places, words
from ehiia.documents.pdf.findings import answered, paragraphs, told_in, with_rule
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Column,
    Fact,
    Heading,
    Items,
    KeyFacts,
    Line,
    Notice,
    Paragraph,
    Table,
    Tone,
)
from ehiia.domain.decision import Decided, DecisionRecord
from ehiia.domain.frozen import Snapshot


def late_notice(record: DecisionRecord) -> Notice:
    """Return the notice that the check passed after the date of the meeting."""
    text = [
        "The equality lead passed the assessment after the date of the meeting. This stays on the record."
    ]
    if record.check.late_note.strip():
        text.append(record.check.late_note)
    return Notice("The check was late", tuple(text))


def correction_notice(record: DecisionRecord) -> list[Block]:
    """Return what this record corrects in an earlier one, and why; nothing where it corrects none."""
    made = record.correction
    if made is None:
        return []
    said = (
        f"Corrected: {'; '.join(made.facts)}.",
        made.reason,
        f"By {words.person(made.by)}, {words.moment(made.at)}. What was decided did not change.",
    )
    return [Notice(f"This record corrects {made.corrects}", said)]


def conclusion_and_decision(record: DecisionRecord) -> list[Block]:
    """Return the author's conclusion and the body's decision, two facts side by side."""
    snapshot, decision = record.snapshot, record.decided
    facts = [
        Fact("Decision", (decision.outcome_label,)),
        Fact("Made by", (decision.body,)),
        Fact("Decision-maker", (words.person(decision.decided_by),)),
        Fact("Meeting", (words.day(decision.meeting_on, none="No meeting: decided by one person"),)),
        Fact("Minute", (decision.minute or "None given",)),
        Fact("Members present", decision.members_present or ("None listed",)),
        Fact("Conflicts of interest", (decision.conflicts or "None recorded",)),
        Fact("Entered by", (words.person(decision.entered_by, none="Entered by the decision-maker"),)),
        Fact("Decided at", (words.moment(decision.decided_at),)),
        Fact("Author’s advice", ("Followed" if decision.advice_followed else "Not followed",)),
    ]
    blocks: list[Block] = [
        Heading(1, "The conclusion and the decision", "decision"),
        Paragraph("They are two facts: what the author concluded, and what the body decided."),
        Heading(2, "What the author concluded", "conclusion"),
        *concluded(snapshot),
        Heading(2, "What the body decided", "decided"),
        KeyFacts("The decision", tuple(facts)),
        Heading(3, "Reasons", "decision-reasons"),
        *(paragraphs(decision.reasons) or [Paragraph("No reasons were given.", Tone.MISSING)]),
    ]
    blocks += _parts(record) + _conditions(decision) + _awaited(decision) + _moved(decision)
    if decision.reconsidered.strip():
        blocks += [
            Heading(3, "Whether it was thought over again", "reconsidered"),
            *paragraphs(decision.reconsidered),
        ]
    if not decision.advice_followed or decision.advice_not_followed_reason.strip():
        blocks += [
            Heading(3, "Why the advice was not followed", "advice"),
            *(
                paragraphs(decision.advice_not_followed_reason)
                or [Paragraph("No reason was given.", Tone.MISSING)]
            ),
        ]
    return blocks


def concluded(snapshot: Snapshot) -> list[Block]:
    """Return the author's conclusion with its reasons."""
    return [
        KeyFacts("The author’s conclusion", (Fact("Conclusion", (snapshot.conclusion or "None given",)),)),
        *answered(snapshot.conclusion_reasons),
    ]


def _parts(record: DecisionRecord) -> list[Block]:
    """Return what was decided of each part of the proposal, where it has several."""
    if not record.decided.parts:
        return []
    what = {one.name: one.what for one in record.snapshot.components}
    rows = tuple(
        (
            Cell(tuple(Line(text) for text in (part.name, what.get(part.name, "")) if text)),
            Cell((Line(part.outcome_label),)),
            Cell((Line(part.reason),)),
        )
        for part in record.decided.parts
    )
    columns = (Column("Part", 2.2), Column("Decided", 1.6), Column("Why", 3.2))
    return [
        Heading(3, "Part by part", "decision-parts"),
        Table("What was decided of each part of the proposal", columns, rows),
    ]


def _conditions(decision: Decided) -> list[Block]:
    if not decision.terms and not decision.conditions.strip():
        return []
    blocks: list[Block] = [Heading(3, "Conditions", "decision-conditions")]
    if decision.terms:
        rows = tuple(
            (Cell((Line(one.what),)), Cell((Line(one.owner),)), Cell((Line(words.day(one.due_on)),)))
            for one in decision.terms
        )
        columns = (Column("What must be done", 3.4), Column("Who sees to it", 2), Column("By when", 1.6))
        blocks.append(Table("Conditions, each with an owner and a date", columns, rows))
    return blocks + paragraphs(decision.conditions)


def _awaited(decision: Decided) -> list[Block]:
    if not decision.awaited.strip():
        return []
    return [
        Heading(3, "What is awaited", "decision-awaited"),
        *paragraphs(decision.awaited),
        Paragraph(f"Until {words.day(decision.awaited_until)}."),
    ]


def _moved(decision: Decided) -> list[Block]:
    """Return the days of the meeting that were moved after they had passed."""
    if not decision.meetings_moved:
        return []
    unknown = "a day that was not known"
    told = tuple(
        f"From {words.day(one.from_on)} to {words.day(one.to_on, none=unknown)}, "
        f"by {one.by} on {words.moment(one.at)}: {one.reason}"
        for one in decision.meetings_moved
    )
    return [Heading(3, "The meeting was moved after its day had passed", "meeting-moved"), Items(told)]


def check(record: DecisionRecord) -> list[Block]:
    """Return the chapter on the quality check; a late one says so first."""
    done = record.check
    blocks: list[Block] = [Heading(1, "The check", "check")]
    if done.late:
        blocks.append(late_notice(record))
    elif done.late_note.strip():
        blocks += paragraphs(done.late_note)
    blocks.append(
        KeyFacts(
            "The check",
            (
                Fact("Checked by", (done.checked_by,)),
                Fact("Passed", (words.moment(done.passed_at),)),
                Fact(
                    "In time for the meeting",
                    ("No: it passed after the date of the meeting" if done.late else "Yes",),
                ),
            ),
        )
    )
    blocks.append(Heading(2, "Reservations", "reservations"))
    blocks += paragraphs(done.reservations) or [Paragraph("None.")]
    if done.sections:
        blocks += [Heading(2, "Section by section", "check-sections"), *answered(done.sections)]
    return blocks + checked.scores(done) + checked.explained(done) + checked.comments(done)


def duties(record: DecisionRecord, numbers: Mapping[str, str]) -> list[Block]:
    """Return the explanation of the duties, as the decision-maker was shown it, and where each is shown.

    ``numbers``: those of the sections of this record by the keys of their headings.
    """
    return [
        Heading(1, "The duties the decision was made under", "duties"),
        Paragraph(
            "The decision-maker was shown this explanation before deciding."
            if record.decision
            else "The decision-maker is shown this explanation before deciding.",
            Tone.SMALL,
        ),
        *(block for text in record.duties for block in paragraphs(text)),
        *duties_shown(record.snapshot, numbers, "this record"),
    ]


def duties_shown(snapshot: Snapshot, numbers: Mapping[str, str], of: str) -> list[Block]:
    """Return where an assessment shows each duty, by the ``numbers`` of the sections ``of`` this document."""
    keys = places.keys_of(snapshot)
    blocks: list[Block] = []
    if snapshot.duties:
        blocks += [
            Heading(2, "Where the assessment shows each duty", "duties-shown"),
            Paragraph(f"The numbers in brackets are those of the sections of {of}.", Tone.SMALL),
        ]
    engaged = [one for one in snapshot.duties if one.engaged]
    for number, duty in enumerate(engaged, start=1):
        blocks += [
            Heading(3, duty.title, f"duty-{number}"),
            Paragraph(f"{duty.law}. {duty.reason.text} {duty.reason.rule}", Tone.SMALL),
        ]
        for title, items, tone in (
            ("Answered in short:", duty.answered, Tone.BODY),
            ("Missing answer:", duty.not_answered, Tone.MISSING),
            ("Shown in:", duty.shown, Tone.SMALL),
            ("Not shown:", duty.not_shown, Tone.MISSING),
        ):
            if items:
                said, pointers = places.pointed(items, keys, numbers)
                blocks.append(Paragraph(f"{title} {said}", tone, pointers))
        if duty.note:
            blocks.append(Paragraph(duty.note, Tone.SMALL))
    others = [one for one in snapshot.duties if not one.engaged]
    if others:
        blocks += [
            Heading(3, "Not engaged", "duties-not-engaged"),
            Items(tuple(f"{one.title} ({one.law}): {one.reason.text} {one.reason.rule}" for one in others)),
        ]
    return blocks + told_in(snapshot, *places.DUTIES)


def attestations(record: DecisionRecord) -> list[Block]:
    """Return who put their name to what, when, and how they proved who they were."""
    blocks: list[Block] = [Heading(1, "Who put their name to it", "attestations")]
    if not record.attestations:
        blocks.append(Paragraph("Nobody attested anything."))
        return blocks
    blocks.append(
        Table(
            "Attestations in the order in which they were made",
            (
                Column("What", 2),
                Column("Who", 2),
                Column("When", 1.8),
                Column("How they proved who they are", 1.8),
            ),
            tuple(
                (
                    Cell((Line(act.what),)),
                    Cell(tuple(Line(text) for text in (act.person, act.role) if text)),
                    Cell((Line(words.moment(act.at)),)),
                    Cell((Line(words.sentence(act.method) or "Signed in as usual"),)),
                )
                for act in record.attestations
            ),
        )
    )
    return blocks


def review(record: DecisionRecord) -> list[Block]:
    """Return when the decision is looked at again, and the rules that say so."""
    blocks: list[Block] = [
        Heading(1, "Monitoring and review", "review"),
        *monitoring(record.snapshot),
    ]
    if record.decision is None:
        return [*blocks, Paragraph("A day for the review is set when it is decided.")]
    blocks += [
        Heading(2, "The next review", "next-review"),
        KeyFacts("The next review", (Fact("Due", (words.day(record.review.due_on),)),)),
    ]
    if record.review.reasons:
        blocks.append(Items(tuple(with_rule(reason) for reason in record.review.reasons)))
    return blocks


def monitoring(snapshot: Snapshot) -> list[Block]:
    """Return how the author will see what comes of it."""
    return told_in(snapshot, *places.AFTERWARDS, more=places.ASKED)
