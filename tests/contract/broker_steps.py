"""What the broker's contract suites share."""

from collections.abc import Collection
from dataclasses import dataclass

from hub.broker import Broker, Consumer, Delivery, Fate, Outgoing, topology
from hub.broker.topology import JOBS

SHOP = "hub.eshop.shop-pl"
DEPOT = "hub.warehouse.depot"
SYSTEMS = [("eshop", "shop-pl"), ("warehouse", "depot")]
LIMIT = 30.0
"""Seconds that a message may take on a machine that is busy with other tests."""


@dataclass(frozen=True, slots=True)
class Given:
    """A broker with two systems' queues, opened under a name of its own."""

    broker: Broker

    def put(self, *bodies: bytes, system: str = "shop-pl") -> None:
        """Publish to a system's queue, and see it confirmed."""
        publisher = self.broker.publisher()
        fates = publisher.publish([job(body, system) for body in bodies])
        publisher.close()
        assert set(fates) == {Fate.CONFIRMED}

    def consumer(self, *queues: str, prefetch: int = 50) -> Consumer:
        """Open a consumer that looks often enough for a test, and is not given up when it is slow to beat."""
        return self.broker.consumer(queues, prefetch, heartbeat=LIMIT, watch_every=0.2)


def given(broker: Broker) -> Given:
    """Declare two systems' queues."""
    broker.declare(topology(SYSTEMS))
    return Given(broker)


def job(body: bytes, system: str = "shop-pl") -> Outgoing:
    """Return a message to a system's queue."""
    return Outgoing(JOBS, system, body)


def take(consumer: Consumer, count: int) -> list[Delivery]:
    """Take exactly so many, or fail."""
    taken: list[Delivery] = []
    while len(taken) < count:
        more = consumer.take(count - len(taken), LIMIT)
        assert more, f"{len(taken)} of {count} came"
        taken += more
    return taken


def bodies(deliveries: Collection[Delivery]) -> list[bytes]:
    """Return what came, in order."""
    return [delivery.body for delivery in deliveries]
