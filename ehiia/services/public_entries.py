"""The line of an edition in the public register, worked out when the edition is made, from itself alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ehiia.clock import day_of
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.frozen import GroupFindings
from ehiia.domain.meeting import PaperMark
from ehiia.domain.vocabulary import ADVERSE, YesNoUnknown
from ehiia.store.publications import Edition
from ehiia.store.published import GROUP, PLACE, EditionEntry, EditionFacet

__all__ = ["enter"]


def enter(session: Session, edition: Edition, record: DecisionRecord) -> None:
    """Put an edition into the register, in the transaction that makes it. ``record``: what it shows."""
    snapshot, decision = record.snapshot, record.decision
    groups = [group.label for group in snapshot.groups if _affected(group)]
    places = list(dict.fromkeys(snapshot.places))
    made_on = day_of(record.made_at)
    searched = (edition.ref, snapshot.title, snapshot.summary, snapshot.organisation, *places, *groups)
    session.add(
        EditionEntry(
            edition_id=edition.id,
            organisation_id=edition.organisation_id,
            assessment_ref=snapshot.reference,
            title=snapshot.title,
            summary=snapshot.summary,
            kind=snapshot.kind,
            outcome=decision.outcome_label if decision else PaperMark.CHECKED.label,
            decided_on=made_on,
            decided_year=made_on.year,
            places=places,
            groups=groups,
            words=" ".join(" ".join(searched).casefold().split()),
        )
    )
    for facet, labels in ((GROUP, groups), (PLACE, places)):
        for label in dict.fromkeys(one[:300] for one in labels):
            session.add(EditionFacet(edition_id=edition.id, facet=facet, label=label))
    session.flush()


def _affected(group: GroupFindings) -> bool:
    """Say whether a group would be affected differently, or worse off in any respect."""
    worse = any(impact.direction in {one.value for one in ADVERSE} for impact in group.impacts)
    return worse or group.affected == YesNoUnknown.YES.label
