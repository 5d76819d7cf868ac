"""What became of a batch of writes: read back, and stored with the bases from what the system shows (PAINS S6, S9)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hub.connector import Document, Written
from hub.errors import HubError
from hub.handler import Hold
from hub.store import Tx, bindings, intents, quarantine
from hub.sync.adopting import bind_unread, undo_twin
from hub.sync.apart import Fetched, fetch
from hub.sync.arriving import Told, take
from hub.sync.losing import lose, lose_found, lose_stranded, miss, take_turns
from hub.sync.noting import as_written, note_written
from hub.sync.preparing import Want, outdated
from hub.sync.reading import Shown, digested
from hub.sync.system import Flow


@dataclass(slots=True)
class Stored:
    """What became of the writes that the system has said something of: their keys."""

    ended: set[str] = field(default_factory=set[str])
    told: set[str] = field(default_factory=set[str])
    """Those that were written, or taken away."""
    refused: set[str] = field(default_factory=set[str])
    removed: int = 0
    counts: Counter[str] = field(default_factory=Counter[str])


def store(flow: Flow, run: int, hold: Hold, batch: Mapping[str, Want], written: Sequence[Written]) -> Stored:
    """Store what became of a batch, in one transaction: bindings with their bases, and the intents' end."""
    known = [each for each in written if each.outcome != "unknown"]
    stored = Stored(ended={each.key for each in known})
    if not known:
        return stored
    removed = [e.key for e in known if e.outcome == "done" and batch[e.key].write.remove]
    done = [e for e in known if e.outcome == "done" and not batch[e.key].write.remove]
    gone = [e.key for e in known if e.outcome == "gone"]
    shown, told = _shown(flow, hold, done, batch)
    name, entity = flow.system.name, flow.stream.entity
    with hold.page() as (tx, report):
        # In the writers' turn: whoever changes a record from here on finds what was written.
        take_turns(tx, flow, [*removed, *gone])
        called = _called_now(tx, flow, batch.values())
        overtaken = outdated(tx, flow, {called[each.key]: batch[each.key].write for each in done})
        known_as = {each.id: called[each.key] for each in done if each.id and batch[each.key].creates}
        for identity, key in _read_by_others(tx, flow, known_as).items():
            if not undo_twin(tx, flow, run, identity, key) and entity == "orders":
                # Its number was given out once more: the system was put back to a backup.
                miss(tx, flow, {key}, run)
        taken = take(tx, flow, shown, run=run, told=told, known_as=known_as)
        bind_unread(tx, flow, run, told, taken.matched, known_as)
        lose_stranded(tx, flow, {each.id: batch[each.key].write for each in done if each.id})
        lose(tx, flow, [batch[key].write.id or "" for key in removed], run, owed=False)
        lose_found(tx, flow, [batch[key].write.id or "" for key in gone], run)
        intents.close(tx, name, entity, [called[each.key] for each in known])
        bindings.pay_gone(tx, name, entity, [called[each.key] for each in done])
        bindings.owe(tx, name, entity, overtaken)
        whole = [*removed, *(each.key for each in done if not each.instead)]
        quarantine.settle(tx, name, flow.name, [f"push:{key}" for key in whole])
        for each in known:
            counted, outcomes = note_written(tx, flow, run, batch[each.key], each)
            stored.counts += counted
            report.records += outcomes
        report.entity = entity
        report.counts = dict(stored.counts)
    stored.told.update(removed, (each.key for each in done))
    stored.refused.update(each.key for each in known if each.outcome == "refused")
    stored.removed = len(removed)
    return stored


def _called_now(tx: Tx, flow: Flow, wants: Iterable[Want]) -> dict[str, str]:
    """Return what records are called that were under way, and may have been renamed: key -> key."""
    references = {each.write.key: each.write.reference for each in wants}
    now = intents.called(tx, flow.system.name, flow.stream.entity, references.values())
    return {key: now.get(marked, key) for key, marked in references.items()}


def _read_by_others(tx: Tx, flow: Flow, made: Mapping[str, str]) -> dict[str, str]:
    """Return what another run has read while this one was making it, and took for new: somebody has edited it there.

    `made`: identity -> key. Returns identity -> the other key.
    """
    read = bindings.by_ids(tx, flow.system.name, flow.stream.entity, list(made))
    return {id_: each.key for id_, each in read.items() if each.gone_at is None and each.key != made[id_]}


def _shown(
    flow: Flow, hold: Hold, done: Sequence[Written], batch: Mapping[str, Want]
) -> tuple[list[Shown], dict[str, Told]]:
    """Return the documents of what was written, as the system has them now."""
    made = {each.id: each.key for each in done if each.id and batch[each.key].creates}
    edited: Mapping[str, str] = {}
    if made:
        with hold.reading() as tx:
            edited = _read_by_others(tx, flow, made)
    documents = [each.document for each in done if each.document is not None and each.id not in edited]
    certain = {each.id for each in documents}
    left = [each.id for each in done if each.id and each.id not in certain]
    if left and flow.stream.reads:
        documents += _read_back(flow, hold, left)
    # What has just been created, nobody else has changed.
    certain |= made.keys() - edited.keys()
    told = {e.id: Told(e.key, as_written(batch[e.key], e), e.id in certain) for e in done if e.id}
    return digested(flow, documents), told


def _read_back(flow: Flow, hold: Hold, ids: Sequence[str]) -> list[Document]:
    """Return records as they are after the write; none if the system does not answer: that it was written counts."""
    try:
        fetched = fetch(flow, ids)
    except HubError as away:
        fetched = Fetched((), dict.fromkeys(ids, str(away)))
    if fetched.broken:
        many, why = len(fetched.broken), next(iter(fetched.broken.values()))
        hold.tell(f"{many} {flow.stream.entity} were written and not read back: {why}", "warning")
    return [*fetched.documents]
