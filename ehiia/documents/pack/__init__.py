"""Evidence packs: the files an auditor is handed, and checking them. Values in, bytes out, and back."""

MANIFEST = "manifest.sha256"
"""Name of the list of sums, in the format of ``sha256sum``."""
REPORT = "report.pdf"
FINDINGS = "findings.json"
HISTORY = "history/history.jsonl"
