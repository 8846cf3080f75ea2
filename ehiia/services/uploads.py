"""Files that people upload: told by their content, scanned, kept under their SHA-256, handed out again.

One way for all of them. Checking comes before the transaction, because a scanner
takes its time; keeping comes inside it, after it is clear that the person may.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from ehiia.files import kinds
from ehiia.files.kinds import NotAccepted
from ehiia.files.scanner import Clamd, Infected, NotScanned
from ehiia.files.store import LocalFiles
from ehiia.services import installation
from ehiia.store import due
from ehiia.store.answers import StoredFile

__all__ = ["Checked", "NotAccepted", "Upload", "check", "content_of", "keep", "most_bytes", "room"]

log = logging.getLogger(__name__)

LONGEST_NAME = 300


@dataclass(frozen=True)
class Upload:
    """A file as it came: the name that its owner gave it, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Checked:
    """A file that may be kept."""

    name: str
    data: bytes
    media_type: str
    scanned: bool


def room() -> LocalFiles:
    """Return the room of the uploaded files."""
    return LocalFiles(installation.config().instance / "uploads")


def most_bytes() -> int:
    """Return the size of the largest file that is taken, in bytes."""
    return installation.config().upload_megabytes * 1024 * 1024


def check(upload: Upload) -> Checked:
    """Tell what a file is by its content, and have it scanned where a scanner is set up.

    Raises NotAccepted with a sentence for the person who chose it: an unknown kind, too large, infected,
    or a scanner that does not answer. Nothing is kept then.
    """
    config = installation.config()
    media_type = kinds.accept(upload.name, upload.data, max_bytes=most_bytes())
    if config.clamav:
        try:
            Clamd.at(config.clamav, seconds=config.clamav_seconds).scan(upload.data)
        except Infected as found:
            log.warning("an upload was refused: the virus scanner found %s", found.what)
            raise NotAccepted(
                f"The virus scanner found “{found.what}” in this file, so it was not kept. "
                "Tell your IT service desk"
            ) from None
        except NotScanned as error:
            log.error("an upload was refused: %s", error)
            raise NotAccepted(
                "The file could not be checked for viruses just now, so it was not kept. "
                "Choose it again in a few minutes, or save without it"
            ) from None
    return Checked(upload.name[-LONGEST_NAME:], upload.data, media_type, bool(config.clamav))


def keep(session: Session, checked: Checked, *, by: int, now: datetime) -> str:
    """Keep a file in the caller's transaction and return its SHA-256. The same bytes again are harmless."""
    sha256 = room().keep(checked.data)
    values = {
        "sha256": sha256,
        "media_type": checked.media_type,
        "size": len(checked.data),
        "stored_at": now,
        "stored_by": by,
    }
    due.make_sure(session, StoredFile, [StoredFile.sha256], values)
    if checked.scanned:
        session.execute(update(StoredFile).where(StoredFile.sha256 == sha256).values(scanned_at=now))
    return sha256


def content_of(sha256: str) -> bytes:
    """Return the bytes of a file that was kept. Who may have them is for the caller to say."""
    return room().get(sha256)
