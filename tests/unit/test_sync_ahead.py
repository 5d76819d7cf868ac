"""Reading on while what was read is stored."""

import threading
from contextlib import closing

import pytest

from hub.errors import TryLater
from hub.sync.ahead import AHEAD, read_ahead

SOON = 10


def test_everything_comes_once_and_in_its_order():
    assert list(read_ahead(number for number in range(5))) == [0, 1, 2, 3, 4]


def test_the_next_is_read_while_the_taker_has_one():
    asked_for_second = threading.Event()

    def items():
        yield 1
        asked_for_second.set()
        yield 2

    with closing(read_ahead(items())) as coming:
        assert next(coming) == 1
        assert asked_for_second.wait(SOON)


def test_a_few_are_read_ahead_and_no_more():
    read = []
    enough = threading.Event()

    def items():
        for number in range(20):
            read.append(number)
            if number == 1 + AHEAD:
                enough.set()
            yield number

    with closing(read_ahead(items())) as coming:
        next(coming)
        next(coming)
        assert enough.wait(SOON)
    assert read == list(range(2 + AHEAD))


def test_an_error_comes_in_its_place():
    def items():
        yield 1
        raise TryLater("away")

    coming = read_ahead(items())
    assert next(coming) == 1
    with pytest.raises(TryLater, match="away"):
        next(coming)


def test_who_stops_early_closes_what_was_read():
    closed = threading.Event()

    def items():
        try:
            yield from range(5)
        finally:
            closed.set()

    with closing(read_ahead(items())) as coming:
        next(coming)
    assert closed.is_set()
