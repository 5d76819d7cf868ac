"""A backup is made and put back as docs/backups.md says: nothing is done as another run, and what is due goes on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.hubs import ROOT, SELDOM, Home, rows
from tests.acceptance.test_cli_servers import SERVERS
from tests.servers.postgres import PostgresServer, program

PAGE = (ROOT / "docs" / "backups.md").read_text(encoding="utf-8")
MORE = f"""
[systems.depot.formats.names]
entity = "products"
files = "NAZWY_*.csv"
encoding = "utf-8"
every = "{SELDOM}"
columns = {{ sku = "Indeks", name = "Nazwa" }}
"""


def said(begins: str) -> list[str]:
    """Return the one line of the page that begins so, as the arguments of a command."""
    (line,) = re.findall(rf"^{re.escape(begins)}.*$", PAGE, re.MULTILINE)
    found = re.findall(r'"[^"]*"|\S+', line)
    return [each.strip('"') for each in found]


@pytest.fixture
def copied(home: Home) -> Home:
    """An embedded hub that was copied while it was up, worked on, and was killed."""
    home.deliver("STAN_1.csv", rows(50))
    with home.up() as up:
        up.wait_for("the first file", lambda: home.json("records") == {"stock": 50})
        subprocess.run([sys.executable, *said("python -c")[1:]], cwd=home.folder, check=True, timeout=60)
        home.deliver("STAN_2.csv", ["000051;MAG1;5"])
        assert home.json("jobs", "run", "depot.stock", "--wait")["state"] == "done"
        up.kill()
    assert (home.count("record"), (home.folder / "hub.db-wal").stat().st_size > 0) == (51, True)
    return home


def test_an_embedded_hub_is_copied_while_it_is_up_and_put_back(copied: Home):
    for old in copied.folder.glob("hub.db*"):
        old.unlink()
    (copied.folder / "copy.db").rename(copied.folder / "hub.db")
    assert copied.run("up", "--until-idle").code == 0
    assert copied.count("record") == 50
    (taken,) = (copied.folder / "in" / "done").rglob("*STAN_2*")
    taken.rename(copied.incoming / "STAN_2.csv")
    copied.json("jobs", "run", "depot.stock")
    assert copied.run("up", "--until-idle").code == 0
    assert copied.count("record") == 51


def test_a_restored_postgresql_begins_no_run_for_the_messages_of_its_former_life(
    tmp_path: Path, postgres: PostgresServer, postgres_url: str, amqp_url: str
):
    home = Home(tmp_path).configure(hub=SERVERS, more=MORE)
    home.environment = {"TEST_DATABASE": postgres_url, "TEST_BROKER": amqp_url}
    home.ok("migrate")
    home.ok("apply", "--yes")
    home.deliver("STAN_1.csv", rows(50))
    assert home.run("up", "--until-idle").code == 0
    dump = tmp_path / "hub.dump"
    address = postgres_url.replace("+psycopg", "")
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={dump}", address], check=True, timeout=60)

    # Life goes on: a run is published that nobody takes any more.
    before = home.json("jobs", "run", "depot.stock")["run"]
    with home.up(command="scheduler") as scheduler:
        scheduler.wait_for("its message", lambda: home.json("runs")[0]["published_at"] is not None)
        assert scheduler.end() == 0

    postgres.drop_database(postgres_url)
    empty = postgres.new_database()
    restored = [program("pg_restore"), "--exit-on-error", f"--dbname={empty.replace('+psycopg', '')}", str(dump)]
    subprocess.run(restored, check=True, timeout=60)
    home.environment = {"TEST_DATABASE": empty, "TEST_BROKER": amqp_url}
    assert home.json("records") == {"stock": 50}
    assert home.json("jobs", "run", "depot.names")["run"] == before  # the number comes again
    with home.up(command="adapter warehouse") as adapter:
        adapter.wait_until_said("message_of_another_run")
        assert home.json("runs")[0]["state"] == "waiting"
        assert adapter.end() == 0
    assert home.run("up", "--until-idle").code == 0
    latest = home.json("runs")[0]
    assert (latest["id"], latest["job"], latest["state"]) == (before, "depot.names", "done")
    postgres.drop_database(empty)
