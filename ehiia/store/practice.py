"""Practice assessments, and those that were taken away, are nowhere unless somebody asks for them.

An assessment marked ``practice`` belongs to its author alone. So that no list,
count, queue, report or reminder can forget it, every SELECT over ``Assessment``
leaves practice out by itself; the few that serve the author's own pages say
``.execution_options(with_practice=True)``. One marked ``taken_away`` was added
by an import that was undone: no SELECT finds it.
"""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from ehiia.store.assessments import Assessment

WITH_PRACTICE = "with_practice"
"""The execution option of a query that may see practice assessments."""

_NONE_OF_IT = with_loader_criteria(Assessment, Assessment.practice.is_(False), include_aliases=True)
_NOT_TAKEN_AWAY = with_loader_criteria(Assessment, Assessment.taken_away.is_(False), include_aliases=True)


@event.listens_for(Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    if state.is_select and not state.is_column_load and not state.is_relationship_load:
        practice = state.execution_options.get(WITH_PRACTICE, False)
        left_out = (_NOT_TAKEN_AWAY,) if practice else (_NOT_TAKEN_AWAY, _NONE_OF_IT)
        state.statement = state.statement.options(*left_out)
