"""Documents of a system become records: matched, merged field by field, and stored, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from hub.canonical import ENTITIES
from hub.connector import Document, Place, Unreadable
from hub.handler import PageReport
from hub.messages import RecordOutcome
from hub.store import Tx, bindings, history, quarantine, records
from hub.store.bindings import Binding
from hub.store.history import Conflict, Event
from hub.sync.digest import of_document
from hub.sync.matching import Known, Unclear, load
from hub.sync.system import Flow
from hub.sync.threeway import Arrived, arrive
from hub.sync.understanding import Understood, understand

CALM = timedelta(days=1)
"""After so long without undoing what we wrote, a system begins anew with its flips."""
NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class Told:
    """What was just written to a record of the system, whose document is read back."""

    key: str
    fields: Mapping[str, Any]
    certain: bool
    """The document is what the write itself answered: where it differs, the system has changed what we wrote. If not,
    somebody may have changed the record in between."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one document came to; for plans and for people."""

    entity: str
    key: str
    external_id: str
    outcome: str
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    lost: Sequence[Conflict] = ()


@dataclass(slots=True)
class Taken:
    """What some documents come to: kept in memory first, then stored at once."""

    counts: Counter[str] = field(default_factory=Counter[str])
    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    outcomes: list[RecordOutcome] = field(default_factory=list[RecordOutcome])
    writes: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    renamed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    bound: list[Binding] = field(default_factory=list[Binding])
    events: list[Event] = field(default_factory=list[Event])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])
    caught: list[quarantine.Caught] = field(default_factory=list[quarantine.Caught])
    well: list[str] = field(default_factory=list[str])
    """Identities in quarantine that are settled."""

    def report(self, to: PageReport, entity: str) -> None:
        """Add what came in to a page's report."""
        to.entity = entity
        to.counts = dict(Counter(to.counts) + self.counts)
        to.records += self.outcomes


def fresh(tx: Tx, flow: Flow, documents: Iterable[Document]) -> list[tuple[Document, str]]:
    """Return the documents that are not as they were last understood, each with its digest (PAINS S12, S13)."""
    settings = flow.system.settings_digest
    now = {each.id: (each, of_document(each, settings)) for each in documents}
    then = bindings.digests(tx, flow.system.name, flow.stream.entity, list(now))
    return [(each, digest) for identity, (each, digest) in now.items() if then.get(identity) != digest]


def take(
    tx: Tx,
    flow: Flow,
    documents: Sequence[tuple[Document, str]],
    *,
    run: int,
    told: Mapping[str, Told] | None = None,
    known_as: Mapping[str, str] | None = None,
) -> Taken:
    """Match, merge and store documents.

    `told`: by identity, what was just written to them. `known_as`: identity -> key, where that is known already.
    """
    latest = records.take_turn(tx, flow.stream.entity)
    taken = Taken()
    said = list(_understood(flow, documents, taken, run))
    bound = bindings.by_ids(tx, flow.system.name, flow.stream.entity, [each.document.id for each in said])
    for identity, key in (known_as or {}).items():
        if identity not in bound or bound[identity].gone_at is not None:
            bound[identity] = Binding(external_id=identity, key=key)
    said = list(_resolved(tx, flow, said, taken, run))
    known = load(tx, flow, said, bound)
    for each in said:
        _one(tx, flow, known, bound.get(each.document.id), each, (told or {}).get(each.document.id), taken, run)
    _store(tx, flow, taken, latest, run)
    return taken


def _understood(flow: Flow, documents: Sequence[tuple[Document, str]], taken: Taken, run: int) -> Iterable[Understood]:
    for document, digest in documents:
        said = understand(flow.system, flow.name, document, digest)
        if isinstance(said, Understood):
            yield said
        else:
            _put_aside(flow, document, said, taken, run)


