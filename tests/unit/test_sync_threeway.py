"""The merge of what a system shows into our record, field by field: each way that it can come out."""

from typing import Any

import pytest

from hub.sync.threeway import Arrived, Lost, Rule, arrive, differing

IN, OUT, BOTH, OWN = Rule("in"), Rule("out"), Rule("both"), Rule("both", wins=True)
RANKS = "new", "paid", "sent", "done"


def _forward(before: Any, after: Any) -> bool:
    """Four steps; one is cancelled from any but the last."""
    if before == "cancelled" or after == "cancelled":
        return after == "cancelled" and before != "done"
    return RANKS.index(after) > RANKS.index(before)


def _reopened(before: Any, after: Any) -> bool:
    return before == "paid" and after == "new"


STATUS = Rule("both", forward=_forward, after_all=_reopened)


def merged(rule: Rule, ours: object, theirs: object, seen: object = ..., sent: object = ..., before: object = ...):
    """Return what becomes of a field f; what is left out is not there."""
    sides = [{} if value is ... else {"f": value} for value in (ours, theirs, seen, sent, before)]
    return arrive(sides[0], sides[1], seen=sides[2], sent=sides[3], before=sides[4], rule=lambda _: rule)


def as_told(arrived: Arrived) -> tuple[object, list[tuple[bool, Any, Any, Any]], bool]:
    """Return the value that stands, what was lost by whom (base, stands, lost), and whether the system is owed ours."""
    lost = [(each.by_system, each.base, each.stands, each.lost) for each in arrived.lost]
    return arrived.fields.get("f"), lost, arrived.owed


@pytest.mark.parametrize("rule", [IN, OUT, BOTH, OWN])
def test_what_shows_no_change_changes_nothing(rule):
    arrived = merged(rule, "ours", "agreed", seen="agreed")
    assert as_told(arrived) == ("ours", [], False)
    assert (arrived.changed, arrived.undone, arrived.seen) == ({}, False, {"f": "agreed"})


@pytest.mark.parametrize("rule", [IN, BOTH, OWN])
def test_a_change_of_theirs_alone_is_taken(rule):
    arrived = merged(rule, "agreed", "theirs", seen="agreed")
    assert as_told(arrived) == ("theirs", [], False)
    assert (arrived.changed, arrived.undone, arrived.seen) == ({"f": ("agreed", "theirs")}, False, {"f": "theirs"})


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        (OWN, ("theirs", [(False, "agreed", "theirs", "ours")], False)),
        (BOTH, ("ours", [(True, "agreed", "ours", "theirs")], True)),
        (IN, ("ours", [(True, "agreed", "ours", "theirs")], False)),
        (OUT, ("ours", [(True, "agreed", "ours", "theirs")], True)),
    ],
    ids=["theirs wins", "ours wins", "ours wins, and cannot be told", "only follows"],
)
def test_of_two_changes_one_stands_and_the_other_is_kept(rule, outcome):
    assert as_told(merged(rule, "ours", "theirs", seen="agreed")) == outcome


@pytest.mark.parametrize("rule", [IN, OUT, BOTH, OWN])
def test_two_that_say_the_same_agree(rule):
    arrived = merged(rule, "new", "new", seen="agreed", sent="old")
    assert as_told(arrived) == ("new", [], False)
    assert (arrived.seen, arrived.sent, arrived.changed) == ({"f": "new"}, {}, {})


def test_what_a_system_makes_of_ours_is_agreed_on():
    """It cuts names short: what it shows and what we said are both the base."""
    assert as_told(merged(BOTH, "long name", "other", seen="long", sent="long name")) == ("other", [], False)
    lost = [(True, "long", "changed since", "other")]
    assert as_told(merged(BOTH, "changed since", "other", seen="long", sent="long name")) == (
        "changed since",
        lost,
        True,
    )


@pytest.mark.parametrize(
    ("rule", "owed", "sent"),
    [(BOTH, True, {}), (OWN, True, {}), (OUT, True, {}), (IN, False, {"f": "ours"})],
)
def test_who_is_new_and_says_nothing_takes_nothing_away(rule, owed, sent):
    arrived = merged(rule, "ours", None)
    assert as_told(arrived) == ("ours", [], owed)
    assert (arrived.seen, arrived.sent) == ({"f": None}, sent)


@pytest.mark.parametrize("rule", [IN, OUT, BOTH, OWN, STATUS])
def test_that_there_is_nothing_where_nothing_was_is_no_change(rule):
    arrived = merged(rule, ..., None)
    assert as_told(arrived) == (None, [], False)
    assert (arrived.changed, arrived.seen) == ({}, {"f": None})


