"""A form in Word given back: what it would change, and taking that over.

Nothing in a file changes an answer by itself. What stands in the file is kept
with the file; somebody looks at it question by question and takes what they
want. Three values tell what happened to an answer: the one the form was made
with, the one in the file, the one stored now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.documents.word import form as word
from ehiia.documents.word import read as reading
from ehiia.documents.word.form import Entered, Field, Found, NotReadable, digest_of, tag_of
from ehiia.domain.answers import Value
from ehiia.domain.vocabulary import Dimension, Permission, Word
from ehiia.services import answering, people, uploads
from ehiia.services.answered import answers_of
from ehiia.services.answering import Given, GivenImpact
from ehiia.services.sight import Seen, see
from ehiia.services.transaction import Invalid, NotFound, note, read, transaction
from ehiia.services.uploads import NotAccepted, Upload
from ehiia.services.word_form import NotMeant, Slot, meant, sheets_of
from ehiia.store.assessments import Assessment
from ehiia.store.uploads import WordUpload

__all__ = [
    "READY",
    "WORD",
    "Change",
    "Proposed",
    "State",
    "Taken",
    "give_back",
    "newest_of",
    "proposed",
    "take",
]

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class State(Word):
    """What happened to an answer between the form and now."""

    CHANGED = "changed", "Changed in Word", "It was changed in Word, and nobody changed it on the site."
    EMPTIED = "emptied", "Taken out in Word", "The answer was deleted in Word."
    BOTH = (
        "both",
        "Changed in both places",
        "It was changed in Word and, since the form was made, on the site.",
    )
    UNSURE = (
        "unsure",
        "Different",
        "It is not known which is newer: the file does not say what it was made from.",
    )
    NOT_MEANT = "not_meant", "Cannot be used", "What stands in Word cannot be an answer to this question."


READY = frozenset({State.CHANGED})
"""What is ticked beforehand: nobody's words are put aside by it."""


@dataclass(frozen=True)
class Change:
    """An answer that differs between the file and the assessment, in words."""

    key: str
    page: str
    label: str
    state: State
    now: str
    theirs: str
    trouble: str
    is_text: bool
    """Whether both are texts that can be compared word by word."""
    token: str
    """Stands for the answer that was shown as stored: it must still be so when the change is taken."""


@dataclass(frozen=True)
class Proposed:
    """What a file would change."""

    upload_id: int
    file_name: str
    by: str
    at: datetime
    ended_at: datetime | None
    taken: int
    changes: tuple[Change, ...]
    same: int
    """How many fields hold what is stored already, or were not touched in Word."""
    lost: int
    """How many fields of the assessment are not in the file; their answers stay."""
    homeless: tuple[str, ...]
    """Texts in fields that belong to no question which is asked now."""
    other: str
    """Reference of another assessment that the form was made for, or ""."""
    unsure: bool
    """The file does not say what it was made from."""


@dataclass(frozen=True)
class Taken:
    """What was taken over, and what had changed meanwhile and was left."""

    count: int
    meanwhile: int
    undid_pass: bool


# -- in ----------------------------------------------------------------------------------------------------


def give_back(ref: str, *, name: str, data: bytes, by: int, now: datetime) -> int:
    """Keep a file and what stands in it, and return its number; no answer changes.

    The same file given twice is kept once. Raises Invalid (field ``file``) with a sentence where the file
    is not taken or cannot be read as a form; NotFound, NotAllowed.
    """
    try:
        checked = uploads.check(Upload(name, data))
        if checked.media_type != WORD:
            raise Invalid(file="Choose a Word document, a file that ends in .docx")
        found = reading.read(data)
    except (NotAccepted, NotReadable) as refused:
        raise Invalid(file=str(refused)) from refused
    with transaction() as session:
        assessment = _writing(session, ref, by, now).assessment
        sha256 = uploads.keep(session, checked, by=by, now=now)
        same = session.scalar(
            select(WordUpload.id).where(
                WordUpload.assessment_id == assessment.id,
                WordUpload.file_sha256 == sha256,
                WordUpload.ended_at.is_(None),
            )
        )
        if same is not None:
            return same
        row = WordUpload(
            assessment_id=assessment.id,
            file_sha256=sha256,
            file_name=checked.name,
            content=asdict(found),
            by=by,
            at=now,
        )
        session.add(row)
        session.flush()
        _note(session, assessment, "word_given_back", by=by, now=now, file=row.file_name)
        return row.id


