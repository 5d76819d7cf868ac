"""What is kept. Uniqueness is the database's: the constraints here are what "nothing doubled" rests on."""

from typing import Any

import sqlalchemy as sa

from hub.store.types import JSON, Identity, Instant

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _partial(name: str, column: sa.Column[Any], where: str, *, unique: bool = False) -> sa.Index:
    condition = sa.text(where)
    return sa.Index(name, column, unique=unique, postgresql_where=condition, sqlite_where=condition)


revision = sa.Table(
    "revision",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("applied_at", Instant, nullable=False),
    sa.Column("applied_by", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("source", sa.Text, nullable=False),
    comment="the configuration as it was applied, whole; the highest number is in force",
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("settings", JSON, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("next_due", Instant),
    sa.Column("paused_at", Instant),
    sa.Column("paused_by", sa.Text),
    sa.Column("paused_note", sa.Text),
    comment="jobs of the revision in force, and where their schedules stand",
)
_partial("ix_job_due", job.c.next_due, "enabled AND paused_at IS NULL AND next_due IS NOT NULL")

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False, comment="schedule, trigger, manual, backfill"),
    sa.Column("state", sa.Text, nullable=False, comment="waiting, running, done, dead, cancelled, skipped, discarded"),
    sa.Column("generation", sa.Integer, nullable=False, comment="raised each time the run is handed on anew"),
    sa.Column("scheduled_at", Instant, comment="the occurrence; none for triggers and manual runs"),
    sa.Column("stands_for", sa.Integer, nullable=False, comment="occurrences or triggers that this run answers"),
    sa.Column("scope", JSON, comment="keys that were asked for; none: everything"),
    sa.Column("reason", sa.Text, comment="who or what asked, for triggers, manual runs and backfills"),
    sa.Column("overlap", sa.Text, nullable=False),
    sa.Column("blocked", sa.Boolean, nullable=False, comment="waits for the open run of its job to end"),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("published_at", Instant),
    sa.Column("published", sa.Integer, nullable=False, comment="times this generation was published"),
    sa.Column("recall_at", Instant, comment="published, but nobody has claimed it by then: to be published again"),
    sa.Column("worker", sa.Text),
    sa.Column("lease_until", Instant),
    sa.Column("started_at", Instant, comment="first claim"),
    sa.Column("ended_at", Instant),
    sa.Column("failures", sa.Integer, nullable=False, comment="attempts that ended in a failure"),
    sa.Column("crashes", sa.Integer, nullable=False, comment="leases that lapsed in a row without a page of progress"),
    sa.Column("cancel_by", sa.Text, comment="an operator asked to cancel the run while it was running"),
    sa.Column("message", sa.Text, comment="why it stands as it does, in a sentence"),
    sa.Column("counts", JSON, comment="outcomes by name, all deliveries together"),
    sa.Column("parts", sa.Integer, nullable=False, comment="pages of results stored so far"),
    sa.Column("plan", sa.Text, comment="to be done only if this plan is still what would be done"),
    sa.UniqueConstraint("job", "scheduled_at"),
)
_OPEN = "started_at IS NOT NULL AND ended_at IS NULL AND overlap <> 'allow'"
_partial("uq_run_open", run.c.job, _OPEN, unique=True)
_partial(
    "uq_run_waiting_trigger",
    run.c.job,
    "state = 'waiting' AND cause = 'trigger' AND started_at IS NULL",
    unique=True,
)
_partial("ix_run_unpublished", run.c.not_before, "state = 'waiting' AND published_at IS NULL")
_partial("ix_run_recall", run.c.recall_at, "state = 'waiting' AND published_at IS NOT NULL")
_partial("ix_run_lease", run.c.lease_until, "state = 'running'")
_partial("ix_run_dead", run.c.id, "state = 'dead'")
_partial("ix_run_ended", run.c.ended_at, "ended_at IS NOT NULL")

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("run", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False, comment="0: the result; 1..: its pages"),
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False, index=True),
    comment="results on their way to hub.results; taken off when confirmed",
)

