"""What becomes of every row of a register from before, before anything is done.

A row tells of an assessment that was made before this system, of one of its
mitigating actions, of its next review, or of all three at once. Nothing here
guesses about people or dates: what is not clear is refused, with what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ehiia.domain.register_columns import LONGEST, LONGEST_LINE, Field, folded
from ehiia.domain.register_rows import Fate, Here, Known, NewAction, NewAssessment, Problem, Row, Said, mark
from ehiia.domain.vocabulary import Band, Claim, ProposalKind, Word

_CLOSED = frozenset({"closed", "ended", "archived", "expired", "superseded", "complete and closed"})
_IN_FORCE = frozenset(
    {
        "",
        "in force",
        "approved",
        "signed off",
        "complete",
        "completed",
        "live",
        "final",
        "published",
        "active",
    }
)
_UNFINISHED = frozenset({"draft", "in progress", "not started", "being written", "in development", "pending"})
_CLAIMS = {
    Claim.NOT_STARTED: {"", "not started", "not begun", "to do", "new"},
    Claim.ON_TRACK: {"on track", "in progress", "started", "green", "ongoing", "open"},
    Claim.AT_RISK: {"at risk", "delayed", "behind", "amber", "red", "overdue"},
    Claim.DONE: {"done", "complete", "completed", "closed", "finished", "blue"},
    Claim.CANCELLED: {"cancelled", "withdrawn", "not needed"},
}


@dataclass
class _Seen:
    """An assessment as the rows so far tell of it."""

    number: int
    here: Here | None
    title: str
    refused: bool = False
    closed: bool = False
    review_on: date | None = None
    actions: dict[str, int] = field(default_factory=dict)


class _Refuses:
    """The problems of one row, gathered so that a person mends all of them at once."""

    def __init__(self, said: Said, known: Known) -> None:
        self.said, self.known = said, known
        self.problems = list(said.wrong)
        self.notes: list[str] = []
        for one, text in said.words.items():
            longest = LONGEST.get(one, LONGEST_LINE)
            if len(text) > longest:
                self.add(one, f"has {len(text):,} characters; {longest:,} fit. Make it shorter")

    def add(self, one: Field, text: str) -> None:
        """Say what is wrong in a column."""
        self.problems.append(Problem(one, text))

    def person(self, one: Field, text: str) -> int | None:
        """Return the one person here who is meant, or None where nobody is; two of a name are a problem."""
        ids = self.known.people.get(text.strip().lower() if "@" in text else folded(text), ())
        if len(ids) > 1:
            self.add(
                one, f"there are {len(ids)} people here called “{text}”. Write the e-mail address instead"
            )
        return ids[0] if len(ids) == 1 else None

    def assessment(self) -> NewAssessment:
        """Return the assessment of the row, with a problem for each part that cannot be used."""
        said = self.said
        if not said.get(Field.TITLE):
            self.add(
                Field.TITLE,
                "there is no title, and no assessment with this reference here or in the rows above. Write "
                "the title, or bring in the assessment first",
            )
        if said.days.get(Field.DECIDED_ON, self.known.today) > self.known.today:
            self.add(
                Field.DECIDED_ON, "the day of the decision is in the future. Correct it, or leave it empty"
            )
        director = said.get(Field.DIRECTOR)
        director_id = self.person(Field.DIRECTOR, director) if director else None
        if director and director_id not in self.known.directors and not self._said(Field.DIRECTOR):
            self.add(
                Field.DIRECTOR,
                f"“{director}” is no accountable director here. Name one, add the person, or leave it empty",
            )
        lead = said.get(Field.LEAD)
        lead_id = self.person(Field.LEAD, lead) if lead else None
        if lead and lead_id is None:
            self.notes.append(f"“{lead}” is not known here and is kept as a name only")
        if lead_id is not None and lead_id == director_id:
            lead_id = None
            self.notes.append("The author is the director too, and takes part as director")
        return NewAssessment(
            old_ref=said.get(Field.REF),
            title=said.get(Field.TITLE),
            summary=said.get(Field.SUMMARY),
            kind=self._kind(),
            closed=self._closed(),
            decided_on=said.days.get(Field.DECIDED_ON),
            decided_by=said.get(Field.DECIDED_BY),
            lead=lead,
            lead_id=lead_id,
            director_id=director_id,
            risk=self._risk(),
            kept_at=said.get(Field.KEPT_AT),
        )

    def _said(self, one: Field) -> bool:
        return any(problem.field is one for problem in self.problems)

    def _kind(self) -> ProposalKind:
        text = folded(self.said.get(Field.KIND))
        if not text:
            return self.known.kind_otherwise
        for kind in ProposalKind:
            if text in {folded(kind.label), folded(kind.value)} or text in folded(kind.label).split(" or "):
                return kind
        self.add(
            Field.KIND, f"“{self.said.get(Field.KIND)}” is no kind of proposal here. {_one_of(ProposalKind)}"
        )
        return self.known.kind_otherwise

    def _closed(self) -> bool:
        text = folded(self.said.get(Field.STATE))
        if text in _UNFINISHED:
            self.add(
                Field.STATE, "it is not decided yet. Start it here instead, so that it is checked and signed"
            )
        elif text not in _CLOSED | _IN_FORCE:
            self.add(
                Field.STATE, f"“{self.said.get(Field.STATE)}” is no stage here. Write in force or closed"
            )
        return text in _CLOSED

    def _risk(self) -> Band | None:
        text = folded(self.said.get(Field.RISK))
        for band in Band:
            if text in {folded(band.label), f"{folded(band.label)} risk"}:
                return band
        if text:
            self.add(Field.RISK, f"“{self.said.get(Field.RISK)}” is no band of risk. {_one_of(Band)}")
        return None

    def action(self) -> NewAction:
        """Return the action of the row, with a problem for each part that cannot be used."""
        said = self.said
        owner, address = said.get(Field.OWNER), said.get(Field.OWNER_EMAIL).lower()
        if "@" in owner and not address:
            owner, address = "", owner.lower()
        owner_id = self.person(Field.OWNER_EMAIL, address) if address else None
        if owner_id is None and owner:
            owner_id = self.person(Field.OWNER, owner)
        outside = "" if owner_id else owner or address
        if outside:
            self.notes.append(f"“{outside}” is not known here and is kept as a contact outside")
        elif owner_id is None:
            self.notes.append("The action has no owner: nobody is asked to do it")
        if Field.DUE_ON not in said.days and not self._said(Field.DUE_ON):
            self.notes.append("The action has no date: nobody is reminded of it")
        return NewAction(
            what=said.get(Field.ACTION),
            owner_id=owner_id,
            outside_owner=outside,
            outside_email=address if outside else "",
            due_on=said.days.get(Field.DUE_ON),
            measure=said.get(Field.MEASURE),
            claim=self._claim(),
        )

    def _claim(self) -> Claim:
        text = folded(self.said.get(Field.CLAIM))
        for claim, words in _CLAIMS.items():
            if text in words:
                return claim
        self.add(Field.CLAIM, f"“{self.said.get(Field.CLAIM)}” says nothing here. {_one_of(_CLAIMS)}")
        return Claim.NOT_STARTED


def _one_of(words: type[Word] | Mapping[Claim, object]) -> str:
    labels = [word.label.lower() for word in words]
    return f"Write {', '.join(labels[:-1])} or {labels[-1]}"


# -- the trial run ------------------------------------------------------------------------------------


def judge(rows: Sequence[Said], known: Known) -> list[Row]:
    """Return what becomes of every row, in their order: nothing is done yet.

    A row that is the same as one above it is refused as a duplicate, and so is whatever belongs to an
    assessment whose own row cannot be taken.
    """
    seen: dict[str, _Seen] = {}
    return [_judged(said, known, seen) for said in rows]


def _judged(said: Said, known: Known, seen: dict[str, _Seen]) -> Row:
    ref, title = folded(said.get(Field.REF)), folded(said.get(Field.TITLE))
    here = known.by_ref.get(ref) if ref else known.by_title.get(title)
    key = f"here:{here.id}" if here else f"ref:{ref}" if ref else f"title:{title}"
    refuses = _Refuses(said, known)
    row = Row(said.number, Fate.REFUSED, key, said.get(Field.TITLE) or said.get(Field.REF), here)
    if not ref and not title:
        refuses.add(Field.TITLE, "there is neither a reference nor a title. Write one of them")
        return _refused(row, refuses)
    if here is not None and not here.earlier:
        note = "It was made here: its actions and its review are kept on its own pages, and nothing is added"
        return _with(row, Fate.HERE, notes=(note,))
    about = seen.get(key)
    assessment = None
    if about is None:
        assessment = refuses.assessment() if here is None else None
        about = seen[key] = _Seen(said.number, here, title, review_on=here.review_on if here else None)
        about.closed = assessment.closed if assessment else not (here and here.open)
    elif about.refused:
        refuses.add(Field.REF, f"its assessment in row {about.number} cannot be taken. Mend that row first")
    elif here is None and title and title != about.title:
        refuses.add(
            Field.TITLE, f"row {about.number} has the same reference and another title. Correct one of them"
        )
    action = _new_action(said, about, here, refuses)
    review_on = _new_review(said, about, refuses)
    if assessment is not None and refuses.problems:
        about.refused = True
    if refuses.problems:
        return _refused(row, refuses)
    if action is not None:
        about.actions[mark(action.what)] = said.number
    about.review_on = about.review_on or review_on
    if assessment or action or review_on:
        return Row(
            said.number,
            Fate.ADDED,
            key,
            row.title,
            here,
            assessment,
            action,
            review_on,
            notes=tuple(refuses.notes),
        )
    if here is not None:
        return _with(row, Fate.HERE, notes=tuple(refuses.notes))
    refuses.add(Field.REF, f"it says the same as row {about.number}. Take one of them out")
    return _refused(row, refuses)


def _new_action(said: Said, about: _Seen, here: Here | None, refuses: _Refuses) -> NewAction | None:
    what = mark(said.get(Field.ACTION))
    if not said.get(Field.ACTION) or (here and what in here.actions):
        return None
    if what in about.actions:
        refuses.add(Field.ACTION, f"row {about.actions[what]} has the same action. Take one of them out")
        return None
    if here and not here.open:
        refuses.add(Field.ACTION, "its assessment is closed here, so no action is added. Take the row out")
        return None
    return refuses.action()


def _new_review(said: Said, about: _Seen, refuses: _Refuses) -> date | None:
    wanted = said.days.get(Field.REVIEW_ON)
    if wanted is None or wanted == about.review_on:
        return None
    if about.closed:
        refuses.notes.append("It is closed, so no review is planned")
        return None
    if about.review_on is None:
        return wanted
    if about.here is not None:
        refuses.notes.append("Another review is planned here already. It is moved on its own page")
        return None
    refuses.add(
        Field.REVIEW_ON, f"row {about.number} has another day for the same review. Correct one of them"
    )
    return None


def _refused(row: Row, refuses: _Refuses) -> Row:
    return Row(row.number, Fate.REFUSED, row.key, row.title, row.here, problems=tuple(refuses.problems))


def _with(row: Row, fate: Fate, notes: tuple[str, ...]) -> Row:
    return Row(row.number, fate, row.key, row.title, row.here, notes=notes)
