"""README.txt of an evidence pack: what is in it, and how to check it with ordinary tools."""

from __future__ import annotations

from ehiia.documents.pdf import words
from ehiia.domain.audit_report import AuditReport

TEXT = """\
Evidence pack {ref}
{organisation}
{programme}, {period}
Prepared {made}

This folder is handed to auditors. Nothing reads it back: what is changed in it changes nothing in EHIIA.


What is in it

report.pdf              the report, sealed by the organisation
report.json             the same report as data; it is also attached to report.pdf
findings.csv, .json     the findings with answers and what was seen since
sample/                 what could be drawn (frame), the draws with seed, the sample with verdicts
history/history.jsonl   the history from the beginning of the period on: a row a line
records/                the signed decision records that the audit is about
root.pem                the certificate on which the seal rests
manifest.sha256         the sums of all files

Restricted assessments are not in it.


How to check it with EHIIA

    flask --app wsgi audits verify FOLDER_OR_ZIP

says in words whether every file is as it was, the chain of the history holds, the same sample is drawn
again, and the seal is intact and known. It ends with 0 where everything holds, 1 where something does not,
2 where it is no pack that can be read. On a machine that is not the organisation's own, fetch its root
certificate from the organisation's address, /records/certificate/{code}.pem (not from this folder), and add
--root THAT_FILE.


How to check it with ordinary tools

1. Every file is as it was when the pack was made:

    sha256sum --check manifest.sha256

   The report names the sums of the files once more, under its seal.

2. The seal is intact. Compare the signer with the organisation's own certificate:

    pdfsig report.pdf
    openssl x509 -in root.pem -noout -subject -fingerprint -sha256

3. The same sample is drawn again. Of each pool of the frame the share of its rule is drawn, rounded up, and
   never fewer than the minimum, spread over the strata in proportion to their size (largest remainders
   first). Within a stratum those come first whose key is smallest. The key of an item is

    printf '%s' 'SEED|REFERENCE' | sha256sum

   The seed stands in sample/draws.json. Its two parts are the number and the hash of a row of the history,
   which is in history/history.jsonl.

4. The chain of the history holds. Rows that are not about this audit are there as number and hash only.

    python3 - <<'END'
    import hashlib, json
    before = None
    for line in open("history/history.jsonl", encoding="utf-8"):
        row = json.loads(line)
        assert before is None or row["seq"] == before["seq"] + 1, ("a row is missing before", row["seq"])
        if "verb" in row:
            if row["body"] is not None:
                assert hashlib.sha256(row["body"].encode()).hexdigest() == row["body_sha256"], row["seq"]
            parts = [row["organisation_id"], row["seq"], row["at"], row["by"] or "", row["verb"],
                     row["subject"], row["body_sha256"], row["prev_hash"]]
            text = "\\x1f".join(map(str, parts))
            assert hashlib.sha256(text.encode()).hexdigest() == row["hash"], row["seq"]
            assert before is None or row["prev_hash"] == before["hash"], row["seq"]
        before = row
    print("the chain holds up to", before["seq"], before["hash"])
    END

   The last row is named in the report as the head of the history.
"""


def readme(report: AuditReport) -> str:
    """Return the text for a pack."""
    return TEXT.format(
        ref=report.reference,
        organisation=report.organisation,
        programme=report.programme,
        period=report.period,
        made=words.moment(report.made_at),
        code=report.organisation_code,
    )
