"""The chapters of the record about people: who is affected, how, and what is done about it."""

from __future__ import annotations

from ehiia.documents.pdf import charts, places, words
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Column,
    Heading,
    Items,
    Line,
    Mark,
    Matrix,
    Paragraph,
    Table,
    Tone,
)
from ehiia.domain.frozen import (
    Answered,
    GroupFindings,
    Person,
    RatedEffect,
    RatedImpact,
    SectionContent,
    Snapshot,
)
from ehiia.domain.glance import glance
from ehiia.domain.reasons import Reason
from ehiia.domain.vocabulary import Band, Dimension, Direction

NOT_ANSWERED = "Not answered"


def paragraphs(text: str, tone: Tone = Tone.BODY) -> list[Paragraph]:
    """Return a text as paragraphs: an empty line ends one, a single line end stays inside it."""
    parts = [part.strip("\n") for part in text.replace("\r\n", "\n").split("\n\n")]
    return [Paragraph(part, tone) for part in parts if part.strip()]


def answered(answers: tuple[Answered, ...]) -> list[Block]:
    """Return questions with their answers; a missing answer says so."""
    blocks: list[Block] = []
    for answer in answers:
        blocks.append(Paragraph(answer.question, Tone.QUESTION))
        said = [text for text in answer.answer if text.strip()]
        if not said:
            blocks.append(Paragraph(NOT_ANSWERED if answer.missing else "Left empty", Tone.MISSING))
        elif len(said) > 1 and all(len(text) < 120 and "\n" not in text for text in said):
            blocks.append(Items(tuple(said)))
        else:
            for text in said:
                blocks += paragraphs(text)
        blocks += rests_on(answer.sources)
    return blocks


def rests_on(numbers: tuple[int, ...], about: str = "") -> list[Block]:
    """Return on which sources something rests, by the numbers of the list at the end."""
    if not numbers:
        return []
    said = f"Sources: {' '.join(f'[{number}]' for number in numbers)}"
    return [Paragraph(f"{about}: {said[:1].lower()}{said[1:]}" if about else said, Tone.SMALL)]


def people(named: tuple[Person, ...]) -> tuple[str, ...]:
    """Return people with their roles, one a line."""
    return tuple(words.person(someone) for someone in named) or ("Nobody else",)


def with_rule(reason: Reason) -> str:
    """Return a reason with the id of its rule."""
    return f"{reason.text} (rule {reason.rule})"


def who(snapshot: Snapshot) -> list[Block]:
    """Return the chapter on the groups considered and those left out."""
    blocks: list[Block] = [Heading(1, "Who is affected", "who")]
    if snapshot.groups:
        blocks.append(
            Table(
                "Groups considered, why, and whether they could be affected differently",
                (Column("Group", 3), Column("Why it is considered", 2), Column("Affected differently", 1.6)),
                tuple(
                    (
                        Cell((Line(group.label),)),
                        Cell((Line(group.legal_status),)),
                        Cell((Line(group.affected or NOT_ANSWERED),)),
                    )
                    for group in snapshot.groups
                ),
            )
        )
    else:
        blocks.append(Paragraph("No groups were considered."))
    if snapshot.groups_left_out:
        blocks += [
            Heading(2, "Groups left out", "groups-left-out"),
            Paragraph("These groups were offered and not chosen for this proposal."),
            Items(snapshot.groups_left_out),
        ]
    return blocks + told_in(snapshot, *places.PEOPLE)


def matrix(snapshot: Snapshot) -> list[Block]:
    """Return the impact matrix: groups by dimensions, each rating before and after mitigating actions."""
    blocks: list[Block] = [Heading(1, "The impacts at a glance", "matrix")]
    found = glance(snapshot)
    rated = len(found.rated) + len(found.first_aim)
    worse = (
        f"Something would be worse for: {words.listed(found.worse)}."
        if found.worse
        else "Nobody would be worse off."
    )
    alternative = (
        f"{words.sentence(words.count(rated, 'group', 'groups'))} with impacts. {worse} "
        f"The worst single rating is {snapshot.worst_before or 'none'} before mitigating actions "
        f"and {snapshot.worst_after or 'none'} after them."
    )
    if found.rated:
        caption = "Impact matrix: groups by what is affected, before and after mitigating actions"
        blocks.append(Matrix(_grid(caption, found.rated, found.dimensions), alternative))
    elif rated:
        blocks.append(Paragraph(alternative))
    else:
        blocks.append(Paragraph("No impact was found for any group."))
    if found.first_aim:
        only = (Dimension.ELIMINATE.label,)
        blocks.append(_grid("Groups asked about discrimination only", found.first_aim, only))
    if found.not_affected:
        blocks.append(Paragraph(f"Not affected differently: {words.listed(found.not_affected)}."))
    if found.not_rated:
        blocks.append(Paragraph(f"Nothing was rated for: {words.listed(found.not_rated)}."))
    if others := tuple(one for one in found.effects if one not in of_core20plus5(snapshot)):
        blocks.append(_effects("Combinations of groups, and other questions", others))
    blocks += charts.impacts(snapshot)
    if snapshot.scale:
        scale = f"{snapshot.scale}, from 1 to {snapshot.highest_score}"
        said = f"Risks are likelihood times severity ({scale}). They are never averaged across groups."
        blocks.append(Paragraph(said, Tone.SMALL))
    return blocks


