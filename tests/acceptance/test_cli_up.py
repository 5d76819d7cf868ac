"""`hub up` as a process that is told to stop, killed, started again, and given another configuration meanwhile."""

import json
import resource
import signal
import socket
import sqlite3
from contextlib import closing

import pytest

from tests.acceptance.hubs import Home, rows

MANY = 24_000
PAGE = 100
LITTLE = 50_000
"""Bytes."""


def half_way(home: Home) -> bool:
    """Tell whether some pages are stored."""
    return home.count("record") > 10 * PAGE


def assert_each_row_once(home: Home) -> None:
    """Every row has had its effect, and none has had it twice."""
    (run,) = home.json("runs", "--job", "depot.stock")
    assert (run["state"], run["counts"]) == ("done", {"new": MANY})
    found = home.json("records", "stock", "--most", "100000")
    assert len({record["key"] for record in found}) == len(found) == MANY
    assert {record["version"] for record in found} == {1}
    assert len({record["revision"] for record in found}) == MANY
    assert list(home.incoming.glob("done/*STAN_1.csv"))


def test_j14_a_stopped_import_drains_and_goes_on_at_the_page(home: Home):
    home.configure(page=PAGE, hub='drain = "60s"')
    home.deliver("STAN_1.csv", rows(MANY))
    with home.up() as up:
        up.wait_until_said("Hub is up")
        up.wait_for("some pages", lambda: half_way(home))
        assert up.end(signal.SIGTERM) == 0
        stored = home.count("record")
        assert stored < MANY
        assert "goes on where it was" in up.said()
    (run,) = home.json("runs", "--job", "depot.stock")
    assert run["state"] == "waiting"
    assert home.run("up", "--until-idle").code == 0
    assert_each_row_once(home)
    deliveries = home.json("runs", "show", str(run["id"]))["deliveries"]
    assert [each["outcome"] for each in deliveries] == ["handed-on", "done"]
    assert [each["counts"] for each in deliveries] == [{"new": stored}, {"new": MANY - stored}]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A hub that was killed in the middle of a long first load, and started again."""
    home = Home(tmp_path_factory.mktemp("killed")).configure(page=PAGE)
    home.deliver("STAN_1.csv", rows(MANY))
    with home.up() as up:
        up.wait_until_said("Hub is up")
        up.wait_for("some pages", lambda: half_way(home))
        up.kill()
    assert home.count("record") < MANY
    # As when its time has passed: a lease so short that a test could wait for it may lapse while its holder is at work.
    with closing(sqlite3.connect(home.folder / "hub.db")) as database, database:
        database.execute("UPDATE run SET lease_until = started_at")
    home.said = home.run("up", "--until-idle")
    return home


def test_j18_a_run_whose_process_was_killed_is_rescued(killed: Home):
    assert killed.said is not None
    assert killed.said.code == 0, killed.said
    (run,) = killed.json("runs", "--job", "depot.stock")
    outcomes = [each["outcome"] for each in killed.json("runs", "show", str(run["id"]))["deliveries"]]
    assert outcomes == ["lost", "done"]


def test_s17_a_long_first_load_goes_on_at_the_page_after_a_kill(killed: Home):
    assert_each_row_once(killed)


def test_a_second_hub_up_in_a_folder_is_told_of_the_first_unless_that_was_killed(home: Home):
    with home.up() as up:
        up.wait_for("its name to be in the database", lambda: (home.folder / "hub.db").exists() and bool(names(home)))
        done = home.run("up", "--until-idle")
        assert done.code == 1
        assert f"is up already ({names(home)[0]}, begun " in done.err
        assert not home.json("check")[0]["mend"]  # other commands go on beside it
        up.kill()
    with closing(sqlite3.connect(home.folder / "hub.db")) as database, database:
        database.execute("UPDATE process SET seen_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-15 minutes')")
    assert "seen 15 min ago: it has not signed off" in home.ok("check")
    assert home.run("up", "--until-idle").code == 0


def test_a_full_disk_is_told_on_the_terminal_once(home: Home):
    home.configure(every="1s")
    with home.up() as up:
        up.wait_until_said("Next:")
        # As on a full disk: no file may grow beyond this size, what the hub says and logs apart.
        assert (home.folder / "hub.db-wal").stat().st_size > LITTLE
        resource.prlimit(up.process.popen.pid, resource.RLIMIT_FSIZE, (LITTLE, resource.RLIM_INFINITY))
        up.wait_until_said("The database does not answer. (disk I/O error)")
        logged = (home.folder / "hub.log").stat().st_size
        up.wait_for("more to be logged", lambda: (home.folder / "hub.log").stat().st_size > logged + 3_000)
        assert up.said().count("does not answer") == 1
        resource.prlimit(up.process.popen.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        up.wait_until_said("it goes on")
        assert up.end() == 0


def names(home: Home) -> list[str]:
    """Return the processes that have signed on."""
    return [each["message"].partition(",")[0] for each in home.json("check") if each["message"].startswith("hub up @")]


def test_b04_a_changed_schedule_is_taken_up_without_a_restart(home: Home):
    with home.up() as up:
        up.wait_until_said("Next:")
        home.deliver("STAN_1.csv", rows(3))
        assert home.count("record") == 0
        home.configure(every="1s")
        home.ok("apply", "--yes")
        up.wait_for("the file to come in", lambda: home.count("record") == 3)
        up.wait_until_said("STAN_1.csv")
        assert up.end(signal.SIGINT) == 0


def test_a_running_job_is_cancelled_at_its_next_page(home: Home):
    home.configure(page=PAGE)
    home.deliver("STAN_1.csv", rows(10 * MANY))
    with home.up() as up:
        up.wait_until_said("Hub is up")
        up.wait_for("some pages", lambda: half_way(home))
        assert home.json("runs", "cancel", "1")["state"] == "running"
        up.wait_until_said("cancelled")
        assert up.end() == 0
    assert home.json("runs")[0]["state"] == "cancelled"
    assert home.count("record") < 10 * MANY


def test_programs_read_a_line_of_json_for_each_result(home: Home):
    home.deliver("STAN_1.csv", rows(3))
    done = home.run("up", "--until-idle", "--json")
    assert done.code == 0
    events = [json.loads(line) for line in done.out.splitlines()]
    assert [(each["event"], each.get("outcome")) for each in events] == [("result", "done"), ("waiting", None)]
    assert events[0]["counts"] == {"new": 3}


def test_an_interrupted_wait_for_idleness_did_not_go_well(home: Home):
    home.configure(page=PAGE)
    home.deliver("STAN_1.csv", rows(10 * MANY))
    with home.up("--until-idle") as up:
        up.wait_until_said("Hub is up")
        up.wait_for("some pages", lambda: half_way(home))
        assert up.end(signal.SIGINT) == 130


def test_the_health_address_that_is_taken_is_a_clear_error(home: Home):
    home.configure(hub='health = "127.0.0.1:1"')
    done = home.run("up", "--until-idle", "--health", "256.0.0.1:80")
    assert done.code == 2
    assert "hub.health: nothing can listen at 256.0.0.1:80" in done.err
    assert "Hub is up" not in done.out
    done = home.run("up", "--until-idle", "--health", "256.0.0.1:80", "--json")
    (told,) = [json.loads(line) for line in done.out.splitlines()]
    assert told["error"].startswith("hub.health: nothing can listen at 256.0.0.1:80")


@pytest.mark.parametrize(("setting", "more"), [("web", ()), ("health", ()), ("health", ("--health",))])
def test_a_port_that_is_taken_is_told_before_anything_is_applied(home: Home, setting: str, more: tuple[str, ...]):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        home.configure(hub="" if more else f'{setting} = "{address}"')
        done = home.run("up", "--until-idle", *more, *([address] if more else ()))
    assert (done.code, done.out) == (2, "")
    assert f"hub.{setting}: nothing can listen at {address}" in done.err
    assert home.json("config") == []


def test_who_starts_a_hub_whose_broker_is_away_reads_what_it_waits_for(home: Home):
    home.configure(hub='broker = "amqp://127.0.0.1:1/"')
    with home.up() as up:
        up.wait_until_said("the broker (127.0.0.1:1, virtual host /, user guest) cannot be reached")
        assert "waits for it" in up.said()
        assert "Hub is up" not in up.said()
        assert up.end(signal.SIGTERM) == 0
        assert up.said().count("cannot be reached") == 1
