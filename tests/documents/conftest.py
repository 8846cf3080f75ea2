"""A fake authority and signed files, made once for all tests of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.signing.authority import Credential, make_root, make_seal
from ehiia.documents.signing.seal import certify, sign
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
