"""Insert-only tables: triggers refuse to change or remove what was written.

The migration that makes a table makes its triggers, with texts of its own,
because a migration never imports the application. A house test looks for them
on both databases: SQLite drops them when Alembic rebuilds a table, and
autogenerate does not see them. Batch mode is banned on these tables.
"""

from __future__ import annotations

INSERT_ONLY = (
    "history",
    "snapshot",
    "attestation",
    "decision",
    "record",
    "record_file",
    "move",
    "audit_item",
    "review_date_change",
    "evidence_version",
    "adoption",
    "urgency",
    "meeting_date_change",
    "gap_date_change",
    "partner_update",
    "date_change",
    "audit_rule",
    "audit_draw",
    "mitigation_ending",
    "progress_note",
    "measurement",
    "go_live_change",
    "audit_opinion",
    "audit_report",
    "audit_pack",
    "audit_pack_copy",
    "decision_log_check",
    "logged_decision",
    "decision_log_answer",
    "audit_follow_up",
    "edition",
    "edition_file",
    "record_signatory",
    "record_signature",
    "paper_pack",
    "pack_reading",
    "signed_minute",
    "key_look",
)
"""Tables whose rows are never changed and never removed."""

NEVER_CHANGED = ("history_body",)
"""Rows are never changed; disposal may remove a body, and the chain stays whole."""


def trigger_names(dialect: str) -> set[str]:
    """Return the names of all triggers that must exist on "sqlite" or "postgresql"."""
    events = {table: ["update", "delete"] for table in INSERT_ONLY} | {
        table: ["update"] for table in NEVER_CHANGED
    }
    if dialect != "sqlite":
        for refused in events.values():
            refused.append("truncate")
    return {f"{table}_refuses_{event}" for table, refused in events.items() for event in refused}
