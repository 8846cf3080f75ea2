"""System checks: whether the way of assessing works, worked out from the rows and stored nowhere.

Everybody who audits sees the same: restricted assessments are left out even for those who take part in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from textwrap import shorten

from ehiia.content.rules import RuleText, rules
from ehiia.domain.schedule import in_full
from ehiia.services.transaction import NotFound, read
from ehiia.store.systems import About, SystemCheck, system_checks

__all__ = ["About", "Hit", "Looked", "Prepared", "every", "one", "prepared"]

MOST = 200
NAMED = 20
"""So many references stand in the words of a finding."""


@dataclass(frozen=True)
class Hit:
    """Something that a check found. ``ref`` belongs to what the check is about."""

    ref: str
    words: str
    on: date | None


@dataclass(frozen=True)
class Looked:
    """A check that was made. ``number``: how many it found, of which ``hits`` are the first 200 at most."""

    rule: RuleText
    about: About
    number: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Prepared:
    """Words with which a finding begins; whoever writes it changes them."""

    condition: str
    criterion: str


def every(organisation_id: int, *, today: date) -> list[Looked]:
    """Make every check, without what was found: one query each, however much there is."""
    checks = system_checks(organisation_id, today)
    return [_look(name, check, 1) for name, check in checks.items()]


def one(organisation_id: int, rule: str, *, today: date) -> Looked:
    """Make one check. Raises NotFound where there is none of this id."""
    check = system_checks(organisation_id, today).get(rule)
    if check is None:
        raise NotFound
    return _look(rule, check, MOST)


def prepared(organisation_id: int, rule: str, *, today: date) -> Prepared:
    """Return the words with which a finding about a check begins. Raises NotFound."""
    looked = one(organisation_id, rule, today=today)
    named = [f"{hit.ref}: {shorten(hit.words, 100, placeholder='…')}" for hit in looked.hits[:NAMED]]
    more = [f"and {looked.number - NAMED} more"] if looked.number > NAMED else []
    first = f"{looked.rule.sentence} Found on {in_full(today)}: {looked.number} ({rule})."
    return Prepared("\n".join([first, *named, *more]), f"{looked.rule.put_right} {looked.rule.source}.")


def _look(rule: str, check: SystemCheck, limit: int) -> Looked:
    rows = read().execute(check.query.limit(limit)).all()
    hits = tuple(Hit(ref, words, day) for ref, words, day, _ in rows)
    return Looked(rules()[rule], check.about, rows[0][3] if rows else 0, hits)
