"""A run of a system with records of its own: each stream is read, then what is due goes out."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub import scope
from hub.canonical import ENTITIES
from hub.handler import Done, HandedOn, Handler, Hold, Outcome, PageReport, Work
from hub.store import Tx, bindings, checkpoints, quarantine, records, scans, unmatched
from hub.store.checkpoints import Checkpoint
from hub.store.quarantine import Entry
from hub.sync import delivered, reserving, scanning
from hub.sync.apart import fetch_or_aside
from hub.sync.arriving import fresh, take
from hub.sync.bringing import Unsettled
from hub.sync.outgoing import adds_up, beside_own, meets, wanted
from hub.sync.pull import READ_TO_END, summary
from hub.sync.push import SIDE, push
from hub.sync.reading import PageBreaks, Read, Shown, digested, read
from hub.sync.system import Flow, System
from hub.sync.unanswered import next_look, surely_over

FULL_EVERY = timedelta(days=1)
"""Where a job does not say how often everything is compared."""
MOST_TRIED = 500
"""Entries of quarantine fetched again in one run."""
UNCHANGED = 10_000
"""So many documents in which nothing has changed may go by before the scan's place is stored: a crash has them read
again, nothing more."""


def exchanger(system: Callable[[], System], streams: Sequence[str], full_every: timedelta | None = None) -> Handler:
    """Return the handler that brings some streams of a system and the hub into step."""

    def exchange(work: Work, hold: Hold) -> Outcome:
        total = Counter(work.counts)
        side = system()
        flows = [side.flow(name) for name in streams]
        with hold.reading() as tx:
            began, again = tx.now, next_look(tx, flows)
        stuck: list[PageBreaks] = []
        for flow in flows:
            try:
                if not pull(flow, work, hold, total, FULL_EVERY if full_every is None else full_every):
                    return HandedOn()
            except PageBreaks as fault:  # the streams behind it go on
                stuck.append(fault)
                continue
            if flow.goes and not push(flow, work.run, hold, total):
                return HandedOn()
        if stuck:
            raise stuck[0]
        if again and work.plan:
            # Another run would do more than the plan showed.
            raise Unsettled(after=(again - began).total_seconds())
        return Done(_message(flows, +total), again)

    return exchange


def _message(flows: Sequence[Flow], total: Counter[str]) -> str:
    """Return what a run came to; where that is nothing because nothing can flow, that is said."""
    if not flows or any(each.is_read or each.goes for each in flows):
        return summary(total)
    return f"nothing comes or goes in {', '.join(each.name for each in flows)}: hub systems show {flows[0].system.name}"


def pull(flow: Flow, work: Work, hold: Hold, total: Counter[str], full_every: timedelta) -> bool:
    """Read what has changed in a stream, or all of it; returns whether it got to the end before the slice was over."""
    if not flow.is_read:
        return True
    if not flow.stream.asked:
        return _take_delivered(flow, work.run, hold, total)
    if work.scope:
        # Whoever says that something has changed gives a hint: how it stands now is what counts (PAINS S10).
        named = scope.of_stream(work.scope, flow.name)
        _take_some(flow, named, work.run, hold, total)
        _bring_along(flow, named, work.run, hold, total)
        return True
    reserving.begin(flow, work.run, hold)
    if not _everything_due(flow, work, hold, total, full_every):
        return False
    reserving.end(flow, work.run, hold)
    return True


def _everything_due(flow: Flow, work: Work, hold: Hold, total: Counter[str], full_every: timedelta) -> bool:
    for each in (*_coming_along(flow), flow):
        _try_again(each, work.run, hold, total)
    if flow.stream.delta and not _read(flow, work.run, hold, total):
        return False
    with hold.reading() as tx:
        scan, _ = scanning.stands(tx, flow)
        due = scan.due(tx.now, full_every, flow.system.settings) or (
            not flow.stream.delta and (flow.comes or flow.binds) and scan.run != work.run
        )
    if not due:
        return True
    if flow.stream.delta and scan.ended is None and not scan.open:
        # The first reading has shown everything.
        _note_end(flow, work.run, hold)
        return True
    return _scan(flow, work.run, hold, total)


def _take_delivered(flow: Flow, run: int, hold: Hold, total: Counter[str]) -> bool:
    """Take what has come. What is not bound yet may be spoken of in it, and nothing comes twice: then it waits."""
    with hold.reading() as tx:
        under_way = surely_over(tx, flow)
    if under_way:
        many = f"{len(under_way)} {flow.stream.entity} are not known to have come into {flow.system.name} yet"
        hold.tell(f"{many}: what was delivered waits until they are looked for")
        return True
    return _read(flow, run, hold, total)


def _read(flow: Flow, run: int, hold: Hold, total: Counter[str]) -> bool:
    with hold.reading() as tx:
        seen = checkpoints.get(tx, flow.system.name, flow.name)
    with closing(read(flow, seen.value, full=False)) as pages:
        for each in pages:
            seen = _store_changes(flow, each, seen, run, hold, total)
            if hold.over():
                return False
    return True


def _store_changes(flow: Flow, each: Read, seen: Checkpoint, run: int, hold: Hold, total: Counter[str]) -> Checkpoint:
    page, into, _ = each
    changed = _changed(each, hold, total)
    for note in page.notes:
        hold.tell(note)
    if page.gone:  # before the checkpoint moves: a crash in between must not pass them over
        scanning.part(into, page.gone, run, hold, total)
    if not changed and page.checkpoint == seen.value:
        return seen
    with hold.page() as (tx, report):
        report.counts["identical"] = len(page.documents) - len(changed)
        _take(tx, into, changed, run, report, total)
        if not flow.stream.asked:
            delivered.settle(tx, into, page, run, report, total)
        moved = checkpoints.move(tx, flow.system.name, flow.name, page.checkpoint, seen)
    if page.completes is not None:
        hold.tell(f"{page.completes.source}{READ_TO_END}")
    return moved


def _changed(each: Read, hold: Hold, total: Counter[str]) -> list[Shown]:
    if not each.shown:
        return []
    with hold.reading() as tx:
        changed = fresh(tx, each.flow, each.shown)
    total["identical"] += len(each.shown) - len(changed)
    return changed


def _take(tx: Tx, flow: Flow, changed: Sequence[Shown], run: int, report: PageReport, total: Counter[str]) -> None:
    if changed:
        taken = take(tx, flow, changed, run=run)
        taken.report(report)
        total.update(taken.counts)


def _scan(flow: Flow, run: int, hold: Hold, total: Counter[str]) -> bool:
    """Go through everything that the system has; go on where an earlier slice ended."""
    with hold.reading() as tx:
        scan, seen = scanning.stands(tx, flow)
    if not scan.open:
        scan = replace(scan, number=scan.number + 1, open=True, at=None, settings=flow.system.settings)
        with hold.page() as (tx, _):
            unmatched.clear(tx, flow.system.name, flow.stream.entity)
            seen = scanning.move(tx, flow, scan, seen)
    complete, over, seen = _go_through(flow, scan, seen, run, hold, total)
    if over and not complete:
        return False
    if complete:
        scanning.end(flow, scan.number, run, hold, total)
        _note_end(flow, run, hold)
    else:
        with hold.page() as (tx, _):  # it does not count: one that was asked for is still to come
            scanning.move(tx, flow, replace(scan, number=scan.number - 1, open=False, at=None, settings=""), seen)
        hold.tell(
            f"the scan of {flow.system.name}.{flow.name} did not come to its end; nothing is taken for gone", "warning"
        )
    return True


def _go_through(
    flow: Flow, scan: scanning.Scan, seen: Checkpoint, run: int, hold: Hold, total: Counter[str]
) -> tuple[bool, bool, Checkpoint]:
    """Take what has changed, page by page, until all is shown or the slice is over; returns whether either is so."""
    complete = over = False
    shown: list[str] = []
    identical = 0
    with closing(read(flow, scan.at, full=True)) as pages:
        for each in pages:
            page, into, _ = each
            complete, changed = page.complete, _changed(each, hold, total)
            identical += len(page.documents) - len(changed)
            shown += [document.id for document in page.documents] if into is flow else []
            if not (changed or complete or hold.over() or len(shown) >= UNCHANGED):
                continue
            with hold.page() as (tx, report):
                report.counts["identical"] = identical
                _take(tx, into, changed, run, report, total)
                scans.shown(tx, flow.system.name, flow.name, scan.number, flow.stream.entity, shown, seen.version)
                seen = scanning.move(tx, flow, replace(scan, at=page.checkpoint), seen)
            shown, identical = [], 0
            if over := hold.over():
                break
    return complete, over, seen


def _note_end(flow: Flow, run: int, hold: Hold) -> None:
    """A scan has ended: everything that goes out is compared as well."""
    with hold.page() as (tx, _):
        scan, seen = scanning.stands(tx, flow, to_move=True)
        settings = scan.settings if scan.number else flow.system.settings
        scanning.move(tx, flow, replace(scan, open=False, at=None, ended=tx.now, run=run, settings=settings), seen)
        if flow.goes and scan.number:
            out = checkpoints.get(tx, flow.system.name, flow.name + SIDE, to_move=True)
            checkpoints.move(tx, flow.system.name, flow.name + SIDE, {}, out)


def _coming_along(flow: Flow) -> list[Flow]:
    """Return the flows whose records may come with this one's, and have no job of their own (an order's parties)."""
    entities = {each for each in flow.entity.references.values() if not ENTITIES[each].natural}
    streams = filter(None, map(flow.system.stream_of, sorted(entities)))
    return [flow.system.flow(stream) for stream in streams if flow.system.connector.streams[stream].reads]


def _try_again(flow: Flow, run: int, hold: Hold, total: Counter[str]) -> None:
    """Fetch again what waited for a record that is there now, and what an operator wants tried again."""
    with hold.reading() as tx:
        entries = [e for e in quarantine.to_try(tx, flow.system.name, flow.name, "id:") if e.external_id]
        ready: list[str] = [each.external_id for each in entries if each.external_id and each.again]
        for entity in {each.needs["entity"] for each in entries if each.needs}:
            waiting = [(e.external_id, e.needs) for e in entries if e.external_id and e.needs]
            needed = {identity: needs["id"] for identity, needs in waiting if needs["entity"] == entity}
            there: Mapping[str, Any] = bindings.by_ids(tx, flow.system.name, entity, list(needed.values()))
            ready += [identity for identity, other in needed.items() if other in there]
        met, ready = _met(tx, flow), ready[:MOST_TRIED]
    if len(met) > MOST_TRIED:
        # So many are sooner read with everything else.
        with hold.page() as (tx, _):
            scanning.ask(tx, flow.system.name, flow.name)
    else:
        ready += met
    if ready:
        _take_some(flow, list(dict.fromkeys(ready)), run, hold, total, again=True)


def _met(tx: Tx, flow: Flow) -> list[str]:
    """Return the identities of what was shown before there was a record of it that the system should have."""
    if not meets(flow):
        return []
    found = unmatched.met(tx, flow.system.name, flow.stream.entity, field="sku" if adds_up(flow) else None)
    ours = wanted(tx, flow, set(found.values()))
    own = {*beside_own(tx, flow, ours)}
    return [identity for identity, key in found.items() if key in ours and key not in own]


def _bring_along(flow: Flow, ids: Sequence[str], run: int, hold: Hold, total: Counter[str]) -> None:
    """Fetch what the records of a hint wait for (an order's buyer), and these once more: nothing else soon would."""
    with hold.reading() as tx:
        entries = quarantine.by_identity(tx, flow.system.name, flow.name, [f"id:{each}" for each in ids]).values()
    waiting = {e.external_id: e.needs for e in entries if e.external_id and e.needs and "id" in e.needs}
    for other in _coming_along(flow):
        needed = {needs["id"] for needs in waiting.values() if needs["entity"] == other.stream.entity}
        _take_some(other, sorted(needed), run, hold, total)
    _take_some(flow, list(waiting), run, hold, total)


def _take_some(
    flow: Flow, ids: Sequence[str], run: int, hold: Hold, total: Counter[str], *, again: bool = False
) -> None:
    for start in range(0, len(ids), scanning.LOOKED_AT):
        overtaken = _take_part(flow, ids[start : start + scanning.LOOKED_AT], run, hold, total, again=again)
        if overtaken:
            _take_part(flow, overtaken, run, hold, total, again=again)


def _close(tx: Tx, flow: Flow, waiting: Sequence[Entry]) -> None:
    """Close what waited and is in order as it was fetched; what another run has put aside since goes on waiting."""
    if not waiting:
        return
    records.take_turn(tx, flow.stream.entity)
    now = quarantine.by_identity(tx, flow.system.name, flow.name, [each.identity for each in waiting])
    same = [each.identity for each in waiting if now.get(each.identity) == each]
    quarantine.settle(tx, flow.system.name, flow.name, same)


def _take_part(
    flow: Flow, asked: Sequence[str], run: int, hold: Hold, total: Counter[str], *, again: bool
) -> Sequence[str]:
    """Fetch and take records; returns those that have to be fetched once more.

    Another run that has read on meanwhile may have seen them newer, and they are not shown again.
    """
    with hold.reading() as tx:
        before = checkpoints.get(tx, flow.system.name, flow.name)
        waiting = quarantine.by_identity(tx, flow.system.name, flow.name, [f"id:{each}" for each in asked])
    fetched = fetch_or_aside(flow, asked, run, hold, total, again=again)
    with hold.reading() as tx:
        changed = fresh(tx, flow, digested(flow, fetched.documents), asked_for=True)
    gone = fetched.gone(asked)
    if gone:
        scanning.part(flow, sorted(gone), run, hold, total)
    well = {*asked} - fetched.broken.keys() - {each.document.id for each in changed}
    with hold.page() as (tx, report):
        _take(tx, flow, changed, run, report, total)
        _close(tx, flow, [each for each in waiting.values() if each.external_id in well])
        if gone:
            unmatched.forget(tx, flow.system.name, flow.stream.entity, gone)
        overtaken = checkpoints.get(tx, flow.system.name, flow.name).version != before.version
    return [each.document.id for each in changed] if overtaken else ()