result = sa.Table(
    "result",
    metadata,
    sa.Column("run", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("job", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant, nullable=False, index=True),
    sa.Column("body", JSON, nullable=False, comment="the result as it was published"),
    comment="the run log",
)

result_records = sa.Table(
    "result_records",
    metadata,
    sa.Column("run", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("stored_at", Instant, nullable=False, index=True),
    sa.Column("records", JSON, nullable=False, comment="key, outcome, cause, place of each record of a page"),
    comment="the run log, record by record",
)

entity = sa.Table(
    "entity",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    comment="one writer at a time for an entity: its row is locked while revisions are given out",
)

record = sa.Table(
    "record",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("fields", JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="changes of this record, the first is 1"),
    sa.Column("revision", sa.BigInteger, nullable=False, comment="orders the changes of the entity"),
    sa.Column("system", sa.Text, nullable=False, comment="whose change was the last"),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("made_at", Instant, comment="none: before this was kept"),
    sa.Column("made_by", sa.Text, comment="the system it came from first"),
    sa.Column("made_run", sa.BigInteger),
    sa.Column("deleted_at", Instant, comment="its owner has it no more"),
    sa.UniqueConstraint("entity", "key"),
    sa.Index("ix_record_revision", "entity", "revision"),
)
LOOKED_UP = (
    ("products", "gtin"),
    ("parties", "vat_id"),
    ("parties", "email"),
    ("parties", "phone"),
    ("prices", "sku"),
    ("stock", "sku"),
)
"""Fields within `record.fields` that records are looked for by; each has an index of its own (see `records.by_field`)."""
for _entity, _field in LOOKED_UP:
    _condition = sa.text(f"entity = '{_entity}'")
    sa.Index(
        f"ix_record_{_entity}_{_field}",
        sa.text(f"(fields ->> '{_field}')"),
        _table=record,
        postgresql_where=_condition,
        sqlite_where=_condition,
    )
OPEN_ORDER = "entity = 'orders' AND coalesce(fields ->> 'status', '') NOT IN ('shipped', 'completed', 'cancelled')"
"""Of a record: an order whose goods have not left yet."""
_partial("ix_record_orders_open", record.c.entity, OPEN_ORDER)
_partial("ix_record_deleted", record.c.deleted_at, "deleted_at IS NOT NULL")

binding = sa.Table(
    "binding",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, comment="of the record"),
    sa.Column("seen", JSON, nullable=False, comment="the base: field values as the system last showed them"),
    sa.Column(
        "sent", JSON, nullable=False, comment="the base on our side, where it differs from what the system shows"
    ),
    sa.Column("before", JSON, nullable=False, comment="what stood in the fields that we wrote last"),
    sa.Column("digest", sa.Text, nullable=False, comment="of the document as it was last understood"),
    sa.Column("owed", sa.Boolean, nullable=False, comment="to be brought to the system again"),
    sa.Column("flips", sa.Integer, nullable=False, comment="times that the system undid what we wrote"),
    sa.Column("flipped_at", Instant),
    sa.Column("parked_at", Instant, comment="neither read nor written until an operator has looked at it"),
    sa.Column("gone_at", Instant, comment="the system has it no more"),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("called", sa.Text, comment="the key by which the system itself knows the record, where ours is another"),
    sa.Column("born", sa.Text, comment="when the system made the record, in its own words"),
    # The most telling column first. Where a planner has no statistics yet, it takes the bindings of a system for few
    # and walks them all, as soon as an index begins with the system.
    sa.UniqueConstraint("external_id", "entity", "system"),
    sa.Index("ix_binding_key", "key", "entity", "system"),
    comment="which record of a system is which of ours, and what both last agreed on",
)
_partial("ix_binding_owed", binding.c.system, "owed")
_partial("ix_binding_called", binding.c.called, "called IS NOT NULL")

unmatched = sa.Table(
    "unmatched",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, comment="under which a record of ours would be the same"),
    comment="what a system has shown that is none of our records yet, where neither side makes what the other has",
)

