"""What the broker's integration tests share: another company's plain AMQP client, RabbitMQ's pages, an alarm."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit

import pika

from hub.broker import Consumer
from tests.servers.process import wait_until
from tests.servers.rabbitmq import Rabbit, RabbitServer, program


@contextmanager
def foreign_channel(url: str) -> Iterator[Any]:
    """A channel of plain pika, as any AMQP client would have it."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    yield connection.channel()
    if connection.is_open:
        connection.close()


def listed(rabbit: Rabbit, url: str, what: str) -> list[dict[str, Any]]:
    """Return the queues, exchanges or bindings of a virtual host, as RabbitMQ's pages show them."""
    vhost = unquote(urlsplit(url).path[1:])
    return rabbit.api("GET", f"/api/{what}/{quote(vhost, safe='')}")


def set_memory_mark(server: RabbitServer, mark: str) -> None:
    """Set the memory mark above which the node takes no messages, and wait until it holds: 0 raises the alarm."""
    assert server._folder is not None
    subprocess.run(
        [program("rabbitmqctl"), "-q", "set_vm_memory_high_watermark", *mark.split()],
        env=server._environment(server._folder) | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    wait_until("the alarm to be raised, or over", lambda: is_alarmed(server) == (mark == "0"))


def is_alarmed(server: RabbitServer) -> bool:
    """Tell whether the node has an alarm."""
    try:
        server.api("GET", "/api/health/checks/local-alarms")
    except HTTPError as told:
        return told.code == HTTPStatus.SERVICE_UNAVAILABLE
    return False


def wait_for_listing(consumer: Consumer, *, listed: bool) -> None:
    """Wait until the consumer's state says so."""
    wait_until(f"listed={listed}", lambda: consumer.state().listed is listed)
