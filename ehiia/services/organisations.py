"""Organisations: their settings, places and local groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Date, Integer, bindparam, or_, select
from sqlalchemy.orm import Session

from ehiia.content import load
from ehiia.domain import assurance, redaction, small_numbers
from ehiia.domain.schedule import DeadlineKind, NoticeTiming
from ehiia.domain.scoring import BandBorders
from ehiia.domain.timing import TimingTable
from ehiia.services.people import must_administer
from ehiia.services.transaction import Invalid, NotFound, Stale, note, read, transaction
from ehiia.store.organisations import Body, LocalGroup, Organisation, Place, RefCounter

__all__ = [
    "LocalGroup",
    "Organisation",
    "Place",
    "Settings",
    "add_group",
    "add_place",
    "borders_of",
    "by_code",
    "change",
    "create",
    "everything",
    "get",
    "local_groups",
    "next_ref",
    "places",
    "plain",
    "settings_of",
    "slug",
    "timings_of",
    "valid_on",
    "with_times",
]


@dataclass(frozen=True)
class Settings:
    """What an organisation sets for itself. Months are counted from go-live; days are calendar days."""

    review_months_high: int = 6
    review_months_medium: int = 12
    review_months_low: int = 24
    review_months_project: int = 12
    """At most so many for a project or pilot, whatever risk is left."""
    review_months_closure: int = 12
    """At most so many for a closure or move."""
    band_low_to: int = 3
    band_medium_to: int = 9
    band_high_to: int = 16
    draft_days: int = 30
    """How many days what somebody typed and did not save is kept for them."""
    scale: str = "5x5"
    """Id of the scale of risk that new assessments are rated on."""
    director_agrees: bool = True
    """Whether the accountable director agrees an assessment before it is checked."""
    remind_before: tuple[int, ...] = (30, 7, 1)
    """So many days before a date its owner is reminded."""
    remind_every: int = 7
    """Every so many days they are told again while it is overdue."""
    escalate_director_days: int = 14
    escalate_lead_days: int = 28
    own_times: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Kind of thing with a date -> its own times, as ``NoticeTiming``; the others follow those above."""
    check_working_days: int = 10
    """How many working days the equality lead takes for a check."""
    director_working_days: int = 5
    """How many working days the accountable director takes to read and agree."""
    paper_working_days: int = 5
    """How many working days before a meeting its papers go out."""
    full_working_days: int = 20
    """Within how many working days of an urgent decision a whole assessment is to be made and ratified."""
    public_register: bool = True
    """Whether what is published can be read without signing in."""
    feedback_days: int = 365
    """So many days after it came, name and address of whoever gave feedback are removed."""
    information_review_days: int = 20
    """Within how many working days an answer to a request for information is reviewed, where asked."""
    assurance_words: tuple[str, ...] = tuple(degree.word for degree in assurance.SHIPPED)
    """The degrees in which opinions on assurance are given, the best first."""
    small_numbers_below: int = small_numbers.DEFAULT_THRESHOLD
    """A number of people below this is not published."""
    named_in_public: tuple[str, ...] = tuple(role.value for role in redaction.NAMED)
    """Parts of those who are named in public; the others have their part for a name."""
    publish_working_days: int = 10
    """How many working days after the decision a record is to be published, or withheld with a reason."""
    publish_before_decision: bool = False
    """Whether assessments are published with the papers of the meeting; only then is it told when not."""
    pre_election: tuple[str, ...] = ()
    """Pre-election periods, the first and the last day of each: "2027-03-25/2027-05-06"."""
    assurance_meanings: tuple[str, ...] = tuple(degree.meaning for degree in assurance.SHIPPED)
    timestamp_authority: str = ""
    """Address of a time-stamp authority (RFC 3161); "": records carry the organisation's own time."""


def settings_of(organisation: Organisation) -> Settings:
    """Return the settings; what was never set has its default."""
    known = {item.name for item in fields(Settings)}
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in organisation.settings.items()
        if key in known
    }
    return replace(Settings(), **kept)


