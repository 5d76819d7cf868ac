"""Records that go both ways: bindings with their bases, intents, conflicts, history, scans, plans."""

import sqlalchemy as sa
from alembic import op

from hub.store.types import JSON, Identity, Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make what the sync engine keeps."""
    op.create_table(
        "binding",
        sa.Column("id", Identity, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="of the record"),
        sa.Column("seen", JSON, nullable=False, comment="the base: field values as the system last showed them"),
        sa.Column(
            "sent", JSON, nullable=False, comment="the base on our side, where it differs from what the system shows"
        ),
        sa.Column("before", JSON, nullable=False, comment="what stood in the fields that we wrote last"),
        sa.Column("digest", sa.Text(), nullable=False, comment="of the document as it was last understood"),
        sa.Column("owed", sa.Boolean(), nullable=False, comment="to be brought to the system again"),
        sa.Column("flips", sa.Integer(), nullable=False, comment="times that the system undid what we wrote"),
        sa.Column("flipped_at", Instant(), nullable=True),
        sa.Column(
            "parked_at", Instant(), nullable=True, comment="neither read nor written until an operator has looked at it"
        ),
        sa.Column("gone_at", Instant(), nullable=True, comment="the system has it no more"),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding")),
        sa.UniqueConstraint("external_id", "entity", "system", name=op.f("uq_binding_external_id_entity_system")),
        comment="which record of a system is which of ours, and what both last agreed on",
    )
    op.create_index("ix_binding_key", "binding", ["key", "entity", "system"], unique=False)
    op.create_index(
        "ix_binding_owed",
        "binding",
        ["system"],
        unique=False,
        postgresql_where=sa.text("owed"),
        sqlite_where=sa.text("owed"),
    )
    op.create_table(
        "conflict",
        sa.Column("id", Identity, nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("lost_by", sa.Text(), nullable=False, comment="whose value lost: the system's name, or hub"),
        sa.Column("values", JSON, nullable=False, comment="base, stands, lost"),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        comment="both sides changed a field: the value that lost, kept",
    )
    op.create_index("ix_conflict_record", "conflict", ["entity", "key"], unique=False)
    op.create_table(
        "history",
        sa.Column("id", Identity, nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False, comment="came, made, found, told, removed, deleted, waits ..."),
        sa.Column("detail", JSON, nullable=False, comment="changes: field -> before, after; id; message"),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        comment="who changed what in a record, when, from which system, and what became of it elsewhere",
    )
    op.create_index("ix_history_record", "history", ["entity", "key"], unique=False)
    op.create_table(
        "intent",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("system", "entity", "key", name=op.f("pk_intent")),
        comment="creates that may be under way: written before, taken off after",
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="of the configuration that it was made by"),
        sa.Column("body", JSON, nullable=False, comment="stream -> what would be done, and its digest"),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_made_at"), "plan", ["made_at"], unique=False)
    op.create_table(
        "scan",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("ids", JSON, nullable=False),
        sa.PrimaryKeyConstraint("system", "stream", "number", "part", name=op.f("pk_scan")),
        comment="what a full scan has shown so far, page by page; gone when it has ended",
    )
    op.add_column(
        "quarantine",
        sa.Column(
            "external_id",
            sa.Text(),
            nullable=True,
            comment="of a system with records of its own: which one to fetch again",
        ),
    )
    op.add_column(
        "quarantine",
        sa.Column(
            "needs",
            JSON,
            nullable=True,
            comment="what it waits for: entity, and id (of the system) or key (of the hub)",
        ),
    )
    op.add_column(
        "quarantine",
        sa.Column(
            "again", sa.Boolean(), server_default=sa.false(), nullable=False, comment="to be tried with the next run"
        ),
    )
    op.add_column("record", sa.Column("made_at", Instant(), nullable=True, comment="none: before this was kept"))
    op.add_column("record", sa.Column("made_by", sa.Text(), nullable=True, comment="the system it came from first"))
    op.add_column("record", sa.Column("made_run", sa.BigInteger(), nullable=True))
    op.add_column("record", sa.Column("deleted_at", Instant(), nullable=True, comment="its owner has it no more"))
    op.create_index("ix_record_revision", "record", ["entity", "revision"], unique=False)
    op.add_column(
        "run",
        sa.Column("plan", sa.Text(), nullable=True, comment="to be done only if this plan is still what would be done"),
    )
    for entity, field in LOOKED_UP:
        condition = sa.text(f"entity = '{entity}'")
        op.create_index(
            f"ix_record_{entity}_{field}",
            "record",
            [sa.text(f"(fields ->> '{field}')")],
            unique=False,
            postgresql_where=condition,
            sqlite_where=condition,
        )


LOOKED_UP = (
    ("products", "gtin"),
    ("parties", "vat_id"),
    ("parties", "email"),
    ("parties", "phone"),
    ("prices", "sku"),
    ("stock", "sku"),
)