def test_the_owner_alone_says_from_the_first_on_that_there_is_nothing():
    owner = Rule("in", wins=True)
    assert as_told(merged(owner, "ours", None)) == (None, [(False, None, None, "ours")], False)
    assert as_told(merged(BOTH, "agreed", None, seen="agreed")) == (None, [], False)


def test_what_is_seen_for_the_first_time():
    assert as_told(merged(BOTH, ..., "theirs")) == ("theirs", [], False)
    assert as_told(merged(BOTH, None, "theirs")) == ("theirs", [], False)
    assert as_told(merged(OWN, "ours", "theirs")) == ("theirs", [(False, None, "theirs", "ours")], False)
    assert as_told(merged(BOTH, "ours", "theirs")) == ("ours", [(True, None, "ours", "theirs")], True)


def test_who_only_follows_is_told_again():
    """What stood there before the first look was nobody's change."""
    first = merged(OUT, "ours", "theirs")
    assert (as_told(first), first.undone) == (("ours", [], True), False)
    later = merged(OUT, "ours", "theirs", seen="ours")
    assert (as_told(later), later.undone) == (("ours", [(True, "ours", "ours", "theirs")], True), True)
    nothing = merged(OUT, ..., "theirs", seen="agreed")
    assert (as_told(nothing), nothing.undone) == ((None, [], False), False)


@pytest.mark.parametrize(("theirs", "undone"), [("old", True), ("other", False), ("ours", False)])
def test_s09_going_back_to_what_stood_there_before_we_wrote_is_undoing(theirs, undone):
    assert merged(BOTH, "ours", theirs, seen="ours", before="old").undone is undone


def test_what_goes_no_way_is_left_alone():
    arrived = merged(Rule(None), "ours", "theirs", seen="agreed")
    assert as_told(arrived) == ("ours", [], False)
    assert (arrived.seen, arrived.changed) == ({"f": "agreed"}, {})


@pytest.mark.parametrize(
    ("ours", "theirs", "seen", "before", "outcome"),
    [
        ("new", "sent", "new", ..., ("sent", [], False)),
        ("paid", "sent", "new", ..., ("sent", [], False)),
        ("sent", "paid", "new", ..., ("sent", [], True)),
        ("done", "cancelled", "new", ..., ("done", [(True, "new", "done", "cancelled")], True)),
        ("paid", "new", "paid", ..., ("new", [], False)),
        ("paid", "new", "paid", "new", ("paid", [], True)),
        ("paid", "new", "sent", ..., ("paid", [], True)),
        ("sent", "new", "sent", ..., ("sent", [], True)),
        (None, "paid", "new", ..., ("paid", [], False)),
    ],
    ids=[
        "a step on",
        "a step on beside one of ours",
        "a late word",
        "two ends",
        "what it has said itself is taken back",
        "what we have told is not",
        "nor what somebody else has said",
        "nor just any step",
        "nobody has said anything",
    ],
)
def test_what_moves_on_only(ours, theirs, seen, before, outcome):
    assert as_told(merged(STATUS, ours, theirs, seen=seen, before=before)) == outcome


def test_a_late_word_of_who_cannot_be_told_owes_nothing():
    rule = Rule("in", forward=_forward)
    assert as_told(merged(rule, "sent", "paid", seen="new")) == ("sent", [], False)


def test_fields_that_are_not_shown_stand():
    arrived = arrive({"a": 1, "b": 2}, {"a": 3}, seen={"a": 1, "b": 2}, sent={}, before={}, rule=lambda _: BOTH)
    assert arrived.fields == {"a": 3, "b": 2}
    assert arrived.seen == {"a": 3, "b": 2}


def test_one_field_of_many_says_what_was_lost():
    arrived = arrive({"a": 1, "b": 2}, {"a": 3, "b": 4}, seen={"a": 0, "b": 2}, sent={}, before={}, rule=lambda _: BOTH)
    assert arrived.lost == [Lost("a", True, 0, 1, 3)]
    assert arrived.fields == {"a": 1, "b": 4}


def test_what_a_system_has_to_be_told():
    ours = {"same": 1, "changed": 2, "cut": "long name", "cut and changed": "other", "unseen": 3, "comes": 4}
    seen = {"same": 1, "changed": 1, "cut": "long", "cut and changed": "long", "comes": 1}
    sent = {"cut": "long name", "cut and changed": "long name"}
    rules = {"comes": IN, "changed": OUT}
    told = differing(ours, seen=seen, sent=sent, rule=lambda name: rules.get(name, BOTH))
    assert told == {"changed": 2, "cut and changed": "other", "unseen": 3}