def plain(settings: Settings) -> dict[str, Any]:
    """Return the settings as values that JSON knows."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(settings).items()}


def timings_of(settings: Settings) -> TimingTable:
    """Return when notices go out, kind by kind. Raises ValueError where the days make no sense."""
    usual = NoticeTiming(
        before=settings.remind_before,
        weekly_every=settings.remind_every,
        director_after=settings.escalate_director_days,
        equality_lead_after=settings.escalate_lead_days,
    )
    own = {
        kind: NoticeTiming(**dict(times, before=tuple(times["before"])))
        for kind in DeadlineKind
        if (times := settings.own_times.get(kind.value))
    }
    return TimingTable(usual, own)


def with_times(settings: Settings, kind: DeadlineKind | None, timing: NoticeTiming | None) -> Settings:
    """Return the settings with other times for a kind, or with other usual times where ``kind`` is None.

    ``timing`` None: the kind follows the usual times; those cannot be left out.
    """
    if kind is not None:
        own = {key: times for key, times in settings.own_times.items() if key != kind.value}
        if timing is not None:
            own[kind.value] = asdict(timing) | {"before": list(timing.before)}
        return replace(settings, own_times=own)
    assert timing is not None, "an organisation has usual times"
    return replace(
        settings,
        remind_before=timing.before,
        remind_every=timing.weekly_every,
        escalate_director_days=timing.director_after,
        escalate_lead_days=timing.equality_lead_after,
    )


def borders_of(settings: Settings) -> BandBorders:
    """Return the borders of the risk bands."""
    return BandBorders(low=settings.band_low_to, medium=settings.band_medium_to, high=settings.band_high_to)


def get(organisation_id: int, *, session: Session | None = None) -> Organisation:
    """Return an organisation, or raise NotFound."""
    found = (session or read()).get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


def by_code(code: str) -> Organisation | None:
    """Find an organisation by its code."""
    return read().scalar(select(Organisation).where(Organisation.code == code))


def everything() -> list[Organisation]:
    """Return every organisation, by name."""
    return list(read().scalars(select(Organisation).order_by(Organisation.name)))


def create(
    *, code: str, name: str, ref_prefix: str, by: int | None, now: datetime, **changes: Any
) -> Organisation:
    """Make an organisation. Raises Invalid where the code or prefix is taken."""
    code, name, ref_prefix = code.strip(), " ".join(name.split()), ref_prefix.strip().upper()
    if not name:
        raise Invalid(name="Enter the name of the organisation")
    if not ref_prefix.replace("-", "").isalnum() or len(ref_prefix) > 12:
        raise Invalid(ref_prefix="Enter a prefix of at most 12 letters, numbers and hyphens, like EHIIA")
    with transaction() as session:
        taken = session.scalar(
            select(Organisation).where(or_(Organisation.code == code, Organisation.ref_prefix == ref_prefix))
        )
        if taken is not None:
            raise Invalid(
                ref_prefix="This code or prefix is used by another organisation; a prefix is never used again"
            )
        made = Organisation(
            code=code, name=name, ref_prefix=ref_prefix, settings=plain(replace(Settings(), **changes))
        )
        session.add(made)
        session.flush()
        note(
            session,
            "organisation_made",
            organisation_id=made.id,
            subject=f"organisation:{made.id}",
            by=by,
            at=now,
            name=name,
        )
    return made


def change(
    organisation_id: int, *, name: str, settings: Settings, revision: int, by: int | None, now: datetime
) -> Organisation:
    """Change name and settings. Raises Stale where somebody else changed them meanwhile."""
    if not name.strip():
        raise Invalid(name="Enter the name of the organisation")
    most = {scale.id: scale.most for scale in load.scales()}.get(settings.scale)
    if most is None:
        raise Invalid(scale="Choose a scale from the list")
    if not 1 <= settings.band_low_to < settings.band_medium_to < settings.band_high_to < most:
        raise Invalid(band_low_to=f"The bands must end at rising scores between 1 and {most - 1}")
    if settings.timestamp_authority and not settings.timestamp_authority.startswith(("http://", "https://")):
        raise Invalid(timestamp_authority="Enter an address that begins with https:// or http://")
    if settings.feedback_days < 1:
        raise Invalid(feedback_days="Enter a number of days, 1 or more")
    months = [item.name for item in fields(Settings) if item.name.startswith("review_months_")]
    if wrong := [name for name in months if not 1 <= getattr(settings, name) <= 60]:
        raise Invalid(**dict.fromkeys(wrong, "Enter a number of months from 1 to 60"))
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        organisation = session.get(
            Organisation, organisation_id, with_for_update=True, populate_existing=True
        )
        if organisation is None:
            raise NotFound
        if organisation.revision != revision:
            raise Stale
        before = organisation.settings
        organisation.name, organisation.settings = " ".join(name.split()), plain(settings)
        organisation.revision += 1
        changed = {k: [before.get(k), v] for k, v in plain(settings).items() if before.get(k) != v}
        note(
            session,
            "organisation_changed",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            name=organisation.name,
            changed=changed,
        )
    return organisation


def next_ref(session: Session, organisation: Organisation, series: str, year: int, count: int = 1) -> int:
    """Take the next number of a series in a year, or the first of so many, in the caller's transaction."""
    counter = session.get(
        RefCounter, (organisation.id, series, year), with_for_update=True, populate_existing=True
    )
    if counter is None:
        counter = RefCounter(organisation_id=organisation.id, series=series, year=year, next=1)
        session.add(counter)
    number = counter.next
    counter.next = number + count
    session.flush()
    return number


