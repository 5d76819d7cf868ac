"""Triggers by a foreign program that knows AMQP and the documented message, and nothing of the hub."""

import time

import pika
import pytest

from hub.worker.pipeline import CALM
from tests.acceptance.hubs import Home, rows
from tests.acceptance.test_cli_servers import at_work, shared  # noqa: F401 - fixtures
from tests.servers import process as processes

STORM = 10_000
LONGEST = 200.0
"""Seconds that it may be worked off on a machine that is busy with other tests."""


@pytest.fixture
def foreign(amqp_url: str):
    """A channel of a plain client."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        yield connection.channel()


def triggered(home: Home):
    return [run for run in home.json("runs") if run["cause"] == "trigger"]


def test_a_storm_of_foreign_triggers_makes_a_handful_of_runs(at_work: Home, foreign):  # noqa: F811
    at_work.deliver("STAN_1.csv", rows(50))
    foreign.basic_publish("hub.triggers", "depot.stock", b'{"version": 1}')
    processes.wait_until("the rows to be there", lambda: at_work.json("records") == {"stock": 50})
    began = time.monotonic()
    for _ in range(STORM):
        foreign.basic_publish("hub.triggers", "depot.stock", b"{}")
    foreign.basic_publish("hub.triggers", "depot.stock", b"{not even JSON")

    def answered() -> bool:
        runs = triggered(at_work)
        return sum(run["stands_for"] for run in runs) == STORM + 1 and {run["state"] for run in runs} == {"done"}

    processes.wait_until("all triggers to be answered", answered, seconds=LONGEST)
    # One before the storm, one that its first trigger asks for, and then one a while, for as long as it is worked off.
    assert len(triggered(at_work)) <= 3 + (time.monotonic() - began) / CALM.total_seconds()
    processes.wait_until("the last message to be kept", lambda: len(at_work.json("dead")) == 1)
    (kept,) = at_work.json("dead")
    assert "JSON" in kept["reason"]
