"""Webhook calls become triggers: verified, once, for the right job."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from hub.app.applying import apply
from hub.app.configuration import Configuration
from hub.config import JobSettings
from hub.connector import Call
from hub.errors import Misconfigured
from hub.scope import of_stream
from hub.store import Store, interventions, runs
from hub.web.webhooks import Answer, Registered, answer
from tests.contract.bell import SECRET, Bell, ring
from tests.contract.store_steps import START, StandingClock, claim


def job(what: str, *sync: str, enabled: bool = True) -> JobSettings:
    return JobSettings(name=f"shop.{what}", system="shop", sync=sync, enabled=enabled, attempts=1, timezone="UTC")


JOBS = {each.name: each for each in (job("all", "parties", "orders"), job("orders", "orders"), job("stock", "stock"))}


DATABASE = """
[systems.erp]
kind = "erp"
connector = "sql"
url = "sqlite:///erp.db"
webhook_secret = "env:SECRET"

[systems.erp.streams.products]
table = "article"
key = "id"
fields = { sku = "code" }
"""


@dataclass
class Office:
    """Knows a shop that may call, and one whose secret is missing."""

    known: Mapping[str, JobSettings]
    before: str | None = None

    def registered(self, system: str) -> Registered | None:
        if system == "broken":
            raise Misconfigured("env:SECRET: the environment variable SECRET is not set")
        return Registered(Bell(), SECRET, self.before) if system == "shop" else None

    def jobs(self) -> Mapping[str, JobSettings]:
        return self.known


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


def called(store: Store, *calls: Call, system: str = "shop", jobs: Mapping[str, JobSettings] = JOBS) -> list[Answer]:
    return [answer(store, Office(jobs), system, call) for call in calls]


def triggered(store: Store) -> list[interventions.Shown]:
    with store.read() as tx:
        return interventions.find(tx)


def scope_of(store: Store, clock: StandingClock) -> tuple[str, list[str] | None]:
    clock.move(seconds=5)
    with store.write() as tx:
        (due,) = runs.due(tx, tx.now, 10)
        runs.mark_published(tx, [due])
    (held,) = claim(store, (due.id, due.generation))
    return held.job, None if held.scope is None else of_stream(held.scope, "orders")


def test_a_call_asks_for_the_record_it_speaks_of(store: Store, clock: StandingClock):
    (said,) = called(store, ring("1001"))
    assert said == Answer(HTTPStatus.ACCEPTED, "taken")
    assert scope_of(store, clock) == ("shop.orders", ["1001"])


def test_a_call_in_the_name_of_a_system_that_calls_nobody_is_not_taken(store: Store, tmp_path: Path):
    apply(store, DATABASE, by="somebody")
    configuration = Configuration(store, tmp_path, StandingClock())
    configuration.refresh()
    assert answer(store, configuration, "erp", ring("1001")).status == HTTPStatus.NOT_FOUND


def test_s08_a_call_that_comes_again_is_taken_once(store: Store):
    first, again = called(store, ring("1001", event="e1"), ring("1001", event="e1"))
    assert (first.message, again.message) == ("taken", "known")
    assert [each.stands_for for each in triggered(store)] == [1]


def test_calls_that_say_different_things_join_one_run(store: Store, clock: StandingClock):
    called(store, ring("1001"), ring("1002"), ring("1001", event="later"))
    assert [each.stands_for for each in triggered(store)] == [3]
    assert scope_of(store, clock) == ("shop.orders", ["1001", "1002"])


def test_a_call_that_names_no_record_asks_for_all_that_has_changed(store: Store, clock: StandingClock):
    called(store, ring("1001"), ring())
    assert scope_of(store, clock) == ("shop.orders", None)


def test_what_belongs_to_one_stream_is_not_looked_for_in_another(store: Store, clock: StandingClock):
    only = {"shop.all": JOBS["shop.all"]}
    called(store, ring("c1", stream="parties"), ring("1001"), jobs=only)
    clock.move(seconds=5)
    with store.write() as tx:
        runs.mark_published(tx, runs.due(tx, tx.now, 10))
    (held,) = claim(store, (1, 1))
    assert held.scope is not None
    assert (of_stream(held.scope, "parties"), of_stream(held.scope, "orders")) == (["c1"], ["1001"])


def test_a_forged_call_changes_nothing(store: Store):
    (said,) = called(store, ring("1001", secret="guessed"))
    assert said.status == HTTPStatus.UNAUTHORIZED
    assert SECRET not in said.message
    assert triggered(store) == []


def test_calls_are_taken_with_both_secrets_while_one_takes_the_others_place(store: Store):
    calls = [ring(each, secret=each) for each in (SECRET, "the one before", "guessed")]
    said = [answer(store, Office(JOBS, before="the one before"), "shop", each).message for each in calls]
    assert said == ["taken", "taken", "the signature is not ours"]


def test_a_ping_is_heard_and_asks_for_nothing(store: Store):
    (said,) = called(store, Call({}, b"ping"))
    assert said.status == HTTPStatus.OK
    assert triggered(store) == []


def test_a_replayed_call_of_long_ago_asks_for_nothing(store: Store):
    # What was taken is forgotten some day: then only its age tells a replay from news.
    old, fresh = (ring("1001", event=name, at=START - timedelta(days=days)) for name, days in (("a", 5), ("b", 1)))
    assert [each.message for each in called(store, old, fresh)] == ["known", "taken"]


def test_a_system_that_may_not_call_is_not_told_why(store: Store):
    (said,) = called(store, ring("1001"), system="unheard-of")
    assert said.status == HTTPStatus.NOT_FOUND


def test_a_call_is_not_lost_while_a_secret_is_missing_here(store: Store):
    (said,) = called(store, ring("1001"), system="broken")
    assert said.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "env:SECRET" not in said.message


def test_a_job_that_is_switched_off_is_not_triggered(store: Store):
    off = {"shop.orders": job("orders", "orders", enabled=False)}
    (said,) = called(store, ring("1001"), jobs=off)
    assert said.status == HTTPStatus.ACCEPTED
    assert triggered(store) == []