def newest_of(assessment_id: int, *, limit: int = 10) -> list[tuple[WordUpload, str]]:
    """Return the newest files that were given back, each with the name of who did."""
    rows = list(
        read().scalars(
            select(WordUpload)
            .where(WordUpload.assessment_id == assessment_id)
            .order_by(WordUpload.id.desc())
            .limit(limit)
        )
    )
    names = people.names({row.by for row in rows})
    return [(row, names.get(row.by, "")) for row in rows]


def proposed(seen: Seen, upload_id: int) -> Proposed:
    """Return what a file would change, question by question, as things are now. Raises NotFound."""
    assessment = seen.assessment
    row = _row(read(), assessment, upload_id)
    found = _found(row.content)
    slots = _slots(assessment)
    tags = {tag_of(slot.field.key): slot for slot in slots}
    other = found.reference if found.reference not in {"", assessment.ref} else ""
    changes = tuple(_changes(slots, found))
    return Proposed(
        upload_id=row.id,
        file_name=row.file_name,
        by=people.names({row.by}).get(row.by, ""),
        at=row.at,
        ended_at=row.ended_at,
        taken=row.taken,
        changes=() if other else changes,
        same=sum(tag in found.values for tag in tags) - len(changes),
        lost=sum(tag not in found.values for tag in tags),
        homeless=tuple(
            value
            for tag, value in found.values.items()
            if tag not in tags and value and isinstance(value, str)
        ),
        other=other,
        unsure=not found.made_from,
    )


def take(ref: str, upload_id: int, *, wanted: Mapping[str, str], done: bool, by: int, now: datetime) -> Taken:
    """Take these changes over into the assessment, all in one transaction.

    ``wanted``: key of a change -> its token. A change whose stored answer is no longer the one that was
    shown is left and counted. ``done``: the file is not needed any more. Raises NotFound, NotAllowed.
    """
    with transaction() as session:
        assessment = _writing(session, ref, by, now).assessment
        row = _row(session, assessment, upload_id, lock=True)
        found = _found(row.content)
        if found.reference not in {"", assessment.ref}:
            raise NotFound
        by_key = {slot.field.key: slot for slot in _slots(assessment)}
        open_ = {change.key: change for change in _changes(tuple(by_key.values()), found)}
        chosen = [
            key
            for key in wanted
            if key in open_ and open_[key].state is not State.NOT_MEANT and key in by_key
        ]
        kept = [key for key in chosen if open_[key].token == wanted[key]]
        undid = _save(session, assessment, [by_key[key] for key in kept], found, by=by, now=now)
        row.taken += len(kept)
        if done and row.ended_at is None:
            row.ended_at = now
        if kept or done:
            _note(session, assessment, "word_taken", by=by, now=now, file=row.file_name, answers=len(kept))
    return Taken(len(kept), len(chosen) - len(kept), undid)


# -- inside ------------------------------------------------------------------------------------------------


def _writing(session: Session, ref: str, by: int, now: datetime) -> Seen:
    actor = people.actor_of(by, today=day_of(now), session=session)
    return see(ref, Permission.WRITE, actor=actor, session=session, lock=True)


def _row(session: Session, assessment: Assessment, upload_id: int, *, lock: bool = False) -> WordUpload:
    row = session.get(WordUpload, upload_id, with_for_update=lock)
    if row is None or row.assessment_id != assessment.id:
        raise NotFound
    return row


