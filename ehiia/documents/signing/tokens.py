"""A seal whose key never leaves its token: a smart card, a module, a service that speaks PKCS#11.

Needs the extra ``pkcs11``. The token is asked anew for every signature, so that one that was taken out
and put back is found again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import KeyType, Mechanism, ObjectClass

from ehiia.documents.signing.authority import TokenUnavailable

__all__ = ["TokenSeal", "TokenUnavailable"]


@dataclass(frozen=True)
class TokenSeal:
    """A seal in a token: a ``Sealer``. The certificate need not be in the token."""

    library: str
    """Path of the PKCS#11 library of the token."""
    token: str
    """Label of the token."""
    key: str
    """Label of the private key in it."""
    pin: str = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def sign(self, data: bytes) -> bytes:
        """Return the signature with SHA-256, as ``Sealer`` says. Raises TokenUnavailable."""
        try:
            token = pkcs11.lib(self.library).get_token(token_label=self.token)
            with token.open(user_pin=self.pin) as session:
                key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=self.key)
                if key.key_type is KeyType.RSA:
                    return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
                # the bare mechanism: many tokens, SoftHSM among them, do not hash for ECDSA themselves
                plain = bytes(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
        except (pkcs11.PKCS11Error, OSError, RuntimeError) as problem:
            raise TokenUnavailable(
                f"The token {self.token} cannot sign: {type(problem).__name__}."
            ) from problem
        half = len(plain) // 2
        return encode_dss_signature(int.from_bytes(plain[:half]), int.from_bytes(plain[half:]))
