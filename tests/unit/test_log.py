"""What is logged, and what must not be."""

import io
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
