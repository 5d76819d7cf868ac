"""Brings results from the outbox to `hub.results`: whoever has stored one posts it, the relay posts what was left."""

from collections.abc import Sequence

from hub.broker import Fate, Outgoing, Publisher
from hub.broker.topology import RESULTS
from hub.store import Store, outbox


def post(store: Store, publisher: Publisher, unsent: Sequence[outbox.Unsent]) -> int:
    """Publish results and take off the outbox what the broker has confirmed; returns how many that were."""
    if not unsent:
        return 0
    fates = publisher.publish([_outgoing(each) for each in unsent])
    # A result that no queue takes has nobody who waits for it; only the hub's own log consumer does, and it will come.
    confirmed = [each for each, fate in zip(unsent, fates, strict=True) if fate is Fate.CONFIRMED]
    if confirmed:
        with store.write() as tx:
            outbox.take_off(tx, confirmed)
    return len(confirmed)


def _outgoing(each: outbox.Unsent) -> Outgoing:
    identity = f"{each.run}.{each.generation}.{each.part}"
    return Outgoing(exchange=RESULTS, routing_key=each.job, body=each.body.encode(), message_id=identity)
