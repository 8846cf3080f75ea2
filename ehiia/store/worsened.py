"""Which live proposals leave which group worse off in which place: what cumulative effects are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, cast, exists, func, or_, select

from ehiia.domain.access import QUIET
from ehiia.domain.triggers import MANY
from ehiia.domain.vocabulary import ADVERSE, Dimension, YesNoUnknown
from ehiia.store.answers import Answer, ImpactRow
from ehiia.store.assessments import Assessment, AssessmentGroup, AssessmentPlace


def worsened(*columns: Any) -> Select[Any]:
    """Return the query of these columns over live proposals and the groups that they leave worse off.

    Impacts count as in ``domain.scoring.counted``: not where the group was answered "no" since. Restricted
    assessments are not counted, for nobody may learn of them by a number.
    """
    said_no = exists().where(
        Answer.assessment_id == ImpactRow.assessment_id,
        Answer.subject == ImpactRow.subject,
        Answer.question == "affected",
        cast(Answer.value, String) == f'"{YesNoUnknown.NO.value}"',
    )
    return (
        select(*columns)
        .select_from(Assessment)
        .join(ImpactRow, ImpactRow.assessment_id == Assessment.id)
        .join(
            AssessmentGroup,
            (AssessmentGroup.assessment_id == Assessment.id) & (AssessmentGroup.code == ImpactRow.subject),
        )
        .where(
            Assessment.stage.not_in(QUIET),
            Assessment.restricted.is_(False),
            ImpactRow.direction.in_(ADVERSE),
            or_(AssessmentGroup.first_aim_only.is_(False), ImpactRow.dimension == Dimension.ELIMINATE),
            ~said_no,
        )
    )


def crowded(organisation_id: int | None = None) -> Select[int, str, str, str, int]:
    """Return the query of place, its name, group, its label and how many proposals: three or more.

    Of one organisation, or of all. Each proposal and group is found once, before places multiply them.
    """
    found = worsened(Assessment.id, ImpactRow.subject, AssessmentGroup.label).distinct()
    if organisation_id is not None:
        found = found.where(Assessment.organisation_id == organisation_id)
    hit = found.subquery()
    return (
        select(
            AssessmentPlace.place_id,
            func.max(AssessmentPlace.name).label("place"),
            hit.c.subject,
            func.max(hit.c.label).label("group"),
            func.count().label("how_many"),
        )
        .join(hit, hit.c.id == AssessmentPlace.assessment_id)
        .group_by(AssessmentPlace.place_id, hit.c.subject)
        .having(func.count() >= MANY)
    )
