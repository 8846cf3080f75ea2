"""What the player knows while it plays, and when things happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from ehiia import clock
from ehiia.content import holidays
from ehiia.demonstration.story import Story
from ehiia.domain.schedule import on_or_after, on_or_before
from ehiia.domain.vocabulary import Permission
from ehiia.services import people
from ehiia.services.sight import Seen, see


@dataclass
class Stage:
    """What the player knows while it plays: today, the organisation, people, bodies and places by name."""

    today: date
    organisation_id: int = 0
    people: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """Story -> reference of its assessment."""
    case: int = 0
    """The item of a sample that was audited last."""
    records: list[int] = field(default_factory=list)
    """Decision records in the order they were made."""
    publications: list[int] = field(default_factory=list)
    """Publications in the order they were agreed."""
    texts: dict[str, str] = field(default_factory=dict)
    """Story -> the canonical text of its first decision record."""

    def day(self, days: int) -> date:
        """Return a day of the story as a working day: a past one stays past, one to come stays to come."""
        move = on_or_after if days > 0 else on_or_before
        return move(self.today + timedelta(days=days), holidays.bank_holidays())

    def moments(self, story: Story, *, now: datetime) -> list[datetime]:
        """Return when each act happens, in UTC: one after the other, none later than ``now``."""
        found: list[datetime] = []
        for act in story.acts:
            local = datetime.combine(self.day(act.day), time.fromisoformat(act.at), tzinfo=clock.LONDON)
            moment = local.astimezone(UTC)
            if found and moment <= found[-1]:
                moment = found[-1] + timedelta(minutes=5)
            found.append(min(moment, now))
        return found


def seen_by(ref: str, permission: Permission, by: int, now: datetime) -> Seen:
    """Return the assessment as this person sees it; raises where they lack the permission."""
    return see(ref, permission, actor=people.actor_of(by, today=clock.day_of(now)))
