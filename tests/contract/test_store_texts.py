"""What comes from outside may hold anything; it must not stop a page, nor come back for ever."""

import pytest

from hub.messages import RecordOutcome
from hub.store import (
    Store,
    breakers,
    checkpoints,
    claims,
    jobs,
    letters,
    quarantine,
    records,
    results,
    revisions,
    runs,
)
from tests.contract.store_steps import LEASE, begun, named, new, settle, shown, triggered
from tests.contract.test_store_jobs import job, put
from tests.contract.test_store_letters import letter
from tests.contract.test_store_quarantine import caught
from tests.contract.test_store_results import page, result

NASTY = {
    "nul": ("a\0b\0", "a\ufffdb\ufffd"),
    "an escaped backslash before u0000": ("a\\u0000\\\\u0000", "a\\u0000\\\\u0000"),
    "a backslash and a nul": ("\\\0", "\\\ufffd"),
    "half a surrogate pair": ("a\udcffb\ud83d", "a?b?"),
    "quotes": ("'; DROP TABLE run; -- \" %s :x $1 {0}", "'; DROP TABLE run; -- \" %s :x $1 {0}"),
    "other planes": ("😀\u2028\ufeff\x7f", "😀\u2028\ufeff\x7f"),
}
nasty = pytest.mark.parametrize(("given", "kept"), NASTY.values(), ids=NASTY.keys())


@nasty
def test_records_and_quarantine_take_any_text(store: Store, given: str, kept: str):
    with store.write() as tx:
        latest = records.take_turn(tx, "products")
        written = [records.Write(given, {given: [given]})]
        records.write(tx, "products", written, system="shop", run=1, latest=latest)
        quarantine.put(tx, [caught(given, message=given, place={"source": given}, raw={given: given})])
        moved = checkpoints.move(tx, "shop", "products", {"file": given}, checkpoints.NOWHERE)
    assert moved.version == 1
    with store.read() as tx:
        assert [(each.key, each.fields) for each in records.find(tx)] == [(kept, {kept: [kept]})]
        (entry,) = quarantine.find(tx)
        assert checkpoints.get(tx, "shop", "products").value == {"file": kept}
    assert (entry.key, entry.message, entry.place, entry.raw) == (kept, kept, {"source": kept}, {kept: kept})


@nasty
def test_runs_and_results_take_any_text(store: Store, given: str, kept: str):
    with store.write() as tx:
        runs.trigger(tx, triggered(reason=given, scope=[given]))
        number = runs.trigger(tx, triggered(scope=[given, "b"]))
        runs.mark_published(tx, runs.due(tx, tx.now, 10))
        ((held,), _) = claims.claim(tx, named(tx, (number, 1)), "one", LEASE)
    assert held.scope is not None
    assert held.scope[0] == kept
    settle(store, held, "dead", message=given, result=given)
    assert (shown(store, number).message, shown(store, number).reason) == (kept, kept)
    with store.write() as tx:
        results.store(tx, [result(message=given)])
        results.store_records(tx, [page(1, 1, RecordOutcome(key=given, outcome="new"))])
        assert results.history(tx, 1)[0]["message"] == kept
        assert results.records(tx, 1)[0]["key"] == kept


@nasty
def test_letters_and_breakers_take_any_text(store: Store, given: str, kept: str):
    with store.write() as tx:
        letters.keep(tx, [letter(given, reason=given, routing_key=given, headers={"x": given})])
        breakers.failed(tx, "shop", given, 3)
    with store.read() as tx:
        (seen,) = letters.find(tx)
        assert breakers.find(tx)["shop"].reason == kept
    assert (seen.body, seen.reason, seen.routing_key, seen.headers) == (kept, kept, kept, {"x": kept})


@nasty
def test_notes_take_any_text(store: Store, given: str, kept: str):
    put(store, job("shop.orders"))
    with store.write() as tx:
        jobs.pause(tx, ["shop.orders"], "ann", given)
        revisions.add(tx, "", "ann", given, 0)
        assert jobs.find(tx)[0].paused_note == kept
        assert revisions.history(tx)[0].note == kept


def test_a_text_of_a_megabyte_is_kept(store: Store):
    begun(store, new())
    long = "ł" * 1_000_000
    with store.write() as tx:
        letters.keep(tx, [letter(long)])
        assert letters.find(tx)[0].body == long
