"""What a run of a system with records of its own would do: rehearsed by the run's own code, and rolled back.

Nothing is asked of the system while the database waits. A rehearsal goes as far as is known; what it would have to ask
is asked between two rehearsals, until nothing is left to ask.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import timedelta

from hub.connector import Exchange, peek
from hub.errors import HubError, Refused, TryLater
from hub.handler import Work
from hub.store import DatabaseAway, Tx, quarantine, records
from hub.sync.apart import fetch, taken_apart
from hub.sync.exchange import FULL_EVERY, pull
from hub.sync.outgoing import lists_mixed
from hub.sync.planned import Action, StreamPlan, SystemPlan
from hub.sync.push import push
from hub.sync.rehearsal import RUN, Memory, Rehearsal, Rehearsed
from hub.sync.system import Flow, System

MOST_REHEARSALS = 20
ASKED_AT_ONCE = 200
EVERYTHING = 10_000_000
WAITS = "waits-for-"
"""Begins the cause of what waits for another record."""

Writing = Callable[[], AbstractContextManager[Tx]]
"""Opens a transaction that is rolled back if its block raises."""


class _RolledBackError(Exception):
    """Ends a rehearsal: nothing of it is kept."""


def plan_system(
    system: System, streams: Sequence[str], writing: Writing, full_every: Mapping[str, timedelta | None]
) -> SystemPlan:
    """Return what the next runs of some streams would do; keeps nothing.

    A stream that cannot be read has its fault in its plan, and hides no other; a record that cannot be had or looked for
    has its cause, as in a run. Raises TryLater if it does not come to
    rest, TryLater or Refused if what the streams hang on (the parties of orders) cannot be had.
    """
    memory = Memory()
    faults: dict[str, HubError] = {}
    for _ in range(MOST_REHEARSALS):
        readable = [name for name in streams if name not in faults]
        planned = _rehearsed(system, readable, writing, full_every, memory)
        if memory.complete:
            entities = {name: system.connector.streams[name].entity for name in streams}
            broken = {name: StreamPlan(name, entities[name], fault=fault) for name, fault in faults.items()}
            return SystemPlan(system.name, [broken.get(name) or planned[name] for name in streams])
        faults |= _ask(system, memory)
        elsewhere = [fault for name, fault in faults.items() if name not in streams]
        if elsewhere:
            raise elsewhere[0]
    raise TryLater(f"{system.name} changes faster than it can be planned; try again when it is calmer")


def _rehearsed(
    system: System,
    streams: Sequence[str],
    writing: Writing,
    full_every: Mapping[str, timedelta | None],
    memory: Memory,
) -> dict[str, StreamPlan]:
    planned: dict[str, StreamPlan] = {}
    with suppress(_RolledBackError), writing() as tx:
        standing = Rehearsed(system.name, system.connector, memory, tx)
        connector: Exchange = standing
        rehearsing = replace(system, connector=connector)
        aside: dict[int, str] = {}
        flows = {name: rehearsing.flow(name) for name in streams}
        # All turns at once, in one order: another plan may take the same ones in the order of its own streams.
        for entity in sorted({each for flow in flows.values() for each in _written(flow)}):
            records.take_turn(tx, entity)
        for name, flow in flows.items():
            every = full_every.get(name)
            try:
                planned[name] = _stream(tx, flow, standing, FULL_EVERY if every is None else every)
            except Refused as fault:
                planned[name] = StreamPlan(name, flow.stream.entity, fault=fault)
            for each in quarantine.find(tx, system=system.name, run=RUN, state=None, most=EVERYTHING):
                aside.setdefault(each.id, name)
        _add_put_aside(tx, system, planned, aside)
        raise _RolledBackError
    return planned


def _written(flow: Flow) -> list[str]:
    """Return the entities that a run of a stream may write: its own, and what comes along with it."""
    return [flow.stream.entity, *flow.entity.references.values()]


def _stream(tx: Tx, flow: Flow, standing: Rehearsed, full_every: timedelta) -> StreamPlan:
    hold, total, sent = Rehearsal(tx), Counter[str](), len(standing.sent)
    work = Work(run=RUN, generation=1, job="", system=flow.system.name, cause="plan", scheduled_at=None, scope=None)
    pull(flow, work, hold, total, full_every)
    # What goes out hangs on what has come in.
    if flow.goes and not standing.memory.to_read:
        try:
            push(flow, RUN, hold, total)
        except DatabaseAway:
            raise
        except TryLater as later:
            hold.tell(str(later), "warning")
    mixed = lists_mixed(tx, flow)
    if mixed is not None:
        hold.tell(f"{mixed}; name one with price_list in [systems.{flow.system.name}.range]", "warning")
    planned = StreamPlan(flow.name, flow.stream.entity, identical=total["identical"], notes=hold.notes)
    planned.actions += _came(flow, hold)
    planned.actions += [
        Action(flow.name, "out", each.entity, each.key, each.outcome, each.external_id, each.changes)
        for each in standing.sent[sent:]
    ]
    return planned


def _came(flow: Flow, hold: Rehearsal) -> list[Action]:
    """Return what would come in; what would be put aside is told by the quarantine."""
    came = [
        Action(
            flow.name,
            "in",
            each.entity,
            each.key,
            "conflict" if each.lost else each.outcome,
            each.external_id,
            each.changes,
            each.lost,
        )
        for each in hold.arrivals
        if each.lost or each.outcome not in ("identical", "quarantined")
    ]
    leads = flow.leads
    return came + [Action(flow.name, "in", entity, key, "deleted" if leads else "gone") for entity, key in hold.gone]


def _add_put_aside(tx: Tx, system: System, planned: Mapping[str, StreamPlan], aside: Mapping[int, str]) -> None:
    """Add what would wait in quarantine in the end; what was settled by a later stream does not."""
    left = quarantine.find(tx, system=system.name, run=RUN, most=EVERYTHING)
    unclear = {(each.entity, each.key) for each in left}
    for each in planned.values():
        each.actions = [a for a in each.actions if a.outcome != "found" or (a.entity, a.key) not in unclear]
    for each in left:
        going = each.identity.startswith("push:")
        outcome = "waits" if each.cause.startswith(WAITS) else "quarantined"
        planned[aside[each.id]].actions.append(
            Action(
                aside[each.id],
                "out" if going else "in",
                each.entity,
                each.key or each.external_id or "",
                outcome,
                each.external_id,
                cause=each.cause,
                message=each.message,
            )
        )


def _ask(system: System, memory: Memory) -> dict[str, HubError]:
    """Ask the system what a rehearsal was missing; returns the streams of which nothing can be had."""
    faults: dict[str, HubError] = {}
    for question in (_read, _fetch, _find):
        try_each = {*memory.to_fetch, *memory.to_find, *(each.stream for each in memory.to_read)} - faults.keys()
        for stream in sorted(try_each):
            try:
                question(system, memory, stream)
            except (TryLater, Refused) as fault:
                faults[stream] = fault
    memory.to_read, memory.to_fetch, memory.to_find = {}, {}, {}
    return faults


def _read(system: System, memory: Memory, stream: str) -> None:
    for wanted in [each for each in memory.to_read if each.stream == stream]:
        pages = list(peek(system.connector, stream, wanted.checkpoint, full=wanted.full))
        memory.pages[wanted] = pages
        for page in pages:
            of = stream if page.entity == system.connector.streams[stream].entity else system.stream_of(page.entity)
            memory.documents |= {(of or stream, each.id): each for each in page.documents}


def _fetch(system: System, memory: Memory, stream: str) -> None:
    ids = list(memory.to_fetch.get(stream, ()))
    for start in range(0, len(ids), ASKED_AT_ONCE):
        part = ids[start : start + ASKED_AT_ONCE]
        _remember(system, memory, stream, part)


def _remember(system: System, memory: Memory, stream: str, ids: Sequence[str]) -> None:
    """Fetch records, and keep what cannot be had with its cause."""
    fetched = fetch(system.flow(stream), ids)
    memory.documents |= dict.fromkeys(((stream, each) for each in ids), None)
    memory.documents |= {(stream, each.id): each for each in fetched.documents}
    memory.unshown |= {(stream, identity): fault for identity, fault in fetched.broken.items()}


def _find(system: System, memory: Memory, stream: str) -> None:
    wanted, connector = list(memory.to_find.get(stream, {}).values()), system.connector
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        part = wanted[start : start + ASKED_AT_ONCE]
        answers, broken = taken_apart(part, lambda some: connector.find(stream, some), connector)
        found = {key: ids for each in answers for key, ids in each.items()}
        memory.found |= {(stream, each.key): found.get(each.key, ()) for each in part}
        memory.unfound |= {(stream, each.key): fault for each, fault in broken}
        single = [ids[0] for ids in found.values() if len(ids) == 1 and (stream, ids[0]) not in memory.documents]
        _remember(system, memory, stream, single)
