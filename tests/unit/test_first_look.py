"""What a system shows the first time, where it knows less than we do."""

from collections.abc import Mapping
from typing import Any

import pytest

from hub.sync.ownership import Direction
from hub.sync.threeway import Arrived, Rule, arrive

OURS = {"phone": "+48600111222"}


def looked(direction: Direction, *, wins: bool, theirs: Mapping[str, Any], before: Arrived | None = None) -> Arrived:
    """Merge what a system shows; the first time, or after an earlier look."""
    seen, sent = (before.seen, before.sent) if before else ({}, {})
    return arrive(OURS, theirs, seen=seen, sent=sent, before={}, rule=lambda _: Rule(direction, wins))


@pytest.mark.parametrize("wins", [True, False])
def test_s26_an_empty_field_that_is_seen_first_takes_nothing_away(*, wins: bool) -> None:
    first = looked("both", wins=wins, theirs={"phone": None})
    assert (first.fields, first.lost, first.owed) == (OURS, [], True)


def test_s26_what_is_entered_after_an_empty_first_look_is_a_change() -> None:
    first = looked("in", wins=False, theirs={"phone": None})
    assert (first.fields, first.lost, first.owed) == (OURS, [], False)
    second = looked("in", wins=False, theirs={"phone": "+48600333444"}, before=first)
    assert (second.fields["phone"], second.lost) == ("+48600333444", [])


def test_s26_who_alone_says_what_stands_may_say_nothing() -> None:
    assert looked("in", wins=True, theirs={"phone": None}).fields == {"phone": None}
