"""Queues of systems that are configured no more: they stay, bound, and what others ask of these systems piles up there."""

from collections.abc import Iterable, Iterator
from typing import Any

from kombu.exceptions import ChannelError

from hub.broker.declare import ACCESS_REFUSED, NOT_FOUND, code_of
from hub.broker.topology import Queue
from hub.connector import Finding
from hub.counting import counted

SUBJECT = "broker"


def tidied(channel: Any, queues: Iterable[Queue], *, remove: bool) -> Iterator[Finding]:
    """Yield what there is of these queues.

    `remove`: nothing comes into them any more, and they go, if they hold nothing and nobody consumes them. Quorum queues
    know no condition to deleting: it is looked at, and again when nothing can come any more.
    """
    for queue in queues:
        found = _held(channel, queue.name)
        if found and remove and _removed(channel, queue):
            yield Finding(SUBJECT, good=True, message=f"queue {queue.name} is removed: its system is gone")
        elif found:
            yield _left(queue.name, *found)


def _removed(channel: Any, queue: Queue) -> bool:
    try:
        for binding in queue.bindings:
            channel.queue_unbind(queue=queue.name, exchange=binding.exchange, routing_key=binding.key)
        if _held(channel, queue.name) != (0, 0):
            return False
        channel.queue_delete(queue=queue.name)
    except ChannelError as error:
        if code_of(error) != ACCESS_REFUSED:
            raise
        return False
    return True


def _held(channel: Any, name: str) -> tuple[int, int] | None:
    """Return how many messages a queue holds, and how many consumers it has; none if there is none that we may see."""
    try:
        told = channel.queue_declare(queue=name, passive=True)
    except ChannelError as error:
        if code_of(error) not in (NOT_FOUND, ACCESS_REFUSED):
            raise
        return None
    return told.message_count, told.consumer_count


def _left(name: str, messages: int, consumers: int) -> Finding:
    taken = ", and somebody consumes it still" if consumers else ""
    mend = "hub apply removes it once it is empty and left"
    mend += f"; to throw away what it holds: rabbitmqctl delete_queue {name}" if messages else ""
    return Finding(
        SUBJECT,
        good=False,
        message=f"queue {name} has {counted(messages, 'message')}, and its system is gone{taken}",
        mend=mend,
    )
