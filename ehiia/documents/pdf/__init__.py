"""The decision record as a PDF: first what it says (``record``), then how it looks (``layout``)."""

from ehiia.documents.pdf.layout import lay_out
from ehiia.documents.pdf.structure import Signatory

__all__ = ["Signatory", "lay_out"]
