"""An embedded hub grows: all that it knows goes along into PostgreSQL, and nothing begins anew by mistake."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from hub.store import Store, file_address, runs
from tests.acceptance.hubs import SELDOM, Home, rows

DATABASE = 'database = "env:TEST_DATABASE"'
MORE = f"""
[systems.depot.formats.names]
entity = "products"
files = "NAZWY_*.csv"
encoding = "utf-8"
every = "{SELDOM}"
columns = {{ sku = "Indeks", name = "Nazwa" }}
"""


@pytest.fixture
def grown(tmp_path: Path, postgres_url: str) -> Home:
    """An embedded hub that has worked, and whose file now names a database, which is empty."""
    home = Home(tmp_path).configure(more=MORE)
    home.environment = {"TEST_DATABASE": postgres_url}
    home.deliver("STAN_1.csv", rows(50))
    home.ok("up", "--until-idle")
    home.ok("jobs", "pause", "depot.names", "--note", "wait for Anna")
    home.configure(more=MORE, hub=DATABASE)
    home.ok("migrate")
    return home


def test_all_that_it_knows_goes_along(grown: Home):
    said = grown.json("migrate", "--from", "hub.db")
    assert (said["copied"]["record"], said["copied"]["revision"]) == (50, 1)
    assert grown.json("apply", "--yes")["number"] == 2
    assert grown.json("records") == {"stock": 50}
    assert [each["paused_note"] for each in grown.json("jobs") if each["name"] == "depot.names"] == ["wait for Anna"]
    before = grown.json("runs")[0]["id"]
    grown.deliver("STAN_2.csv", [*rows(50), "000051;MAG1;5"])
    run = grown.json("jobs", "run", "depot.stock")["run"]
    grown.ok("up", "--until-idle")
    assert run > before
    assert grown.json("runs", "show", str(run))["counts"] == {"identical": 50, "new": 1}


def test_what_was_published_to_the_broker_that_is_gone_goes_out_again(grown: Home):
    """As of a hub that was killed between its relay and its worker."""
    with closing(Store(file_address(grown.folder / "hub.db"))) as store, store.write() as tx:
        asked = runs.NewRun(job="depot.stock", system="depot", cause="manual", not_before=tx.now)
        made = runs.make(tx, [asked])
        runs.mark_published(tx, runs.due(tx, tx.now, 10))
    grown.ok("migrate", "--from", "hub.db")
    (run,) = (each for each in grown.json("runs") if each["id"] == made[0])
    assert (run["state"], run["published_at"]) == ("waiting", None)


@pytest.mark.parametrize("command", ["apply --yes", "apply --dry-run", "plan depot", "up --until-idle"])
def test_it_does_not_begin_anew_beside_what_it_knows(grown: Home, command: str):
    said = "hub.db beside hub.toml knows 50 records: hub migrate --from hub.db takes over all of it"
    (finding,) = (each for each in json.loads(grown.run("check", "--json").out) if each["subject"] == "revision")
    assert (finding["good"], said in finding["message"]) == (False, True)
    done = grown.run(*command.split())
    assert (done.code, said in done.err) == (2, True)
    (grown.folder / "hub.db").rename(grown.folder / "old.db")
    assert grown.run(*command.split()).code == 0


def test_a_hub_that_is_up_is_not_left_behind(grown: Home):
    grown.configure(more=MORE)
    with grown.up() as up:
        up.wait_until_said("Hub is up")
        grown.configure(more=MORE, hub=DATABASE)
        done = grown.run("migrate", "--from", "hub.db")
        assert (done.code, "is up; stop it first" in done.err) == (2, True)
        assert up.end() == 0
    grown.ok("migrate", "--from", "hub.db")


def at_work(home: Home) -> bool:
    findings = json.loads(home.run("check", "--json").out)
    return any("seen" in each["message"] for each in findings if each["subject"] == "processes")


def test_it_goes_back_into_a_file(grown: Home):
    grown.ok("migrate", "--from", "hub.db")
    for old in grown.folder.glob("hub.db*"):
        old.unlink()
    with grown.up() as up:
        up.wait_for("its sign of life", lambda: at_work(grown))
        grown.configure(more=MORE)
        done = grown.run("migrate", "--from", "env:TEST_DATABASE")
        assert (done.code, "stop all processes first" in done.err) == (2, True)
        assert up.end() == 0
    grown.ok("migrate", "--from", "env:TEST_DATABASE")
    assert grown.json("records") == {"stock": 50}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing.db", "there is no file nothing.db"),
        ("hub.toml", "cannot be used"),
        ("empty.db", "empty.db is no database of the hub"),
        ("env:NOTHING", "NOTHING is not set"),
    ],
)
def test_what_cannot_be_taken_over_is_told(grown: Home, source: str, said: str):
    (grown.folder / "empty.db").touch()
    done = grown.run("migrate", "--from", source)
    assert (done.code, said in done.err) == (2, True)


def test_a_database_is_named_first(grown: Home):
    grown.configure(more=MORE)
    done = grown.run("migrate", "--from", "hub.db")
    assert (done.code, "hub.toml names no other database yet" in done.err) == (2, True)


def test_what_the_other_database_holds_is_not_mixed(grown: Home):
    grown.ok("migrate", "--from", "hub.db")
    done = grown.run("migrate", "--from", "hub.db")
    assert (done.code, "the database is not empty" in done.err) == (2, True)
