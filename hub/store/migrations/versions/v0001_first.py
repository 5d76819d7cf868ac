"""The first schema."""

import sqlalchemy as sa
from alembic import op

from hub.store.types import JSON, Identity, Instant

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "breaker",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("opened_at", Instant(), nullable=True, comment="none: closed"),
        sa.Column("probe_at", Instant(), nullable=True, comment="when somebody may ask the system again"),
        sa.Column("probes", sa.Integer(), nullable=False, comment="that failed since it was opened"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("system", name=op.f("pk_breaker")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="raised with each page: two readers cannot both go on"
        ),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "entity",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_entity")),
        comment="one writer at a time for an entity: its row is locked while revisions are given out",
    )
    op.create_table(
        "job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_due", Instant(), nullable=True),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("paused_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
        comment="jobs of the revision in force, and where their schedules stand",
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["next_due"],
        unique=False,
        postgresql_where=sa.text("enabled AND paused_at IS NULL AND next_due IS NOT NULL"),
        sqlite_where=sa.text("enabled AND paused_at IS NULL AND next_due IS NOT NULL"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "letter",
        sa.Column("id", Identity, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False, comment="hub.invalid or hub.dead"),
        sa.Column("state", sa.Text(), nullable=False, comment="open, discarded"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("routing_key", sa.Text(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("digest", name=op.f("uq_letter_digest")),
        comment="messages that nobody could understand, or that the broker gave up",
    )
    op.create_table(
        "outbox",
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False, comment="0: the result; 1..: its pages"),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("run", "generation", "part", name=op.f("pk_outbox")),
        comment="results on their way to hub.results; taken off when confirmed",
    )
    op.create_index(op.f("ix_outbox_made_at"), "outbox", ["made_at"], unique=False)
    op.create_table(
        "process",
        sa.Column("name", sa.Text(), nullable=False, comment="role @ host (process id)"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_process")),
        comment="who is at work, for hub check",
    )
    op.create_table(
        "quarantine",
        sa.Column("id", Identity, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False, comment="the record's key, or its place where it has none"),
        sa.Column("state", sa.Text(), nullable=False, comment="open, resolved, superseded, accepted, discarded"),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("raw", JSON, nullable=False, comment="the record as it was delivered"),
        sa.Column("proposed", JSON, nullable=True, comment="for review: the field values that would be taken"),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("system", "stream", "identity", name=op.f("uq_quarantine_system_stream_identity")),
    )
    op.create_index(
        "ix_quarantine_open",
        "quarantine",
        ["system"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "record",
        sa.Column("id", Identity, nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="changes of this record, the first is 1"),
        sa.Column("revision", sa.BigInteger(), nullable=False, comment="orders the changes of the entity"),
        sa.Column("system", sa.Text(), nullable=False, comment="whose change was the last"),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("entity", "key", name=op.f("uq_record_entity_key")),
    )
    op.create_table(
        "result",
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("body", JSON, nullable=False, comment="the result as it was published"),
        sa.PrimaryKeyConstraint("run", "generation", name=op.f("pk_result")),
        comment="the run log",
    )
    op.create_index(op.f("ix_result_ended_at"), "result", ["ended_at"], unique=False)
    op.create_table(
        "result_records",
        sa.Column("run", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("stored_at", Instant(), nullable=False),
        sa.Column("records", JSON, nullable=False, comment="key, outcome, cause, place of each record of a page"),
        sa.PrimaryKeyConstraint("run", "generation", "part", name=op.f("pk_result_records")),
        comment="the run log, record by record",
    )
    op.create_index(op.f("ix_result_records_stored_at"), "result_records", ["stored_at"], unique=False)
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("applied_at", Instant(), nullable=False),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revision")),
        comment="the configuration as it was applied, whole; the highest number is in force",
    )
    op.create_table(
        "run",
        sa.Column("id", Identity, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False, comment="schedule, trigger, manual, backfill"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting, running, done, dead, cancelled, skipped, discarded"
        ),
        sa.Column("generation", sa.Integer(), nullable=False, comment="raised each time the run is handed on anew"),
        sa.Column(
            "scheduled_at", Instant(), nullable=True, comment="the occurrence; none for triggers and manual runs"
        ),
        sa.Column("stands_for", sa.Integer(), nullable=False, comment="occurrences or triggers that this run answers"),
        sa.Column("scope", JSON, nullable=True, comment="keys that were asked for; none: everything"),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="who or what asked, for triggers, manual runs and backfills"
        ),
        sa.Column("overlap", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False, comment="waits for the open run of its job to end"),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("published", sa.Integer(), nullable=False, comment="times this generation was published"),
        sa.Column(
            "recall_at",
            Instant(),
            nullable=True,
            comment="published, but nobody has claimed it by then: to be published again",
        ),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True, comment="first claim"),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, comment="attempts that ended in a failure"),
        sa.Column(
            "crashes", sa.Integer(), nullable=False, comment="leases that lapsed in a row without a page of progress"
        ),
        sa.Column(
            "cancel_by", sa.Text(), nullable=True, comment="an operator asked to cancel the run while it was running"
        ),
        sa.Column("message", sa.Text(), nullable=True, comment="why it stands as it does, in a sentence"),
        sa.Column("counts", JSON, nullable=True, comment="outcomes by name, all deliveries together"),
        sa.Column("parts", sa.Integer(), nullable=False, comment="pages of results stored so far"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("job", "scheduled_at", name=op.f("uq_run_job_scheduled_at")),
    )
    op.create_index(
        "ix_run_ended",
        "run",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NOT NULL"),
        sqlite_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "ix_run_lease",
        "run",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_run_recall",
        "run",
        ["recall_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting' AND published_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'waiting' AND published_at IS NOT NULL"),
    )
    op.create_index(
        "ix_run_unpublished",
        "run",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting' AND published_at IS NULL"),
        sqlite_where=sa.text("state = 'waiting' AND published_at IS NULL"),
    )
    op.create_index(
        "uq_run_open",
        "run",
        ["job"],
        unique=True,
        postgresql_where=sa.text("started_at IS NOT NULL AND ended_at IS NULL AND overlap <> 'allow'"),
        sqlite_where=sa.text("started_at IS NOT NULL AND ended_at IS NULL AND overlap <> 'allow'"),
    )
    op.create_index(
        "uq_run_waiting_trigger",
        "run",
        ["job"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting' AND cause = 'trigger' AND started_at IS NULL"),
        sqlite_where=sa.text("state = 'waiting' AND cause = 'trigger' AND started_at IS NULL"),
    )