def valid_on(model: type[Place] | type[Body] | type[LocalGroup], on: date | BindParameter[date]) -> Any:
    """Return the condition that a row is valid on a day."""
    return (or_(model.valid_from_on.is_(None), model.valid_from_on <= on)) & (
        or_(model.valid_to_on.is_(None), model.valid_to_on >= on)
    )


_PLACES = (
    select(Place)
    .where(
        Place.organisation_id == bindparam("here", type_=Integer),
        valid_on(Place, bindparam("today", type_=Date)),
    )
    .order_by(Place.name)
)
"""Built once: the register runs it for every page."""


def places(organisation_id: int, *, today: date) -> list[Place]:
    """Return the places valid today, by name."""
    return list(read().scalars(_PLACES, {"here": organisation_id, "today": today}))


def local_groups(organisation_id: int, *, today: date, session: Session | None = None) -> list[LocalGroup]:
    """Return the groups the organisation itself chose to consider, by label."""
    query = (
        select(LocalGroup)
        .where(LocalGroup.organisation_id == organisation_id, valid_on(LocalGroup, today))
        .order_by(LocalGroup.label)
    )
    return list((session or read()).scalars(query))


def slug(text: str) -> str:
    """Return a code made of the words of a name: "North East Essex" -> "north-east-essex"."""
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())[:60]


def add_place(organisation_id: int, *, name: str, by: int | None, now: datetime) -> Place:
    """Add a place. Raises Invalid where the name is empty or taken."""
    name = " ".join(name.split())
    if not name:
        raise Invalid(name="Enter the name of the place")
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        code = slug(name)
        if session.scalar(
            select(Place.id).where(Place.organisation_id == organisation_id, Place.code == code)
        ):
            raise Invalid(name="There is a place of this name already")
        made = Place(organisation_id=organisation_id, code=code, name=name)
        session.add(made)
        session.flush()
        note(
            session,
            "place_added",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            name=name,
        )
    return made


def add_group(
    organisation_id: int,
    *,
    label: str,
    people: str,
    hint: str = "",
    basis: str = "",
    code: str = "",
    by: int | None,
    now: datetime,
) -> LocalGroup:
    """Add a group that the organisation itself chose to consider: always a policy choice.

    ``people`` stands in questions: "people in fishing communities". ``code`` is made of the label where
    none is given. Raises Invalid by field.
    """
    label, people = " ".join(label.split()), " ".join(people.split())
    errors: dict[str, str] = {}
    if not label:
        errors["label"] = "Enter the name of the group"
    if not people:
        errors["people"] = "Enter how questions name these people, such as “people in fishing communities”"
    if errors:
        raise Invalid(**errors)
    code = code or slug(label).replace("-", "_")
    with transaction() as session:
        must_administer(session, organisation_id, by=by, now=now)
        taken = session.scalar(
            select(LocalGroup.id).where(
                LocalGroup.organisation_id == organisation_id, LocalGroup.code == code
            )
        )
        if taken or code in {group.code for group in load.groups()}:
            raise Invalid(label="There is a group of this name already")
        made = LocalGroup(
            organisation_id=organisation_id,
            code=code,
            label=label,
            people=people,
            hint=hint.strip(),
            basis=basis.strip(),
        )
        session.add(made)
        session.flush()
        note(
            session,
            "group_added",
            organisation_id=organisation_id,
            subject=f"organisation:{organisation_id}",
            by=by,
            at=now,
            name=label,
        )
    return made
