"""The limit: what pika alone publishes with pipelined confirms, when nothing has to be read or marked."""

import time
from typing import Any

import pika

from hub.broker.topology import JOBS
from hub.messages import RunDue, encode
from tests.benchmarks.hub_side import SYSTEM, job_name

WINDOW = 1_000


def rate(broker: str, count: int) -> float:
    """Return messages a second: our runs' messages, mandatory and persistent, WINDOW of them in flight."""
    return _Sending(broker, count).rate()


class _Sending:
    def __init__(self, broker: str, count: int) -> None:
        self._count = count
        self._sent = self._confirmed = 0
        self._began = self._ended = 0.0
        self._channel: Any = None
        self._bodies = [encode(RunDue(run=n + 1, generation=1, job=job_name(n))) for n in range(count)]
        self._connection: Any = pika.SelectConnection(pika.URLParameters(broker), on_open_callback=self._opened)

    def rate(self) -> float:
        self._connection.ioloop.start()
        return self._count / (self._ended - self._began)

    def _opened(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._has_channel)

    def _has_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=self._begin)

    def _begin(self, _frame: Any) -> None:
        self._began = time.perf_counter()
        self._send()

    def _send(self) -> None:
        publish = self._channel.basic_publish
        until = min(self._count, self._confirmed + WINDOW)
        for number in range(self._sent, until):
            properties = pika.BasicProperties(
                content_type="application/json", delivery_mode=2, message_id=f"{number}.1"
            )
            publish(JOBS, SYSTEM, self._bodies[number], properties, mandatory=True)
        self._sent = until

    def _on_confirm(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        self._confirmed = max(self._confirmed, tag) if frame.method.multiple else self._confirmed + 1
        if self._confirmed >= self._count:
            self._ended = time.perf_counter()
            self._connection.close()
            self._connection.ioloop.stop()
        elif self._sent - self._confirmed <= WINDOW // 2:
            self._send()
