"""Plays the stories in time order through the services, as the people in them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from ehiia import clock
from ehiia.content.organisation import organisation_file
from ehiia.demonstration.acts import ACTS
from ehiia.demonstration.stage import Stage
from ehiia.demonstration.story import HERE, stories
from ehiia.domain.vocabulary import Role
from ehiia.services import agreeing_publications, bodies, demonstration_people, organisations, people, sealing

POSTS: dict[str, tuple[Role, ...]] = {
    "amina": (Role.STAFF,),
    "helen": (Role.STAFF,),
    "daniel": (Role.DIRECTOR,),
    "ben": (Role.EQUALITY_LEAD,),
    "ivan": (Role.EQUALITY_LEAD,),
    "grace": (Role.STAFF,),
    "carol": (Role.DECISION_MAKER,),
    "dev": (Role.AUDITOR,),
    "farah": (Role.ADMINISTRATOR,),
}
"""The demonstration people of the organisation, by the first part of their address, with their posts."""
ELSEWHERE: dict[str, tuple[Role, ...]] = {"esther": (Role.EQUALITY_LEAD,)}


class InUse(Exception):
    """There is somebody already: real work is never mixed with a demonstration."""


EXAMPLE = "strategy"
"""The story whose decision record is the finished example that people learn from."""


def load(*, example: Path | None = None) -> int:
    """Make organisation and people, then play every story; returns how many acts were played.

    ``example``: the file into which the finished example is written, where it is to be made anew.

    Raises InUse where there is anybody already, RuntimeError naming the act that could not be played.
    """
    if not people.nobody_yet():
        raise InUse("There are accounts here already. The demonstration is loaded into an empty place only.")
    now = clock.now()
    stage = Stage(today=clock.day_of(now))
    told = stories()
    first = min((act.day for story in told.values() for act in story.acts), default=0)
    set_up(stage, now=datetime.combine(stage.day(first - 1), time(9), tzinfo=clock.LONDON).astimezone(UTC))
    played = [
        (moment, name, number, act)
        for name, story in told.items()
        for number, (moment, act) in enumerate(zip(stage.moments(story, now=now), story.acts, strict=True))
    ]
    for moment, name, _, act in sorted(played, key=lambda one: one[:3]):
        try:
            ACTS[act.do](stage, name, told[name], act, moment)
        except Exception as error:
            raise RuntimeError(f"{name}: {act.by} could not {act.do} on day {act.day}: {error!r}") from error
    for record_id in stage.records:
        sealing.seal_at_once(record_id, now=clock.now())
    for publication_id in stage.publications:
        agreeing_publications.seal_at_once(publication_id, now=clock.now())
    if example is not None:
        example.write_text(stage.texts[EXAMPLE] + "\n", encoding="utf-8")
    return len(played)


def set_up(stage: Stage, *, now: datetime) -> None:
    """Make the organisation with its bodies, places and groups, and the people with their posts."""
    file = organisation_file(HERE / "organisation.toml")
    made = organisations.create(code=file.code, name=file.name, ref_prefix=file.ref_prefix, by=None, now=now)
    stage.organisation_id = made.id
    other = organisations.create(
        code="NEXT",
        name="Neighbouring Integrated Care Board (demonstration)",
        ref_prefix="NEXT",
        by=None,
        now=now,
    )
    for person in demonstration_people.people():
        key = person.email.split("@")[0]
        stage.people[key] = people.add_person(
            organisation_id=other.id if key in ELSEWHERE else made.id,
            name=person.name,
            email=person.email,
            roles=(POSTS | ELSEWHERE)[key],
            password=person.password,
            by=None,
            now=now,
        ).id
    for place in file.places:
        stage.places[place.code] = organisations.add_place(made.id, name=place.name, by=None, now=now).id
    for body in file.bodies:
        stage.bodies[body.code] = bodies.add(
            made.id,
            bodies.NewBody(
                name=body.name,
                committee=body.code != "EXEC",
                chair_id=stage.people["carol"],
                secretary_id=stage.people["grace"],
            ),
            by=None,
            now=now,
        ).id
    for group in file.groups:
        organisations.add_group(
            made.id,
            code=group.code,
            label=group.label,
            people=group.people,
            hint=group.hint,
            basis=group.basis,
            by=None,
            now=now,
        )
