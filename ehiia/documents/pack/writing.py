"""The files of an evidence pack. The same values give the same bytes, but for the seal in the report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ehiia.clock import LONDON, day_of
from ehiia.documents.pack import FINDINGS, HISTORY, MANIFEST, REPORT
from ehiia.documents.pack.readme import readme
from ehiia.documents.sheets import as_csv
from ehiia.domain import audit_report, chain, decision
from ehiia.domain.audit_report import AuditReport, PackFile
from ehiia.domain.chain import Link

__all__ = ["Beside", "data_files", "frame_name", "listed", "pack_files", "zipped"]

WHAT = {
    "README.txt": "What is in the pack, and how to check it",
    "root.pem": "The root certificate on which the seal rests",
    FINDINGS: "The findings as data",
    "findings.csv": "The findings for a spreadsheet",
    "sample/sample.csv": "The sample with who audited each item and the verdict",
    "sample/draws.json": "Seed, rule, digest of the frame and what was drawn, of each draw",
    HISTORY: "The history from the beginning of the period on",
}


@dataclass(frozen=True)
class Beside:
    """What a pack holds beside what the report says."""

    frames: tuple[str, ...]
    """The frame of each draw, in their order."""
    history: tuple[Link, ...]
    records: Mapping[str, bytes]
    """Reference of a decision record -> its signed file."""
    root_pem: str


def frame_name(number: int) -> str:
    """Return the name in the pack of the frame of a draw."""
    return f"sample/frame-{number}.txt"


def data_files(report: AuditReport, beside: Beside) -> dict[str, bytes]:
    """Return the files that the report names with their digests, by name; ``report.files`` is not read."""
    findings = [decision.plain(one) for one in report.findings]
    draws = [decision.plain(one) for one in report.draws]
    files = {
        "root.pem": beside.root_pem.encode(),
        FINDINGS: _json(findings),
        "findings.csv": _findings(report),
        "sample/sample.csv": _sample(report),
        "sample/draws.json": _json(draws),
        HISTORY: chain.write(beside.history).encode(),
        "README.txt": readme(report).encode(),
    }
    for draw, frame in zip(report.draws, beside.frames, strict=True):
        files[draw.file] = frame.encode()
    for ref, pdf in beside.records.items():
        files[f"records/{ref}.pdf"] = pdf
    return dict(sorted(files.items()))


def listed(files: Mapping[str, bytes]) -> tuple[PackFile, ...]:
    """Return the files with their digests, as the report names them."""
    return tuple(PackFile(name, _sha256(content), _what(name)) for name, content in files.items())


def _what(name: str) -> str:
    if name.startswith("records/"):
        return "A signed decision record that the audit is about"
    return WHAT.get(name, "Everything that could be drawn")


def pack_files(report: AuditReport, pdf: bytes, data: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all files of a pack by name: the sealed report, its data and the manifest."""
    files = dict(data) | {
        REPORT: pdf,
        audit_report.FILE: report.canonical().encode(),
    }
    files[MANIFEST] = manifest(files)
    return dict(sorted(files.items()))


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Return the sums of files in the format of ``sha256sum``."""
    return "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(files.items())).encode()


def zipped(ref: str, files: Mapping[str, bytes], made_at: datetime) -> bytes:
    """Return the files in a folder named by the reference, as a ZIP; the same files give the same bytes."""
    local = made_at.astimezone(LONDON)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = ZipInfo(f"{ref}/{name}", date_time=local.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def _findings(report: AuditReport) -> bytes:
    head = (
        "Reference",
        "Item",
        "Assessment",
        "What was seen",
        "What should be",
        "Why it is so",
        "What comes of it",
        "Grade",
        "Recommended",
        "State",
        "Answer",
        "Answer in words",
        "Owner",
        "Due on",
        "Accepts the risk",
        "Looked at again",
        "Seen then",
    )
    return as_csv(
        head,
        (
            (
                one.ref,
                one.case,
                one.about,
                one.condition,
                one.criterion,
                one.cause,
                one.effect,
                one.grade,
                one.recommendation,
                one.state,
                one.response,
                one.response_words,
                one.owner,
                one.due_on,
                one.risk_taken_by,
                one.followed,
                one.followed_words,
            )
            for one in report.findings
        ),
    )


def _sample(report: AuditReport) -> bytes:
    checks = _titles(report)
    head = (
        *("Item", "Assessment", "What", "Why it was drawn", "Draw", "Audited by", "State", "Verdict"),
        *("Audited on", "What was seen", "Risk left"),
        *checks,
    )
    rows = []
    for case in report.cases:
        result = {check.title: check.result for check in case.checks}
        rows.append(
            (
                case.ref,
                case.about,
                case.what or case.title,
                case.pool,
                case.draw,
                case.auditor,
                case.state,
                case.verdict,
                day_of(case.done_at) if case.done_at else None,
                case.found,
                case.risk,
                *(result.get(title, "") for title in checks),
            )
        )
    return as_csv(head, rows)


def _titles(report: AuditReport) -> tuple[str, ...]:
    every: Iterable[str] = (check.title for case in report.cases for check in case.checks)
    return tuple(dict.fromkeys(every))
