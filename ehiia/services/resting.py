"""What answers and impacts rest on, frozen in words: sources with their numbers, and what is not known.

Legal advice is privileged: a frozen text holds neither what it says nor its number, only its title.
"""

from __future__ import annotations

from ehiia.content import load
from ehiia.domain import frozen
from ehiia.domain.answers import Answers
from ehiia.domain.decision import AcceptedGap
from ehiia.domain.frozen import Snapshot
from ehiia.domain.gaps import Acceptance
from ehiia.domain.vocabulary import Dimension


def numbers(
    answers: Answers, subject: str = "", *, question: str = "", dimension: Dimension | None = None
) -> tuple[int, ...]:
    """Return the numbers of the sources that an answer or an impact rests on, without privileged ones."""
    cited = answers.cited(subject, question=question, dimension=dimension)
    return tuple(item.number for item in cited if not item.privileged)


def _labels(answers: Answers) -> dict[str, str]:
    return {group.code: group.label for group in load.groups()} | {
        group.code: group.label for group in answers.groups
    }


def sources(answers: Answers) -> tuple[frozen.Evidence, ...]:
    """Return the sources in words, without legal advice."""
    kinds = {option.id: option.label for option in load.evidence_kinds()}
    labels = _labels(answers)
    return tuple(
        frozen.Evidence(
            kind=kinds.get(item.kind, item.kind),
            title=item.title,
            publisher=item.publisher,
            year=item.year,
            shows=item.shows,
            strength=item.strength.label if item.strength else "",
            number=item.number,
            place=item.place,
            groups=tuple(labels.get(code, code) for code in item.groups),
            link=item.link,
            file_name=item.file_name,
            version=item.version,
        )
        for item in answers.evidence
        if not item.privileged
    )


def left_out(answers: Answers) -> int:
    """Return how many sources are legal advice."""
    return sum(item.privileged for item in answers.evidence)


def advice(answers: Answers) -> tuple[str, ...]:
    """Return the titles of the legal advice, by which it is cited."""
    return tuple(item.title for item in answers.evidence if item.privileged)


def gaps(answers: Answers) -> tuple[frozen.Gap, ...]:
    """Return what is not known, in words."""
    labels = _labels(answers)
    privileged = {item.number for item in answers.evidence if item.privileged}
    return tuple(
        frozen.Gap(
            ref=gap.ref,
            unknown=gap.unknown,
            about=tuple(labels.get(code, code) for code in gap.groups),
            material=bool(gap.material),
            plain=gap.plain,
            plan=gap.plan,
            due_on=gap.due_on,
            owner=gap.owner,
            state=gap.state.label,
            found=gap.found,
            source=0 if gap.source in privileged else gap.source,
            accepted_reason=gap.accepted_reason,
            accepted_until=gap.accepted_until,
            protection=gap.protection,
        )
        for gap in answers.gaps
    )


def accepted(snapshot: Snapshot, given: tuple[Acceptance, ...]) -> tuple[AcceptedGap, ...]:
    """Return what was accepted with a decision, with the words of the version that was decided."""
    known = {gap.ref: gap for gap in snapshot.gaps}
    return tuple(
        AcceptedGap(
            ref=one.ref,
            unknown=known[one.ref].unknown if one.ref in known else "",
            plain=known[one.ref].plain if one.ref in known else "",
            reason=one.reason.strip(),
            until=one.until,
            protection=one.protection.strip(),
        )
        for one in given
    )
