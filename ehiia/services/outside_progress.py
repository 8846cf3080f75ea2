"""What an owner outside adds to their action by a link: progress notes, figures, and asking for another date.

By the same rules as an owner here. They read what they said themselves and the
answers to it, and nobody else's words; figures are of the groups that the action
is for, so that a link names no other group of the assessment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ehiia.domain.mitigating import Asking
from ehiia.domain.readings import Reading
from ehiia.services import action_dates, action_progress, date_history, readings
from ehiia.services.action_progress import Note
from ehiia.services.date_history import Change
from ehiia.services.mitigation_sight import links_of
from ehiia.services.outside import OpenLink, saying
from ehiia.services.transaction import Invalid, read, transaction
from ehiia.services.uploads import Upload
from ehiia.store.answers import MitigationRow
from ehiia.store.assessments import Assessment

__all__ = [
    "Dates",
    "ask_date",
    "dates_of",
    "groups_of",
    "measure",
    "note",
    "notes_of",
    "readings_of",
    "take_date_back",
]


@dataclass(frozen=True)
class Dates:
    """What an owner outside reads of the dates of their action."""

    own: tuple[Change, ...]
    """The dates that they asked for, the newest first."""
    waiting: bool
    """Whether a request waits for an answer, theirs or somebody else's."""
    may_ask: bool

    @property
    def own_waiting(self) -> Change | None:
        """Their own request that waits, or None."""
        return next((one for one in self.own if one.waits), None)


def dates_of(found: OpenLink) -> Dates:
    """Return what is read of the dates by a link that opens."""
    row = read().get_one(MitigationRow, found.mitigation_id)
    changes = date_history.changes_of(row.id)
    own = [one for one in changes[::-1] if one.by_id is None and one.by == found.name]
    waiting = any(one.waits for one in changes)
    decided = action_dates.settled(read().get_one(Assessment, found.assessment_id), row)
    return Dates(tuple(own), waiting, decided and not waiting)


def ask_date(text: str, *, to_on: date | None, reason: str, revision: int, now: datetime) -> Asking:
    """Ask by a link for another date; return MADE, or ASKED where it needs an approval first.

    Raises Invalid by field, NotFound, Refused, Stale where the action was changed since it was read.
    """
    with transaction() as session:
        found, _, action = saying(session, text, now)
        return action_dates.ask(
            action.ref, to_on=to_on, reason=reason, revision=revision, by=None, named=found.name, now=now
        )


def take_date_back(text: str, change_id: int, *, now: datetime) -> None:
    """Take one's own request for another date back. Raises NotAllowed, NotFound, Refused."""
    with transaction() as session:
        found, _, action = saying(session, text, now)
        action_dates.take_back(action.ref, change_id, by=None, named=found.name, now=now)


def notes_of(found: OpenLink) -> list[Note]:
    """Return the progress notes of this owner outside, newest first."""
    return action_progress.notes_of(found.mitigation_id, outside=found.name)


def note(text: str, *, words: str, proof: Upload | None, now: datetime) -> None:
    """Note by a link what was done. Raises Invalid by field (text, proof), NotFound, Refused."""
    with transaction() as session:
        found, _, action = saying(session, text, now)
        action_progress.add(action.ref, text=words, proof=proof, by=None, named=found.name, now=now)


def groups_of(found: OpenLink) -> dict[str, str]:
    """Return the groups that a figure may be of, those the action is for: code -> label."""
    meant = {subject for subject, _ in links_of(found.mitigation_id)}
    every = readings.groups_of(found.assessment_id)
    return {code: label for code, label in every.items() if code in meant}


def readings_of(found: OpenLink) -> list[Reading]:
    """Return the figures of this owner outside as they were entered."""
    return readings.readings_of(found.mitigation_id, outside=found.name)


def measure(
    text: str, *, measured_on: date | None, subject: str, value: float | None, note_text: str, now: datetime
) -> None:
    """Give a figure by a link, of everybody or of a group that the action is for.

    Raises Invalid by field (measured_on, subject, value, note), NotFound, Refused.
    """
    with transaction() as session:
        found, _, action = saying(session, text, now)
        if subject and subject not in groups_of(found):
            raise Invalid(subject="Choose a group from the list")
        readings.add(
            action.ref,
            measured_on=measured_on,
            subject=subject,
            value=value,
            note_text=note_text,
            by=None,
            named=found.name,
            now=now,
        )