def of_core20plus5(snapshot: Snapshot) -> tuple[RatedEffect, ...]:
    """Return the rated answers of the sections on Core20PLUS5."""
    asked = {
        answer.question_id
        for section in snapshot.sections
        if section.id in places.CORE20PLUS5
        for answer in section.answers
    }
    return tuple(one for one in snapshot.effects if one.question_id in asked)


def core20plus5(snapshot: Snapshot) -> list[Block]:
    """Return the chapter on deprived areas, local groups and the clinical areas of Core20PLUS5."""
    blocks: list[Block] = [Heading(1, "Core20PLUS5", "core20plus5")]
    blocks.append(
        Paragraph(
            "NHS England’s approach to health inequalities: the most deprived fifth of the population, "
            "groups chosen locally, and clinical areas for adults and for children.",
            Tone.SMALL,
        )
    )
    if effects := of_core20plus5(snapshot):
        blocks.append(_effects("Areas of Core20PLUS5", effects))
    told = told_in(snapshot, *places.CORE20PLUS5)
    return [*blocks, *(told or [Paragraph("This version holds no answers about Core20PLUS5.")])]


def _effects(of: str, effects: tuple[RatedEffect, ...]) -> Table:
    """Return the answers to questions of one effect with their ratings."""
    return Table(
        f"{of}: which way, before and after mitigating actions",
        (Column("Area", 1.4), Column("Rating", 1.6), Column("Why we think so", 3)),
        tuple(
            (
                Cell((Line(effect.name),)),
                _rating(effect.impact),
                Cell((Line(effect.impact.reason or "Not said"),)),
            )
            for effect in effects
        ),
    )


def _grid(caption: str, groups: tuple[GroupFindings, ...], dimensions: tuple[str, ...]) -> Table:
    rows = []
    for group in groups:
        impacts = {impact.dimension: impact for impact in group.impacts}
        cells = [Cell((Line(group.label),))]
        for name in dimensions:
            cells.append(_rating(impacts[name]) if name in impacts else Cell((Line("Not asked"),)))
        rows.append(tuple(cells))
    return Table(caption, (Column("Group", 0.9), *(Column(name) for name in dimensions)), tuple(rows))


def _rating(impact: RatedImpact) -> Cell:
    lines = [Line(_direction(impact), _mark(impact.direction), strong=True)]
    if impact.score_before is not None:
        lines.append(
            Line(f"Before: {_band(impact.band_before, impact.score_before)}", _bars(impact.band_before))
        )
    if impact.score_after is not None:
        lines.append(Line(f"After: {_band(impact.band_after, impact.score_after)}", _bars(impact.band_after)))
    return Cell(tuple(lines))


def _direction(impact: RatedImpact) -> str:
    return impact.direction_label + (
        f", {impact.magnitude[:1].lower()}{impact.magnitude[1:]}" if impact.magnitude else ""
    )


def _band(label: str, score: int) -> str:
    return f"{label}\u00a0({score})" if label else str(score)


def _mark(direction: str) -> Mark | None:
    return next((mark for mark in Mark if mark.value == direction), None)


def _bars(band: str) -> Mark | None:
    word = next((word for word in Band if band in (word.label, word.value)), None)
    return Mark(word.value) if word else None


def _risk(direction: str, likelihood: str, severity: str, label: str, score: int | None) -> tuple[Line, ...]:
    if score is None:
        unrated: dict[str, str] = {
            Direction.UNKNOWN: "Not known yet",
            Direction.WORSE: "Not rated",
            Direction.MIXED: "Not rated",
        }
        return (Line(unrated.get(direction, "Nobody would be worse off")),)
    scale = f"{likelihood} × {severity[:1].lower()}{severity[1:]}" if likelihood else ""
    return (Line(_band(label, score), _bars(label), strong=True), *((Line(scale),) if scale else ()))


