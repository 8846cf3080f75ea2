"""A fake authority and signed files, made once for all tests of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import Signatory
from ehiia.documents.signing.authority import Credential, make_clock, make_root, make_seal
from ehiia.documents.signing.facts import Verification
from ehiia.documents.signing.seal import certify, close, sign
from ehiia.documents.signing.timestamps import LocalTimestamper
from ehiia.documents.signing.verify import verify
from tests.documents.records import CAROL, small_record

NOW = datetime(2026, 11, 21, 9, 30, 15, tzinfo=UTC)
ORGANISATION = "Elmshire Integrated Care Board"


@dataclass(frozen=True)
class Keys:
    """The root and the seal of an organisation."""

    root: Credential
    seal: Credential


@dataclass(frozen=True)
class Steps:
    """The same record after each step."""

    unsigned: bytes
    sealed: bytes
    signed: bytes


@dataclass(frozen=True)
class Stamps:
    """A time-stamp authority outside of the organisation."""

    root: Credential
    clock: Credential

    def after(self, minutes: float) -> LocalTimestamper:
        """Return what stamps so many minutes after NOW."""
        return LocalTimestamper(self.clock, now=NOW + timedelta(minutes=minutes))


@dataclass(frozen=True)
class Full:
    """A record with a seal, three signatories and a closing time-stamp, all with time-stamps."""

    steps: tuple[bytes, ...]
    """The file sealed, then with each signature, then closed."""
    signatories: tuple[Signatory, ...]

    @property
    def closed(self) -> bytes:
        """The finished file."""
        return self.steps[-1]


def look(pdf: bytes, keys: Keys, stamps: Stamps) -> Verification:
    """Return what is found about a file where the organisation and the time-stamp authority are known."""
    return verify(pdf, trusted=(keys.root.certificate,), authorities=(stamps.root.certificate,))


def make_keys(organisation: str = ORGANISATION) -> Keys:
    """Make the keys of an organisation."""
    root = make_root(organisation, now=NOW)
    return Keys(root, make_seal(organisation, root=root, now=NOW))


@pytest.fixture(scope="session")
def keys() -> Keys:
    """Return the keys of the organisation."""
    return make_keys()


@pytest.fixture(scope="session")
def steps(keys: Keys) -> Steps:
    """Return the small record unsigned, sealed and signed."""
    unsigned = lay_out(small_record(), signatories=(CAROL,))
    sealed = certify(unsigned, seal=keys.seal, issuer=keys.root.certificate, now=NOW)
    signed = sign(
        sealed,
        field=CAROL.field,
        signatory=CAROL,
        authority=keys.root,
        now=NOW + timedelta(minutes=3),
        reason="Approved",
    )
    return Steps(unsigned, sealed, signed)


@pytest.fixture(scope="session")
def stamps() -> Stamps:
    """Return the time-stamp authority of the North."""
    root = make_root("Stamps of the North", now=NOW)
    return Stamps(root, make_clock("Stamps of the North", root=root, now=NOW))


@pytest.fixture(scope="session")
def full(keys: Keys, stamps: Stamps) -> Full:
    """Return the small record after every step of a route with three signatories."""
    people = (
        CAROL,
        Signatory("Signatory2", "Dr Siân Ŵyn-Łukasiewicz", "Executive lead"),
        Signatory("Signatory3", "Joy Mensah", "Chief nurse"),
    )
    pdf = certify(
        lay_out(small_record(), signatories=people),
        seal=keys.seal,
        issuer=keys.root.certificate,
        now=NOW,
        timestamper=stamps.after(0),
    )
    steps = [pdf]
    for minutes, person in enumerate(people, start=1):
        steps.append(
            sign(
                steps[-1],
                field=person.field,
                signatory=person,
                authority=keys.root,
                now=NOW + timedelta(minutes=minutes),
                timestamper=stamps.after(minutes),
            )
        )
    return Full((*steps, close(steps[-1], timestamper=stamps.after(4))), people)