def _note(
    session: Session, assessment: Assessment, verb: str, *, by: int, now: datetime, **body: Any
) -> None:
    subject = f"assessment:{assessment.id}"
    note(session, verb, organisation_id=assessment.organisation_id, subject=subject, by=by, at=now, **body)


def _slots(assessment: Assessment) -> tuple[Slot, ...]:
    answers = answers_of(read(), assessment)
    return tuple(slot for sheet in sheets_of(assessment, answers) for slot in sheet.slots)


def _found(content: Mapping[str, Any]) -> Found:
    values = {
        tag: tuple(value) if isinstance(value, list) else value for tag, value in content["values"].items()
    }
    return Found(content["reference"], content["question_set"], content["made_from"], values)


def _changes(slots: tuple[Slot, ...], found: Found) -> Iterator[Change]:
    for slot in slots:
        field, tag = slot.field, tag_of(slot.field.key)
        if tag not in found.values:
            continue
        theirs, now = found.values[tag], field.value
        made_from = found.made_from.get(tag, "")
        if digest_of(theirs) in {digest_of(now), made_from}:
            continue
        trouble = ""
        state = State.BOTH if made_from != digest_of(now) else State.CHANGED if theirs else State.EMPTIED
        if not made_from:
            state = State.UNSURE
        try:
            meant(slot, theirs)
        except NotMeant as refused:
            state, trouble = State.NOT_MEANT, f"{refused}."
        yield Change(
            key=field.key,
            page=slot.page,
            label=field.label,
            state=state,
            now=_words(field, now),
            theirs=_words(field, theirs),
            trouble=trouble,
            is_text=field.kind is word.FieldKind.TEXT,
            token=digest_of(now),
        )


def _words(field: Field, value: Entered) -> str:
    if isinstance(value, str):
        return value
    return "\n".join(choice.label for choice in field.choices if choice.id in value)


def _save(
    session: Session, assessment: Assessment, slots: list[Slot], found: Found, *, by: int, now: datetime
) -> bool:
    """Save what stands in the file for these fields; returns whether a pass was undone."""
    undid = False
    for subject in dict.fromkeys(slot.subject for slot in slots):
        mine = [slot for slot in slots if slot.subject == subject]
        saved = answering.save_into(
            session,
            assessment,
            subject=subject,
            answers=_answers(mine, found),
            impacts=_impacts(mine, found),
            by=by,
            now=now,
        )
        undid = undid or saved.undid_pass
    return undid


def _answers(slots: list[Slot], found: Found) -> dict[str, Given]:
    given: dict[str, Given] = {}
    for slot in slots:
        if slot.question is None:
            continue
        value = meant(slot, found.values[tag_of(slot.field.key)])
        if slot.part:
            known = given.get(slot.question.id)
            value = _effect(known.value if known else slot.stored, slot.part, value)
        given[slot.question.id] = Given(value, slot.revision)
    return given


def _effect(stored: Value, part: str, value: Value) -> Value:
    """Return an effect with one of its parts changed; None where nothing of it is left."""
    effect = {"direction": "", "reason": ""} | (stored if isinstance(stored, dict) else {})
    effect[part] = str(value or "")
    kept = {name: text for name, text in effect.items() if text or name in {"direction", "reason"}}
    return kept if any(kept.values()) else None


def _impacts(slots: list[Slot], found: Found) -> dict[Dimension, GivenImpact]:
    given: dict[Dimension, GivenImpact] = {}
    for slot in slots:
        if slot.dimension is None:
            continue
        known = given.get(slot.dimension)
        columns = dict(known.values if known else slot.stored)
        value = meant(slot, found.values[tag_of(slot.field.key)])
        columns[slot.part] = value if isinstance(value, int) else str(value or "") or None
        given[slot.dimension] = GivenImpact(columns, slot.revision)
    return given
