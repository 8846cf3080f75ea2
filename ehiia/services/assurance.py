"""The scale on which an organisation gives opinions on assurance; each opinion keeps that of its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ehiia.domain.assurance import MOST, Degree, wrong_with
from ehiia.services import organisations
from ehiia.services.organisations import Settings
from ehiia.services.transaction import Invalid, transaction

__all__ = ["change", "scale_of"]


def scale_of(settings: Settings) -> tuple[Degree, ...]:
    """Return the degrees, the best first."""
    return tuple(
        Degree(*pair) for pair in zip(settings.assurance_words, settings.assurance_meanings, strict=True)
    )


def change(
    organisation_id: int, scale: Sequence[Degree], *, revision: int, by: int | None, now: datetime
) -> None:
    """Set the degrees, the best first; those without word and meaning are left out.

    Raises NotAllowed, NotFound, Stale, Invalid by field: ``word_<n>``, ``meaning_<n>``.
    """
    tidy = [Degree(" ".join(one.word.split()), " ".join(one.meaning.split())) for one in scale]
    given = [one for one in tidy if one != Degree("", "")]
    errors = wrong_with(given)
    if given != tidy[: len(given)]:
        errors["word_1"] = "Fill in the degrees from the first on, without a gap"
    if len(given) > MOST:
        errors["word_1"] = f"Enter {MOST} degrees or fewer"
    if errors:
        raise Invalid(**errors)
    with transaction() as session:
        organisation = organisations.get(organisation_id, session=session)
        settings = organisations.settings_of(organisation)
        if scale_of(settings) == tuple(given):
            return
        organisations.change(
            organisation_id,
            name=organisation.name,
            settings=replace(
                settings,
                assurance_words=tuple(one.word for one in given),
                assurance_meanings=tuple(one.meaning for one in given),
            ),
            revision=revision,
            by=by,
            now=now,
        )
