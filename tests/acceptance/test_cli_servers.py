"""The same command line on RabbitMQ and PostgreSQL, in several processes."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pika
import pytest

from tests.acceptance.hubs import Home, Running, rows
from tests.servers import process as processes
from tests.servers.rabbitmq import DIRECT, RabbitServer

SERVERS = 'database = "env:TEST_DATABASE"\nbroker = "env:TEST_BROKER"'


@pytest.fixture
def shared(tmp_path: Path, postgres_url: str, amqp_url: str) -> Home:
    """A hub whose file names a database and a broker."""
    home = Home(tmp_path).configure(hub=SERVERS, more='[jobs."depot.stock"]\ntriggers = true\n')
    home.environment = {"TEST_DATABASE": postgres_url, "TEST_BROKER": amqp_url}
    return home


@pytest.fixture
def at_work(shared: Home) -> Iterator[Home]:
    """The same in three processes."""
    assert shared.run("jobs").code == 2  # the schema is not there yet
    assert shared.json("migrate")["before"] is None
    assert shared.json("apply", "--yes")["number"] == 1
    with ExitStack() as stack:
        started = [
            stack.enter_context(shared.up(command=each)) for each in ("scheduler", "adapter warehouse", "runlog")
        ]
        for each in started:
            each.wait_until_said('"started"')
        yield shared
        for each in started:
            assert each.end() == 0


def test_a_trigger_that_the_broker_does_not_take_is_told_to_programs_too(shared: Home):
    there = shared.environment
    shared.environment = {**there, "TEST_BROKER": "amqp://hub:hub@127.0.0.1:1/hub"}
    shared.ok("migrate")
    assert shared.run("apply", "--yes").code == 3, "the queues are not declared"
    shared.environment = there
    told = shared.json("trigger", "depot.stock", "--publish", code=1)
    assert "the broker did not take it (unroutable)" in told["error"]
    assert shared.run("trigger", "depot.stock", "--publish").err == f"hub: {told['error']}\n"


def test_three_processes_import_a_file_and_take_triggers(at_work: Home):
    first = at_work.json("jobs", "run", "depot.stock", "--wait")
    assert first["state"] == "done"
    at_work.deliver("STAN_1.csv", rows(50))
    at_work.ok("trigger", "depot.stock", "--publish", "--reason", "a foreign client")
    processes.wait_until("the rows to be there", lambda: at_work.json("records") == {"stock": 50})

    def triggered() -> list[Any]:
        return [each for each in at_work.json("runs") if each["cause"] == "trigger"]

    # It need not be the one that took the file: that of the schedule may have come in between.
    processes.wait_until("the trigger to be answered", lambda: [each["state"] for each in triggered()] == ["done"])
    assert triggered()[0]["reason"] == "a foreign client"
    found = {each["subject"]: each for each in at_work.json("check")}
    assert "RabbitMQ" in found["broker"]["message"]
    assert "5 queues as declared" in found["broker"]["message"]
    assert found["database"]["message"].startswith("PostgreSQL")
    assert at_work.run("check").out.count("hub runlog @") == 1


def test_a_message_nobody_understands_is_listed_with_its_reason(at_work: Home, amqp_url: str):
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        connection.channel().basic_publish("hub.triggers", "depot.nonsense", b"{}")
    processes.wait_until("the message to be kept", lambda: len(at_work.json("dead")) == 1)
    (kept,) = at_work.json("dead")
    assert kept["kind"] == "message"
    assert "there is no job depot.nonsense" in kept["reason"]
    assert kept["message"]["queue"] == "hub.invalid"
    assert "depot.nonsense" in at_work.ok("dead", "show", kept["id"])
    (found,) = [each for each in at_work.json("check", code=1) if not each["good"]]
    assert (found["subject"], found["message"]) == (
        "messages",
        "1 message was not understood, or given up by the broker",
    )
    assert "hub dead" in found["mend"]
    assert at_work.run("dead", "replay", kept["id"]).code == 2
    assert at_work.json("dead", "discard", kept["id"])["messages"] == 1
    assert at_work.json("dead") == []


def test_up_on_a_named_database_does_not_apply_by_itself(shared: Home):
    shared.ok("migrate")
    assert shared.run("up", "--until-idle").code == 0
    assert [each["note"] for each in shared.json("config")] == ["hub up"]
    shared.configure(hub=SERVERS, every="2h")
    done = shared.run("up", "--until-idle")
    assert done.code == 0
    assert "hub.toml differs from revision 1 in force: hub apply" in done.err
    assert len(shared.json("config")) == 1


def test_j17_jobs_that_are_due_without_a_scheduler_are_told(shared: Home):
    shared.configure(hub=SERVERS, every="1s")
    shared.ok("migrate")
    shared.ok("apply", "--yes")
    import psycopg  # noqa: PLC0415  # only who asks for PostgreSQL needs it

    url = shared.environment["TEST_DATABASE"].replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("UPDATE job SET next_due = now() - interval '90 minutes' WHERE name = 'depot.stock'")
    done = shared.run("check")
    assert done.code == 1
    assert "no scheduler is at work, and 1 job is due" in done.out
    assert re.search(r"depot\.stock is overdue by 1h3\dm", done.out)
    assert "mend:  hub scheduler" in done.out


def health(port: int) -> tuple[int, dict[str, Any]]:
    """Ask a process how it is."""
    try:
        with DIRECT.open(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def test_j20_health_is_bad_when_the_consumer_is_gone(home: Home, killable_rabbitmq: RabbitServer, amqp_url: str):
    (port,) = processes.free_ports(1)
    home.environment = {"HUB_BROKER": amqp_url}
    with home.up("--health", f"127.0.0.1:{port}") as up:
        wait_for_health(up, port, 200)
        assert health(port)[1]["parts"]["worker consumer"]["good"] is True
        killable_rabbitmq.wait_until_kept(amqp_url, "hub.warehouse.depot")
        killable_rabbitmq.kill()
        # Which of the parts notices it first is chance.
        up.wait_for("the consumer to be bad", lambda: not health(port)[1]["parts"]["worker consumer"]["good"])
        status, told = health(port)
        assert (status, told["parts"]["database"]["good"]) == (503, True)
        killable_rabbitmq.start()
        wait_for_health(up, port, 200)
        assert up.end() == 0


def wait_for_health(up: Running, port: int, status: int) -> None:
    """Wait until the process says that it is so."""
    up.wait_for(f"health to be {status}", lambda: health(port)[0] == status)


def test_health_is_off_unless_it_is_asked_for(home: Home):
    with home.up() as up:
        up.wait_until_said("Next:")
        log = (home.folder / "hub.log").read_text(encoding="utf-8")
        assert "health" not in log
        assert up.end() == 0
