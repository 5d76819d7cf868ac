"""Binding what a system has beside what it shows: found before it would be created twice (PAINS S3, S6), or just written."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hub.handler import Hold
from hub.messages import RecordOutcome
from hub.store import Tx, bindings, records
from hub.store.bindings import Binding
from hub.sync.apart import fetch
from hub.sync.arriving import Told, take
from hub.sync.aside import put_aside
from hub.sync.noting import note, note_broken, once_more
from hub.sync.reading import digested
from hub.sync.system import Flow

OTHERWISE = "found-otherwise"
"""The cause of what a system may have already, as another record or as several."""


@dataclass(slots=True)
class Adopted:
    """What became of records that were found."""

    keys: list[str] = field(default_factory=list[str])
    """Bound now."""
    unclear: set[str] = field(default_factory=set[str])
    """Put aside: which of several they are, somebody has to say; or the system has them and cannot show them."""
    counts: Counter[str] = field(default_factory=Counter[str])


def adopt(flow: Flow, run: int, hold: Hold, found: Mapping[str, Sequence[str]]) -> Adopted:
    """Bind what was found: our key -> the system's identities.

    Its intent stays until it has been written whole: it may be half done.
    """
    single = {key: ids[0] for key, ids in found.items() if len(ids) == 1}
    several = {key: ids for key, ids in found.items() if len(ids) > 1}
    name, entity = flow.system.name, flow.stream.entity
    fetched = fetch(flow, list(single.values()), again=True)
    documents = digested(flow, fetched.documents)
    there = {each.document.id for each in documents}
    keys = {identity: key for key, identity in single.items() if identity in there}
    broken = {key: fetched.broken[identity] for key, identity in single.items() if identity in fetched.broken}
    if not keys and not several and not broken:
        return Adopted()
    with hold.page() as (tx, report):
        # In the writers' turn: since it was looked for, another run may have made some, or found them.
        records.take_turn(tx, entity)
        made = bindings.by_keys(tx, name, entity, list(keys.values()))
        keys = {identity: key for identity, key in keys.items() if key not in made or made[key].external_id == identity}
        known = bindings.by_ids(tx, name, entity, list(keys))
        for identity, each in known.items():
            if each.gone_at is None and each.key != keys[identity] and not undo_twin(tx, flow, run, identity, each.key):
                several[keys.pop(identity)] = [identity]
        for key, ids in several.items():
            why = f"{name} has what may be it already, as {', '.join(ids[:5])}; which of them it is has to be seen to"
            # The other record may only show what it is about to be told otherwise: then the next look finds nothing.
            put_aside(tx, flow, run, key, OTHERWISE, why, again=once_more(tx, flow, run, key, OTHERWISE))
            report.records.append(RecordOutcome(key=key, outcome="quarantined", cause=OTHERWISE))
        for key, fault in broken.items():
            note_broken(tx, flow, run, key, f"has it already, but cannot show it: {fault}", report)
        mine = [each for each in documents if each.document.id in keys]
        taken = take(tx, flow, mine, run=run, known_as=keys)
        note(tx, flow, run, "found", {key: {"id": identity} for identity, key in keys.items()})
        taken.counts = Counter({"found": len(keys), "quarantined": len(several) + len(broken)})
        taken.report(report)
    return Adopted(list(keys.values()), {*several, *broken}, taken.counts)


def undo_twin(tx: Tx, flow: Flow, run: int, identity: str, key: str) -> bool:
    """Undo a record that is the one being created: it was read, changed by somebody, before it was found or its answer came.

    Only a record that no other system has; what stands in it comes in again as the found one's. Returns whether it was.
    """
    name, entity = flow.system.name, flow.stream.entity
    twin = records.by_keys(tx, entity, [key]).get(key)
    elsewhere = [each for _, each in bindings.of_record(tx, entity, key) if each.external_id != identity]
    if flow.entity.natural or twin is None or twin.made_by != name or elsewhere:
        return False
    records.delete(tx, entity, [key], system=name, run=run, latest=records.take_turn(tx, entity))
    bindings.lose(tx, name, entity, [identity], owed=False)
    note(tx, flow, run, "merged", {key: {"id": identity}})
    return True


def bind_unread(
    tx: Tx, flow: Flow, run: int, told: Mapping[str, Told], read: Collection[str], known_as: Mapping[str, str]
) -> None:
    """Bind what was written, but cannot be read back: what we wrote is all that is known of it.

    A record may have been renamed meanwhile. `known_as`: identity -> what one that was made is called now.
    """
    left = {identity: each for identity, each in told.items() if identity not in read}
    new = {identity: Binding(external_id=identity, key=each.key) for identity, each in left.items()}
    known = new | bindings.by_ids(tx, flow.system.name, flow.stream.entity, list(left))
    bound = [
        Binding(
            external_id=identity,
            key=known_as.get(identity, known[identity].key),
            seen={**known[identity].seen, **each.fields},
            called=known[identity].called,
            born=known[identity].born,
        )
        for identity, each in left.items()
        if known[identity].parked_at is None
    ]
    bindings.put(tx, flow.system.name, flow.stream.entity, bound, run)
