"""One batch of what arrives at `hub.runlog`, `hub.invalid` and `hub.dead`, stored idempotently, then acknowledged."""

from collections.abc import Callable, Sequence

import orjson

from hub.broker import Delivery
from hub.broker.delivery import KEPT
from hub.broker.topology import DEAD, INVALID
from hub.errors import InvalidMessage
from hub.messages import RecordsDone, Result, decode, refuse_larger
from hub.store import Store, letters, results


def store_batch(store: Store, deliveries: Sequence[Delivery], acknowledge: Callable[[Sequence[Delivery]], None]) -> int:
    """Store what was delivered, in one transaction; acknowledge after it. Raises DatabaseAway. Returns how many."""
    found: list[Result] = []
    pages: list[RecordsDone] = []
    kept: list[letters.Letter] = []
    for delivery in deliveries:
        if delivery.queue in (INVALID, DEAD):
            kept.append(_letter(delivery))
            continue
        try:
            refuse_larger(delivery.length)
            message = _decode(delivery.body)
        except InvalidMessage as fault:
            kept.append(_letter(delivery, str(fault)))
            continue
        if isinstance(message, Result):
            found.append(message)
        else:
            pages.append(message)
    with store.write() as tx:
        results.store(tx, found)
        results.store_records(tx, pages)
        letters.keep(tx, kept)
    acknowledge(deliveries)
    return len(deliveries)


def _decode(body: bytes) -> Result | RecordsDone:
    try:
        kind = orjson.loads(body).get("kind")
    except (orjson.JSONDecodeError, AttributeError):
        raise InvalidMessage("this is not a JSON object") from None
    if kind == "records":
        return decode(body, RecordsDone)
    return decode(body, Result)


def _letter(delivery: Delivery, fault: str | None = None) -> letters.Letter:
    reason, exchange, routing_key = _history(delivery)
    queue = delivery.queue if fault is None else INVALID
    return letters.Letter(
        queue=queue,
        reason=fault or reason,
        exchange=exchange,
        routing_key=routing_key,
        headers={name: str(value) for name, value in delivery.headers.items()},
        body=_text(delivery),
    )


def _text(delivery: Delivery) -> str:
    """Return as much of a body as is kept: it is there to be looked at, and a stranger's may have megabytes."""
    # NUL cannot be stored as text by PostgreSQL.
    text = delivery.body[:KEPT].decode("utf-8", "replace").replace("\0", "\\0")
    return text if delivery.length <= KEPT else f"{text} ... (cut: it has {delivery.length:,} bytes)"


def _history(delivery: Delivery) -> tuple[str, str, str]:
    """Return why a message was put aside, and where it came from: by our own headers, or by the broker's."""
    headers = delivery.headers
    # Only the hub itself can publish to hub.invalid; what the broker moved to hub.dead has its sender's headers.
    if delivery.queue == INVALID and "hub-reason" in headers:
        reason, exchange, routing_key = (
            str(headers.get(f"hub-{name}", "")) for name in ("reason", "exchange", "routing-key")
        )
        return reason, exchange, routing_key
    reason = headers.get("x-first-death-reason", "nobody said why")
    queue = headers.get("x-first-death-queue", "its queue")
    exchange = str(headers.get("x-first-death-exchange", delivery.exchange))
    return f"the broker gave it up: {reason} in {queue}", exchange, delivery.routing_key
