"""A key that leaked: what that means for what was made with it, and looking at what was made since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from ehiia.clock import day_of
from ehiia.documents.pdf import words
from ehiia.domain.access import Actor
from ehiia.services import people
from ehiia.services.audit_reports import Handed
from ehiia.services.editions import KeptEdition
from ehiia.services.keys import LONGEST
from ehiia.services.people import must_administer
from ehiia.services.recorded import KeptRecord
from ehiia.services.transaction import Invalid, NotFound, note, note_on, read, transaction
from ehiia.store import leaked
from ehiia.store.assessments import Assessment
from ehiia.store.leaked import KeyLook, Made
from ehiia.store.visible import known_in

__all__ = ["Since", "Unsafe", "look", "made_since", "of_kept", "of_report"]

Step = tuple[tuple[str, ...], datetime]
"""For what purposes keys made a step of a file, and when (UTC)."""


@dataclass(frozen=True)
class Unsafe:
    """A key with which a file that the register knows was made is not safe; all moments in UTC."""

    steps: tuple[tuple[datetime, datetime | None], ...]
    """When each step was made, and since when its key is not safe; None where nothing is known against it."""
    looked_at: datetime | None = None
    """When an administrator had looked at what was made since then."""

    @property
    def after(self) -> datetime | None:
        """When the first step was made whose key was not safe any more; None where all are older."""
        return next((at for at, since in self.steps if since is not None and at >= since), None)

    @property
    def doubtful(self) -> bool:
        """Whether it was made when somebody else may have had the key, and nobody has looked at it."""
        return self.after is not None and self.looked_at is None

    @property
    def since(self) -> datetime:
        """Since when a key is not safe: the one that tells most."""
        telling = [(at, since) for at, since in self.steps if since is not None]
        return min(
            (since for at, since in telling if at >= since), default=min(since for _, since in telling)
        )

    def words(self) -> str:
        """Say what it means for this file."""
        since = (
            f"A key of the organisation was reported unsafe since {words.moment(self.since)}: somebody else "
            "may have it."
        )
        if self.after is None:
            made = words.moment(self.steps[-1][0])
            return (
                f"{since} This file was made with it before that, {made}, and has been in our register ever "
                "since, so it is as it was. Do not rely on other files of that key."
            )
        made = f"{since} This file was made with it after that, {words.moment(self.after)}."
        if self.looked_at is None:
            return (
                f"{made} It is in our register, but look at it: ask the organisation whether it stands by it."
            )
        return f"{made} The organisation looked at it, {words.moment(self.looked_at)}, and stands by it."


def _of_steps(organisation_id: int, ref: str, steps: Sequence[Step]) -> Unsafe | None:
    """Return what leaked keys mean for a file of an organisation; None where none of its keys leaked."""
    session = read()
    leaks = leaked.leaks(session, organisation_id)
    found = [
        [one for one in leaks if any(one.made(purpose, at) for purpose in purposes)] for purposes, at in steps
    ]
    concerned = [one for ones in found for one in ones]
    if not concerned:
        return None
    after = [
        one.key_id for (_, at), ones in zip(steps, found, strict=True) for one in ones if at >= one.since
    ]
    known = leaked.looks(session, concerned, ref) if after else {}
    looked = [known[key_id, ref][0].at if (key_id, ref) in known else None for key_id in after]
    return Unsafe(
        tuple(
            (at, min((one.since for one in ones), default=None))
            for (_, at), ones in zip(steps, found, strict=True)
        ),
        max((at for at in looked if at is not None), default=None) if None not in looked else None,
    )


def of_kept(kept: KeptRecord | KeptEdition, *, up_to: int = 0) -> Unsafe | None:
    """Return what leaked keys mean for a record or an edition; ``up_to``: the step meant, 0 for all."""
    steps = [
        (leaked.purposes_of(file), file.signed_at) for file in kept.files if not up_to or file.step <= up_to
    ]
    return _of_steps(kept.row.organisation_id, kept.row.ref, steps)


def of_report(report: Handed) -> Unsafe | None:
    """Return what leaked keys mean for an audit report."""
    return _of_steps(report.organisation_id, report.ref, [((leaked.SEAL,), report.sealed_at)])


# -- what was made since -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Since:
    """A record, edition or report of which a part was made with a key after it had leaked."""

    ref: str
    kind: str
    """record, edition or report."""
    at: datetime
    """When the first such part was made (UTC)."""
    assessment_ref: str
    title: str
    look: KeyLook | None
    """Who looked at it last; None where there is a key for which nobody did."""
    looked_by: str


def made_since(organisation_id: int, *, actor: Actor | None) -> tuple[Since, ...]:
    """Return what was made with keys of an organisation after they had leaked; what is to be looked at first.

    ``actor``: the administrator, who is told of no assessment that is restricted and not theirs; None is the
    command line, which is told of all. Five queries at most.
    """
    session = read()
    leaks = leaked.leaks(session, organisation_id)
    if not leaks:
        return ()
    known = leaked.looks(session, leaks)
    grouped: dict[tuple[str, str], list[Made]] = {}
    for one in leaked.made_since(session, organisation_id, leaks, _known(organisation_id, actor)):
        grouped.setdefault((one.kind, one.ref), []).append(one)
    found = []
    for (kind, ref), made in grouped.items():
        looks = [known.get((one.key_id, ref)) for one in made]
        done = max((one for one in looks if one is not None), key=lambda one: one[0].at, default=None)
        whole = None if None in looks else done
        assessment = made[0].assessment
        found.append(
            Since(
                ref,
                kind,
                min(one.at for one in made),
                assessment.ref if assessment else "",
                assessment.title if assessment else "",
                whole[0] if whole else None,
                whole[1] if whole else "",
            )
        )
    return tuple(sorted(found, key=lambda one: (one.look is not None, one.at, one.ref)))


def _known(organisation_id: int, actor: Actor | None) -> ColumnElement[bool]:
    if actor is None:
        return Assessment.organisation_id == organisation_id
    return known_in(organisation_id, actor.person_id, holds_post=True)


def look(organisation_id: int, ref: str, *, found: str, by: int, now: datetime) -> None:
    """Note that an administrator looked at something that was made with a key after it had leaked.

    Doing it again changes nothing. Raises Invalid, NotAllowed, NotFound.
    """
    found = found.strip()
    if not found:
        raise Invalid(found="Enter what you compared and what you found; it is kept with the key")
    if len(found) > LONGEST:
        raise Invalid(found=f"This must be {LONGEST:,} characters or fewer")
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        actor = people.actor_of(by, today=day_of(now), session=session)
        leaks = leaked.leaks(session, organisation_id)
        made = [
            one
            for one in leaked.made_since(session, organisation_id, leaks, _known(organisation_id, actor))
            if one.ref == ref
        ]
        if not made:
            raise NotFound
        known = leaked.looks(session, leaks, ref)
        fresh = {one.key_id for one in made} - {key_id for key_id, _ in known}
        if not fresh:
            return
        session.add_all(
            KeyLook(signing_key_id=one, ref=ref, found=found, by=by, at=now) for one in sorted(fresh)
        )
        session.flush()
        if (assessment := made[0].assessment) is not None:
            note_on(session, assessment, "key_looked", by=by, at=now, ref=ref, found=found)
        else:
            subject = f"organisation:{organisation_id}"
            note(
                session,
                "key_looked",
                organisation_id=organisation_id,
                subject=subject,
                by=by,
                at=now,
                ref=ref,
                found=found,
            )
