"""A system that is left alone is asked again: by whether it answers, and at once when something may have been mended."""

from pathlib import Path
from typing import Any

import pytest

from hub.app.applying import apply
from hub.app.breakers import Breakers
from hub.app.configuration import Configuration
from hub.store import Store, breakers
from hub.worker.pipeline import Pipeline
from tests.contract.store_steps import StandingClock

SETTINGS = """
[systems.erp]
kind = "erp"
connector = "files"
source = "exchange"

[systems.erp.orders]
type = "csv"
name = "number"
each = "lines"
folder = "orders"
errors = "refused"
columns = { Nr = "order.number" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exchange"


@pytest.fixture
def configuration(store: Store, clock: StandingClock, folder: Path) -> Configuration:
    apply(store, SETTINGS, by="somebody")
    configuration = Configuration(store, folder.parent, clock)
    configuration.refresh()
    return configuration


def breakers_of(configuration: Configuration, store: Store, clock: StandingClock, kind: str = "erp") -> Breakers:
    nobody: Any = None
    pipeline = Pipeline("worker", store, nobody, configuration, clock, acknowledge=lambda _: None)
    return Breakers(store, configuration, pipeline, [kind])


def left_alone(followed: Breakers) -> frozenset[str]:
    """Ask those whose rest is over; returns who is left alone then."""
    followed.probe()
    return followed.look()


@pytest.fixture
def followed(configuration: Configuration, store: Store, clock: StandingClock) -> Breakers:
    """What a process that serves the ERP knows; the ERP's folder has been away until now."""
    followed = breakers_of(configuration, store, clock)
    assert left_alone(followed) == frozenset()
    with store.write() as tx:
        assert breakers.failed(tx, "erp", "there is no folder", 1)
    return followed


def test_a_system_is_asked_again_after_a_rest_and_left_alone_while_it_is_away(followed: Breakers, clock: StandingClock):
    clock.move(seconds=60)
    assert left_alone(followed) == {"erp"}


def test_a_system_that_answers_is_left_alone_no_more_whatever_else_is_wrong_there(
    followed: Breakers, folder: Path, clock: StandingClock
):
    for each in ("orders", "refused"):
        (folder / each).mkdir(parents=True)
    (folder / "refused" / "1001.csv").write_text("what the ERP did not like")
    assert left_alone(followed) == {"erp"}, "its rest is not over"
    clock.move(seconds=30)
    assert left_alone(followed) == frozenset()


def test_with_a_new_revision_it_is_asked_at_once(
    followed: Breakers, configuration: Configuration, store: Store, folder: Path
):
    (folder / "orders").mkdir(parents=True)
    assert left_alone(followed) == {"erp"}
    apply(store, SETTINGS.replace('errors = "refused"\n', ""), by="somebody")
    configuration.refresh()
    assert left_alone(followed) == frozenset()


def test_a_process_that_begins_asks_at_once(
    followed: Breakers, configuration: Configuration, store: Store, folder: Path, clock: StandingClock
):
    (folder / "orders").mkdir(parents=True)
    assert left_alone(followed) == {"erp"}
    assert left_alone(breakers_of(configuration, store, clock)) == frozenset()


def test_who_looks_which_systems_are_left_alone_waits_for_none_of_them(
    followed: Breakers, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Configuration, "connector", lambda *_: pytest.fail("it was asked"))
    clock.move(seconds=60)
    assert followed.look() == {"erp"}


@pytest.mark.parametrize("kind", ["eshop", "maintenance"])
def test_a_process_that_does_not_serve_a_system_takes_nobodys_turn_to_ask_it(
    followed: Breakers, configuration: Configuration, store: Store, folder: Path, clock: StandingClock, kind: str
):
    """The folder of an ERP, its key or its network may be there for its own adapter alone."""
    assert left_alone(followed) == {"erp"}
    (folder / "orders").mkdir(parents=True)
    clock.move(seconds=30)
    assert left_alone(breakers_of(configuration, store, clock, kind)) == {"erp"}
    assert left_alone(followed) == frozenset()


def test_a_system_that_is_taken_out_is_left_alone_no_more(
    followed: Breakers, configuration: Configuration, store: Store, clock: StandingClock
):
    assert left_alone(followed) == {"erp"}
    apply(store, "", by="somebody")
    configuration.refresh()
    clock.move(seconds=60)
    assert left_alone(followed) == frozenset()
