"""An audit report as a logical document, in the manner of the decision record. Pure: no pages, no clock."""

from __future__ import annotations

from ehiia.documents.pdf import audited, words
from ehiia.documents.pdf.layout import lay_out_document
from ehiia.documents.pdf.structure import (
    ARCHIVE_FIELD,
    SEAL_FIELD,
    Attachment,
    Block,
    Chart,
    Column,
    Contents,
    Cover,
    Document,
    Fact,
    Heading,
    Items,
    KeyFacts,
    NewPage,
    Notice,
    Paragraph,
    Running,
    SignatureField,
    Table,
    Tone,
)
from ehiia.domain.audit_report import FILE, SCHEMA, AuditReport, Opinion
from ehiia.domain.auditing import Grade, Result
from ehiia.domain.decision import DEMONSTRATION, TIMES_OF_DEMONSTRATION

KIND = "Audit of what was promised in Equality and Health Inequalities Impact Assessments"


def lay_out_report(report: AuditReport) -> bytes:
    """Return the unsigned PDF of a report, with an empty field for the seal.

    The canonical JSON is attached as ``report.json``; the same report gives the same bytes.
    """
    return lay_out_document(report_document(report))


def report_document(report: AuditReport) -> Document:
    """Return the logical document of a report."""
    blocks: list[Block] = [
        *_cover(report),
        NewPage(),
        Contents(),
        NewPage(),
        *_in_short(report),
        *_opinions(report),
        *_sample(report),
        *audited.cases(report),
        *audited.findings(report),
        *_proof(report),
        *_seal(report),
    ]
    return Document(
        title=f"Audit report {report.reference}: {report.programme}, {report.period}",
        author=report.organisation,
        subject=KIND,
        language="en-GB",
        made_at=report.made_at,
        running=Running(
            report.organisation,
            f"Audit report {report.reference}",
            DEMONSTRATION if report.demonstration else f"Audit {report.audit}",
        ),
        fingerprint=report.digest(),
        blocks=tuple(blocks),
        attachments=(
            Attachment(
                FILE,
                "application/json",
                "The same report as data: canonical JSON in UTF-8",
                report.canonical().encode(),
            ),
        ),
    )


# -- cover and summary ------------------------------------------------------------------------------


def _cover(report: AuditReport) -> list[Block]:
    drawn = len(report.cases)
    blocks: list[Block] = [
        Cover(report.organisation, KIND, report.programme, f"Audit report, {report.period}"),
        audited.facts(
            "The audit at a glance",
            ("Report", report.reference),
            ("Replaces", report.replaces),
            ("Audit", report.audit),
            ("Programme", f"{report.programme} ({report.rhythm.lower()})"),
            ("Period", f"{words.day(report.first_on)} to {words.day(report.last_on)}"),
            ("Sample", f"{drawn - report.to_do} of {drawn} audited"),
            ("Findings", _by_grade(report)),
            (
                "Opinion on assurance",
                words.listed(_in_words(one) for one in report.opinions if not one.corrected_by)
                or "None was given",
            ),
            ("Prepared by", report.made_by.in_full),
            ("Prepared", words.moment(report.made_at)),
        ),
    ]
    if report.demonstration:
        blocks.append(Notice(DEMONSTRATION, (TIMES_OF_DEMONSTRATION,)))
    if report.to_do:
        left = words.count(report.to_do, "item of the sample has", "items of the sample have")
        blocks.append(
            Notice(
                "This is an interim report",
                (f"{words.sentence(left)} no verdict yet. What is said here may change.",),
            )
        )
    blocks.append(
        Paragraph(
            "Restricted assessments are neither in the frame of a sample nor in this report.", Tone.SMALL
        )
    )
    return blocks


def _by_grade(report: AuditReport) -> str:
    counted = ((grade, sum(one.grade == grade.label for one in report.findings)) for grade in Grade)
    said = words.listed(f"{number} {grade.label.lower()}" for grade, number in counted if number)
    return said or "None"


def _in_short(report: AuditReport) -> list[Block]:
    blocks: list[Block] = [Heading(1, "In short", "in-short")]
    verdicts = report.verdicts()
    if not verdicts:
        blocks.append(Paragraph("Nothing in the register fitted what this programme draws."))
        return blocks
    drawn = words.count(len(report.cases), "item was drawn", "items were drawn")
    said = words.listed(f"{number} “{verdict}”" for verdict, number in verdicts)
    blocks.append(
        Chart("What was found", f"{words.sentence(drawn)}: {said}.", "Verdict", ("Items",), _bars(verdicts))
    )
    results = report.results()
    if results:
        labels = [result.label for result in Result]
        fewest = min(of[Result.MET.label] for _, of in results)
        least = [f"“{title}”" for title, of in results if of[Result.MET.label] == fewest]
        which = words.listed(least) if len(least) < 4 else words.count(len(least), "check", "checks")
        blocks.append(
            Chart(
                "The checks",
                f"How often each check was met among the mitigating actions that were audited. Least often "
                f"met: {which}, {words.count(fewest, 'time', 'times')} of {results[0][1].total()}.",
                "Check",
                tuple(labels),
                tuple((title, tuple(of[label] for label in labels)) for title, of in results),
            )
        )
    if report.findings:
        grades = tuple(
            (grade.label, sum(one.grade == grade.label for one in report.findings)) for grade in Grade
        )
        blocks.append(
            Chart(
                "Findings by grade",
                f"{words.sentence(words.count(len(report.findings), 'finding', 'findings'))}: "
                f"{_by_grade(report)}.",
                "Grade",
                ("Findings",),
                _bars(grades),
            )
        )
    return blocks


