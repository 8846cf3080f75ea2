"""What the rules of publication leave out in an organisation, and when it takes care with publishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from ehiia.domain.redaction import NamedRole
from ehiia.services import organisations
from ehiia.services.transaction import Invalid, transaction

LARGEST = 50
"""A threshold above this would leave nothing to read."""


def change(
    organisation_id: int,
    *,
    threshold: int,
    named: Sequence[NamedRole],
    working_days: int,
    before_decision: bool,
    first: date | None,
    last: date | None,
    revision: int,
    by: int,
    now: datetime,
) -> None:
    """Set the rules.

    ``before_decision``: whether assessments are published with the papers of the meeting; ``first`` and
    ``last``: of the next pre-election period, None where none is known.

    Raises NotAllowed, NotFound, Stale, Invalid by field.
    """
    if not 1 <= threshold <= LARGEST:
        raise Invalid(threshold=f"Enter a number from 1 to {LARGEST}")
    if not 1 <= working_days <= 60:
        raise Invalid(working_days="Enter a number of working days from 1 to 60")
    if (first is None) != (last is None):
        raise Invalid(**{"last" if last is None else "first": "Enter both days of the period, or neither"})
    if first is not None and last is not None and last < first:
        raise Invalid(last="Enter a last day that is not before the first")
    period = () if first is None or last is None else (f"{first.isoformat()}/{last.isoformat()}",)
    with transaction() as session:
        organisation = organisations.get(organisation_id, session=session)
        organisations.change(
            organisation_id,
            name=organisation.name,
            settings=replace(
                organisations.settings_of(organisation),
                small_numbers_below=threshold,
                named_in_public=tuple(role.value for role in named),
                publish_working_days=working_days,
                publish_before_decision=before_decision,
                pre_election=period,
            ),
            revision=revision,
            by=by,
            now=now,
        )
