"""Configurations are numbered; of two who apply at once, one is told."""

import pytest

from hub.errors import Misconfigured
from hub.store import Store, processes, revisions
from tests.contract.store_steps import START, StandingClock, together


def add(store: Store, source: str, after: int) -> int:
    with store.write() as tx:
        return revisions.add(tx, source, "anna", "because", after)


def test_before_the_first_revision_nothing_is_in_force(store: Store):
    with store.read() as tx:
        assert (revisions.number_in_force(tx), revisions.in_force(tx), revisions.history(tx)) == (0, None, [])
        assert revisions.get(tx, 1) is None


def test_the_latest_revision_is_in_force_and_all_are_kept(store: Store, clock: StandingClock):
    assert add(store, 'company = "Ł"\n', 0) == 1
    clock.move(hours=1)
    assert add(store, "two", 1) == 2
    with store.read() as tx:
        assert revisions.number_in_force(tx) == 2
        assert revisions.in_force(tx) == revisions.get(tx, 2)
        assert revisions.get(tx, 1) == revisions.Revision(1, START, "anna", "because", 'company = "Ł"\n')
        assert [each.number for each in revisions.history(tx)] == [2, 1]
        assert [each.number for each in revisions.history(tx, 1)] == [2]


def test_who_has_not_seen_the_latest_revision_is_refused(store: Store):
    add(store, "one", 0)
    with pytest.raises(Misconfigured, match="revision 1 meanwhile"):
        add(store, "mine", 0)
    assert add(store, "two", 1) == 2


def test_what_was_done_before_the_refusal_stands_or_falls_with_its_transaction(store: Store):
    add(store, "one", 0)
    with store.write() as tx:
        processes.seen(tx, "cli", "cli")
        with pytest.raises(Misconfigured):
            revisions.add(tx, "mine", "anna", None, 0)
    with store.read() as tx:
        assert [each.name for each in processes.find(tx)] == ["cli"]


def test_of_two_who_apply_at_once_one_is_refused(store: Store):
    found = together(lambda: add(store, "mine", 0), lambda: add(store, "yours", 0))
    assert sorted(type(each).__name__ for each in found) == ["Misconfigured", "int"]


def test_processes_are_seen_and_forgotten(store: Store, clock: StandingClock):
    with store.write() as tx:
        processes.seen(tx, "scheduler @ a (1)", "scheduler")
        processes.seen(tx, "adapter @ a (2)", "adapter")
    clock.move(hours=1)
    with store.write() as tx:
        processes.seen(tx, "adapter @ a (2)", "adapter")
        processes.ended(tx, "nobody")
        assert [(each.name, each.started_at, each.seen_at) for each in processes.find(tx)] == [
            ("adapter @ a (2)", START, clock.now()),
            ("scheduler @ a (1)", START, START),
        ]
    clock.move(hours=23)
    with store.write() as tx:
        assert [each.name for each in processes.find(tx)] == ["adapter @ a (2)"]
        processes.ended(tx, "adapter @ a (2)")
        assert processes.find(tx) == []
