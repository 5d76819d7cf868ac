"""Declaring the topology: idempotent, over any transport."""

import re
from typing import Any

from kombu.exceptions import ChannelError

from hub.broker.topology import Queue, Topology
from hub.errors import HubError, Misconfigured

ACCESS_REFUSED, NOT_FOUND, PRECONDITION_FAILED = 403, 404, 406
INEQUIVALENT = re.compile(r"inequivalent arg '(?P<argument>[^']+)'.*?: (?P<found>.+)", re.DOTALL)


def declare(channel: Any, topology: Topology) -> None:
    """Make what is missing, change nothing that is there; raises Misconfigured where that is not possible."""
    for exchange in topology.exchanges:
        declare_exchange(channel, exchange.name, exchange.type)
    for queue in topology.queues:
        declare_queue(channel, queue)


def declare_exchange(channel: Any, name: str, kind: str) -> None:
    """Declare one exchange; raises Misconfigured."""
    try:
        channel.exchange_declare(exchange=name, type=kind, durable=True, auto_delete=False)
    except ChannelError as error:
        raise explained(error, "exchange", name) from None


def declare_queue(channel: Any, queue: Queue) -> None:
    """Declare one queue and its bindings; raises Misconfigured."""
    try:
        channel.queue_declare(
            queue=queue.name, durable=True, exclusive=False, auto_delete=False, arguments=dict(queue.arguments)
        )
        for binding in queue.bindings:
            channel.queue_bind(queue=queue.name, exchange=binding.exchange, routing_key=binding.key)
    except ChannelError as error:
        raise explained(error, "queue", queue.name) from None


def code_of(error: ChannelError) -> int:
    """Return AMQP's reply code; kombu's virtual transports have it as text."""
    return int(getattr(error, "reply_code", 0) or 0)


def explained(error: ChannelError, what: str, name: str) -> HubError:
    """Return what a refusal means for whoever has to mend it."""
    text = str(getattr(error, "reply_text", None) or error)
    if code_of(error) == PRECONDITION_FAILED:
        return Misconfigured(f"{what} {name} {difference(text)}; mend: {mend_difference(what, name)}")
    if code_of(error) == ACCESS_REFUSED:
        return Misconfigured(
            f"the broker's user may not declare {what} {name} ({text}); mend: rabbitmqctl set_permissions, "
            "or declare it once as a user who may"
        )
    return Misconfigured(f"{what} {name} could not be declared: {text}")


def difference(text: str) -> str:
    """Return in what an existing queue or exchange is not what the hub declares."""
    found = INEQUIVALENT.search(text)
    return f"has another {found['argument']} than the hub needs ({found['found']})" if found else f"differs: {text}"


def mend_difference(what: str, name: str) -> str:
    """Return how an existing queue or exchange is made anew."""
    if what == "queue":
        return f"let its messages be worked off, then rabbitmqctl delete_queue {name}; the hub declares it again"
    return f"delete exchange {name} in RabbitMQ's pages; the hub declares it again"
