"""Bugs that somebody might make, planted on purpose: the checker must find every one of them.

Each takes the place of one thing in the running code, as a plausible mistake would have it. This is the only place
where our own code is patched; README.md says what each breaks, and how many seeds it takes to find it.
"""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

import sqlalchemy as sa

import hub.posting
import hub.sync.pull
import scheduler.relay
import scheduler.scheduler
import scheduler.tick
import tests.simulation.process
from adapters.files import delivery
from adapters.warehouse import FilesConnector
from hub.broker import Delivery, Fate, Publisher
from hub.store import Store, Tx, breakers, checkpoints, claims, interventions, jobs, outbox, results, runs, schema
from hub.worker import Pipeline

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Bug:
    """A planted bug."""

    name: str
    what: str
    """What is done wrong, in a sentence."""
    patch: Patch


BUGS: dict[str, Bug] = {}


def planted(name: str | None) -> AbstractContextManager[Any]:
    """Return the context in which a bug is in the running code; none: the code as it is."""
    return BUGS[name].patch() if name else nullcontext()


def _bug(patch: Patch) -> Patch:
    """Take up a bug under its function's name, with its docstring as what it does."""
    name = patch.__name__.replace("_", "-")
    BUGS[name] = Bug(name, (patch.__doc__ or "").strip(), patch)
    return patch


# Acknowledging


@_bug
def acknowledge_before_settle() -> AbstractContextManager[Any]:
    """The delivery is acknowledged, then the run is settled."""
    settle = Pipeline.settle

    def early(self: Pipeline, ended: Sequence[Any]) -> Any:
        self.acknowledge([held.delivery for held, _ in ended])
        return settle(self, ended)

    return mock.patch.object(Pipeline, "settle", early)


@_bug
def acknowledge_trigger_before_row() -> AbstractContextManager[Any]:
    """A trigger is acknowledged, then its run is stored."""
    take = Pipeline._take_triggers  # pyright: ignore[reportPrivateUsage]

    def early(self: Pipeline, decoded: Any) -> None:
        self.acknowledge([delivery for delivery, _, _ in decoded.triggers])
        take(self, decoded)

    return mock.patch.object(Pipeline, "_take_triggers", early)


@_bug
def acknowledge_result_before_stored() -> AbstractContextManager[Any]:
    """The log consumer acknowledges results, then stores them."""
    store_batch = tests.simulation.process.store_batch

    def early(store: Store, deliveries: Sequence[Delivery], acknowledge: Callable[[Sequence[Delivery]], None]) -> int:
        acknowledge(deliveries)
        return store_batch(store, deliveries, lambda _: None)

    return mock.patch.object(tests.simulation.process, "store_batch", early)


# Publishing


@_bug
def mark_before_confirm() -> AbstractContextManager[Any]:
    """The relay marks runs as published, then publishes them."""
    outgoing: Callable[[runs.Waiting], Any] = scheduler.relay._outgoing  # pyright: ignore[reportPrivateUsage]

    def relay(store: Store, publisher: Publisher, most: int = 100) -> scheduler.relay.Relayed:
        with store.write() as tx:
            waiting = runs.due(tx, tx.now, most)
            runs.mark_published(tx, waiting)
        if waiting:
            publisher.publish([outgoing(each) for each in waiting])
        return scheduler.relay.Relayed(len(waiting), len(waiting))

    return mock.patch.object(scheduler.scheduler, "relay", relay)


@_bug
def mark_any_generation() -> AbstractContextManager[Any]:
    """The relay marks a run as published though it has been handed on anew meanwhile."""
    return _rebuilt(runs, "_mark", {"named": _named_by_id})


@_bug
def never_recalled() -> AbstractContextManager[Any]:
    """What was published and got lost is never published again."""
    return mock.patch.object(runs, "recall", return_value=0)


@_bug
def result_off_before_confirm() -> AbstractContextManager[Any]:
    """Results are taken off the outbox, then published."""
    outgoing: Callable[[outbox.Unsent], Any] = hub.posting._outgoing  # pyright: ignore[reportPrivateUsage]

    def post(store: Store, publisher: Publisher, unsent: Sequence[outbox.Unsent]) -> int:
        if not unsent:
            return 0
        with store.write() as tx:
            outbox.take_off(tx, unsent)
        return sum(fate is Fate.CONFIRMED for fate in publisher.publish([outgoing(each) for each in unsent]))

    return _together(
        mock.patch.object(tests.simulation.process, "post", post), mock.patch.object(scheduler.relay, "post", post)
    )


# Schedules


@_bug
def advance_before_row() -> AbstractContextManager[Any]:
    """The tick moves schedules on in one transaction, and makes the runs in the next."""
    return mock.patch.object(scheduler.scheduler, "tick", _ticking(stale=False))


