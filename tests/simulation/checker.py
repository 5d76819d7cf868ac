"""What must be true when all has come right, judged by what was done to the hub and what was seen happen.

Every rule is a function that yields the ways in which it is broken, in words. None of them asks the hub: they read
what the observer noted, the tables, the folders and the queues as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson

from tests.simulation import occurrences
from tests.simulation.database import Seen
from tests.simulation.folder import NO_NUMBER, Exporter, Version
from tests.simulation.settings import TRIGGERED

if TYPE_CHECKING:
    from tests.simulation.hub import SimHub

ENDED = frozenset(["done", "cancelled", "skipped", "dead"])


def check(hub: "SimHub", *, idle: bool) -> list[str]:
    """Return every broken rule; empty: all is as it must be."""
    seen = hub.database.seen()
    found = list(hub.observer.faults_found)
    found += nothing_stuck(hub) if not idle else []
    found += steps_allowed(seen, hub)
    found += one_at_a_time(seen)
    found += occurrences_answered(seen, hub)
    found += triggers_answered(seen, hub)
    found += rows_took_effect_once(hub)
    found += bad_rows_wait(hub)
    found += files_put_away(hub)
    found += results_stored_once(seen, hub)
    found += letters_kept(hub)
    return found


def nothing_stuck(hub: "SimHub") -> Iterator[str]:
    """Everything that is due is done in the end; nothing waits for ever."""
    named = False
    for row in hub.database.ask(
        "SELECT id, job, state, generation, not_before, published_at, blocked, message FROM run "
        "WHERE state IN ('waiting', 'running', 'dead')"
    ):
        named = True
        yield f"nothing is stuck: run {row.id} of {row.job} is still {row.state}: {tuple(row)}"
    for name, queue in hub.broker.queues.items():
        if queue:
            named = True
            yield f"nothing is stuck: {len(queue)} messages in {name}, the first is {queue[0]}"
    for row in hub.database.ask("SELECT run, generation, part, made_at FROM outbox"):
        named = True
        yield f"nothing is stuck: a result is still in the outbox: {tuple(row)}"
    for consumer in hub.broker.consumers:
        if consumer.held():
            named = True
            yield f"nothing is stuck: {consumer.held()} deliveries are never acknowledged, by {consumer.owner}"
    if not named:
        yield "nothing is stuck: the hub never came to rest"


def steps_allowed(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """A run changes only as its life allows, and only by who holds it."""
    cancelled: set[int] = set()
    latest = ""
    for each in seen:
        latest = max(latest, each.at)  # a clock that was set back makes nothing undone
        told = f"run {each.id} of {each.job}, generation {each.generation}, by {each.who}"
        if each.generation_before is not None and each.generation < each.generation_before:
            yield f"a generation never falls: {told}"
        if each.published and not _confirmed_before(each, hub):
            yield f"marked only when confirmed: {told} was marked as published, and no broker had it"
        if each.pages and each.who != each.worker:
            yield f"whoever has lost a run changes nothing: {told} stored a page while {each.worker} held the run"
        if each.state_before == each.state:
            continue
        if each.id in cancelled and each.state_before is not None:
            yield f"what is cancelled never runs again: {told} went from {each.state_before} to {each.state}"
        if each.state == "cancelled":
            cancelled.add(each.id)
        if each.state_before == "waiting" and each.state == "running" and each.not_before > latest:
            yield f"nothing runs before its time: {told} was claimed at {each.at}, not before {each.not_before}"
        if each.state_before == "running" and each.who != each.worker and not each.who.startswith(("scheduler", "up")):
            yield f"whoever has lost a run changes nothing: {told} settled what {each.worker} held"
        if each.state_before in ENDED and each.id not in hub.world.replayed:
            yield f"what has ended has ended: {told} went from {each.state_before} to {each.state}"


def _confirmed_before(each: Seen, hub: "SimHub") -> bool:
    confirmed = hub.observer.published.get((each.id, each.generation))
    return confirmed is not None and confirmed < each.seq


def one_at_a_time(seen: list[Seen]) -> Iterator[str]:
    """Two exclusive runs of a job are never carried out at the same time."""
    held: dict[str, set[int]] = defaultdict(set)
    for each in seen:
        if each.overlap == "allow":
            continue
        if each.state == "running":
            held[each.job].add(each.id)
            if len(held[each.job]) > 1:
                yield f"one run of a job at a time: {each.job} had runs {sorted(held[each.job])} under way at {each.at}"
        else:
            held[each.job].discard(each.id)


def occurrences_answered(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """Every occurrence is done, or left out for a reason that its policy allows, exactly once."""
    made = [each for each in seen if each.state_before is None and each.scheduled_at is not None]
    for job in sorted({act.job for act in hub.world.acts}):
        acts = [act for act in hub.world.acts if act.job == job]
        ours = [each for each in made if each.job == job]
        yield from occurrences.check_job(job, acts, ours, hub.observer.passes)
    done = Counter(each.id for each in seen if each.state == "done" and each.state_before != "done")
    for number, times in done.items():
        if times > 1:
            yield f"nothing is done twice: run {number} was carried out to its end {times} times"
    yield from _skipped_for_a_reason(seen)
    yield from _cancelled_by_somebody(seen, hub)


def _skipped_for_a_reason(seen: list[Seen]) -> Iterator[str]:
    begun: dict[str, set[int]] = defaultdict(set)
    for each in seen:
        if each.state_before == "waiting" and each.state == "skipped" and not begun[each.job] - {each.id}:
            yield f"nothing is skipped in vain: run {each.id} of {each.job} was, though no other was under way"
        if each.overlap == "allow":
            continue
        if each.state == "running":
            begun[each.job].add(each.id)
        elif each.state in ENDED:
            begun[each.job].discard(each.id)


def _cancelled_by_somebody(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    for each in seen:
        asked = each.who == "operator" or each.id in hub.world.cancelled
        if each.state == "cancelled" and not asked and _configured(each, hub):
            yield f"nothing is cancelled by itself: run {each.id} of {each.job} was, by {each.who}"


def _configured(each: Seen, hub: "SimHub") -> bool:
    applied = [act for act in hub.world.acts if act.what == "applied" and act.job == each.job and act.seq < each.seq]
    return applied[-1].plan is not None


def triggers_answered(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """For every trigger a run begins after it came, and is done."""
    counted = Counter(job for _, job in hub.world.triggers)
    stands_for: Counter[str] = Counter()
    for row in hub.database.ask("SELECT job, sum(stands_for) AS n FROM run WHERE reason IS NOT NULL OR cause = 'trigger' GROUP BY job"):
        stands_for[row.job] = row.n
    last_begun: dict[str, int] = {}
    for each in seen:
        if each.state == "running" and each.state_before == "waiting":
            last_begun[each.job] = each.seq
    for job, number in counted.items():
        if stands_for[job] < number:
            yield f"every trigger is answered: {number} for {job} came, its runs stand for {stands_for[job]}"
    for came, job in hub.world.triggers:
        if job == TRIGGERED and last_begun.get(job, 0) < came:
            yield f"every trigger is answered: one for {job} came, and no run began after it"


def rows_took_effect_once(hub: "SimHub") -> Iterator[str]:
    """Each record went through exactly the values that its system gave it, in their order, each once."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for exporter in hub.world.exporters.values():
        for key, values in _file_values(exporter).items():
            wanted["stock", f"{key}|MAG1"] = values
    for system in hub.world.systems.values():
        for stream, changes in system.changes.items():
            if f"{system.name}.{stream}" not in hub.world.jobs:
                continue
            for key, value in changes:
                if value is not None:
                    wanted.setdefault((f"{system.name}-{stream}", key), []).append(value)
    had: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in hub.database.ask("SELECT entity, key, fields FROM seen_record ORDER BY seq"):
        fields = orjson.loads(row.fields)
        had[row.entity, row.key].append(str(fields.get("value", fields.get("on_hand"))))
    for place in sorted(wanted.keys() | had.keys()):
        if place[0] == "erp-parties" and "erp.parties" not in hub.world.jobs:
            continue
        if wanted.get(place, []) != had.get(place, []):
            yield f"each row's effect once: {place} should go {wanted.get(place)}, and went {had.get(place)}"


