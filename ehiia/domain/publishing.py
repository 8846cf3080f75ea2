"""Publishing what was decided or is for decision: words, moves, and when something is out in public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ehiia.domain.vocabulary import Word


class Publishing(Word):
    """How a record is published."""

    FULL = "full", "In full", "Everything in the record, without what the rules leave out."
    SUMMARY = (
        "summary",
        "As a summary",
        "What is proposed, who is affected and how, what will be done, and what was decided.",
    )
    REDACTED = "redacted", "With parts left out", "The record without the passages that are marked."
    WITHHELD = "withheld", "Not published", "The register says that there is one, and why it is not shown."


class PublicationState(Word):
    """Where a decision about publishing is."""

    PREPARING = "preparing", "Being prepared"
    ASKED = "asked", "Waiting for agreement"
    AGREED = "agreed", "Agreed"
    GIVEN_UP = "given_up", "Given up"
    REPLACED = "replaced", "Replaced by a later one"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPEN = frozenset({PublicationState.PREPARING, PublicationState.ASKED})
"""States in which it can still be changed or refused; a record has at most one in them."""


class Exemption(Word):
    """Why information may be kept back under the Freedom of Information Act 2000, by section."""

    ELSEWHERE = "s21", "Section 21: it can be had another way"
    FUTURE = "s22", "Section 22: it will be published later"
    LAW = "s31", "Section 31: law enforcement"
    CONDUCT = "s36", "Section 36: conduct of public affairs"
    SAFETY = "s38", "Section 38: health and safety"
    PERSONAL = "s40", "Section 40: personal information"
    CONFIDENCE = "s41", "Section 41: given in confidence"
    PRIVILEGE = "s42", "Section 42: legal professional privilege"
    COMMERCIAL = "s43", "Section 43: commercial interests"
    OTHER_LAW = "s44", "Section 44: another law forbids it"


class FormatKind(Word):
    """Another way of reading a published assessment."""

    EASY_READ = "easy_read", "Easy Read summary"
    TRANSLATION = "translation", "Translation"
    BSL = "bsl", "British Sign Language video"


class FormatState(Word):
    """How far a format is."""

    WANTED = "wanted", "Wanted"
    IN_PROGRESS = "in_progress", "In progress"
    THERE = "there", "There"


@dataclass(frozen=True)
class Period:
    """Days from one to another, both of them in it (London calendar)."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Say whether the day is in the period."""
        return self.first <= day <= self.last


def sensitive(day: date, periods: Sequence[Period]) -> Period | None:
    """Return the pre-election period in which a day lies, or None."""
    return next((period for period in periods if day in period), None)


def paper_ref(assessment_ref: str, version_no: int) -> str:
    """Return how a version is called that is published before it is decided: "EHIIA-2026-014-V1"."""
    return f"{assessment_ref}-V{version_no}"


def ended_as(
    row_state: PublicationState, ends: PublicationState, not_before_on: date | None, *, today: date
) -> PublicationState:
    """Return what a publication becomes that ends; what was never out is given up: nobody learns of it."""
    return ends if is_out(row_state, not_before_on, today=today) else PublicationState.GIVEN_UP


def is_out(state: PublicationState, not_before_on: date | None, *, today: date) -> bool:
    """Say whether an agreed publication is out in public on a day; ``store.publications`` says it in SQL."""
    return state is PublicationState.AGREED and (not_before_on is None or not_before_on <= today)