@_bug
def no_dedupe() -> AbstractContextManager[Any]:
    """Occurrences are not unique in the database, and the tick goes by what it read before its transaction."""
    unique = next(each for each in schema.run.constraints if isinstance(each, sa.UniqueConstraint))
    tick = mock.patch.object(scheduler.scheduler, "tick", _ticking(stale=True))
    return _together(tick, _dropped(schema.run.constraints, unique))


def _ticking(*, stale: bool) -> Callable[[Store], scheduler.tick.Ticked]:
    decided: Callable[..., Any] = scheduler.tick._decided  # pyright: ignore[reportPrivateUsage]

    def tick(store: Store) -> scheduler.tick.Ticked:
        with store.read() as tx:
            due = jobs.due(tx, tx.now, 100)
        if not due:
            return scheduler.tick.Ticked()
        with store.write() as tx:
            due = due if stale else jobs.due(tx, tx.now, 100)
            all_decided = {job.name: decided(job, tx.now) for job in due}
            made = [run for new, _ in all_decided.values() for run in new]
            jobs.move_on(tx, {name: following for name, (_, following) in all_decided.items()})
            if stale:
                runs.make(tx, made)
        if not stale:
            with store.write() as tx:
                runs.make(tx, made)
        return scheduler.tick.Ticked(len(due), len(made))

    return tick


@_bug
def missed_silently() -> AbstractContextManager[Any]:
    """Occurrences older than the catchup window are left out without a word."""
    decide = scheduler.tick.decide

    def silent(*told: Any, **more: Any) -> Any:
        return replace(decide(*told, **more), missed=None)

    return mock.patch.object(scheduler.tick, "decide", silent)


# Claims and leases


@_bug
def claim_any_generation() -> AbstractContextManager[Any]:
    """A late delivery claims a run that was put off meanwhile."""
    claim = claims.claim

    def careless(tx: Tx, wanted: Collection[claims.Named], worker: str, lease: Any) -> Any:
        told = {each.id: each.generation for each in wanted}
        columns = (schema.run.c.id, schema.run.c.generation, schema.run.c.job)
        found = tx.execute(sa.select(*columns).where(schema.run.c.id.in_(told)))
        claimed, overlapped = claim(tx, [claims.Named(*row) for row in found], worker, lease)
        return [replace(each, generation=told[each.id]) for each in claimed], overlapped

    return mock.patch.object(claims, "claim", careless)


@_bug
def settle_any_generation() -> AbstractContextManager[Any]:
    """A worker settles a run that was taken over by another one."""
    return _together(_rebuilt(claims, "_settle", {"named": _named_by_id}), mock.patch.object(claims, "settle", _settle))


def _settle(tx: Tx, settlements: Collection[claims.Settlement]) -> set[int]:
    told = {each.id: each for each in settlements}
    given = claims.pack({name: getattr(each, name) for name in _SETTLED} for each in told.values())
    found = [told[row.id] for row in tx.execute(claims._settle(tx.dialect), {"given": given})]  # pyright: ignore[reportPrivateUsage]
    outbox.put(tx, [outbox.Unsent(each.id, each.generation, 0, each.job, each.result) for each in found])
    return {each.id for each in found}


_SETTLED: Sequence[str] = claims._SETTLED  # pyright: ignore[reportPrivateUsage]


@_bug
def rescue_same_generation() -> AbstractContextManager[Any]:
    """A run that is rescued keeps its generation: who had it before still counts as its holder."""
    take_back = claims.take_back

    def careless(tx: Tx, gone: claims.Lapsed, *told: Any) -> None:
        take_back(tx, gone, *told)
        same = sa.update(schema.run).where(schema.run.c.id == gone.id, schema.run.c.state == "waiting")
        tx.execute(same.values(generation=gone.generation))

    return mock.patch.object(claims, "take_back", careless)


@_bug
def replay_same_generation() -> AbstractContextManager[Any]:
    """A dead run that is replayed keeps its generation: its new result counts as the old one."""
    replay = interventions.replay

    def careless(tx: Tx, numbers: Collection[int], by: str) -> list[int]:
        replayed = replay(tx, numbers, by)
        same = sa.update(schema.run).where(schema.run.c.id.in_(replayed))
        tx.execute(same.values(generation=schema.run.c.generation - 1))
        return replayed

    return mock.patch.object(interventions, "replay", careless)


@_bug
def heartbeat_revives() -> AbstractContextManager[Any]:
    """The heartbeat makes a run its own again that was rescued meanwhile."""
    keep = claims.keep

    def careless(tx: Tx, pairs: Collection[tuple[int, int]], lease: Any) -> Any:
        for number, generation in sorted(pairs):
            mine = sa.update(schema.run).where(schema.run.c.id == number, schema.run.c.state == "waiting")
            tx.execute(mine.values(state="running", generation=generation))
        return keep(tx, pairs, lease)

    return mock.patch.object(claims, "keep", careless)