def groups(snapshot: Snapshot) -> list[Block]:
    """Return the findings, group by group."""
    if not snapshot.groups:
        return []
    blocks: list[Block] = [Heading(1, "What was found, group by group", "groups")]
    for number, group in enumerate(snapshot.groups, 1):
        blocks += [
            Heading(2, group.label, f"group-{number}"),
            Paragraph(
                f"{words.ended(group.legal_status)} Could these people be affected differently? "
                f"{words.ended(group.affected or NOT_ANSWERED)}"
            ),
            *paragraphs(group.reason),
            *rests_on(group.sources),
            *answered(group.answers),
        ]
        if group.impacts:
            blocks.append(_impacts(group))
        for impact in group.impacts:
            about = impact.dimension
            if impact.reason:
                blocks += [Paragraph(f"{about}: why we think so", Tone.QUESTION), *paragraphs(impact.reason)]
            if far := _how_far(impact):
                blocks.append(Paragraph(f"{about}: {far}", Tone.SMALL))
            blocks += rests_on(impact.sources, about)
            if impact.justification:
                blocks += [
                    Paragraph(f"{about}: why no mitigating action answers it", Tone.QUESTION),
                    *paragraphs(impact.justification),
                ]
    return blocks


def _how_far(impact: RatedImpact) -> str:
    """Return for how many, for how long and whether it could be undone, as a sentence, or ""."""
    said = (
        ("about how many", impact.number_affected),
        ("for how long", impact.duration),
        ("could it be undone", impact.reversible),
    )
    return "; ".join(f"{what}: {word[:1].lower()}{word[1:]}" for what, word in said if word)


def _impacts(group: GroupFindings) -> Table:
    rows = []
    for impact in group.impacts:
        confidence = (Line(f"Evidence: {impact.confidence}"),) if impact.confidence else ()
        way = impact.direction
        before = (impact.likelihood_before, impact.severity_before, impact.band_before, impact.score_before)
        after = (impact.likelihood_after, impact.severity_after, impact.band_after, impact.score_after)
        rows.append(
            (
                Cell((Line(impact.dimension),)),
                Cell((Line(_direction(impact), _mark(way), strong=True), *confidence)),
                Cell(_risk(way, *before)),
                Cell(_risk(way, *after)),
            )
        )
    return Table(
        f"Impacts on {group.label}",
        (
            Column("What", 1),
            Column("How", 1.6),
            Column("Before mitigating actions", 1.4),
            Column("After them", 1.4),
        ),
        tuple(rows),
    )


def told_in(snapshot: Snapshot, *ids: str, without: tuple[str, ...] = (), more: str = "") -> list[Block]:
    """Return sections by their ids, with their questions and answers.

    ``without`` some questions; ``more``: what the title of a section is followed by.
    """
    blocks: list[Block] = []
    for section in snapshot.sections:
        if section.id in ids:
            answers = tuple(one for one in section.answers if one.question_id not in without)
            blocks += _section(section, answers, more)
    return blocks


def _section(section: SectionContent, answers: tuple[Answered, ...], more: str = "") -> list[Block]:
    if not answers:
        return []
    return [Heading(2, f"{section.title}{more}", f"section-{section.id}"), *answered(answers)]


def other_sections(snapshot: Snapshot) -> list[Block]:
    """Return the sections that have no place in another chapter, and name those without questions."""
    others = [section for section in snapshot.sections if section.id not in places.PLACED]
    without = [section.title for section in snapshot.sections if not section.answers]
    told = [block for section in others for block in _section(section, section.answers)]
    if not told and not without:
        return []
    blocks: list[Block] = [Heading(1, "Other questions and answers", "sections"), *told]
    if without:
        blocks.append(
            Paragraph(f"Sections without questions of their own: {words.listed(without)}.", Tone.SMALL)
        )
    return blocks


def elsewhere(snapshot: Snapshot) -> list[Block]:
    """Return where other assessments of the proposal are kept: quality, data protection and others."""
    if not snapshot.elsewhere:
        return []
    told = tuple(f"{one.kind}: {one.label}, {one.address}" for one in snapshot.elsewhere)
    return [Paragraph("Other assessments of this proposal are kept elsewhere:"), Items(told)]
