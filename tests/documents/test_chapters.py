"""The parts of the record: each thing a board looks for has its place, its number and its picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ehiia.content import load
from ehiia.documents.pdf import places
from ehiia.documents.pdf.record import record_document
from ehiia.documents.pdf.structure import Block, Chart, Heading, Items, Paragraph, Table, texts
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.frozen import Answered, DutyShown, RatedEffect, RatedImpact, SectionContent
from ehiia.domain.reasons import Reason
from tests.documents.everything import IMPACT, full_record
from tests.documents.large import large_record
from tests.documents.records import record_of, small_record


def chapter(record: DecisionRecord, key: str) -> list[Block]:
    """Return the blocks beneath a heading, up to the next of its level."""
    blocks = list(record_document(record).blocks)
    start = next(n for n, one in enumerate(blocks) if isinstance(one, Heading) and one.key == key)
    level = blocks[start].level  # type: ignore[union-attr]
    beneath: list[Block] = []
    for one in blocks[start + 1 :]:
        if isinstance(one, Heading) and one.level <= level:
            break
        beneath.append(one)
    return beneath


def said(blocks: list[Block], record: DecisionRecord) -> str:
    """Return the texts of blocks."""
    return " | ".join(texts(replace(record_document(record), blocks=tuple(blocks))))


def charts(record: DecisionRecord) -> dict[str, Chart]:
    """Return the charts by their titles."""
    return {one.title: one for one in record_document(record).blocks if isinstance(one, Chart)}


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("in-short", "In short"),
        ("proposal", "The proposal"),
        ("options", "The options considered"),
        ("who", "Who is affected"),
        ("matrix", "The impacts at a glance"),
        ("groups", "What was found, group by group"),
        ("core20plus5", "Core20PLUS5"),
        ("evidence", "The evidence"),
        ("gaps", "What is not known"),
        ("said-and-did", "You said, we did"),
        ("mitigations", "Mitigating actions"),
        ("decision", "The conclusion and the decision"),
        ("duties", "The duties the decision was made under"),
        ("attestations", "Who put their name to it"),
        ("review", "Monitoring and review"),
        ("origin", "Who made this record, and from what"),
        ("history", "From the history"),
        ("proof", "How to check this record"),
        ("signatures", "Seal and signatures"),
    ],
)
def test_a_board_finds_each_part_in_the_contents(key: str, title: str) -> None:
    headings = {one.key: one for one in record_document(large_record()).blocks if isinstance(one, Heading)}
    assert headings[key].text.partition(" ")[2] == title
    assert headings[key].level <= 2


def test_chapters_and_sections_are_numbered_in_the_order_of_reading() -> None:
    headings = [one for one in record_document(large_record()).blocks if isinstance(one, Heading)]
    chapters = [one.text.partition(" ")[0] for one in headings if one.level == 1]
    assert chapters == [str(number) for number in range(1, len(chapters) + 1)]
    at = 0
    for one in headings:
        number = one.text.partition(" ")[0]
        if one.level == 1:
            at = int(number)
        elif one.level == 2:
            assert number.startswith(f"{at}.")


def test_every_section_named_for_a_chapter_is_one_of_the_question_set() -> None:
    assert {section.id for section in load.question_set("assessment").sections} >= places.PLACED
    asked = {one.id for section in load.question_set("assessment").sections for one in section.questions}
    assert asked >= set(places.OPTIONS)


def test_a_section_without_a_chapter_stands_with_the_other_answers() -> None:
    new = SectionContent("tides", "Later", "The tides", (Answered("t", "How high?", ("Four metres.",)),))
    record = record_of(replace(small_record().snapshot, sections=(new,)))
    assert "Four metres." in said(chapter(record, "sections"), record)


def test_every_answer_to_every_question_there_is_stands_in_the_record_once() -> None:
    sections = tuple(
        SectionContent(
            section.id,
            section.part,
            section.title,
            tuple(
                Answered(one.id, one.label, (f"Answer {section.id} {one.id}.",)) for one in section.questions
            ),
        )
        for section in load.question_set("assessment").sections
    )
    record = record_of(replace(small_record().snapshot, sections=sections))
    every = list(texts(record_document(record)))
    for section in sections:
        for answer in section.answers:
            assert every.count(answer.answer[0]) == 1, answer.answer


def test_the_options_stand_apart_and_only_once() -> None:
    record = large_record()
    everything = " | ".join(texts(record_document(record)))
    assert "Which options were looked at?" in said(chapter(record, "options"), record)
    assert everything.count("Which options were looked at?") == 1


def test_core20plus5_is_a_chapter_with_its_ratings_and_its_answers() -> None:
    section = SectionContent("adults", "", "Clinical areas", (Answered("cancer", "Cancer?", ("Late.",)),))
    effects = (
        RatedEffect("cancer", "Cancer screening", replace(IMPACT, dimension="")),
        RatedEffect("combined", "Disabled carers", replace(IMPACT, dimension="")),
    )
    record = record_of(replace(small_record().snapshot, sections=(section,), effects=effects))
    core20plus5 = said(chapter(record, "core20plus5"), record)
    assert "Cancer screening" in core20plus5
    assert "Late." in core20plus5
    assert "Disabled carers" not in core20plus5
    assert "Disabled carers" in said(chapter(record, "matrix"), record)


def test_a_version_that_was_not_asked_about_core20plus5_says_so() -> None:
    record = small_record()
    assert "no answers about Core20PLUS5" in said(chapter(record, "core20plus5"), record)


def test_what_people_said_stands_beside_what_was_done_and_public_comments_do_too() -> None:
    table = next(one for one in chapter(small_record(), "said-and-did") if isinstance(one, Table))
    assert [[line.text for cell in row for line in cell.lines] for row in table.rows] == [
        [
            "Engagement 1",
            "Tuesday 3 November 2026",
            "A telephone shuts us out.",
            "Text us.",
            "Booking by text stays.",
        ],
        [
            "Comment 1",
            "Healthwatch",
            "Friday 4 December 2026",
            "Why by telephone?",
            "It is one of three ways.",
        ],
    ]


def test_a_duty_points_at_the_sections_in_which_it_was_considered() -> None:
    shown = ("Disability: affected differently", "How does it work today?", "Engagement log: 1 entry")
    duty = DutyShown("psed", "The duty", "Law", True, Reason("DU-01", "It binds."), (), (), shown)
    record = record_of(replace(small_record().snapshot, duties=(duty,)))
    blocks = record_document(record).blocks
    number = {one.key: one.text.partition(" ")[0] for one in blocks if isinstance(one, Heading)}
    pointed = next(
        one.text for one in blocks if isinstance(one, Paragraph) and one.text.startswith("Shown in:")
    )
    assert pointed == (
        f"Shown in: Disability: affected differently ({number['group-1']}); "
        f"How does it work today? ({number['section-baseline']}); "
        f"Engagement log: 1 entry ({number['engagement-log']})"
    )


def test_risks_before_and_after_are_counted_by_rating_with_words_and_a_table() -> None:
    chart = charts(full_record())["Risks before and after mitigating actions"]
    assert chart.series == ("Very high", "Low")
    assert chart.bars == (("Before", (2, 0)), ("After", (0, 2)))
    assert chart.alternative == (
        "Two impacts make something worse. Rated very high, the highest there is here: "
        "2 before mitigating actions and 0 after them."
    )
    assert [[line.text for cell in row for line in cell.lines] for row in chart.table().rows] == [
        ["Before", "2", "0"],
        ["After", "0", "2"],
    ]


def test_an_impact_that_was_not_rated_is_counted_as_such() -> None:
    unrated = RatedImpact("Access", "worse", "Worse")
    snapshot = small_record().snapshot
    group = replace(snapshot.groups[0], impacts=(*snapshot.groups[0].impacts, unrated))
    chart = charts(record_of(replace(snapshot, groups=(group,))))["Risks before and after mitigating actions"]
    assert chart.series[-1] == "Not rated"
    assert [numbers[-1] for _, numbers in chart.bars] == [1, 1]


def test_mitigating_actions_are_counted_by_when_they_are_to_be_in_place() -> None:
    chart = charts(large_record())["When the mitigating actions are to be in place"]
    assert chart.bars == (
        ("Before it starts", (2,)),
        ("When it starts", (2,)),
        ("After it has started", (1,)),
    )
    assert chart.alternative == (
        "Of 5 mitigating actions: 2 before it starts, 2 when it starts and 1 after it has started."
    )
    assert "When the mitigating actions are to be in place" not in charts(small_record())


def test_which_way_the_impacts_go_is_counted_by_dimension_and_adds_up() -> None:
    chart = charts(large_record())["Which way the impacts go"]
    rated = [impact for group in large_record().snapshot.groups for impact in group.impacts]
    assert sum(sum(numbers) for _, numbers in chart.bars) == len(rated)
    assert {name for name, _ in chart.bars} == {impact.dimension for impact in rated}


def test_groups_that_were_heard_are_counted_where_there_are_several() -> None:
    reach = small_record().snapshot.reach[0]
    groups = (reach, replace(reach, label="Carers", steps=0), replace(reach, label="Race", worse=False))
    chart = charts(record_of(replace(small_record().snapshot, reach=groups)))["How many groups were heard"]
    assert chart.series == ("Heard", "Nobody heard yet")
    assert chart.bars == (("Groups that would be worse off", (1, 1)), ("Other groups", (1, 0)))
    assert chart.alternative == (
        "Somebody was heard from 1 of 2 groups that would be worse off and 1 of 1 other groups."
    )
    assert "How many groups were heard" not in charts(small_record())


def test_how_to_check_names_the_page_the_reader_and_the_command() -> None:
    blocks = chapter(small_record(), "proof")
    steps = " ".join(text for one in blocks if isinstance(one, Items) for text in one.items)
    for name in ("7QK2 M9XH 4TRB", "Reader", "pdfsig", "sha256sum record.json"):
        assert name in steps
