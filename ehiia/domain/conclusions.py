"""Whether the author's conclusion fits what was found: each refusal is a rule with an id."""

from __future__ import annotations

from collections.abc import Iterator

from ehiia.domain import gaps, scoring
from ehiia.domain.asked import Asked
from ehiia.domain.reasons import Reason
from ehiia.domain.scoring import BandBorders
from ehiia.domain.vocabulary import Band, Conclusion, Direction, YesNoUnknown


def refusals(asked: Asked, unanswered: int, borders: BandBorders) -> Iterator[Reason]:
    """Yield why the conclusion does not fit what was found; nothing when it does, or there is none yet.

    ``unanswered``: how many impacts leave somebody worse off, with neither an action nor a reason for none.
    """
    own = asked.own()
    chosen, unlawful = own.get("conclusion"), own.get("unlawful_risk")
    if chosen not in (Conclusion.NO_MAJOR_CHANGE, Conclusion.GO_AHEAD):
        return
    impacts = scoring.counted(asked.answers)
    name = Conclusion(str(chosen)).label
    if unlawful == YesNoUnknown.YES:
        yield Reason("CON-01", f"“{name}” cannot stand while this could be unlawful discrimination.")
    elif unlawful == YesNoUnknown.UNKNOWN:
        text = f"“{name}” cannot stand while it is not known whether this is unlawful: ask for legal advice."
        yield Reason("CON-02", text)
    if chosen == Conclusion.NO_MAJOR_CHANGE:
        if unanswered:
            text = (
                f"“{name}” cannot stand while a worse or mixed impact has neither a mitigating action "
                "nor a reason why nothing is done."
            )
            yield Reason("CON-03", text)
        left = scoring.worst(scoring.rated(asked.answers, asked.effects), "after", borders)
        if left.band in (Band.HIGH, Band.VERY_HIGH):
            text = f"“{name}” cannot stand while the worst risk left is {left.band.label.lower()}."
            yield Reason("CON-04", text)
        if any(impact.direction == Direction.UNKNOWN and not impact.reason.strip() for impact in impacts):
            text = f"“{name}” cannot stand while an impact is not known and nobody will find out."
            yield Reason("CON-05", text)
        if known_gaps := gaps.unresolved(asked.answers.gaps):
            refs = ", ".join(gap.ref for gap in known_gaps)
            text = f"“{name}” cannot stand while an evidence gap that matters is not closed: {refs}."
            yield Reason("CON-07", text)
    elif unanswered:
        text = (
            f"“{name}” cannot stand while somebody would be worse off with neither a mitigating action "
            "nor a reason why nothing is done."
        )
        yield Reason("CON-06", text)
