"""Practice assessments are nowhere unless somebody asks for them.

An assessment marked ``practice`` belongs to its author alone. So that no list,
count, queue, report or reminder can forget it, every SELECT over ``Assessment``
leaves practice out by itself; the few that serve the author's own pages say
``.execution_options(with_practice=True)``.
"""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from ehiia.store.assessments import Assessment

WITH_PRACTICE = "with_practice"
"""The execution option of a query that may see practice assessments."""

_NONE_OF_IT = with_loader_criteria(Assessment, Assessment.practice.is_(False), include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def _leave_practice_out(state: ORMExecuteState) -> None:
    if (
        state.is_select
        and not state.is_column_load
        and not state.is_relationship_load
        and not state.execution_options.get(WITH_PRACTICE, False)
    ):
        state.statement = state.statement.options(_NONE_OF_IT)
