"""Frames that py-amqp cannot read."""

import struct
from typing import Any

import pytest
from amqp import basic_message, serialization  # pyright: ignore[reportMissingTypeStubs]

from hub.broker.frames import readable_delivery, readable_header

Message: Any = basic_message.Message
loads: Any = serialization.loads  # pyright: ignore[reportUnknownMemberType]
MESSAGE_ID, HEADERS = 0x0080, 0x2000


def short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def table(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def header(flags: int, properties: bytes) -> bytes:
    return struct.pack(">HHQH", 60, 0, 2, flags) + properties


def nested(depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = b"A" + table(inner)
    return inner


def delivered(routing_key: bytes) -> bytes:
    return (
        b"\x00\x3c\x00\x3c" + short(b"hub") + struct.pack(">QB", 200, 0) + short(b"hub.triggers") + short(routing_key)
    )


@pytest.mark.parametrize(
    "unread",
    [
        header(MESSAGE_ID, short(b"Bestellung f\xfcr M\xfcller")),
        header(HEADERS, table(short(b"at") + b"T" + struct.pack(">Q", 1_764_259_200_000))),
        header(HEADERS, table(short(b"at") + b"Z")),
        header(HEADERS, table(short(b"at") + nested(2000))),
        header(HEADERS, table(short(b"at") + b"S" + struct.pack(">I", 4))[:-2]),
    ],
    ids=["latin-1", "milliseconds", "unknown type", "deep", "cut short"],
)
def test_j15_properties_that_cannot_be_read_are_left_out(unread: bytes) -> None:
    message = Message()
    message.inbound_header(readable_header(unread))
    assert (message.body_size, message.properties) == (2, {})


def test_properties_that_can_be_read_stay() -> None:
    read = header(MESSAGE_ID, short("Müller".encode()))
    assert readable_header(read) is read


@pytest.mark.parametrize(
    ("key", "read"),
    [(b"shop.f\xfcr", "shop.f?r"), ("shop.für".encode(), "shop.für"), (b"\xff" + b"k" * 199, "?" + "k" * 199)],
)
def test_j15_a_routing_key_that_is_no_text_is_read_with_question_marks(key: bytes, read: str) -> None:
    tag, number, redelivered, exchange, routing_key = loads("sLbss", readable_delivery(delivered(key)), 4)[0]
    assert (tag, number, redelivered, exchange, routing_key) == ("hub", 200, False, "hub.triggers", read)
