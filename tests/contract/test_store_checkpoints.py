"""A checkpoint moves only from where its reader saw it."""

from typing import Any

import pytest

from hub.errors import LeaseLost
from hub.store import Store, checkpoints
from hub.store.checkpoints import NOWHERE, Checkpoint
from tests.contract.store_steps import together


def move(store: Store, value: dict[str, Any], seen: Checkpoint, stream: str = "prices") -> Checkpoint:
    with store.write() as tx:
        return checkpoints.move(tx, "depot", stream, value, seen)


def standing(store: Store, stream: str = "prices") -> Checkpoint:
    with store.read() as tx:
        return checkpoints.get(tx, "depot", stream)


def test_a_stream_that_was_never_read_stands_nowhere(store: Store):
    assert standing(store) == NOWHERE


def test_a_checkpoint_comes_back_as_it_was_given(store: Store):
    value: dict[str, Any] = {"file": "ceny \\u0000 ł.csv", "row": 7, "taken": {"a": [1, None]}}
    moved = move(store, value, NOWHERE)
    assert moved == standing(store) == Checkpoint(value, 1)
    assert move(store, {}, moved) == standing(store) == Checkpoint({}, 2)


def test_a_reader_that_was_overtaken_stops(store: Store):
    first = move(store, {"row": 1}, NOWHERE)
    move(store, {"row": 2}, first)
    with pytest.raises(LeaseLost, match=r"depot\.prices"):
        move(store, {"row": 99}, first)
    with pytest.raises(LeaseLost):
        move(store, {"row": 99}, NOWHERE)
    assert standing(store).value == {"row": 2}


def test_streams_move_apart(store: Store):
    move(store, {"row": 1}, NOWHERE)
    assert standing(store, "stock") == NOWHERE
    move(store, {"row": 5}, NOWHERE, "stock")
    assert standing(store).value == {"row": 1}


def test_of_two_readers_at_once_one_goes_on(store: Store):
    for seen in (NOWHERE, Checkpoint(None, 1)):
        found = together(lambda s=seen: move(store, {"by": 1}, s), lambda s=seen: move(store, {"by": 2}, s))
        assert sorted(type(each).__name__ for each in found) == ["Checkpoint", "LeaseLost"]


def test_who_comes_first_to_move_a_stream_waits_for_nobody_and_leaves_it_where_it_was(store: Store):
    with store.write() as tx:
        assert checkpoints.get(tx, "depot", "prices", to_move=True) == NOWHERE
    with store.read() as tx:
        assert checkpoints.systems(tx) == set()
    assert standing(store) == NOWHERE
    assert move(store, {"row": 1}, NOWHERE) == Checkpoint({"row": 1}, 1)
