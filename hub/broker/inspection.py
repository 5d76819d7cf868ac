"""What `hub check` says about RabbitMQ: reachable, its version, its queues as declared; the rest from its own pages."""

from typing import Any

from kombu.exceptions import ChannelError

from hub import log
from hub.broker import management
from hub.broker.address import Address
from hub.broker.connect import Connect
from hub.broker.declare import ACCESS_REFUSED, NOT_FOUND, PRECONDITION_FAILED, code_of, difference, mend_difference
from hub.broker.topology import Queue, Topology
from hub.connector import Finding

NOT_LET_IN = (403, 530)
"""AMQP's reply codes for a wrong password, and for a virtual host that is missing or not ours."""
OLDEST = (3, 10)
SUBJECT = "broker"


def inspect(connect: Connect, address: Address | None, topology: Topology, pages: str | None) -> list[Finding]:
    """Return what was found, the summary first; changes nothing, raises nothing."""
    try:
        connection: Any = connect()
    except Exception as error:  # noqa: BLE001  # each client and transport has its own
        return [not_reached(error, address)]
    try:
        faults = [fault for queue in topology.queues for fault in look_at(connection.channel(), queue)]
        properties = getattr(connection.connection, "server_properties", {})
    except Exception as error:  # noqa: BLE001  # likewise
        return [not_reached(error, address)]
    finally:
        connection.release()
    findings = [summary(properties, address, len(topology.queues), faults), *faults]
    if pages is not None and address is not None:
        findings += management.inspect(pages, address)
    return findings


def summary(properties: dict[str, Any], address: Address | None, queues: int, faults: list[Finding]) -> Finding:
    """Return the first line: what the broker is, who we are there, and whether all is as declared."""
    version = str(properties.get("version", ""))
    parts = [f"{properties.get('product', 'reached')} {version}".strip()]
    if address:
        parts.append(f"user {address.user}")
    wrong = sum(not fault.good for fault in faults)
    parts.append(f"{wrong} of {queues} queues not as the hub needs them" if wrong else f"{queues} queues as declared")
    if version and tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < OLDEST:
        return Finding(SUBJECT, good=False, message=", ".join(parts), mend="RabbitMQ 3.10 or newer is needed")
    return Finding(SUBJECT, good=not wrong, message=", ".join(parts))


def look_at(channel: Any, queue: Queue) -> list[Finding]:
    """Return what is wrong with one queue; looks first, so that nothing is made that was missing."""
    try:
        channel.queue_declare(queue=queue.name, passive=True)
        channel.queue_declare(
            queue=queue.name, durable=True, exclusive=False, auto_delete=False, arguments=dict(queue.arguments)
        )
    except ChannelError as error:
        return [explained(error, queue.name)]
    return []


def explained(error: ChannelError, queue: str) -> Finding:
    """Return what a refusal says about a queue."""
    code, text = code_of(error), str(getattr(error, "reply_text", None) or error)
    if code == NOT_FOUND:
        return Finding(SUBJECT, good=False, message=f"queue {queue} is missing", mend="hub apply")
    if code == PRECONDITION_FAILED:
        return Finding(
            SUBJECT, good=False, message=f"queue {queue} {difference(text)}", mend=mend_difference("queue", queue)
        )
    if code == ACCESS_REFUSED:
        return Finding(SUBJECT, good=True, message=f"queue {queue} is there; our user may not look at its arguments")
    return Finding(SUBJECT, good=False, message=f"queue {queue}: {text}")


def not_reached(error: Exception, address: Address | None) -> Finding:
    """Return that there is no connection, and what to do about it."""
    text = log.without_password(str(error) or type(error).__name__)
    where = f" ({address})" if address else ""
    if getattr(error, "reply_code", None) in NOT_LET_IN:
        mend = "check user, password and virtual host in hub.broker; rabbitmqctl list_permissions shows who may enter"
        return Finding(SUBJECT, good=False, message=f"does not let us in{where}: {text}", mend=mend)
    mend = "is it running, is the address in hub.broker right, does a firewall stand between?"
    return Finding(SUBJECT, good=False, message=f"cannot be reached{where}: {text}", mend=mend)
