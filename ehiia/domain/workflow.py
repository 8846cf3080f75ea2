"""The life of an assessment: one table of moves on one screen.

A move that is not in the table is refused. ``services.moves`` is the only
caller that changes a stage; it writes the move and the history in the same
transaction. ``docs/workflow.md`` is drawn from this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from ehiia.domain.vocabulary import Conclusion, Outcome, Permission, Stage

S = Stage


@dataclass(frozen=True)
class Move:
    """A step: from which stages, to which stage, who may, and what must be true."""

    name: str
    from_stages: frozenset[Stage]
    to: Stage | None
    """None: back to the stage before the pause, or the stage the decision leads to."""
    permission: Permission | None
    """None: follows from another act and is never asked for by itself."""
    needs_reason: bool
    sentence: str
    """What it means, for the drawing and the history."""


def _m(
    name: str,
    from_stages: set[Stage],
    to: Stage | None,
    permission: Permission | None,
    sentence: str,
    *,
    needs_reason: bool = False,
) -> Move:
    return Move(name, frozenset(from_stages), to, permission, needs_reason, sentence)


LIVE = {S.SCREENING, S.NOT_NEEDED_TO_CONFIRM, S.WRITING, S.WITH_DIRECTOR, S.CHECKING, S.SENT_BACK, S.READY}
DECIDED = {S.AWAITING_SIGNATURES, S.IN_FORCE}
P = Permission

MOVES: tuple[Move, ...] = (
    _m("begin_full", {S.SCREENING}, S.WRITING, P.SUBMIT, "Screening found that a full assessment is needed"),
    _m("begin_short", {S.SCREENING}, S.WRITING, P.SUBMIT, "Screening found that a short one is enough"),
    _m("begin_rapid", {S.SCREENING}, S.WRITING, P.SUBMIT, "A director agreed that the decision cannot wait"),
    _m(
        "propose_not_needed", {S.SCREENING}, S.NOT_NEEDED_TO_CONFIRM, P.SUBMIT, "Proposed that none is needed"
    ),
    _m(
        "countersign", {S.NOT_NEEDED_TO_CONFIRM}, S.NOT_NEEDED, P.COUNTERSIGN, "Confirmed that none is needed"
    ),
    _m(
        "refuse_not_needed",
        {S.NOT_NEEDED_TO_CONFIRM},
        S.WRITING,
        P.COUNTERSIGN,
        "Asked for a full assessment",
        needs_reason=True,
    ),
    _m("submit_to_director", {S.WRITING, S.SENT_BACK}, S.WITH_DIRECTOR, P.SUBMIT, "Sent to the director"),
    _m("submit_to_check", {S.WRITING, S.SENT_BACK}, S.CHECKING, P.SUBMIT, "Sent to be checked"),
    _m("agree", {S.WITH_DIRECTOR}, S.CHECKING, P.AGREE, "Agreed by the director"),
    _m(
        "director_return",
        {S.WITH_DIRECTOR},
        S.SENT_BACK,
        P.AGREE,
        "Sent back by the director",
        needs_reason=True,
    ),
    _m("take_back", {S.WITH_DIRECTOR, S.CHECKING}, S.WRITING, P.SUBMIT, "Taken back by the author"),
    _m("send_back", {S.CHECKING}, S.SENT_BACK, P.CHECK, "Sent back with comments", needs_reason=True),
    _m(
        "pass_check",
        {S.CHECKING},
        S.READY,
        P.CHECK,
        "Passed the check; this version is frozen for the decision",
    ),
    _m("undo_pass", {S.READY}, S.WRITING, None, "An answer was changed, which undid the check"),
    _m("decide", {S.READY}, None, None, "The body decided"),
    _m("all_signed", {S.AWAITING_SIGNATURES}, S.IN_FORCE, None, "Everybody who had to sign has signed"),
    _m("begin_update", {S.IN_FORCE}, S.WRITING, P.REVIEW, "A new version was begun", needs_reason=True),
    _m(
        "begin_whole",
        {S.IN_FORCE, S.AWAITING_SIGNATURES},
        S.WRITING,
        None,
        "A whole assessment was begun after an urgent decision",
    ),
    _m(
        "give_up_version",
        (LIVE - {S.SCREENING, S.NOT_NEEDED_TO_CONFIRM}) | {S.PAUSED},
        S.IN_FORCE,
        P.STOP_WORK,
        "A new version was given up; what was decided stays in force",
        needs_reason=True,
    ),
    _m("pause", LIVE | DECIDED, S.PAUSED, P.STOP_WORK, "Paused", needs_reason=True),
    _m("resume", {S.PAUSED}, None, P.STOP_WORK, "Taken up again", needs_reason=True),
    _m("withdraw", LIVE | DECIDED | {S.PAUSED}, S.WITHDRAWN, P.STOP_WORK, "Withdrawn", needs_reason=True),
    _m("close", DECIDED | {S.PAUSED}, S.CLOSED, P.STOP_WORK, "Closed", needs_reason=True),
)

BY_NAME = {move.name: move for move in MOVES}

PRACTISED = frozenset({"begin_full", "begin_short"})
"""The only moves of a practice assessment: it goes to nobody."""


class Refused(Exception):
    """A step that cannot be taken; ``reason`` says why in a sentence."""

    def __init__(self, reason: str) -> None:
        """Keep the sentence that people read."""
        super().__init__(reason)
        self.reason = reason


def find(name: str, stage: Stage) -> Move:
    """Return the move, or raise Refused where it cannot be made from this stage."""
    move = BY_NAME.get(name)
    if move is None:
        raise Refused("There is no such step.")
    if stage not in move.from_stages:
        raise Refused(f"This cannot be done while the assessment is “{stage.label}”.")
    return move


def practise(name: str) -> None:
    """Raise Refused where a practice assessment would go to somebody else. ``name``: of the move or act."""
    if name == "propose_not_needed":
        raise Refused(
            "This is practice. In a real one an equality lead would now confirm that none is needed. "
            "Change an answer to go on."
        )
    if name not in PRACTISED:
        raise Refused("This is practice: it goes to nobody. In a real one this step would now be taken.")


def open_moves(stage: Stage) -> tuple[Move, ...]:
    """Return the moves that the table allows from this stage, whoever asks."""
    return tuple(move for move in MOVES if stage in move.from_stages)


def stage_after_decision(outcome: Outcome, conclusion: Conclusion | None, advice_followed: bool) -> Stage:
    """Return the stage a decision leads to (rule DEC-01).

    Deferred: it is being written again. Not approved: it is closed. Approved, where the author concluded
    "stop and rethink" and the body followed that advice: it is closed. Otherwise it is in force.
    """
    if outcome is Outcome.DEFERRED:
        return Stage.WRITING
    if outcome is Outcome.NOT_APPROVED:
        return Stage.CLOSED
    if conclusion is Conclusion.STOP and advice_followed:
        return Stage.CLOSED
    return Stage.IN_FORCE


def drawing() -> str:
    """Return ``docs/workflow.md``: the table of moves and a state diagram in Mermaid."""
    lines = [
        "# The life of an assessment",
        "",
        "Drawn from `ehiia/domain/workflow.py` by `flask docs workflow`; a test keeps it current.",
        "",
        "| Step | From | To | Who may | Reason asked |",
        "|---|---|---|---|---|",
    ]
    for move in MOVES:
        origin = ", ".join(sorted(stage.label for stage in move.from_stages))
        to = move.to.label if move.to else "depends"
        who = move.permission.label if move.permission else "follows from another act"
        lines.append(
            f"| {move.sentence} | {origin} | {to} | {who} | {'yes' if move.needs_reason else 'no'} |"
        )
    lines += ["", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {stage.value}: {stage.label}" for stage in Stage]
    lines.append("    [*] --> screening")
    for move in MOVES:
        for origin_stage in sorted(move.from_stages):
            if move.to and move.name not in {"pause", "withdraw", "close"}:
                lines.append(f"    {origin_stage.value} --> {move.to.value}: {move.name}")
    lines += [
        f"    ready --> {stage}: decide" for stage in ("in_force", "awaiting_signatures", "writing", "closed")
    ]
    lines += ["```", ""]
    return "\n".join(lines)
