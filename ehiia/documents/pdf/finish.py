"""The last step of a PDF: written once more by qpdf, as archives want it. Same bytes in, same bytes out."""

from __future__ import annotations

from io import BytesIO

import pikepdf


def finished(pdf: bytes) -> bytes:
    """Return the file with small objects in compressed streams and a line end before each ``endstream``.

    PDF/A asks for the line ends and ReportLab leaves them out. Dates and properties stay as they are;
    the second part of the file's identity becomes the digest of what was written.
    """
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        file.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=False,
            fix_metadata_version=False,
            deterministic_id=True,
        )
    return out.getvalue()
