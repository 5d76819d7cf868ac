"""Publishing where the broker lives in this process: it forgets everything when the process ends, however that goes."""

from collections.abc import Sequence

from hub import log
from hub.broker import Delivery, Fate, Outgoing, Publisher, PublisherState
from hub.broker.topology import INVALID, RESULTS, RUNLOG
from hub.runlog import store_batch
from hub.store import DatabaseAway, Store

logger = log.get("embedded")


class StoringPublisher:
    """Stores results, and messages nobody understands, instead of publishing them; the rest goes to the broker.

    A result is taken off the outbox when it is confirmed, and what the broker inside this process confirms is gone
    with the process: here confirmed means stored. Runs need no such care, their rows are published again.
    """

    def __init__(self, publisher: Publisher, store: Store) -> None:
        """`publisher`: the embedded broker's."""
        self._publisher = publisher
        self._store = store

    def publish(self, batch: Sequence[Outgoing]) -> list[Fate]:
        """Store or publish; see `hub.broker.publisher.Publisher`."""
        kept = [each for each in batch if _is_kept(each)]
        others = [each for each in batch if not _is_kept(each)]
        stored = self._stored(kept)
        fates = iter(self._publisher.publish(others)) if others else iter(())
        return [stored if _is_kept(each) else next(fates) for each in batch]

    def _stored(self, kept: Sequence[Outgoing]) -> Fate:
        try:
            if kept:
                store_batch(self._store, [_delivered(each) for each in kept], lambda _: None)
        except DatabaseAway as away:
            logger.warning("results_not_stored", results=len(kept), message=str(away), next="they are posted again")
            return Fate.UNCONFIRMED
        return Fate.CONFIRMED

    def state(self) -> PublisherState:
        """Return how the connection is."""
        return self._publisher.state()

    def close(self) -> None:
        """End the connection."""
        self._publisher.close()


def _is_kept(each: Outgoing) -> bool:
    return each.exchange == RESULTS or (each.exchange == "" and each.routing_key == INVALID)


def _delivered(each: Outgoing) -> Delivery:
    """Return the message as the log consumer would have got it."""
    return Delivery(
        queue=RUNLOG if each.exchange == RESULTS else INVALID,
        exchange=each.exchange,
        routing_key=each.routing_key,
        body=each.body,
        redelivered=False,
        headers=each.headers,
        message_id=each.message_id,
        epoch=0,
        tag=None,
    )
