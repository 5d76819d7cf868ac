"""The broker: topology, publisher, consumer. The only room with kombu and pika; it imports neither store nor worker.

Read topology.py (what there is), publisher.py and consumer.py (what is promised), then broker.py, which opens them.
"""

from hub.broker.broker import Broker, open_broker
from hub.broker.consumer import Consumer, ConsumerState
from hub.broker.delivery import Delivery, invalid
from hub.broker.publisher import Fate, Outgoing, Publisher, PublisherState
from hub.broker.topology import Topology, queue_of, topology

__all__ = [
    "Broker",
    "Consumer",
    "ConsumerState",
    "Delivery",
    "Fate",
    "Outgoing",
    "Publisher",
    "PublisherState",
    "Topology",
    "invalid",
    "open_broker",
    "queue_of",
    "topology",
]
