"""How messages go on the wire with pika: where to connect, with what properties, and many in one write."""

import contextlib
from collections.abc import Generator
from typing import Any

import pika

from hub.broker.address import Address, tls_context
from hub.broker.publisher import Outgoing

BLOCKED = 60.0
"""Seconds after which a blocked connection is given up and made anew."""

_SelectConnection: Any = pika.SelectConnection  # pika's types stop at its event loop


class CoalescingConnection(_SelectConnection):
    """Writes a round of messages as one piece: pika makes three system calls a message otherwise."""

    _held: list[bytes] | None = None

    @contextlib.contextmanager
    def one_write(self) -> Generator[None]:
        """Hold back what is sent within, and then write all of it."""
        held: list[bytes] = []
        self._held = held
        try:
            yield
        finally:
            self._held = None
            if held and self.is_open:
                super()._adapter_emit_data(b"".join(held))  # pyright: ignore[reportUnknownMemberType]  # untyped

    def _adapter_emit_data(self, data: bytes) -> None:
        if self._held is None:
            super()._adapter_emit_data(data)  # pyright: ignore[reportUnknownMemberType]  # untyped
        else:
            self._held.append(data)


def parameters_of(address: Address, name: str, heartbeat: int) -> pika.ConnectionParameters:
    """Return pika's way of saying where to connect, and as whom."""
    return pika.ConnectionParameters(
        host=address.host,
        port=address.port,
        virtual_host=address.virtual_host,
        credentials=pika.PlainCredentials(address.user, address.password),
        heartbeat=heartbeat,
        blocked_connection_timeout=BLOCKED,
        connection_attempts=1,
        socket_timeout=5,
        stack_timeout=10,
        ssl_options=pika.SSLOptions(tls_context(address), address.server_name) if address.tls else None,
        client_properties={"connection_name": name},
    )


PLAIN = pika.BasicProperties(content_type="application/json", delivery_mode=2)


def properties_of(message: Outgoing) -> pika.BasicProperties:
    """Return a message's properties: one object for all that have none of their own."""
    if message.message_id is None and not message.headers:
        return PLAIN
    return pika.BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        message_id=message.message_id,
        headers=dict(message.headers) or None,
    )
