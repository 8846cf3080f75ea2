"""Making an edition for the public from a frozen record: what the rules leave out, what was marked by hand.

The edition holds only what it shows. What it leaves out is said in words with the reason, never the words
themselves. The digest of its version is that of what it shows: the digest of the whole version would let
whoever guesses a hidden number see that the guess is right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ehiia.domain import hiding
from ehiia.domain.decision import (
    Check,
    DecisionRecord,
    LeftOut,
    PublicationEdition,
    ReviewPlan,
    canonical,
    digest,
)
from ehiia.domain.hiding import NUMBER_GONE, Earlier, Numbers
from ehiia.domain.number_table import Span
from ehiia.domain.places import Place, changed, texts
from ehiia.domain.publishing import Exemption, Publishing
from ehiia.domain.vocabulary import Word

GONE = "[left out]"
"""Stands in the place of what was left out by hand."""
TOO_FEW = "too few to show"
"""Stands in the place of a small number of people."""
LEAST = 3
"""A passage has at least so many characters: one letter stands everywhere."""


class NamedRole(Word):
    """A part that somebody has in a record, by which they are named or not."""

    DECIDER = "decider", "Decision-maker or chair", "the decision-maker"
    DIRECTOR = "director", "Accountable director", "the accountable director"
    CHECKER = "checker", "Equality lead", "an equality lead"
    MEMBER = "member", "Member of the body that decided", "a member"
    SECRETARY = "secretary", "Secretary of the body", "the secretary"
    AUTHOR = "author", "Author", "an author"
    CONTRIBUTOR = "contributor", "Contributor", "a contributor"
    OWNER = "owner", "Owner of an action or commitment", "its owner"
    LEADER = "leader", "Who led engagement", "a member of staff"
    OTHER = "other", "Anybody else in the history", "a member of staff"


NAMED = (NamedRole.DECIDER, NamedRole.DIRECTOR, NamedRole.CHECKER, NamedRole.MEMBER)
"""Who is named in public where the organisation has not said otherwise: those who answer for it by post."""


@dataclass(frozen=True)
class Mark:
    """What is left out by hand. ``place`` "": wherever it stands; ``passage`` "": the whole of the place."""

    place: str
    passage: str
    reason: str
    exemption: Exemption | None = None


@dataclass(frozen=True)
class Rules:
    """What the rules leave out; settings of the organisation."""

    threshold: int = 5
    named: Collection[NamedRole] = NAMED
    voices: bool = True
    """Whether people with lived experience who chose to be named still are."""


@dataclass(frozen=True)
class Cover:
    """What an edition says of itself."""

    kind: Publishing
    number: int
    reference: str
    code: str
    published_by: str
    made_at: datetime
    history_sequence: int
    history_sha256: str
    whole_sha256: str
    """Of the canonical text of the whole record as it is kept."""


class NothingThere(ValueError):
    """Raised where what was marked stands nowhere that can be left out; the message says what to do."""


@dataclass(frozen=True)
class Prepared:
    """An edition, and what the rule says of the numbers of people in it."""

    edition: DecisionRecord
    numbers: Numbers


def prepared(
    record: DecisionRecord,
    *,
    cover: Cover,
    rules: Rules,
    marks: Sequence[Mark],
    kept: Collection[str] = (),
    earlier: Sequence[Earlier] = (),
) -> Prepared:
    """Return the edition of a record. Raises NothingThere for a mark that leaves nothing out.

    ``kept``: keys of numbers that the rule would hide and somebody keeps. ``earlier``: the editions of the
    same assessment that were made before, oldest first.
    """
    shown = summarised(record) if cover.kind is Publishing.SUMMARY else record
    left_out: list[LeftOut] = []
    if shown is not record:
        left_out.append(LeftOut("Throughout", "Everything but the summary", "It is published as a summary."))
    by_hand, said_by_hand = _by_hand(record, shown, marks)
    numbers = hiding.numbers(shown, threshold=rules.threshold, by_hand=by_hand, kept=kept, earlier=earlier)
    hidden = numbers.spans
    shown = changed(shown, lambda key, text: _cut(text, by_hand.get(key, ()), hidden.get(key, ())))
    left_out += said_by_hand
    if hidden:
        why = (
            f"Fewer than {rules.threshold} people could be recognised, from a number or from those beside it."
        )
        times = sum(map(len, hidden.values()))
        left_out.append(
            LeftOut("Throughout", "Numbers of people", why, exemption=Exemption.PERSONAL.label, times=times)
        )
    for rule in (_small_bands, _names, _voices):
        shown, said_by_rule = rule(shown, rules)
        left_out += said_by_rule
    if record.snapshot.evidence_left_out:
        left_out.append(
            LeftOut(
                "Sources",
                "Legal advice",
                "It is privileged and stands in no record.",
                exemption=Exemption.PRIVILEGE.label,
                times=record.snapshot.evidence_left_out,
            )
        )
        shown = replace(shown, snapshot=replace(shown.snapshot, legal_advice=()))
    edition = replace(
        shown,
        reference=cover.reference,
        code=cover.code,
        snapshot_sha256=digest(canonical(shown.snapshot)),
        history_sequence=cover.history_sequence,
        history_sha256=cover.history_sha256,
        published=PublicationEdition(
            kind=cover.kind.value,
            kind_label=cover.kind.label,
            number=cover.number,
            of_reference=record.reference,
            of_sha256=cover.whole_sha256,
            published_by=cover.published_by,
            made_at=cover.made_at,
            left_out=tuple(left_out),
        ),
    )
    for mark in marks:
        if not mark.place and _pattern(mark.passage).search(edition.canonical()):
            raise NothingThere(
                "These words also stand in a reference or a word of the form, which cannot be left out. "
                "Mark fewer words, or the whole of one place."
            )
    return Prepared(edition, numbers)


def summarised(record: DecisionRecord) -> DecisionRecord:
    """Return the record with what a summary has: the proposal, the groups, the actions, the decision."""
    snapshot = record.snapshot
    return replace(
        record,
        snapshot=replace(
            snapshot,
            screening=(),
            sections=(),
            groups=tuple(replace(group, answers=(), sources=()) for group in snapshot.groups),
            evidence=(),
            evidence_left_out=0,
            conclusion_reasons=(),
            engagement=(),
            commitments=(),
            public_comments=(),
            duties=(),
            elsewhere=(),
        ),
        check=Check(
            checked_by=record.check.checked_by,
            passed_at=record.check.passed_at,
            late=record.check.late,
            late_note=record.check.late_note,
            reservations="",
            sections=(),
        ),
        duties=(),
        review=ReviewPlan(record.review.due_on, record.review.reasons),
        history=(),
    )


# -- by hand ------------------------------------------------------------------------------------------


def _pattern(passage: str) -> re.Pattern[str]:
    """Return what finds the words of a passage, however they are spaced and capitalised."""
    words = r"\s+".join(re.escape(word) for word in passage.split())
    start = r"(?<!\w)" if passage[:1].isalnum() else ""
    end = r"(?!\w)" if passage[-1:].isalnum() else ""
    return re.compile(f"{start}{words}{end}", re.IGNORECASE)


def _stands(record: DecisionRecord, mark: Mark) -> bool:
    passage = mark.passage.strip()
    return any(
        (not passage or _pattern(passage).search(place.text))
        for place in texts(record)
        if not mark.place or place.key == mark.place
    )


def _by_hand(
    record: DecisionRecord, shown: DecisionRecord, marks: Sequence[Mark]
) -> tuple[dict[str, list[Span]], list[LeftOut]]:
    """Return which parts of the texts the marks leave out, by key of the place, and what is said of each."""
    gone: dict[str, list[Span]] = {}
    left_out = []
    for mark in marks:
        if _stands(record, mark) and not _stands(shown, mark):
            continue  # the summary does not have it anyway
        found = _marked(shown, mark)
        for place, spans in found:
            gone.setdefault(place.key, []).extend(spans)
        left_out.append(_said(mark, [place for place, _ in found]))
    return gone, left_out


def _marked(record: DecisionRecord, mark: Mark) -> list[tuple[Place, list[Span]]]:
    passage = mark.passage.strip()
    if not mark.place and len(passage) < LEAST:
        raise NothingThere(f"Enter at least {LEAST} characters of the words to leave out")
    if passage and _pattern(passage).search(mark.reason):
        raise NothingThere("The reason repeats the words that are left out, and everybody reads it")
    places = list(texts(record))
    if passage:
        pattern = _pattern(passage)
        found = [
            (one, [match.span() for match in pattern.finditer(one.text)])
            for one in places
            if mark.place in ("", one.key)
        ]
    else:  # the whole of a place, and wherever else the same is said word for word
        said = next((one.text for one in places if one.key == mark.place), "")
        if not said:
            raise NothingThere("There is nothing in this place")
        found = [(one, [(0, len(one.text))]) for one in places if one.text == said]
    found = [(one, spans) for one, spans in found if spans]
    if not found:
        raise NothingThere("These words stand nowhere in the record: copy them from it as they are")
    return found


def _said(mark: Mark, places: Sequence[Place]) -> LeftOut:
    named = sorted({place.words for place in places})
    where = named[0] if len(named) == 1 else "Several places"
    what = "The whole of it" if mark.place and not mark.passage.strip() else "A passage"
    exemption = mark.exemption.label if mark.exemption else ""
    return LeftOut(where, what, mark.reason, True, exemption, len(places))


def _cut(text: str, by_hand: Sequence[Span], numbers: Sequence[Span]) -> str:
    """Return a text without the parts that are left out, with a mark in the place of each."""
    found, done = [], 0
    wanted = [*((start, end, GONE) for start, end in by_hand)]
    wanted += [(start, end, NUMBER_GONE) for start, end in numbers]
    for start, end, mark in sorted(wanted):
        if start >= done:
            found += [text[done:start], mark]
        done = max(done, end)
    return "".join((*found, text[done:]))


# -- by rule --------------------------------------------------------------------------------------------


def _small_bands(record: DecisionRecord, rules: Rules) -> tuple[DecisionRecord, list[LeftOut]]:
    """Leave out bands of people that are below the threshold, the same wherever they are said."""
    pattern = hiding.small_bands(rules.threshold)
    if pattern is None:
        return record, []
    found = [one.key for one in texts(record) if hiding.holds_band(one.key) and pattern.search(one.text)]
    if not found:
        return record, []
    after = changed(record, lambda key, text: pattern.sub(TOO_FEW, text) if key in found else text)
    snapshot = after.snapshot  # the marks of the picture of reach say the same band
    reach = tuple(replace(one, steps=min(one.steps, 1)) for one in snapshot.reach)
    why = f"Fewer than {rules.threshold} people could be recognised."
    return replace(after, snapshot=replace(snapshot, reach=reach)), [
        LeftOut("Throughout", "Small numbers", why, exemption=Exemption.PERSONAL.label, times=len(found))
    ]


_ROLE_AT: tuple[tuple[re.Pattern[str], NamedRole], ...] = tuple(
    (re.compile(place), role)
    for place, role in (
        (r"^decision\.decided_by\.name$", NamedRole.DECIDER),
        (r"^correction\.by\.name$", NamedRole.DECIDER),
        (r"^snapshot\.director\.name$", NamedRole.DIRECTOR),
        (r"^check\.checked_by$", NamedRole.CHECKER),
        (r"^decision\.members_present\[\d+\]$", NamedRole.MEMBER),
        (r"^decision\.entered_by\.name$", NamedRole.SECRETARY),
        (r"^snapshot\.authors\[\d+\]\.name$", NamedRole.AUTHOR),
        (r"^snapshot\.contributors\[\d+\]\.name$", NamedRole.CONTRIBUTOR),
        (r"\.owner$", NamedRole.OWNER),
        (r"^snapshot\.engagement\[\d+\]\.led_by$", NamedRole.LEADER),
        (r"^decision\.meetings_moved\[\d+\]\.by$", NamedRole.OTHER),
        (r"^attestations\[\d+\]\.person$", NamedRole.OTHER),
        (r"^history\[\d+\]\.who$", NamedRole.OTHER),
    )
)
_SERVICE = "The service"
"""Stands in the history where nobody acted."""


def _role_at(key: str) -> NamedRole | None:
    return next((role for place, role in _ROLE_AT if place.search(key)), None)


def named_in(record: DecisionRecord) -> frozenset[str]:
    """Return who is named in a record: by the part they had, or because they chose to be."""
    by_part = {place.text for place in texts(record) if _role_at(place.key) is not None}
    return frozenset(by_part | {one for entry in record.snapshot.engagement for one in entry.named})


def _names(record: DecisionRecord, rules: Rules) -> tuple[DecisionRecord, list[LeftOut]]:
    """Give those their part for a name who are not named; in every text, so that no name stays behind."""
    first: dict[str, NamedRole] = {}
    kept: set[str] = set()
    for place in texts(record):
        role = _role_at(place.key)
        if role is None or place.text == _SERVICE or place.text == GONE:
            continue
        if role in rules.named:
            kept.add(place.text)
        elif first.get(place.text, NamedRole.OTHER) is NamedRole.OTHER:
            first[place.text] = role
    unnamed = {name: role for name, role in first.items() if name not in kept}
    if not unnamed:
        return record, []
    # longest first: of two names one of which is part of the other
    everywhere = [
        (_pattern(name), role.meaning)
        for name, role in sorted(unnamed.items(), key=lambda one: -len(one[0]))
        if len(name.split()) > 1
    ]

    def give_part(key: str, text: str) -> str:
        if _role_at(key) is not None and text in unnamed:
            words = unnamed[text].meaning
            return words[:1].upper() + words[1:]
        for pattern, words in everywhere:
            text = pattern.sub(words, text)
        return text

    after = changed(record, give_part)
    why = "Only those are named who answer for it by their post; the others have their part for a name."
    return after, [
        LeftOut("Throughout", "Names", why, exemption=Exemption.PERSONAL.label, times=len(unnamed))
    ]


def _voices(record: DecisionRecord, rules: Rules) -> tuple[DecisionRecord, list[LeftOut]]:
    """Leave out those who had chosen to be named, where somebody took their name back since."""
    named = [one for entry in record.snapshot.engagement for one in entry.named]
    if rules.voices or not named:
        return record, []
    engagement = tuple(replace(entry, named=()) for entry in record.snapshot.engagement)
    why = "Somebody who had chosen to be named took their name back."
    return replace(record, snapshot=replace(record.snapshot, engagement=engagement)), [
        LeftOut("Engagement", "Names of those who were heard", why, exemption=Exemption.PERSONAL.label)
    ]
