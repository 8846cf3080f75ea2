"""Keys and certificates, sealing and signing (PAdES), and saying whether a file is intact and trusted."""

import logging

from ehiia.documents.signing.authority import (
    Credential,
    KeptKey,
    WrongSecret,
    keep,
    make_root,
    make_seal,
    reopen,
    single_use,
)
from ehiia.documents.signing.seal import SigningRefused, certify, sign
from ehiia.documents.signing.verify import SignatureFacts, SignatureKind, Verification, verify

# pyHanko logs every refused file with its trace; what it found is told by ``Verification`` instead.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

__all__ = [
    "Credential",
    "KeptKey",
    "SignatureFacts",
    "SignatureKind",
    "SigningRefused",
    "Verification",
    "WrongSecret",
    "certify",
    "keep",
    "make_root",
    "make_seal",
    "reopen",
    "sign",
    "single_use",
    "verify",
]
