"""One broker, opened by its address: where publishers and consumers come from."""

from collections.abc import Collection, Sequence
from importlib.util import find_spec
from typing import Any

from hub import log
from hub.broker import connect as connecting
from hub.broker import inspection
from hub.broker.address import Address, is_rabbitmq, parse
from hub.broker.connect import Connect
from hub.broker.consumer import CLOSE_LIMIT, Consumer
from hub.broker.declare import declare
from hub.broker.direct import DirectPublisher
from hub.broker.former import tidied
from hub.broker.inprocess import Memory
from hub.broker.link import Terms
from hub.broker.publisher import HEARTBEAT, LIMIT, Publisher
from hub.broker.topology import Queue, Topology
from hub.connector import Finding
from hub.errors import HubError, Misconfigured, TryLater

PREFETCH = 50
WATCH_EVERY = 10.0


class Broker:
    """RabbitMQ, the embedded broker, or another of kombu's transports: they differ in nothing that a caller sees."""

    def __init__(self, name: str, connect: Connect, *, address: Address | None, memory: Memory | None) -> None:
        self.name = name
        """Who we are in RabbitMQ's pages: `hub adapter eshop @ host-1 (4021)`."""
        self._connect = connect
        self._address = address
        self._memory = memory
        self._topology = Topology()
        self._opened: list[Publisher | Consumer] = []

    @property
    def embedded(self) -> bool:
        """Tell whether the broker lives and dies with this process."""
        return self._memory is not None

    def publisher(self, *, limit: float = LIMIT) -> Publisher:
        """Return a new publisher; `limit`: seconds that a call to `publish` may take."""
        publisher = self._publisher(limit)
        self._opened.append(publisher)
        return publisher

    def consumer(
        self,
        queues: Collection[str],
        prefetch: int = PREFETCH,
        *,
        heartbeat: float = HEARTBEAT,
        watch_every: float = WATCH_EVERY,
        threaded: bool = True,
    ) -> Consumer:
        """Return a new consumer, already started unless somebody else is to take its turns.

        `prefetch`: unacknowledged deliveries a queue. A queue that is missing is declared as `declare` was told.
        """
        connect = self._connect
        if self._address is not None:
            connect = connecting.to_rabbitmq(self._address, self.name, heartbeat)
        consumer = Consumer(connect, Terms(self.name, prefetch, watch_every), queues, lambda: self._topology)
        self._opened.append(consumer)
        return consumer.start() if threaded else consumer

    def declare(self, topology: Topology) -> None:
        """Make what is missing at the broker; raises Misconfigured where it differs, TryLater without a broker."""
        self._topology = topology
        connection: Any = None
        try:
            connection = self._connect()
            declare(connection.channel(), topology)
        except HubError:
            raise
        except Exception as error:  # noqa: BLE001  # each client and transport has its own
            raise unreachable(error, self._address) from None
        finally:
            if connection is not None:
                connection.release()

    def inspect(self, topology: Topology, management: str | None = None) -> list[Finding]:
        """Look whether the broker is as the hub needs it; changes nothing and raises nothing.

        `management`: address of RabbitMQ's management pages, with user and password if they are others than ours.
        """
        if self._memory is not None:
            return [Finding("broker", good=True, message="inside this process")]
        return inspection.inspect(self._connect, self._address, topology, management)

    def tidy(self, former: Sequence[Queue], *, remove: bool) -> list[Finding]:
        """Look at the queues of systems that are gone, and remove those that are surely of no use; see `tidied`.

        Raises Misconfigured where that is not allowed, TryLater without a broker.
        """
        if self._address is None or not former:
            return []
        connection: Any = None
        try:
            connection = self._connect()
            return list(tidied(connection.channel(), former, remove=remove))
        except Exception as error:  # noqa: BLE001  # each client and transport has its own
            raise unreachable(error, self._address) from None
        finally:
            if connection is not None:
                connection.release()

    def close(self, limit: float = CLOSE_LIMIT) -> None:
        """Close all publishers and consumers that were opened here; a consumer has so many seconds to end."""
        while self._opened:
            opened = self._opened.pop()
            if isinstance(opened, Consumer):
                opened.close(limit)
            else:
                opened.close()

    def _publisher(self, limit: float) -> Publisher:
        if self._address is None:
            return DirectPublisher(self._connect)
        from hub.broker.rabbitmq import RabbitPublisher  # noqa: PLC0415  # pika is not installed everywhere

        return RabbitPublisher(self._address, self.name, limit=limit)


def open_broker(url: str | None, name: str) -> Broker:
    """Return the broker at an address, or without one a new embedded one; nothing is connected yet.

    Raises Misconfigured if the address cannot be understood, or pika is not installed.
    """
    if url is None:
        memory = Memory()
        return Broker(name, connecting.to_memory(memory), address=None, memory=memory)
    if is_rabbitmq(url):
        if find_spec("pika") is None:
            raise Misconfigured("RabbitMQ needs a package that is not installed: pip install 'hubwerk[rabbitmq]'")
        address = parse(url)
        return Broker(name, connecting.to_rabbitmq(address, name, HEARTBEAT), address=address, memory=None)
    return Broker(name, connecting.to_transport(url), address=None, memory=None)


def unreachable(error: Exception, address: Address | None) -> TryLater | Misconfigured:
    """Return what it means that there is no connection: the broker is away, or does not let us in."""
    text = log.without_password(str(error) or type(error).__name__)
    where = f"the broker ({address})" if address else "the broker"
    if getattr(error, "reply_code", None) in inspection.NOT_LET_IN:
        return Misconfigured(f"{where} does not let us in: {text}")
    return TryLater(f"{where} cannot be reached: {text}")
