"""The foundation: every table of the main job, and the triggers of the insert-only ones.

Long because it is one room's worth of tables made at once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


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
)
NEVER_CHANGED = ("history_body",)


def triggers() -> None:
    """Refuse to change or remove what is insert-only."""
    pairs = [(table, event) for table in INSERT_ONLY for event in ("UPDATE", "DELETE")]
    pairs += [(table, "UPDATE") for table in NEVER_CHANGED]
    if op.get_bind().dialect.name == "sqlite":
        for table, event in pairs:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME; END $$"
    )
    for table, event in pairs:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION insert_only()"
        )
    for table in INSERT_ONLY + NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION insert_only()"
        )


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "job_run",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_job_run_job_slot")),
    )
    op.create_index(op.f("ix_job_run_job_job_run_began_at"), "job_run", ["job", "began_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("ref_prefix", sa.String(length=16), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
        sa.UniqueConstraint("ref_prefix", name=op.f("uq_organisation_ref_prefix")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "throttle",
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_sha256", name=op.f("pk_throttle")),
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "claimed",
                "done",
                "failed",
                name="deliverystate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_work_dedupe_key")),
    )
    op.create_index(op.f("ix_work_state_work_next_try_at"), "work", ["state", "next_try_at"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_folded", sa.String(length=300), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "strategy",
                "policy",
                "service_change",
                "closure",
                "procurement",
                "digital",
                "workforce",
                "finance",
                "project",
                "guideline",
                name="proposalkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("depth", sa.String(length=16), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "screening",
                "not_needed_to_confirm",
                "not_needed",
                "writing",
                "with_director",
                "checking",
                "sent_back",
                "ready",
                "awaiting_signatures",
                "in_force",
                "paused",
                "withdrawn",
                "replaced",
                "closed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "stage_before_pause",
            sa.Enum(
                "screening",
                "not_needed_to_confirm",
                "not_needed",
                "writing",
                "with_director",
                "checking",
                "sent_back",
                "ready",
                "awaiting_signatures",
                "in_force",
                "paused",
                "withdrawn",
                "replaced",
                "closed",
                name="stage_before_pause",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("version_no", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "question_set_version", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column(
            "screening_version", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column(
            "screening_result",
            sa.Enum(
                "full",
                "use_existing",
                "not_relevant",
                name="screeningresult",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("existing_ref", sa.String(length=300), nullable=False),
        sa.Column("director_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("expected_go_live_on", sa.Date(), nullable=True),
        sa.Column("actual_go_live_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column(
            "worst_left",
            sa.Enum(
                "none",
                "low",
                "medium",
                "high",
                "very_high",
                name="band",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("answered_count", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("asked_count", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("missing_count", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("restricted_reason", sa.Text(), nullable=False),
        sa.Column("restricted_until_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_assessment_created_by")),
        sa.ForeignKeyConstraint(["director_id"], ["person.id"], name=op.f("fk_assessment_director_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_assessment_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_assessment_organisation_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_assessment_ref")),
    )
    op.create_index(
        op.f("ix_assessment_organisation_id_assessment_restricted_assessment_updated_at_assessment_id"),
        "assessment",
        ["organisation_id", "restricted", "updated_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessment_organisation_id_assessment_stage_assessment_id"),
        "assessment",
        ["organisation_id", "stage", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessment_organisation_id_assessment_title_folded"),
        "assessment",
        ["organisation_id", "title_folded"],
        unique=False,
    )
    op.create_table(
        "body",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("committee", sa.Boolean(), nullable=False),
        sa.Column("chair_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("secretary_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_body_chair_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_body_organisation_id")
        ),
        sa.ForeignKeyConstraint(["secretary_id"], ["person.id"], name=op.f("fk_body_secretary_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_body_organisation_id_code")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_body_organisation_id_id")),
    )
    op.create_table(
        "file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["stored_by"], ["person.id"], name=op.f("fk_file_stored_by")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("seq", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_history_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_history_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("organisation_id", "seq", name=op.f("uq_history_organisation_id_seq")),
    )
    op.create_index(op.f("ix_history_subject_history_seq"), "history", ["subject", "seq"], unique=False)
    op.create_table(
        "history_head",
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("seq", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_history_head_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_history_head")),
    )
    op.create_table(
        "local_group",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("people", sa.String(length=300), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column(
            "legal_status",
            sa.Enum(
                "protected",
                "statutory",
                "policy",
                name="legalstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_local_group_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_group")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_local_group_organisation_id_code")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "claimed",
                "done",
                "failed",
                name="deliverystate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mail_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(op.f("ix_mail_state_mail_next_try_at"), "mail", ["state", "next_try_at"], unique=False)
    op.create_table(
        "place",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_place_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_place_organisation_id_code")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_place_organisation_id_id")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column(
            "role",
            sa.Enum(
                "staff",
                "director",
                "equality_lead",
                "decision_maker",
                "auditor",
                "reader",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_post_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index(
        op.f("ix_post_person_id_post_organisation_id"), "post", ["person_id", "organisation_id"], unique=False
    )
    op.create_table(
        "ref_counter",
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("next", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_ref_counter_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "series", "year", name=op.f("pk_ref_counter")),
    )
    op.create_table(
        "signing_key",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("certificate_pem", sa.String(length=8000), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_signing_key_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )
    op.create_index(
        op.f("ix_signing_key_organisation_id_signing_key_purpose"),
        "signing_key",
        ["organisation_id", "purpose"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_answer_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_answer_by")),
        sa.PrimaryKeyConstraint("assessment_id", "question", "subject", name=op.f("pk_answer")),
    )
    op.create_table(
        "assessment_group",
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("people", sa.String(length=300), nullable=False),
        sa.Column(
            "legal_status",
            sa.Enum(
                "protected",
                "statutory",
                "policy",
                name="legalstatus",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("first_aim_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_group_assessment_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "code", name=op.f("pk_assessment_group")),
    )
    op.create_table(
        "assessment_place",
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("place_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_assessment_place_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "place_id"],
            ["place.organisation_id", "place.id"],
            name=op.f("fk_assessment_place_organisation_id_place_id"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", "place_id", name=op.f("pk_assessment_place")),
    )
    op.create_table(
        "assessment_version",
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "question_set_version", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("reference_data", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("begun_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_version_assessment_id")
        ),
        sa.ForeignKeyConstraint(["begun_by"], ["person.id"], name=op.f("fk_assessment_version_begun_by")),
        sa.PrimaryKeyConstraint("assessment_id", "number", name=op.f("pk_assessment_version")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("publisher", sa.String(length=300), nullable=False),
        sa.Column("year", sa.String(length=20), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column(
            "strength",
            sa.Enum(
                "none",
                "weak",
                "moderate",
                "strong",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_evidence_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_evidence_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(
        op.f("ix_evidence_assessment_id_evidence_id"), "evidence", ["assessment_id", "id"], unique=False
    )
    op.create_table(
        "history_body",
        sa.Column("history_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["history_id"], ["history.id"], name=op.f("fk_history_body_history_id")),
        sa.PrimaryKeyConstraint("history_id", name=op.f("pk_history_body")),
    )
    op.create_table(
        "impact",
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(
                "access",
                "experience",
                "outcomes",
                "eliminate",
                name="dimension",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum(
                "better",
                "worse",
                "mixed",
                "same",
                "unknown",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "magnitude",
            sa.Enum(
                "low",
                "medium",
                "high",
                name="magnitude",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "confidence",
            sa.Enum(
                "none",
                "weak",
                "moderate",
                "strong",
                name="confidence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "likelihood_before", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True
        ),
        sa.Column("severity_before", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column(
            "likelihood_after", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True
        ),
        sa.Column("severity_after", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "likelihood_after IS NULL OR likelihood_after BETWEEN 1 AND 5",
            name=op.f("ck_impact_likelihood_after"),
        ),
        sa.CheckConstraint(
            "likelihood_before IS NULL OR likelihood_before BETWEEN 1 AND 5",
            name=op.f("ck_impact_likelihood_before"),
        ),
        sa.CheckConstraint(
            "severity_after IS NULL OR severity_after BETWEEN 1 AND 5", name=op.f("ck_impact_severity_after")
        ),
        sa.CheckConstraint(
            "severity_before IS NULL OR severity_before BETWEEN 1 AND 5",
            name=op.f("ck_impact_severity_before"),
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_impact_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_impact_by")),
        sa.PrimaryKeyConstraint("assessment_id", "subject", "dimension", name=op.f("pk_impact")),
    )
    op.create_table(
        "login_session",
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")),
        sa.PrimaryKeyConstraint("id_sha256", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_account_id"), "login_session", ["account_id"], unique=False)
    op.create_table(
        "mitigation",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("outside_owner", sa.String(length=300), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column(
            "in_place",
            sa.Enum(
                "before", "at", "after", name="inplace", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column(
            "expected_likelihood", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True
        ),
        sa.Column(
            "expected_severity", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True
        ),
        sa.Column(
            "claim",
            sa.Enum(
                "not_started",
                "on_track",
                "at_risk",
                "done",
                "superseded",
                "cancelled",
                name="claim",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("claim_note", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "expected_likelihood IS NULL OR expected_likelihood BETWEEN 1 AND 5",
            name=op.f("ck_mitigation_likelihood"),
        ),
        sa.CheckConstraint(
            "expected_severity IS NULL OR expected_severity BETWEEN 1 AND 5",
            name=op.f("ck_mitigation_severity"),
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_mitigation_by")),
        sa.ForeignKeyConstraint(["claimed_by"], ["person.id"], name=op.f("fk_mitigation_claimed_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_mitigation_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mitigation_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_mitigation_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mitigation")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_mitigation_organisation_id_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_mitigation_ref")),
    )
    op.create_index(
        op.f("ix_mitigation_assessment_id_mitigation_id"), "mitigation", ["assessment_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_mitigation_organisation_id_mitigation_due_on"),
        "mitigation",
        ["organisation_id", "due_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_mitigation_owner_id_mitigation_due_on"), "mitigation", ["owner_id", "due_on"], unique=False
    )
    op.create_table(
        "move",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("version_no", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "from_stage",
            sa.Enum(
                "screening",
                "not_needed_to_confirm",
                "not_needed",
                "writing",
                "with_director",
                "checking",
                "sent_back",
                "ready",
                "awaiting_signatures",
                "in_force",
                "paused",
                "withdrawn",
                "replaced",
                "closed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column(
            "to_stage",
            sa.Enum(
                "screening",
                "not_needed_to_confirm",
                "not_needed",
                "writing",
                "with_director",
                "checking",
                "sent_back",
                "ready",
                "awaiting_signatures",
                "in_force",
                "paused",
                "withdrawn",
                "replaced",
                "closed",
                name="to_stage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_move_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_move_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move")),
    )
    op.create_index(op.f("ix_move_assessment_id_move_at"), "move", ["assessment_id", "at"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_notice_assessment_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notice_dedupe_key")),
    )
    op.create_index(
        op.f("ix_notice_person_id_notice_made_at"), "notice", ["person_id", "made_at"], unique=False
    )
    op.create_table(
        "participant",
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "author",
                "contributor",
                "secretary",
                "reader",
                "director",
                "owner",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("expertise", sa.String(length=300), nullable=False),
        sa.Column("wrote_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_participant_added_by")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_participant_assessment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_participant_person_id")),
        sa.PrimaryKeyConstraint("assessment_id", "person_id", "part", name=op.f("pk_participant")),
    )
    op.create_index(
        op.f("ix_participant_person_id_participant_assessment_id"),
        "participant",
        ["person_id", "assessment_id"],
        unique=False,
    )
    op.create_table(
        "quality_check",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("version_no", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_quality_check_assessment_id")
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["person.id"], name=op.f("fk_quality_check_checked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_check")),
    )
    op.create_index(
        op.f("ix_quality_check_assessment_id_quality_check_id"),
        "quality_check",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "trigger",
            sa.Enum(
                "planned",
                "not_working",
                "moved",
                name="reviewtrigger",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "done",
                "cancelled",
                name="reviewstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "keep",
                "update",
                "close",
                name="reviewoutcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_review_ended_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_review_organisation_id_assessment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(
        op.f("ix_review_assessment_id_review_id"), "review", ["assessment_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_review_organisation_id_review_state_review_due_on"),
        "review",
        ["organisation_id", "state", "due_on"],
        unique=False,
    )
    op.create_table(
        "route_step",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("position", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("body_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "consulted",
                "endorses",
                "decides",
                "ratifies",
                name="routepart",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("minute", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_route_step_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "body_id"],
            ["body.organisation_id", "body.id"],
            name=op.f("fk_route_step_organisation_id_body_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_step")),
        sa.UniqueConstraint("assessment_id", "position", name=op.f("uq_route_step_assessment_id_position")),
    )
    op.create_index(
        op.f("ix_route_step_organisation_id_route_step_meeting_on"),
        "route_step",
        ["organisation_id", "meeting_on"],
        unique=False,
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("version_no", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "gate",
            sa.Enum(
                "submitted",
                "for_decision",
                "reviewed",
                name="gate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("n", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("frozen_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_snapshot_assessment_id")),
        sa.ForeignKeyConstraint(["frozen_by"], ["person.id"], name=op.f("fk_snapshot_frozen_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint(
            "assessment_id",
            "version_no",
            "gate",
            "n",
            name=op.f("uq_snapshot_assessment_id_version_no_gate_n"),
        ),
    )
    op.create_table(
        "attestation",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("person_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("role", sa.String(length=300), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "declared",
                "agreed",
                "countersigned",
                "passed",
                "read",
                "entered",
                "decided",
                "confirmed",
                name="attested",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("snapshot_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "password", name="reauthentication", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("reauthenticated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_attestation_assessment_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attestation_person_id")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_attestation_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
    )
    op.create_index(
        op.f("ix_attestation_assessment_id_attestation_id"),
        "attestation",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_table(
        "audit_item",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("mitigation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "working",
                "too_early",
                "not_working",
                "partly",
                "not_done",
                "no_proof",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_audit_item_by")),
        sa.ForeignKeyConstraint(["file_sha256"], ["file.sha256"], name=op.f("fk_audit_item_file_sha256")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mitigation_id"],
            ["mitigation.organisation_id", "mitigation.id"],
            name=op.f("fk_audit_item_organisation_id_mitigation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_item")),
    )
    op.create_index(
        op.f("ix_audit_item_mitigation_id_audit_item_id"), "audit_item", ["mitigation_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_audit_item_organisation_id_audit_item_at"),
        "audit_item",
        ["organisation_id", "at"],
        unique=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("check_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_comment_answered_by")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_comment_assessment_id")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_comment_by")),
        sa.ForeignKeyConstraint(["check_id"], ["quality_check.id"], name=op.f("fk_comment_check_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(
        op.f("ix_comment_assessment_id_comment_id"), "comment", ["assessment_id", "id"], unique=False
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("snapshot_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("body_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "conclusion",
            sa.Enum(
                "no_major_change",
                "change",
                "go_ahead",
                "stop",
                "more_evidence",
                name="conclusion",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "approved",
                "with_conditions",
                "in_part",
                "not_approved",
                "deferred",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("entered_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("decided_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_decision_decided_by")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_decision_entered_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_decision_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "body_id"],
            ["body.organisation_id", "body.id"],
            name=op.f("fk_decision_organisation_id_body_id"),
        ),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_decision_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(
        op.f("ix_decision_assessment_id_decision_id"), "decision", ["assessment_id", "id"], unique=False
    )
    op.create_table(
        "meeting_entry",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("snapshot_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("body_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("entered_by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_meeting_entry_assessment_id")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_meeting_entry_body_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_meeting_entry_entered_by")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_meeting_entry_snapshot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_entry")),
    )
    op.create_index(
        op.f("ix_meeting_entry_assessment_id_meeting_entry_id"),
        "meeting_entry",
        ["assessment_id", "id"],
        unique=False,
    )
    op.create_table(
        "mitigation_impact",
        sa.Column("mitigation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["mitigation_id"], ["mitigation.id"], name=op.f("fk_mitigation_impact_mitigation_id")
        ),
        sa.PrimaryKeyConstraint("mitigation_id", "subject", "dimension", name=op.f("pk_mitigation_impact")),
    )
    op.create_table(
        "review_date_change",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("review_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_review_date_change_by")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_date_change_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_date_change")),
    )
    op.create_index(
        op.f("ix_review_date_change_review_id_review_date_change_id"),
        "review_date_change",
        ["review_id", "id"],
        unique=False,
    )
    op.create_table(
        "section_check",
        sa.Column("check_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("satisfied", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["quality_check.id"], name=op.f("fk_section_check_check_id")),
        sa.PrimaryKeyConstraint("check_id", "section", name=op.f("pk_section_check")),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column(
            "organisation_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False
        ),
        sa.Column("assessment_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("decision_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("ref", sa.String(length=48), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("edition", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("history_seq", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("history_sha256", sa.String(length=64), nullable=False),
        sa.Column("supersedes_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_record_decision_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assessment_id"],
            ["assessment.organisation_id", "assessment.id"],
            name=op.f("fk_record_organisation_id_assessment_id"),
        ),
        sa.ForeignKeyConstraint(["supersedes_id"], ["record.id"], name=op.f("fk_record_supersedes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("assessment_id", "edition", name=op.f("uq_record_assessment_id_edition")),
        sa.UniqueConstraint("code", name=op.f("uq_record_code")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_record_decision_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_record_ref")),
    )
    op.create_index(
        op.f("ix_record_organisation_id_record_made_at"),
        "record",
        ["organisation_id", "made_at"],
        unique=False,
    )
    op.create_index(op.f("ix_record_sha256"), "record", ["sha256"], unique=False)
    op.create_table(
        "record_file",
        sa.Column("record_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("step", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=300), nullable=False),
        sa.Column("size", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("signatory", sa.String(length=300), nullable=False),
        sa.Column("certificate_pem", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_file_record_id")),
        sa.PrimaryKeyConstraint("record_id", "step", name=op.f("pk_record_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_record_file_sha256")),
    )
    triggers()


def downgrade() -> None:
    """There is nothing before the foundation: records are never thrown away by a command."""
    raise NotImplementedError("the first migration is not undone")