def _resolved(tx: Tx, flow: Flow, said: Sequence[Understood], taken: Taken, run: int) -> Iterable[Understood]:
    """Put our keys in the place of the system's identities of other records; what these are missing waits for them."""
    names = {n: entity for n, entity in flow.entity.references.items() if not ENTITIES[entity].natural}
    found = {
        entity: bindings.by_ids(
            tx, flow.system.name, entity, {each.fields[name] for each in said if each.fields.get(name)}
        )
        for name, entity in names.items()
    }
    for each in said:
        fields, missing = dict(each.fields), None
        for name, entity in names.items():
            identity = fields.get(name)
            if identity and identity in found[entity]:
                fields[name] = found[entity][identity].key
            elif identity:
                missing = (entity, identity)
        if missing is None:
            yield replace(each, fields=fields)
            continue
        entity, identity = missing
        message = f"waits for {entity} {identity} of {flow.system.name}, which has not come yet"
        why = Unreadable(f"waits-for-{entity}", message, each.place)
        _put_aside(flow, each.document, why, taken, run, needs={"entity": entity, "id": identity})


def _one(
    tx: Tx, flow: Flow, known: Known, bound: Binding | None, said: Understood, told: Told | None, taken: Taken, run: int
) -> None:
    if bound is not None and bound.parked_at is not None:
        taken.counts["parked"] += 1
        return
    if bound is None or (bound.gone_at is not None and bound.key not in known.fields):
        key = known.match(said)
        if isinstance(key, Unclear):
            _put_aside(flow, said.document, Unreadable(key.cause, key.message, said.place), taken, run)
            return
        if key is None and not flow.comes:
            _skip(taken, flow, said)
            return
        bound = Binding(external_id=said.document.id, key=key or known.new_key(said))
    ours = known.fields.get(bound.key)
    if ours is None and flow.comes and (lacking := flow.entity.required - said.fields.keys()):
        why = f"{', '.join(sorted(lacking))} is missing"
        _put_aside(flow, said.document, Unreadable("missing-field", why, said.place), taken, run)
        return
    seen, sent = _base(flow, bound, told, said.fields)
    rules = flow.rules_for(ours if ours is not None else said.fields)
    merged = arrive(ours or {}, said.fields, seen=seen, sent=sent, before={} if told else bound.before, rule=rules)
    key = flow.entity.key(merged.fields, merged.fields) if flow.comes and flow.entity.natural else bound.key
    if key != bound.key and key in known.fields:
        why = f"{bound.key} was renamed to {key}, which is another record"
        _put_aside(flow, said.document, Unreadable("key-taken", why, said.place), taken, run)
        return
    _settle(tx, flow, known, bound, key, said, told, merged, ours, taken, run)


