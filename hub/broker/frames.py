"""Frames for py-amqp, without what it breaks on: to AMQP any bytes are a text, and any number is a time.

Such a message would end the connection, and every following one that it comes by, in the end the log consumer's.
"""

from collections.abc import Callable
from typing import Any

from amqp import basic_message, method_framing  # pyright: ignore[reportMissingTypeStubs]  # amqp has none

from hub import log

METHOD, HEADER = 1, 2
DELIVER = b"\x00\x3c\x00\x3c"
NO_PROPERTIES = b"\x00\x00"
PROPERTIES = 12
"""Where they begin, behind the size of the body (AMQP 0-9-1, "Content Framing")."""

logger = log.get("broker")

_Message: Any = basic_message.Message
_frame_handler: Any = method_framing.frame_handler  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def reader(connection: Any, callback: Any) -> Callable[[tuple[int, int, bytes]], bool]:
    """Return py-amqp's reader of frames, which is given only what it can read."""
    read = _frame_handler(connection, callback)

    def on_frame(frame: tuple[int, int, bytes]) -> bool:
        kind, channel, payload = frame
        if kind == HEADER:
            payload = readable_header(payload)
        elif kind == METHOD and payload[:4] == DELIVER:
            payload = readable_delivery(payload)
        return read((kind, channel, payload))

    return on_frame


def readable_header(payload: bytes) -> bytes:
    """Return a content header, without its properties if one of them cannot be read."""
    try:
        _Message().inbound_header(payload)
    except Exception as fault:  # noqa: BLE001  # whatever a stranger's bytes are to a library
        logger.warning("properties_not_read", message=str(fault), next="the message is taken without them")
        return payload[:PROPERTIES] + NO_PROPERTIES
    return payload


def readable_delivery(payload: bytes) -> bytes:
    """Return a `basic.deliver`, with a question mark for each byte of a routing key that is no text."""
    exchange = 4 + 1 + payload[4] + 8 + 1
    key = exchange + 1 + payload[exchange] + 1
    text = payload[key:]
    try:
        text.decode()
    except UnicodeDecodeError:
        return payload[:key] + bytes(byte if byte < 0x80 else ord("?") for byte in text)  # noqa: PLR2004  # ASCII
    return payload
