"""Runs whose time has come go out to `hub.jobs`, and are marked when the broker has confirmed them."""

from dataclasses import dataclass
from datetime import timedelta

from hub import log
from hub.broker import Fate, Outgoing, Publisher
from hub.broker.topology import JOBS
from hub.messages import RunDue, encode
from hub.posting import post
from hub.store import Store, claims, interventions, outbox, runs

logger = log.get("relay")

MOST = 2000
"""Runs published in one batch."""
LEFT_BEHIND = timedelta(seconds=15)
"""Whoever stores a result posts it at once; what is older was left behind by a process that ended."""
NO_QUEUE = timedelta(minutes=1)
"""How long a run waits whose system has no queue."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one pass came to."""

    due: int = 0
    confirmed: int = 0
    nowhere: int = 0
    """Runs whose system has no queue."""


def relay(store: Store, publisher: Publisher) -> Relayed:
    """Publish what is due; whatever is not confirmed stays due and goes out with the next pass."""
    with store.read() as tx:
        waiting = runs.due(tx, tx.now, MOST)
    if not waiting:
        return Relayed()
    fates = publisher.publish([_outgoing(each) for each in waiting])
    confirmed = [each for each, fate in zip(waiting, fates, strict=True) if fate is Fate.CONFIRMED]
    nowhere = [each for each, fate in zip(waiting, fates, strict=True) if fate is Fate.UNROUTABLE]
    # Each in a transaction of its own: within one, rows are locked in the order of their ids.
    if confirmed:
        with store.write() as tx:
            runs.mark_published(tx, confirmed)
    if nowhere:
        with store.write() as tx:
            unheard = [claims.Named(each.id, each.generation, each.job) for each in nowhere]
            claims.snooze(tx, unheard, tx.now + NO_QUEUE)
        systems = sorted({each.system for each in nowhere})
        logger.error("no_queue", systems=systems, runs=len(nowhere), mend="hub check shows which queues are missing")
    if len(confirmed) + len(nowhere) < len(waiting):
        logger.warning("not_confirmed", runs=len(waiting) - len(confirmed) - len(nowhere), next="published again")
    return Relayed(len(waiting), len(confirmed), len(nowhere))


def _outgoing(run: runs.Waiting) -> Outgoing:
    due = RunDue.model_construct(version=1, run=run.id, generation=run.generation, job=run.job)
    return Outgoing(exchange=JOBS, routing_key=run.system, body=encode(due), message_id=f"{run.id}.{run.generation}")


def relay_results(store: Store, publisher: Publisher) -> int:
    """Post the results that a process left behind in the outbox; returns how many were confirmed."""
    with store.read() as tx:
        unsent = outbox.waiting(tx, MOST, made_before=tx.now - LEFT_BEHIND)
    return post(store, publisher, unsent)


def recall(store: Store) -> int:
    """Take back what was published and never claimed, so that it is published again; returns how many."""
    removed = 0
    for published in (False, True):
        with store.write() as tx:
            removed += interventions.cancel_removed(tx, published=published)
    with store.write() as tx:
        recalled = runs.recall(tx)
    if removed:
        logger.warning("runs_cancelled", runs=removed, message="their jobs are configured no more, or switched off")
    if recalled:
        logger.warning("runs_unclaimed", runs=recalled, next="published again")
    return recalled