intent = sa.Table(
    "intent",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("entity", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    comment="creates that may be under way: written before, taken off after",
)

conflict = sa.Table(
    "conflict",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("lost_by", sa.Text, nullable=False, comment="whose value lost: the system's name, or hub"),
    sa.Column("values", JSON, nullable=False, comment="base, stands, lost"),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_conflict_record", "entity", "key"),
    comment="both sides changed a field: the value that lost, kept",
)

history = sa.Table(
    "history",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False, comment="came, made, found, told, removed, deleted, waits ..."),
    sa.Column("detail", JSON, nullable=False, comment="changes: field -> before, after; id; message"),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_history_record", "entity", "key"),
    comment="who changed what in a record, when, from which system, and what became of it elsewhere",
)

scan = sa.Table(
    "scan",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("ids", JSON, nullable=False),
    comment="what a full scan has shown so far, page by page; gone when it has ended",
)

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="of the configuration that it was made by"),
    sa.Column("body", JSON, nullable=False, comment="stream -> what would be done, and its digest"),
    sa.Column("made_at", Instant, nullable=False, index=True),
)

checkpoint = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("value", JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="raised with each page: two readers cannot both go on"),
    sa.Column("stored_at", Instant, nullable=False),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("system", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("identity", sa.Text, nullable=False, comment="the record's key, or its place where it has none"),
    sa.Column("state", sa.Text, nullable=False, comment="open, resolved, superseded, accepted, discarded"),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("place", JSON, nullable=False),
    sa.Column("raw", JSON, nullable=False, comment="the record as it was delivered"),
    sa.Column("proposed", JSON, comment="for review: the field values that would be taken"),
    sa.Column("run", sa.BigInteger, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("external_id", sa.Text, comment="of a system with records of its own: which one to fetch again"),
    sa.Column("needs", JSON, comment="what it waits for: entity, and id (of the system) or key (of the hub)"),
    sa.Column("again", sa.Boolean, nullable=False, server_default=sa.false(), comment="to be tried with the next run"),
    sa.UniqueConstraint("system", "stream", "identity"),
)
_partial("ix_quarantine_open", quarantine.c.system, "state = 'open'")
_partial("ix_quarantine_closed", quarantine.c.changed_at, "state <> 'open'")

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("queue", sa.Text, nullable=False, comment="hub.invalid or hub.dead"),
    sa.Column("state", sa.Text, nullable=False, comment="open, discarded"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("exchange", sa.Text, nullable=False),
    sa.Column("routing_key", sa.Text, nullable=False),
    sa.Column("headers", JSON, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    comment="messages that nobody could understand, or that the broker gave up",
)

breaker = sa.Table(
    "breaker",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
    sa.Column("opened_at", Instant, comment="none: closed"),
    sa.Column("probe_at", Instant, comment="when somebody may ask the system again"),
    sa.Column("probes", sa.Integer, nullable=False, comment="that failed since it was opened"),
    sa.Column("reason", sa.Text),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", Instant, nullable=False),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False, comment="encrypted with [hub] token_key"),
    sa.Column("version", sa.Integer, nullable=False, comment="raised with each renewal"),
    sa.Column("stored_at", Instant, nullable=False),
    comment="tokens by which systems know the hub (OAuth 2)",
)

process = sa.Table(
    "process",
    metadata,
    sa.Column("name", sa.Text, primary_key=True, comment="role @ host (process id)"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    comment="who is at work, for hub check",
)

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, primary_key=True, comment="the vendor's identity of it, or the body's digest"),
    sa.Column("came_at", Instant, nullable=False, index=True),
    comment="webhook calls that were taken, so that a repeated one is taken once",
)