@_bug
def page_without_lease() -> AbstractContextManager[Any]:
    """A page is stored without looking whether the run is still held."""

    def careless(tx: Tx, number: int, _generation: int, _lease: Any, counts: Mapping[str, int], parts: int) -> int:
        mine = sa.update(schema.run).where(schema.run.c.id == number)
        upto = schema.run.c.parts + parts
        return tx.execute(mine.values(parts=upto, counts=counts).returning(schema.run.c.parts)).scalar_one()

    return mock.patch.object(claims, "hold", careless)


@_bug
def overlap_ignored() -> AbstractContextManager[Any]:
    """A run is claimed though another one of its job is open, and the database does not mind."""
    index = next(each for each in schema.run.indexes if each.name == "uq_run_open")
    claim = _rebuilt(claims, "_claim", {"open_run_of": mock.Mock(return_value=sa.false())})
    return _together(claim, _dropped(schema.run.indexes, index))


# Results


@_bug
def result_beside_settle() -> AbstractContextManager[Any]:
    """A run is settled without its result in the outbox: it is only posted afterwards."""
    beside = SimpleNamespace(put=mock.Mock(), Unsent=outbox.Unsent)
    return mock.patch.object(claims, "outbox", beside)


@_bug
def result_never_comes_twice() -> AbstractContextManager[Any]:
    """The log consumer does not expect a result that it has stored already."""

    def insert(_dialect: str, table: sa.Table) -> sa.Executable:
        names = [column.name for column in table.c]
        given = results.rows("sqlite", "given", **{name: table.c[name].type for name in names})
        return sa.insert(table).from_select(names, sa.select(*(given.c[name] for name in names)))

    return mock.patch.object(results, "_store", insert)


# Syncs


@_bug
def checkpoint_before_page() -> AbstractContextManager[Any]:
    """The checkpoint moves in a transaction of its own, before the page is stored."""

    def store(page: Any, stream: str, seen: Any, work: Any, hold: Any, total: Any) -> Any:
        with hold.page() as (tx, _):
            moved = checkpoints.move(tx, work.system, stream, page.checkpoint, seen)
        with hold.page() as (tx, report):
            hub.sync.pull.store_page(tx, page, report, system=work.system, stream=stream, run=work.run)
        total.update(report.counts)
        return moved

    return mock.patch.object(hub.sync.pull, "_store", store)


@_bug
def file_moved_before_commit() -> AbstractContextManager[Any]:
    """A file is moved to done/ before its last page is stored."""
    read = FilesConnector.read

    def eager(self: FilesConnector, stream: str, since: Any) -> Iterator[Any]:
        ahead: list[Any] = []
        for page in read(self, stream, since):
            yield from ahead
            ahead = [page]
        yield from ahead

    return mock.patch.object(FilesConnector, "read", eager)


@_bug
def file_taken_while_written() -> AbstractContextManager[Any]:
    """A file is taken without asking whether its writer has finished."""
    return mock.patch.object(delivery, "is_complete", return_value=True)


@_bug
def trigger_into_started() -> AbstractContextManager[Any]:
    """A trigger coalesces into a run that has begun already, and may have read past the change."""
    trigger = runs.trigger

    def careless(tx: Tx, wanted: runs.NewRun) -> int:
        open_ = (schema.run.c.job == wanted.job) & (schema.run.c.state == "running")
        found = tx.execute(sa.select(schema.run.c.id).where(open_)).scalars().first()
        if found is None:
            return trigger(tx, wanted)
        more = {"stands_for": schema.run.c.stands_for + wanted.stands_for}
        tx.execute(sa.update(schema.run).where(schema.run.c.id == found).values(more))
        return found

    return mock.patch.object(runs, "trigger", careless)


@_bug
def breaker_never_probed() -> AbstractContextManager[Any]:
    """An open breaker is never asked again."""
    return mock.patch.object(breakers, "may_probe", return_value=False)


# How they are planted


def _named_by_id(given: sa.FromClause, state: str, *columns: sa.ColumnElement[Any]) -> sa.CTE:
    """Do what `hub.store.chosen.named` does, and forget the generation."""
    there = sa.select(schema.run.c.id, *columns).join_from(schema.run, given, schema.run.c.id == given.c.id)
    return there.where(schema.run.c.state == sa.literal_column(f"'{state}'", sa.Text)).cte("there")


@contextmanager
def _rebuilt(module: Any, name: str, parts: Mapping[str, Any]) -> Generator[None]:
    """Build one statement anew with other parts."""
    with mock.patch.multiple(module, **parts):
        statement = getattr(module, name).__wrapped__("sqlite")
    with mock.patch.object(module, name, return_value=statement):
        yield


@contextmanager
def _dropped(kept: set[Any], one: Any) -> Generator[None]:
    """Leave a constraint out of the database."""
    kept.discard(one)
    try:
        yield
    finally:
        kept.add(one)


@contextmanager
def _together(*patches: AbstractContextManager[Any]) -> Generator[None]:
    if not patches:
        yield
        return
    with patches[0], _together(*patches[1:]):
        yield
