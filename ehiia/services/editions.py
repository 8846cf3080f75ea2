"""Finding a publication edition again: by its reference, its code, or the digest of a file or of its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from ehiia.domain import codes
from ehiia.domain.decision import DecisionRecord
from ehiia.domain.publishing import PublicationState, is_out
from ehiia.domain.standing import OF_EDITION, OF_WAITING, Standing, standing_of
from ehiia.services import freezing
from ehiia.services.transaction import NotFound, read
from ehiia.store import publications
from ehiia.store.assessments import Assessment
from ehiia.store.decisions import RecordRow
from ehiia.store.organisations import Organisation
from ehiia.store.publications import Edition, EditionFile, Publication

__all__ = ["KeptEdition", "find", "newer"]


@dataclass(frozen=True)
class KeptEdition:
    """An edition with its files and how it stands."""

    row: Edition
    record: DecisionRecord
    """What it shows, and nothing else."""
    publication: Publication
    assessment: Assessment
    organisation: Organisation
    of_ref: str
    """What it is an edition of: the reference of a record, or of a version that waited for its decision."""
    files: tuple[EditionFile, ...]
    superseded_by: str
    """Reference of the newer decision record of the assessment, or ""."""

    @property
    def withdrawn(self) -> bool:
        """Whether its publication was withdrawn, or given up before it was out."""
        return self.publication.state in (PublicationState.WITHDRAWN, PublicationState.GIVEN_UP)

    @property
    def replaced(self) -> bool:
        """Whether a later edition of the same assessment was published in its place."""
        return self.publication.state is PublicationState.REPLACED

    @property
    def standing(self) -> Standing:
        """How it stands today: as its publication does, and what it is an edition of."""
        if self.withdrawn:
            return Standing.WITHDRAWN
        if self.publication.snapshot_id is not None and not self.replaced:
            return Standing.CURRENT if self.publication.decided_at is None else Standing.DECIDED
        return standing_of(self.assessment.stage, superseded=self.replaced or bool(self.superseded_by))

    @property
    def standing_means(self) -> str:
        """What that means: whether the edition ended, or the record that it is one of."""
        if self.publication.snapshot_id is not None:
            return OF_WAITING.get(self.standing, self.standing.meaning)
        return OF_EDITION[self.standing] if self.withdrawn or self.replaced else self.standing.meaning

    def is_out(self, today: date) -> bool:
        """Say whether the public is shown it on a day; what was restricted since is not."""
        if self.assessment.restricted or self.assessment.practice:
            return False
        return is_out(self.publication.state, self.publication.not_before_on, today=today)


def find(*, edition_id: int = 0, ref: str = "", code: str = "", sha256: str = "") -> KeptEdition:
    """Find an edition by id, reference, code, or the digest of a file or of its JSON. Raises NotFound.

    Whether the public may be shown it is for the caller to ask: ``is_out``.
    """
    session = read()
    query = (
        select(Edition, Publication, Assessment, Organisation, RecordRow.ref)
        .join(Publication, Publication.id == Edition.publication_id)
        .join(Assessment, Assessment.id == Edition.assessment_id)
        .join(Organisation, Organisation.id == Edition.organisation_id)
        .outerjoin(RecordRow, RecordRow.id == Edition.record_id)
    )
    if edition_id:
        query = query.where(Edition.id == edition_id)
    elif ref:
        query = query.where(Edition.ref == ref)
    elif code:
        query = query.where(Edition.code == codes.tidy(code))
    else:
        from_file = session.scalar(select(EditionFile.edition_id).where(EditionFile.sha256 == sha256))
        query = query.where(Edition.id == from_file if from_file else Edition.sha256 == sha256)
    found = session.execute(query.limit(1)).one_or_none()
    if found is None:
        raise NotFound
    row, publication, assessment, organisation, of_ref = found
    newer = (
        session.scalar(select(RecordRow.ref).where(RecordRow.supersedes_id == row.record_id).limit(1))
        if row.record_id is not None
        else ""
    )
    record = freezing.thaw_record(row.text)
    return KeptEdition(
        row=row,
        record=record,
        publication=publication,
        assessment=assessment,
        organisation=organisation,
        of_ref=of_ref or (record.published.of_reference if record.published else ""),
        files=tuple(publications.files_of(session, row.id)),
        superseded_by=newer or "",
    )


def newer(kept: KeptEdition, *, today: date) -> str:
    """Return the reference of the edition that is out in the place of a superseded one, or ""."""
    if kept.standing is not Standing.SUPERSEDED:
        return ""
    newest = publications.newest_out(read(), kept.assessment.id, today)
    return "" if newest == kept.row.ref else newest
