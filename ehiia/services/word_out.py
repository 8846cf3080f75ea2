"""The assessment as a form in Word, with the answers so far or blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ehiia.documents.word import form as word
from ehiia.documents.word.form import Entered, Field, Form, Listed
from ehiia.domain.answers import Answers
from ehiia.services import mitigations, organisations, resting
from ehiia.services.answered import answers_of, question_set_of
from ehiia.services.sight import Seen
from ehiia.services.transaction import read
from ehiia.services.word_form import Sheet, sheets_of
from ehiia.store.assessments import Assessment


def form_of(seen: Seen, *, blank: bool, made_at: datetime, made_at_words: str) -> Form:
    """Return the assessment as a form for Word, with its answers or blank."""
    assessment = seen.assessment
    answers = answers_of(read(), assessment)
    sheets = sheets_of(assessment, answers)
    questions = question_set_of(assessment)
    return Form(
        reference=assessment.ref,
        title=assessment.title,
        organisation=organisations.get(assessment.organisation_id).name,
        question_set=f"{questions.id} {questions.version}",
        made_at=made_at,
        made_at_words=made_at_words,
        blank=blank,
        pages=tuple(_page(sheet, blank) for sheet in sheets),
        lists=() if blank else (_sources(answers), _actions(assessment)),
    )


def document_of(seen: Seen, *, blank: bool, made_at: datetime, made_at_words: str) -> bytes:
    """Return the form as a Word document."""
    # here, so that a process which never writes one does not carry python-docx and lxml
    from ehiia.documents.word import write as writing

    return writing.write(form_of(seen, blank=blank, made_at=made_at, made_at_words=made_at_words))


def _page(sheet: Sheet, blank: bool) -> word.Page:
    section = sheet.leaf.section
    fields = tuple(slot.field for slot in sheet.slots)
    if blank:
        fields = tuple(replace(field, value=_nothing(field)) for field in fields)
    return word.Page(section.part, sheet.leaf.title, section.intro, fields, sheet.heads)


def _nothing(field: Field) -> Entered:
    return () if field.kind is word.FieldKind.SEVERAL else ""


def _sources(answers: Answers) -> Listed:
    """Return the sources. A file travels: legal advice, which is privileged, is left out and counted."""
    rows = [
        (one.kind, one.title, ", ".join(filter(None, (one.publisher, one.year))), one.shows)
        for one in resting.sources(answers)
    ]
    if left_out := resting.left_out(answers):
        rows.append(("Legal advice", f"Privileged and left out here: {left_out}", "", ""))
    columns = ("Kind", "Title", "Publisher and year", "What it shows")
    return Listed("Evidence", columns, tuple(rows), "No source was added yet.")


def _actions(assessment: Assessment) -> Listed:
    rows = tuple(
        (
            row.ref,
            row.what,
            owner or row.outside_owner,
            f"{row.due_on.day} {row.due_on:%B %Y}" if row.due_on else "",
        )
        for row, owner, _ in mitigations.list_of(assessment.id)
    )
    empty = "No mitigating action was added yet."
    return Listed("Mitigating actions", ("Reference", "What will be done", "Owner", "Due"), rows, empty)
