"""How kombu connects: to RabbitMQ, to the embedded broker, or to another of its transports."""

import socket
import ssl
from collections.abc import Callable
from typing import Any

from amqp.transport import SSLTransport, TCPTransport  # pyright: ignore[reportMissingTypeStubs]  # amqp has none
from kombu import connection as kombu
from kombu.transport import pyamqp

from hub.broker import frames, inprocess
from hub.broker.address import Address, tls_options

CONNECT_LIMIT = 5
"""Seconds to get a connection."""
RPC_LIMIT = 10.0
"""Seconds that a question to the broker, or a write, may take: then the connection counts as dead."""
READ_BYTES = 8_192

Connect = Callable[[], Any]
"""Opens a kombu Connection, or raises what its transport raises. Any: kombu and py-amqp are hardly typed."""

# What is built upon, as Any for the same reason.
_TcpTransport: Any = TCPTransport
_SslTransport: Any = SSLTransport
_AmqpConnection: Any = pyamqp.Connection
_AmqpTransport: Any = pyamqp.Transport
_Connection: Any = kombu.Connection


def _read_ahead(sock: socket.socket) -> Callable[[int], bytes]:
    """Return a `recv` that takes whatever is there.

    py-amqp asks for each frame's head, body and end apart, and while a frame is incomplete on a socket that must not
    block it asks again in a closed loop. It keeps what it gets too much, and comes back after a time-out.
    """

    def receive(_wanted: int) -> bytes:
        try:
            return sock.recv(READ_BYTES)
        except (BlockingIOError, ssl.SSLWantReadError):
            raise TimeoutError from None

    return receive


class _Tcp(_TcpTransport):
    def _setup_transport(self) -> None:
        super()._setup_transport()  # pyright: ignore[reportUnknownMemberType]  # untyped
        self._quick_recv = _read_ahead(self.sock)


class _Tls(_SslTransport):
    def _setup_transport(self) -> None:
        super()._setup_transport()  # pyright: ignore[reportUnknownMemberType]  # untyped
        self._quick_recv = _read_ahead(self.sock)


class _ReadAheadConnection(_AmqpConnection):
    def Transport(self, host: str, connect_timeout: float, ssl: Any = False, *rest: Any, **options: Any) -> Any:  # noqa: N802  # py-amqp's name
        kind: Any = _Tls if ssl else _Tcp
        read_timeout, write_timeout = (*rest, None, None)[:2]
        return kind(
            host,
            connect_timeout=connect_timeout,
            ssl=ssl,
            read_timeout=read_timeout,
            write_timeout=write_timeout,
            **options,
        )


class RabbitTransport(_AmqpTransport):
    """kombu's transport for RabbitMQ, reading ahead."""

    Connection = _ReadAheadConnection


def to_rabbitmq(address: Address, name: str, heartbeat: float) -> Connect:
    """Return how to connect to RabbitMQ under a name that its pages show; `heartbeat` in seconds."""
    user_timeout = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux only

    def connect() -> Any:
        connection = _Connection(
            hostname=address.host,
            port=address.port,
            userid=address.user,
            password=address.password,
            virtual_host=address.virtual_host,
            ssl=tls_options(address) if address.tls else False,
            transport=RabbitTransport,
            heartbeat=heartbeat,
            connect_timeout=CONNECT_LIMIT,
            transport_options={
                "frame_handler": frames.reader,
                "client_properties": {"connection_name": name},
                # py-amqp's default gives a connection up when a second's worth of packets is lost
                "socket_settings": {user_timeout: 15_000} if user_timeout is not None else {},
            },
        )
        _open(connection)
        # From here on nothing blocks for ever: py-amqp waits for replies without a limit of its own.
        connection.connection.sock.settimeout(RPC_LIMIT)
        return connection

    return connect


def to_memory(memory: inprocess.Memory) -> Connect:
    """Return how to connect to an embedded broker."""

    def connect() -> Any:
        return _open(_Connection(transport=inprocess.Transport, transport_options={"memory": memory}))

    return connect


def to_transport(url: str) -> Connect:
    """Return how to connect to whatever else kombu can reach."""

    def connect() -> Any:
        return _open(_Connection(url, connect_timeout=CONNECT_LIMIT))

    return connect


def _open(connection: Any) -> Any:
    # kombu would sleep two seconds and try again; whoever calls has a back-off of its own
    connection.ensure_connection(max_retries=0, reraise_as_library_errors=False)
    return connection
