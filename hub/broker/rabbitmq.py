"""Publishing to RabbitMQ: pika's SelectConnection on a thread of its own, with pipelined confirms."""

import logging
import re
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from pika import spec
from pika.exceptions import ChannelClosedByBroker

from hub import log
from hub.broker import backoff
from hub.broker.address import Address
from hub.broker.confirms import Confirms, Sending
from hub.broker.publisher import HEARTBEAT, LIMIT, Fate, Outgoing, PublisherState
from hub.broker.wire import CoalescingConnection, parameters_of, properties_of

WINDOW = 2_000
"""Messages in flight: enough to keep the broker busy, few enough for a reply to be read between two rounds."""
CLOSE_LIMIT = 3.0
"""Seconds to wait for the broker to say goodbye; the thread is a daemon, and goes with the process."""
NO_EXCHANGE, NO_ACCESS = 404, 403
NAMED_EXCHANGE = re.compile(r"exchange '([^']*)'")

logger = log.get("broker")
logging.getLogger("pika").setLevel(logging.CRITICAL)  # what it has to say is logged here, once and in our words


class RabbitPublisher:
    """Keeps the publisher's contract on RabbitMQ: confirms, mandatory, time limits, reconnection.

    All methods with an underscore run on the I/O thread, which alone touches the connection.
    """

    def __init__(self, address: Address, name: str, *, limit: float = LIMIT, heartbeat: int = HEARTBEAT) -> None:
        self._parameters = parameters_of(address, name, heartbeat)
        self._where = str(address)
        self._limit = limit
        self._inbox: deque[Sending] = deque()
        self._connection: CoalescingConnection | None = None
        self._channel: Any = None
        self._confirms = Confirms()
        self._blocked: str | None = None
        self._problem: str | None = None
        self._closing = threading.Event()
        self._reached = False
        self._thread = threading.Thread(target=self._run, name=f"{name} publisher", daemon=True)
        self._thread.start()

    def publish(self, batch: Sequence[Outgoing]) -> list[Fate]:
        """Publish, and return what became of each message within the time limit."""
        sending = Sending(batch)
        if not batch or self._closing.is_set():
            return sending.fates
        self._inbox.append(sending)
        self._ask(self._pump)
        if not sending.over.wait(self._limit):
            sending.abandoned = True
        return list(sending.fates)

    def state(self) -> PublisherState:
        """Return how the connection is."""
        return PublisherState(self._channel is not None, self._blocked, self._problem)

    def close(self) -> None:
        """End the connection and the thread."""
        self._closing.set()
        self._ask(self._hang_up)
        self._thread.join(CLOSE_LIMIT)

    def _ask(self, step: Any) -> None:
        """Have the I/O thread take a step, if it has a connection; one that is being made pumps when it is ready."""
        connection = self._connection
        if connection is not None:
            connection.ioloop.add_callback_threadsafe(step)

    def _run(self) -> None:
        delays = backoff.delays()
        while not self._closing.is_set():
            self._reached = False
            try:
                self._connect_and_serve()
            except Exception as error:  # noqa: BLE001  # whatever it is, this thread must live to try again
                self._lose(error)
            if self._reached:
                delays = backoff.delays()
            self._closing.wait(next(delays))
        self._abandon_all()

    def _connect_and_serve(self) -> None:
        connection = CoalescingConnection(
            self._parameters,
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_closed,
            on_close_callback=self._on_closed,
        )
        connection.add_on_connection_blocked_callback(self._on_blocked)
        connection.add_on_connection_unblocked_callback(self._on_unblocked)
        self._connection = connection
        if self._closing.is_set():  # close() may have come too early to find this connection
            self._ask(self._hang_up)
        try:
            connection.ioloop.start()
        finally:
            self._connection = None
            connection.ioloop.close()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_channel_closed)
        channel.add_on_return_callback(self._on_return)

        def ready(_frame: Any) -> None:
            self._on_ready(channel)

        channel.confirm_delivery(self._on_confirm, callback=ready)

    def _on_ready(self, channel: Any) -> None:
        self._reached = True
        self._confirms = Confirms()
        self._channel, self._problem = channel, None
        logger.info("publisher_connected", broker=self._where)
        self._pump()

    def _pump(self) -> None:
        """Send what waits, as far as the window allows."""
        connection, channel = self._connection, self._channel
        if connection is None or channel is None or self._blocked is not None:
            return
        with connection.one_write():
            while self._inbox and len(self._confirms) < WINDOW:
                sending = self._inbox[0]
                if not sending.abandoned and not self._send(channel, sending):
                    return
                if sending.abandoned or sending.next == len(sending.batch):
                    self._inbox.popleft()

    def _send(self, channel: Any, sending: Sending) -> bool:
        """Send as much of a batch as the window allows; False if the channel is gone."""
        confirms, batch, publish = self._confirms, sending.batch, channel.basic_publish
        for index in range(sending.next, min(len(batch), sending.next + WINDOW - len(confirms))):
            message = batch[index]
            try:
                publish(message.exchange, message.routing_key, message.body, properties_of(message), True)
            except Exception as error:  # noqa: BLE001  # whatever cannot be put on the wire concerns this message alone
                if not channel.is_open:
                    return False
                logger.warning("message_not_publishable", routing_key=message.routing_key, error=str(error))
                sending.settle(index, Fate.REFUSED)
            else:
                confirms.sent(sending, index)
            sending.next = index + 1
        return True

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        fate = Fate.CONFIRMED if isinstance(method, spec.Basic.Ack) else Fate.REFUSED
        self._confirms.confirmed(method.delivery_tag, fate, multiple=method.multiple)
        if self._inbox and len(self._confirms) <= WINDOW // 2:
            self._pump()

    def _on_return(self, _channel: Any, method: Any, _properties: Any, body: bytes) -> None:
        logger.debug("message_unroutable", exchange=method.exchange, routing_key=method.routing_key)
        self._confirms.returned(method.exchange, method.routing_key, body)

    def _on_channel_closed(self, channel: Any, reason: Exception) -> None:
        self._channel = None
        self._confirms.lost(lambda message: fate_after(reason, message))
        if not channel.connection.is_open or self._closing.is_set():
            return
        self._problem = str(reason)
        logger.error("publisher_channel_closed", broker=self._where, error=str(reason), next="a new channel is opened")
        channel.connection.channel(on_open_callback=self._on_channel)

    def _on_blocked(self, _connection: Any, frame: Any) -> None:
        reason = frame.method.reason
        self._blocked = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        logger.error("publisher_blocked", broker=self._where, reason=self._blocked)

    def _on_unblocked(self, _connection: Any, _frame: Any) -> None:
        self._blocked = None
        logger.info("publisher_unblocked", broker=self._where)
        self._pump()

    def _on_closed(self, connection: Any, reason: Any) -> None:
        self._lose(reason)
        connection.ioloop.stop()

    def _lose(self, reason: BaseException) -> None:
        self._channel = self._blocked = None
        self._problem = log.without_password(told(reason))
        self._confirms.lost(lambda _: Fate.UNCONFIRMED)
        if not self._closing.is_set():
            logger.warning("publisher_disconnected", broker=self._where, error=self._problem, next="it is tried again")

    def _hang_up(self) -> None:
        connection = self._connection
        if connection is None:
            return
        if connection.is_closing or connection.is_closed:
            connection.ioloop.stop()
        else:
            connection.close()

    def _abandon_all(self) -> None:
        while self._inbox:
            self._inbox.popleft().over.set()


def told(reason: Any) -> str:
    """Return what went wrong in words: pika wraps the cause of a failed connection twice, and then says nothing."""
    several: Any = getattr(reason, "exceptions", None)
    inner: Any = several[-1] if several else getattr(reason, "exception", None)
    return told(inner) if inner else str(reason) or type(reason).__name__


def fate_after(reason: Exception, message: Outgoing) -> Fate:
    """Say what a closed channel means for a message in flight: the culprit is named by its exchange."""
    if not isinstance(reason, ChannelClosedByBroker):
        return Fate.UNCONFIRMED
    named = NAMED_EXCHANGE.search(reason.reply_text)
    if named is None or named[1] != message.exchange:
        return Fate.UNCONFIRMED
    return {NO_EXCHANGE: Fate.UNROUTABLE, NO_ACCESS: Fate.REFUSED}.get(reason.reply_code, Fate.UNCONFIRMED)
