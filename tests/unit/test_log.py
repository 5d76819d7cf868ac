"""What is logged, and what must not be."""

import errno
import io
import json
from collections.abc import Iterator

import pytest
import structlog

from hub import log


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    before, stream = structlog.get_config(), io.StringIO()
    log.configure(stream=stream)
    yield stream
    structlog.configure(**before)


def test_passwords_are_shown_neither_in_what_is_told_nor_in_a_traceback(written: io.StringIO):
    fault = ValueError("amqp://hub:pw-secret@broker/ is away")
    log.get("test").error("fell", exc_info=fault, address="https://hub:pw-secret@shop.example", api_key="k-secret")
    said = written.getvalue()
    assert "ValueError: amqp://hub:***@broker/ is away" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("amqp://hub:geheim@broker/v", "amqp://hub:***@broker/v"),
        ("amqp://hub:p@ge:heim@broker/v", "amqp://hub:***@broker/v"),
        ("at https://a:b@c.example/d and redis://:e@f", "at https://a:***@c.example/d and redis://:***@f"),
        ("https://shop.example/a:b@c", "https://shop.example/a:b@c"),
    ],
)
def test_a_password_is_taken_out_whole(given: str, told: str):
    assert log.without_password(given) == told


class FullDisk(io.StringIO):
    """A file to which nothing can be written while its disk is full."""

    full = False

    def write(self, text: str, /) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_a_full_disk_ends_nobody_and_is_told_when_there_is_room_again():
    before, stream = structlog.get_config(), FullDisk()
    log.configure(stream=stream)
    try:
        stream.full = True
        log.get("test").info("first")
        log.get("test").error("second", exc_info=ValueError("a fault"))
        stream.full = False
        log.get("test").info("third")
        log.get("test").info("fourth")
    finally:
        structlog.configure(**before)
    lost, third, fourth = map(json.loads, stream.getvalue().splitlines())
    assert lost == {"event": "log_lines_lost", "lines": 2}
    assert (third["event"], fourth["event"]) == ("third", "fourth")


def test_a_log_that_was_closed_ends_nobody():
    before, stream = structlog.get_config(), io.StringIO()
    log.configure(stream=stream)
    stream.close()
    try:
        log.get("test").info("said by a thread that outlives the drain")
    finally:
        structlog.configure(**before)