def _base(
    flow: Flow, bound: Binding, told: Told | None, theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both sides of the base; what was just written is agreed on, as the system shows it or as we wrote it."""
    seen, sent = dict(bound.seen), dict(bound.sent)
    if told is None:
        return seen, sent
    for name, value in told.fields.items():
        sent.pop(name, None)
        certain = told.certain or flow.directions.get(name) == "out"
        seen[name] = theirs.get(name, value) if certain else value
        if seen[name] != value:
            sent[name] = value
    return seen, sent


def _settle(
    tx: Tx,
    flow: Flow,
    known: Known,
    bound: Binding,
    key: str,
    said: Understood,
    told: Told | None,
    merged: Arrived,
    ours: Mapping[str, Any] | None,
    taken: Taken,
    run: int,
) -> None:
    """Note what a merge comes to."""
    system, entity = flow.system.name, flow.stream.entity
    if key != bound.key:
        taken.renamed.append((bound.key, key))
        known.fields.pop(bound.key, None)
    is_new = ours is None or bound.key in known.deleted
    outcome = "new" if is_new else "update" if merged.changed else "identical"
    conflicts = [
        Conflict(
            system=system,
            entity=entity,
            key=key,
            field=each.field,
            lost_by=system if each.by_system else "hub",
            values={"base": each.base, "stands": each.stands, "lost": each.lost},
            run=run,
        )
        for each in merged.lost
    ]
    if flow.comes and (is_new or merged.changed):
        taken.writes[key] = merged.fields
        if merged.changed and not is_new:
            changes = {"changes": merged.changed}
            taken.events.append(Event(entity=entity, key=key, system=system, what="changed", detail=changes, run=run))
    known.learn(key, merged.fields)
    known.bound.setdefault(key, said.document.id)
    taken.bound.append(_bound(tx, flow, bound, key, said, told, merged, taken, run))
    taken.conflicts += conflicts
    taken.well.append(f"id:{said.document.id}")
    if told is None:
        taken.counts[outcome] += 1
        taken.counts["conflict"] += len(conflicts)
        taken.arrivals.append(Arrival(entity, key, said.document.id, outcome, merged.changed, conflicts))
        if outcome != "identical":
            cause = ", ".join(merged.changed) if outcome == "update" else None
            taken.outcomes.append(RecordOutcome(key=key, outcome="new" if is_new else "update", cause=cause))


def _bound(
    tx: Tx,
    flow: Flow,
    bound: Binding,
    key: str,
    said: Understood,
    told: Told | None,
    merged: Arrived,
    taken: Taken,
    run: int,
) -> Binding:
    before = {name: bound.seen.get(name) for name in told.fields} if told else bound.before
    flips, flipped_at, parked_at = bound.flips, bound.flipped_at, None
    if merged.undone and told is None:
        calm = flipped_at is None or tx.now - flipped_at > CALM
        flips, flipped_at = 1 if calm else flips + 1, tx.now
        if flips >= flow.system.options.flips:
            parked_at = tx.now
            _park(flow, said, key, merged, flips, taken, run)
    # What the system was seen with for the first time may be what we have: the next push looks, and mostly finds it so.
    first_look = not flow.comes and told is None and not bound.seen
    return Binding(
        external_id=said.document.id,
        key=key,
        seen=merged.seen,
        sent=merged.sent,
        before=before,
        digest=said.digest,
        owed=merged.owed or first_look or (bound.owed and told is None),
        flips=flips,
        flipped_at=flipped_at,
        parked_at=parked_at,
    )


def _park(flow: Flow, said: Understood, key: str, merged: Arrived, flips: int, taken: Taken, run: int) -> None:
    names = ", ".join(each.field for each in merged.lost) or ", ".join(merged.changed)
    message = (
        f"{flow.system.name} has undone {flips} times what was written to it ({names}): something there writes it too. "
        f"Nothing more is read from or written to the record until it is released"
    )
    why = Unreadable("flips", message, said.place, key=key)
    _put_aside(flow, said.document, why, taken, run, identity=f"flips:{said.document.id}")


def _skip(taken: Taken, flow: Flow, said: Understood) -> None:
    taken.counts["skipped"] += 1
    taken.arrivals.append(Arrival(flow.stream.entity, said.key, said.document.id, "skipped"))


def _put_aside(
    flow: Flow,
    document: Document,
    why: Unreadable,
    taken: Taken,
    run: int,
    *,
    needs: Mapping[str, str] | None = None,
    identity: str | None = None,
) -> None:
    place: Place = why.place
    taken.counts["quarantined"] += 1
    taken.outcomes.append(RecordOutcome(key=why.key or document.id, outcome="quarantined", cause=why.cause))
    taken.arrivals.append(Arrival(flow.stream.entity, why.key or "", document.id, "quarantined"))
    taken.caught.append(
        quarantine.Caught(
            system=flow.system.name,
            stream=flow.name,
            identity=identity or f"id:{document.id}",
            entity=flow.stream.entity,
            key=why.key,
            cause=why.cause,
            message=why.message,
            place=asdict(place),
            raw=dict(why.raw),
            external_id=document.id,
            needs=needs,
            run=run,
        )
    )


def _store(tx: Tx, flow: Flow, taken: Taken, latest: int, run: int) -> None:
    system, entity = flow.system.name, flow.stream.entity
    for old, new in taken.renamed:
        records.rename(tx, entity, old, new)
        bindings.rename(tx, entity, old, new)
        history.rename(tx, entity, old, new)
    writes = [records.Write(key, fields) for key, fields in taken.writes.items()]
    records.write(tx, entity, writes, system=system, run=run, latest=latest)
    bindings.put(tx, system, entity, taken.bound, run)
    history.note(tx, taken.events)
    history.keep(tx, taken.conflicts)
    if taken.well and quarantine.any_open(tx, system, flow.name):
        quarantine.settle(tx, system, flow.name, taken.well)
    quarantine.put(tx, taken.caught)
