"""Rules of the run log: each result and each record's outcome stored once, letters kept."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson

from tests.simulation.database import Seen

if TYPE_CHECKING:
    from tests.simulation.hub import SimHub

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
