"""A warehouse's own program that asks for runs, over and over, through whatever happens to the broker."""

import threading
import time
from dataclasses import dataclass, field

import pika
from pika.exceptions import AMQPError, UnroutableError

JOB = "depot.stock"
EVERY = 0.05
"""Seconds between two triggers."""


@dataclass
class Triggers:
    """Publishes on a thread, each trigger until the broker has confirmed it."""

    port: int
    password: str
    confirmed: int = 0
    longest_gap: float = 0.0
    """Seconds between two confirmed triggers."""
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="triggers", daemon=True)
        self._last = time.monotonic()

    def start(self) -> None:
        """Begin."""
        self._last = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """End, with no trigger under way."""
        self._stopping.set()
        self._thread.join()

    def ask_badly(self) -> None:
        """Publish what nobody can understand."""
        with self._connection() as connection:
            connection.channel().basic_publish("hub.triggers", JOB, b"{not JSON", mandatory=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._publish_until_it_fails()
            except (AMQPError, OSError):
                self._stopping.wait(EVERY)

    def _publish_until_it_fails(self) -> None:
        with self._connection() as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            while not self._stopping.is_set():
                try:
                    channel.basic_publish("hub.triggers", JOB, b'{"reason": "files have come"}', mandatory=True)
                except UnroutableError:
                    continue
                now = time.monotonic()
                self.confirmed += 1
                self.longest_gap, self._last = max(self.longest_gap, now - self._last), now
                self._stopping.wait(EVERY)

    def _connection(self) -> pika.BlockingConnection:
        who = pika.PlainCredentials("depot", self.password)
        there = pika.ConnectionParameters("127.0.0.1", self.port, "hub", who, socket_timeout=2, heartbeat=10)
        return pika.BlockingConnection(there)
