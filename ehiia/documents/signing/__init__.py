"""Keys and certificates, sealing and signing (PAdES), and saying whether a file is intact and trusted.

Nothing is imported here: ``facts`` and ``aside`` are read by every web process, while ``authority``,
``seal`` and ``verify`` load pyHanko and cryptography.
"""

import logging

# pyHanko logs every refused file with its trace; what it found is told by ``Verification`` instead.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
