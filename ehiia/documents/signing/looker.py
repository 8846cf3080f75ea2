"""The process that ``aside`` starts: takes on its limits, looks at one file and answers in JSON."""

from __future__ import annotations

import json
import sys
from base64 import b64decode

from cattrs.preconf.json import make_converter
from cryptography import x509

from ehiia.documents.signing.verify import verify

MEMORY = 1536 * 1024 * 1024
"""Most memory, in bytes of addresses; the libraries alone take about a third of it."""


def _limit(seconds: int) -> None:
    """Take on the limits, where the system has them."""
    try:
        import resource
    except ImportError:  # not a Unix system: the clock of the one who asked remains
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read a question from standard input and answer it on standard output."""
    _limit(int(sys.argv[1]))
    asked = json.loads(sys.stdin.buffer.read())
    roots, authorities = (
        tuple(x509.load_pem_x509_certificate(pem.encode("ascii")) for pem in asked[kind])
        for kind in ("roots", "authorities")
    )
    lists = tuple(x509.load_pem_x509_crl(pem.encode("ascii")) for pem in asked["revocation_lists"])
    found = verify(b64decode(asked["pdf"]), trusted=roots, authorities=authorities, revocation_lists=lists)
    sys.stdout.buffer.write(make_converter().dumps(found).encode())


if __name__ == "__main__":
    main()
