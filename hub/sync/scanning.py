"""Full scans: what a whole scan did not show is gone, after one more look; a mass delete is asked about (PAINS S15, S16).

So is that under whose identity it showed another record.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hub.handler import Hold
from hub.messages import RecordOutcome
from hub.store import Tx, bindings, checkpoints, history, quarantine, records, scans
from hub.store.bindings import Binding
from hub.store.history import Event
from hub.sync.apart import fetch, fetch_or_aside
from hub.sync.arriving import fresh, take
from hub.sync.brake import too_many
from hub.sync.losing import lose, take_turns
from hub.sync.matching import TWICE
from hub.sync.reading import Shown, digested
from hub.sync.replaced import others, suspended
from hub.sync.system import Flow, System

SCAN = "/full"
"""Behind a stream's name: the checkpoint of its full scans."""
IDENTITY = "scan"
MASS_DELETE = "mass-delete"
LOOKED_AT = 200
"""Records asked for again at a time."""


@dataclass(frozen=True, slots=True)
class Scan:
    """How a stream's full scans stand."""

    number: int = 0
    open: bool = False
    at: Mapping[str, Any] | None = None
    """The connector's own checkpoint within the scan."""
    ended: datetime | None = None
    run: int = 0
    """The run that ended the last one."""
    settings: str = ""
    """Digest of the settings that the last one began under; empty where that is not known."""
    wanted: int = 0
    """The scan of this number was asked for, and those before it."""

    @classmethod
    def of(cls, value: Mapping[str, Any] | None) -> "Scan":
        """Read a checkpoint."""
        if not value:
            return cls()
        ended = datetime.fromisoformat(value["ended"]) if value["ended"] else None
        later = (value.get("settings", ""), value.get("wanted", 0))
        return cls(value["number"], value["open"], value["at"], ended, value["run"], *later)

    def stored(self) -> dict[str, Any]:
        """Return it as a checkpoint."""
        ended = self.ended.isoformat() if self.ended else None
        same = {"number": self.number, "open": self.open, "at": self.at, "run": self.run}
        return {**same, "ended": ended, "settings": self.settings, "wanted": self.wanted}

    def due(self, now: datetime, every: timedelta, settings: str) -> bool:
        """Return whether a scan is under way or asked for, the last is long ago, or the settings were others then."""
        if self.open or self.number < self.wanted or self.ended is None or self.ended + every <= now:
            return True
        return self.settings not in ("", settings)


def end(flow: Flow, number: int, run: int, hold: Hold, total: Counter[str]) -> None:
    """Delete what a complete scan did not show, once it has been asked for and is not there."""
    system, entity = flow.system, flow.stream.entity
    with hold.reading() as tx:
        replaced = suspended(tx, flow)
        shown_not = bindings.not_shown(tx, system.name, entity, flow.name, number)
        missing = list({each.external_id: each for each in (*shown_not, *replaced)}.values())
        there = bindings.count(tx, system.name, entity) if missing else 0
        asked = quarantine.by_identity(tx, system.name, flow.name, [IDENTITY]).get(IDENTITY)
    if too_many(len(missing), there, system.options.delete_brake) and not (asked and asked.again):
        _ask(flow, missing, there, run, hold)
        return
    for start in range(0, len(missing), LOOKED_AT):
        _look_again(flow, missing[start : start + LOOKED_AT], run, hold, total, {each.external_id for each in replaced})
    if asked:
        # Answered, or needless: a yes that was left open would be one to the next mass delete as well.
        with hold.page() as (tx, _):
            quarantine.settle(tx, system.name, flow.name, [IDENTITY])
    _close_gone(flow, number, hold)


def _close_gone(flow: Flow, number: int, hold: Hold) -> None:
    """Close what waits in quarantine for records that a scan did not show, once they were asked for and are not there."""
    with hold.reading() as tx:
        waiting = quarantine.not_shown(tx, flow.system.name, flow.name, number)
    for start in range(0, len(waiting), LOOKED_AT):
        part = waiting[start : start + LOOKED_AT]
        closed = [f"{kind}:{each}" for each in fetch(flow, part, again=True).gone(part) for kind in ("id", "flips")]
        with hold.page() as (tx, _):
            quarantine.settle(tx, flow.system.name, flow.name, closed)


def part(flow: Flow, ids: Sequence[str], run: int, hold: Hold, total: Counter[str]) -> None:
    """Delete what the system says is gone, once it has been asked for and is not there.

    Very many at once are left to the next full scan, which asks.
    """
    system, entity = flow.system, flow.stream.entity
    with hold.reading() as tx:
        there = bindings.count(tx, system.name, entity)
        missing = [each for each in bindings.by_ids(tx, system.name, entity, ids).values() if each.gone_at is None]
    if too_many(len(missing), there, system.options.delete_brake):
        told = f"{system.name} says that {len(missing)} of {there} {entity} are gone: so many are left to a full scan"
        hold.tell(told, "warning")
        return
    for start in range(0, len(missing), LOOKED_AT):
        _look_again(flow, missing[start : start + LOOKED_AT], run, hold, total)