def _file_values(exporter: Exporter) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for version in exporter.delivered:
        if version.replaced:
            continue
        for sku, stock in version.rows:
            known = values.setdefault(sku, [])
            if stock != NO_NUMBER and known[-1:] != [stock]:
                known.append(stock)
    return {sku: known for sku, known in values.items() if known}


def bad_rows_wait(hub: "SimHub") -> Iterator[str]:
    """In quarantine is what could not be read in each file's latest version, and nothing else."""
    wanted: Counter[str] = Counter()
    for exporter in hub.world.exporters.values():
        latest: dict[str, Version] = {}
        for version in exporter.delivered:
            if not version.replaced:
                latest[version.name] = version
        for version in latest.values():
            wanted.update(f"key:{sku}|MAG1" for sku, stock in version.rows if stock == NO_NUMBER)
    for system in hub.world.systems.values():
        for stream, changes in system.changes.items():
            for number, (_, value) in enumerate(changes, 1):
                if value is None and f"{system.name}.{stream}" in hub.world.jobs:
                    wanted[f"place:{system.name}/{stream}::{number}"] += 1
    rows = hub.database.ask("SELECT system, identity FROM quarantine WHERE state = 'open'")
    had = Counter(row.identity for row in rows if row.system != "erp" or "erp.parties" in hub.world.jobs)
    for identity in sorted((wanted - had) + (had - wanted)):
        what = "is missing" if wanted[identity] > had[identity] else "should not be there"
        yield f"bad rows wait, and only they: {identity} {what} in quarantine"


