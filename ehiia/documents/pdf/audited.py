"""What was audited and what was found, for the audit report."""

from __future__ import annotations

from ehiia.clock import day_of
from ehiia.documents.pdf import words
from ehiia.documents.pdf.structure import (
    Block,
    Cell,
    Column,
    Fact,
    Heading,
    KeyFacts,
    Line,
    Paragraph,
    Table,
)
from ehiia.domain.audit_report import AuditedCase, AuditFinding, AuditReport


def facts(title: str, *facts: tuple[str, str]) -> KeyFacts:
    """Return names and values, without those that have none."""
    return KeyFacts(title, tuple(Fact(name, (value,)) for name, value in facts if value))


def row(*texts: str) -> tuple[Cell, ...]:
    """Return a row of cells with one line each."""
    return tuple(Cell((Line(text),) if text else ()) for text in texts)


# -- what was audited ------------------------------------------------------------------------------


def cases(report: AuditReport) -> list[Block]:
    """Return the sample as a table, and each item with its checks."""
    if not report.cases:
        return []
    rows = tuple(row(case.ref, case.pool, case.auditor, case.verdict or case.state) for case in report.cases)
    columns = (
        Column("Item", 3),
        Column("Why it was drawn", 3),
        Column("Audited by", 2),
        Column("Verdict", 2),
    )
    blocks: list[Block] = [
        Heading(1, "What was audited", "audited"),
        Table("The sample", columns, rows),
    ]
    for case in report.cases:
        blocks += _case(case)
    return blocks


def _case(case: AuditedCase) -> list[Block]:
    blocks: list[Block] = [
        Heading(2, f"{case.ref}: {case.verdict or case.state}", f"case-{case.ref}"),
        facts(
            case.ref,
            ("Mitigating action", case.what),
            ("Assessment", f"{case.about}, {case.title}"),
            ("Audited by", case.auditor or "Nobody yet"),
            ("Audited", words.moment(case.done_at) if case.done_at else ""),
            ("What was seen", case.found),
            ("Risk left", case.risk),
        ),
    ]
    if case.done and case.checks:
        rows = tuple(
            (
                *row(f"{number}. {check.title}", check.result),
                Cell(tuple(Line(text) for text in (check.words, _file(check.file_name)) if text)),
            )
            for number, check in enumerate(case.checks, start=1)
        )
        columns = (Column("Check", 3), Column("Result", 1.3), Column("What was looked at and seen", 5))
        blocks.append(Table(f"The checks of {case.ref}", columns, rows))
    return blocks


def _file(name: str) -> str:
    return f"File: {name}" if name else ""


# -- findings ---------------------------------------------------------------------------------------


def findings(report: AuditReport) -> list[Block]:
    """Return each finding with its answer and what was seen since."""
    blocks: list[Block] = [Heading(1, "Findings", "findings")]
    if not report.findings:
        blocks.append(Paragraph("Nothing was found that has to be put right."))
    for one in report.findings:
        blocks += [
            Heading(2, f"{one.ref}: {one.grade.lower()}", f"finding-{one.ref}"),
            facts(one.ref, *_words_of(one), *_answer_of(one)),
        ]
    return blocks


def _words_of(one: AuditFinding) -> list[tuple[str, str]]:
    return [
        ("About", words.pair(one.case or one.about, one.title) or "The way of assessing"),
        ("What was seen", one.condition),
        ("What should be", one.criterion),
        ("Why it is so", one.cause),
        ("What comes of it", one.effect),
        ("Recommended", one.recommendation),
        ("Written by", f"{one.raised_by}, {words.day(day_of(one.raised_at))}"),
        ("State", one.state),
    ]


def _answer_of(one: AuditFinding) -> list[tuple[str, str]]:
    if not one.response:
        by = f", by {words.day(one.due_on)}" if one.due_on else ""
        return [("Answer", f"None yet; {one.answers} is asked for one{by}")]
    answered = words.day(day_of(one.responded_at)) if one.responded_at else ""
    said = [
        ("Answer", words.ended(one.response) + (f" {one.response_words}" if one.response_words else "")),
        ("Answered by", words.pair(one.responded_by, answered)),
        ("Accepts the risk", one.risk_taken_by),
        ("Puts it right", words.pair(one.owner, f"by {words.day(one.due_on)}" if one.due_on else "")),
    ]
    for look in one.before:
        seen = words.pair(look.by, words.day(day_of(look.at)))
        said.append(("Looked at again", f"{words.ended(look.result)} {look.words} ({seen})"))
    if one.followed:
        seen = words.day(day_of(one.followed_at)) if one.followed_at else ""
        said.append(("Looked at again", f"{words.ended(one.followed)} {one.followed_words}".strip()))
        said.append(("Looked at by", words.pair(one.followed_by, seen)))
    return said