def _ask(flow: Flow, missing: Sequence[Binding], there: int, run: int, hold: Hold) -> None:
    some = ", ".join(each.key for each in missing[:5])
    message = (
        f"{len(missing)} of {there} {flow.stream.entity} of {flow.system.name} were not shown any more ({some} ...); "
        "nothing was deleted. If they are gone indeed: hub quarantine retry with this ID, then a full scan"
    )
    caught = quarantine.Caught(
        system=flow.system.name,
        stream=flow.name,
        identity=IDENTITY,
        entity=flow.stream.entity,
        key=None,
        cause=MASS_DELETE,
        message=message,
        place={"source": f"full scan of {flow.system.name}.{flow.name}"},
        raw={},
        run=run,
    )
    with hold.page() as (tx, _):
        quarantine.put(tx, [caught])
    hold.tell(message, "warning")


def _look_again(
    flow: Flow,
    missing: Sequence[Binding],
    run: int,
    hold: Hold,
    total: Counter[str],
    replaced: Collection[str] = (),
) -> None:
    """Ask for records by their identity: paging may have passed them by while others moved (PAINS S25).

    `replaced`: identities under which other records were shown; these are the same again where a backup was taken back.
    """
    asked = [each.external_id for each in missing]
    fetched = fetch_or_aside(flow, asked, run, hold, total, again=True)
    with hold.reading() as tx:
        lost = fetched.gone(asked) | others(tx, flow, missing, fetched.documents)
    seen_to = [each for each in asked if each in replaced and each not in fetched.broken]
    gone = [each for each in missing if each.external_id in lost]
    heirs = _heirs(flow, gone, hold)
    with hold.page() as (tx, report):
        # In the writers' turn: who has it must not wait for a binding that is changed before it.
        take_turns(tx, flow, lost)
        bindings.release(tx, flow.system.name, flow.stream.entity, [each for each in seen_to if each not in lost])
        quarantine.settle(tx, flow.system.name, flow.name, [f"id:{each}" for each in seen_to])
        changed = fresh(tx, flow, digested(flow, fetched.documents))
        lose(tx, flow, [each.external_id for each in gone], run, owed=flow.follows)
        taken = take(tx, flow, [*changed, *heirs], run=run)
        _delete(tx, flow, gone, run)
        taken.counts["deleted"] += len(gone)
        taken.outcomes += [RecordOutcome(key=each.key, outcome="deleted") for each in gone]
        taken.report(report)
    total.update(taken.counts)


def _heirs(flow: Flow, gone: Sequence[Binding], hold: Hold) -> list[Shown]:
    """Return the other records of the system that have the number of one which is gone: one of them takes its place."""
    keys = [each.key for each in gone]
    with hold.reading() as tx:
        waiting = quarantine.find(tx, system=flow.system.name, stream=flow.name, cause=TWICE, keys=keys, most=LOOKED_AT)
    ids = [each.external_id for each in waiting if each.external_id]
    return digested(flow, fetch(flow, ids, again=True).documents)


def _delete(tx: Tx, flow: Flow, gone: Sequence[Binding], run: int) -> None:
    """Note what a system has no more. Only who leads decides for all; what follows is made anew; others part."""
    system, entity = flow.system.name, flow.stream.entity
    replaced = bindings.by_keys(tx, system, entity, [each.key for each in gone])
    keys = [each.key for each in gone if flow.leads and each.key not in replaced]
    events = [
        Event(
            entity=entity,
            key=each.key,
            system=system,
            what="deleted" if each.key in keys else "gone",
            detail={"id": each.external_id},
            run=run,
        )
        for each in gone
    ]
    history.note(tx, events)
    if keys:
        records.delete(tx, entity, keys, system=system, run=run, latest=records.take_turn(tx, entity))


def stands(tx: Tx, flow: Flow, *, to_move: bool = False) -> tuple[Scan, checkpoints.Checkpoint]:
    """Return how the stream's full scans stand; `to_move`: see `checkpoints.get`."""
    seen = checkpoints.get(tx, flow.system.name, flow.name + SCAN, to_move=to_move)
    return Scan.of(seen.value), seen


def is_unread(tx: Tx, system: System, entity: str) -> bool:
    """Tell whether a system may have records that it is not known to have: they are yet to be read, or delivered, once."""
    stream = system.stream_of(entity)
    if stream is None or stream not in system.reads or not system.flow(stream).is_read:
        return False
    return stands(tx, system.flow(stream))[0].ended is None


def ask(tx: Tx, system: str, stream: str) -> None:
    """Have everything compared with the next run; a stream that was never read is read whole anyway.

    A scan that is under way goes on, and another follows it: what it has shown by now, it has not compared since.
    """
    scan = Scan.of(checkpoints.get(tx, system, stream + SCAN, to_move=True).value)
    if scan.open or scan.ended is not None:
        checkpoints.amend(tx, system, stream + SCAN, replace(scan, wanted=scan.number + 1).stored())


def move(tx: Tx, flow: Flow, to: Scan, seen: checkpoints.Checkpoint) -> checkpoints.Checkpoint:
    """Move the scan on, in the transaction of the page it speaks of; what was asked for meanwhile stays so."""
    if to.at is None:
        scans.forget(tx, flow.system.name, flow.name)
    wanted = stands(tx, flow, to_move=True)[0].wanted
    return checkpoints.move(tx, flow.system.name, flow.name + SCAN, replace(to, wanted=wanted).stored(), seen)
