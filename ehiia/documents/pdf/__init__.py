"""The decision record as a PDF: first what it says (``record``), then how it looks (``layout``).

Nothing is imported here: ``words`` and ``structure`` are light, ``layout`` loads ReportLab.
"""