def _bars(counted: tuple[tuple[str, int], ...]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((name, (number,)) for name, number in counted)


def _opinions(report: AuditReport) -> list[Block]:
    blocks: list[Block] = [
        Heading(1, "Opinion on assurance", "opinions"),
        Paragraph(
            ("" if report.opinions else "No opinion was given. ")
            + "An opinion on the whole way of assessing is another audit; only somebody without the duties "
            "of an equality lead gives it."
        ),
    ]
    for one in report.opinions:
        blocks += _opinion(one)
    return blocks


def _opinion(one: Opinion) -> list[Block]:
    return [
        Heading(2, f"{one.ref}: {_in_words(one)}", f"opinion-{one.ref}"),
        audited.facts(
            one.ref,
            ("Scope", one.scope),
            ("Design", _meant(one.design, one.design_means)),
            ("Reasons", one.design_reasons),
            ("Operation", _meant(one.operation, one.operation_means)),
            ("Reasons", one.operation_reasons),
            ("Rests on", one.rests_on),
            ("Not looked at", one.not_looked_at),
            ("Given by", f"{one.by}, {words.moment(one.at)}"),
            ("Takes the place of the one before it", one.correction),
            ("No longer stands", f"{one.corrected_by} took its place" if one.corrected_by else ""),
        ),
    ]


def _meant(word: str, meaning: str) -> str:
    return f"{words.ended(word)} {meaning}" if meaning else word


def _in_words(one: Opinion) -> str:
    return f"{one.design} (design), {one.operation} (operation)"


# -- the sample ------------------------------------------------------------------------------------


def _sample(report: AuditReport) -> list[Block]:
    blocks: list[Block] = [
        Heading(1, "How the sample was drawn", "sample"),
        Paragraph(
            "Nobody chose what was audited. Everything that could be drawn at the close of the period stands "
            "in the frame. The seed is the number and the hash of the last row of the history before the "
            "close, which nobody knew before. Each item gets the SHA-256 of the seed, a bar and its "
            "reference; of each pool the share of the rule is drawn, spread over its strata in proportion "
            "to their size, and within a stratum the smallest come first."
        ),
    ]
    for draw in report.draws:
        sequence, _, digest = draw.seed.partition(":")
        blocks += [
            Heading(2, f"Draw {draw.number}", f"draw-{draw.number}"),
            KeyFacts(
                f"Draw {draw.number}",
                (
                    Fact("Drawn", (f"{len(draw.drawn)} of {draw.could}",)),
                    Fact("When", (words.moment(draw.at),)),
                    Fact("By", (draw.by or "The service, on the day after the period",)),
                    *((Fact("Why again", (draw.reason,)),) if draw.reason else ()),
                    Fact("Rule", draw.rule),
                    Fact("Seed", (f"Row {sequence} of the history, with its hash", digest), exact=True),
                    Fact("Digest of the frame (SHA-256)", (draw.frame_sha256,), exact=True),
                    Fact("Frame in the pack", (draw.file,)),
                ),
            ),
        ]
        if not draw.whole:
            blocks.append(
                Notice(
                    "Lines are left out of the frame in the pack",
                    (
                        "An assessment was restricted since this draw. What is said of it is in neither "
                        "the pack nor this report, so this draw cannot be done again from the pack alone.",
                    ),
                )
            )
    return blocks


# -- proof --------------------------------------------------------------------------------------------


def _proof(report: AuditReport) -> list[Block]:
    rows = tuple(audited.row(one.name, one.what, one.sha256) for one in report.files)
    columns = (Column("File", 2.4), Column("What it holds", 2.4), Column("SHA-256", 4))
    blocks: list[Block] = [
        Heading(1, "How to check this report", "proof"),
        Paragraph(
            "This file carries the same report a second time, as data, in the attached file report.json. It "
            "names the digest of every file of the evidence pack, so that the one seal covers all of them."
        ),
        KeyFacts(
            "Where this report comes from",
            (
                Fact("Digest of report.json (SHA-256)", (report.digest(),), exact=True),
                Fact(
                    "Head of the history",
                    (f"Entry {report.history_sequence}", report.history_sha256),
                    exact=True,
                ),
                Fact("Layout of the data", (SCHEMA,)),
            ),
        ),
        Items(
            (
                "Is it intact? A PDF reader that shows signatures, or pdfsig, says whether anything was "
                "changed after sealing.",
                "Is it trusted? The seal rests on the organisation’s own certificate, which the "
                "organisation hands out. A PDF reader may not know it until it is trusted on your machine.",
                "Is the pack whole? “sha256sum --check manifest.sha256”, run in the folder of the pack, "
                "names every file that was changed.",
                "Is the sample what would be drawn? “flask audits verify” draws it again, and checks "
                "everything else that is said here. README.txt in the pack says how with ordinary tools.",
            ),
            numbered=True,
        ),
        Table("The files of the evidence pack", columns, rows),
    ]
    if report.records_missing:
        blocks.append(
            Paragraph("Not sealed yet, and so not in the pack: " + words.listed(report.records_missing) + ".")
        )
    blocks.append(
        Paragraph(
            "The times of signing are those of the organisation’s own clock; "
            "no outside authority stamped them.",
            Tone.SMALL,
        )
    )
    return blocks


def _seal(report: AuditReport) -> list[Block]:
    return [
        Heading(1, "Seal", "signatures"),
        Paragraph("The seal certifies the report as it was frozen."),
        SignatureField(
            SEAL_FIELD, f"Seal of {report.organisation}", "Seal of the organisation", report.organisation
        ),
        SignatureField(ARCHIVE_FIELD, "Archive time-stamp", "", "", visible=False),
    ]