def files_put_away(hub: "SimHub") -> Iterator[str]:
    """Every file that was delivered and not written over lies in done/ once; nothing is left anywhere else."""
    incoming = hub.folder / "in"
    for path in sorted(incoming.rglob("*")):
        if path.is_file() and path.parent.name != "done":
            yield f"no file is left: {path.relative_to(incoming)}"
    wanted = Counter(
        version.name for each in hub.world.exporters.values() for version in each.delivered if not version.replaced
    )
    done = incoming / "done"
    had = Counter(path.name.partition("_")[2] for path in done.iterdir()) if done.is_dir() else Counter[str]()
    if wanted != had:
        yield f"no file is lost: in done/ should be {dict(sorted(wanted.items()))}, there are {dict(sorted(had.items()))}"


OUTCOMES = {"done": "done", "dead": "dead", "cancelled": "cancelled", "skipped": "skipped"}


def results_stored_once(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """Each delivery of a run has its result in the run log, once, and each page the outcomes of its records."""
    wanted: dict[tuple[int, int], str] = {}
    for each in seen:
        ended = each.state_before == "running" and each.state != "running"
        skipped = each.state_before == "waiting" and each.state == "skipped"
        if ended or skipped:
            wanted[each.id, each.generation_before or 0] = each.state
    had: dict[tuple[int, int], str] = {}
    for row in hub.database.ask("SELECT run, generation, outcome FROM result"):
        if (row.run, row.generation) in had:
            yield f"each result once: run {row.run}, generation {row.generation} is stored twice"
        had[row.run, row.generation] = row.outcome
    for run, generation in sorted(wanted.keys() - had.keys()):
        yield f"each result is stored: that of run {run}, generation {generation} ({wanted[run, generation]}) is lost"
    for run, generation in sorted(had.keys() - wanted.keys()):
        yield f"no result without a run: run {run}, generation {generation} has one ({had[run, generation]})"
    for pair in sorted(wanted.keys() & had.keys()):
        if wanted[pair] != OUTCOMES.get(had[pair], "waiting"):
            yield f"results tell the truth: run {pair} became {wanted[pair]}, its result says {had[pair]}"
    yield from _outcomes_stored(hub)


def _outcomes_stored(hub: "SimHub") -> Iterator[str]:
    counted: Counter[tuple[int, str]] = Counter()
    for row in hub.database.ask("SELECT run, records FROM result_records"):
        counted.update((row.run, each["outcome"]) for each in orjson.loads(row.records))
    for row in hub.database.ask("SELECT id, counts FROM run WHERE counts IS NOT NULL"):
        for outcome, number in orjson.loads(row.counts).items():
            if outcome in ("new", "update", "quarantined") and counted[row.id, outcome] != number:
                yield (
                    f"each record's outcome once: run {row.id} has {number} {outcome}, "
                    f"the run log tells of {counted[row.id, outcome]}"
                )
    changes = hub.database.ask("SELECT count(*) FROM seen_record")[0][0]
    told = sum(number for (_, outcome), number in counted.items() if outcome in ("new", "update"))
    if changes != told:
        yield f"each record's outcome once: records changed {changes} times, the run log tells of {told}"


def letters_kept(hub: "SimHub") -> Iterator[str]:
    """What nobody could understand is kept, each once; the broker gave nothing up."""
    rows = hub.database.ask("SELECT queue, body FROM letter")
    kept = sum(row.queue == "hub.invalid" for row in rows)
    if kept != hub.world.invalid:
        yield f"what is invalid is kept: {hub.world.invalid} messages were sent, {kept} are kept"
    for row in rows:
        if row.queue == "hub.dead":
            yield f"the broker gives nothing up: {row.body}"
