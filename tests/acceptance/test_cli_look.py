"""Commands that only look, after one import."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.hubs import ROOT, SELDOM, Home

HUGE = "99999999999999999999"
"""A number larger than any that a database counts to."""


def test_the_first_import_says_what_happened(imported: Home):
    assert imported.said is not None
    assert imported.said.code == 0
    line = next(line for line in imported.said.out.splitlines() if "STAN_1.csv" in line)
    assert re.search(r"depot\.stock +STAN_1\.csv +3 rows +2 new, 1 quarantined +\d+\.\d s", line)
    assert "1 row waits for you:" in imported.said.out
    assert '"viele" is not a number' in imported.said.out
    assert "hub quarantine" in imported.said.out


def test_the_process_log_stays_off_the_terminal(imported: Home):
    assert imported.said is not None
    assert "consumer_connected" not in imported.said.out + imported.said.err
    lines = (imported.folder / "hub.log").read_text(encoding="utf-8").splitlines()
    assert any(json.loads(line)["event"] == "started" for line in lines)


def test_s24_leading_zeros_stay(imported: Home):
    assert {record["key"] for record in imported.json("records", "stock")} == {"0012|MAG1", "0014|MAG1"}
    shown = imported.json("records", "show", "stock", "0014|MAG1")["record"]
    assert shown["fields"] == {"sku": "0014", "location": "MAG1", "on_hand": "7.5"}
    assert imported.json("records") == {"stock": 2}


def test_s18_one_bad_row_waits_and_the_rest_goes_on(imported: Home):
    (group,) = imported.json("quarantine")
    assert (group["cause"], group["count"], group["column"]) == ("not-a-number", 1, "Stan")
    (entry,) = imported.json("quarantine", "list", "--system", "depot", "--cause", "not-a-number")
    assert entry["raw"] == {"Indeks": "0013", "Magazyn": "MAG1", "Stan": "viele"}
    assert entry["place"]["row"] == 3
    assert imported.json("quarantine", "show", str(entry["id"]))["message"] == '"viele" is not a number'
    assert "STAN_1.csv, row 3, column Stan" in imported.ok("quarantine", "list")


def test_a_name_that_is_misspelt_is_not_taken_for_nothing_waiting(imported: Home):
    said = imported.ok("quarantine", "list", "--system", "deppot", "--cause", "not-a-number")
    assert said == "Nothing waits with system deppot and cause not-a-number; all that waits: hub quarantine\n"
    assert imported.ok("quarantine", "retry", "--cause", "none-such").startswith("Nothing waits with cause none-such;")
    assert imported.ok("runs", "--job", "depot.stok") == "There are no runs with depot.stok.\n"


def test_lines_in_a_pipe_have_no_blanks_at_their_ends(imported: Home):
    for arguments in (("runs",), ("jobs",), ("quarantine", "list"), ("quarantine", "show", "1"), ("records", "stock")):
        lines = imported.ok(*arguments).splitlines()
        assert lines == [line.rstrip() for line in lines]


def test_jobs_are_listed_with_their_schedule(imported: Home):
    jobs = {job["name"]: job for job in imported.json("jobs")}
    assert jobs["depot.stock"]["schedule"] == f"every {SELDOM}"
    assert jobs["depot.stock"]["last_run"]["state"] == "done"
    assert jobs["hub.prune"]["schedule"] == "cron 30 3 * * *"
    assert "depot.stock" in imported.ok("jobs")


def test_a_run_is_shown_with_its_history_and_records(imported: Home):
    (run,) = imported.json("runs", "--job", "depot.stock", "--state", "done")
    assert imported.json("runs", "--state", "dead") == []
    shown = imported.json("runs", "show", str(run["id"]), "--records")
    assert shown["counts"] == {"new": 2, "quarantined": 1}
    assert [each["outcome"] for each in shown["deliveries"]] == ["done"]
    assert sorted(each["outcome"] for each in shown["records"]) == ["new", "new", "quarantined"]
    only = imported.json("runs", "show", str(run["id"]), "--outcome", "quarantined")["records"]
    assert [(each["cause"], each["place"]) for each in only] == [("not-a-number", "STAN_1.csv, row 3, column Stan")]
    assert "STAN_1.csv was read to its end" in imported.ok("runs", "show", str(run["id"]), "--records")
    misspelt = imported.run("runs", "show", str(run["id"]), "--outcome", "nwe")
    assert (misspelt.code, 'did you mean "new"?' in misspelt.err) == (2, True)


def test_nothing_is_cut_off_in_a_pipe(imported: Home):
    for arguments in (("runs",), ("jobs",), ("quarantine", "list"), ("records", "stock")):
        text = imported.ok(*arguments)
        assert "\N{HORIZONTAL ELLIPSIS}" not in text
        assert "\x1b" not in text
    assert "not-a-number" in imported.ok("quarantine", "list")


def test_instants_are_local_for_people_and_utc_for_programs(imported: Home):
    (run,) = imported.json("runs", "--job", "depot.stock")
    assert run["ended_at"].endswith("Z")
    (revision,) = imported.json("config", "history")
    assert revision["applied_at"].endswith("Z")


def test_the_configuration_in_force_can_be_seen(imported: Home):
    shown = imported.json("config", "show")
    assert (shown["number"], shown["source"]) == (1, imported.file.read_text(encoding="utf-8"))
    assert imported.ok("config", "show", "1") == shown["source"]
    assert imported.json("config", "check") == {
        "file": "hub.toml",
        "systems": ["depot"],
        "jobs": ["depot.stock", "hub.prune"],
    }


def test_check_finds_everything_in_order(imported: Home):
    findings = imported.json("check")
    assert all(finding["good"] for finding in findings)
    subjects = {finding["subject"] for finding in findings}
    assert {"database", "broker", "revision", "processes", "disk", "time zone", "depot", "depot.stock"} <= subjects
    assert "good" in imported.ok("check", "depot")


def test_nothing_dead_and_nothing_to_prune(imported: Home):
    assert imported.json("dead") == []
    assert imported.json("prune")["total"] == 0
    assert imported.json("migrate")["before"] == imported.json("migrate")["after"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("runs", "show", "999"), "there is no run 999"),
        (("runs", "show", HUGE), f"{HUGE} is no run; hub runs shows what there is"),
        (("runs", "cancel", "x"), "x is no run; hub runs shows what there is"),
        (("runs", "--most", "x"), "--most x: it is a whole number from 1 to 100,000"),
        (("runs", "--most", "0"), "--most 0: it is a whole number from 1 to 100,000"),
        (
            ("systems", "try", "depot", "stock", "--limit", "some"),
            "--limit some: it is a whole number from 1 to 10,000",
        ),
        (("systems", "connect", "depot", "--port", "70000"), "--port 70000: it is a whole number from 0 to 65,535"),
        (("systems", "connect", "depot", "--wait", "1h"), "--wait 1h: it is a whole number from 1 to 3,600"),
        (("dead", "show", f"m{HUGE}"), f"m{HUGE} is no ID"),
        (("dead", "replay", HUGE), f"{HUGE} is no ID"),
        (("config", "show", HUGE), f"{HUGE} is no revision; hub config shows what there is"),
        (("config", "revert", "x"), "x is no revision; hub config shows what there is"),
        (("quarantine", "retry", HUGE), f"{HUGE} is no ID; hub quarantine list shows what there is"),
        (("quarantine", "show", "x"), "x is no ID; hub quarantine list shows what there is"),
        (("jobs", "backfill", "depot.stock", "--from", "0001-02-01", "--to", "0001-03-01"), "lies before --from"),
        (("jobs", "backfill", "depot.stock", "--from", "2026-11-02", "--to", "2026-11-01"), "lies before --from"),
        (("up", "--health", "localhost"), '"localhost" is not a host and port'),
        (("up", "--health", ":99999"), "write it like 127.0.0.1:8090"),
        (("runs", "--state", "asleep"), "asleep is not a state"),
        (("jobs", "run", "depot.stok"), 'did you mean "depot.stock"?'),
        (("records", "stok"), 'did you mean "stock"?'),
        (("plan", "deppot"), 'did you mean "depot"?'),
        (("adapter", "warehous"), 'did you mean "warehouse"?'),
        (("config", "show", "7"), "there is no revision 7"),
        (("records", "show", "stock", "001"), "what begins so: hub records stock --key 001"),
        (("quarantine", "show", "7"), "there is no entry 7"),
        (("quarantine", "discard"), "--all"),
        (("dead", "show", "x7"), "x7 is no ID"),
        (("dead", "replay"), "--all"),
        (("check", "shop"), "there is no system shop"),
        (("jobs", "backfill", "depot.stock", "--from", "yesterday", "--to", "2026-11-02"), "no day and no instant"),
        (("scheduler",), "the broker inside a process cannot be shared"),
        (("runlog",), "name one in hub.toml"),
        (("trigger", "depot.stock", "--publish"), "leave out --publish"),
        (("jbos",), "No such command 'jbos'"),
        (("jobs", "depot.stock"), "No such command 'depot.stock'. There are list, run, pause, resume, backfill"),
        (("runs", "99"), "there is no run 99"),
        (("dead", "m7"), "there is no message m7"),
        (("runs", "--nonsense"), "--nonsense"),
        (("init",), "is there already"),
    ],
)
def test_a_wrong_command_says_what_would_be_right(imported: Home, arguments: tuple[str, ...], said: str):
    done = imported.run(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("words", [("runs", "1"), ("records", "stock", "0012|MAG1"), ("config", "1")])
def test_show_may_be_left_out_before_what_is_meant(imported: Home, words: tuple[str, ...]):
    assert imported.ok(*words) == imported.ok(words[0], "show", *words[1:])


def test_help_answers_at_once_and_names_the_exit_codes():
    argv = [sys.executable, "-X", "importtime", "-m", "hub.cli", "--help"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert "130  interrupted" in done.stdout
    assert all(heavy not in done.stderr for heavy in ("sqlalchemy", "kombu", "pydantic", "hub.app"))
    assert "...\n" not in done.stdout.partition("Commands:")[2]  # each command's sentence has room


def test_where_nothing_was_handed_on_nobody_has_to_come(imported: Home):
    done = imported.run("dead", "replay", "99")
    assert (done.code, done.err) == (1, "hub: 1 of these were not there, or not given up\n")


def test_a_system_that_is_left_alone_is_told_with_the_runs_that_wait_for_it(tmp_path: Path):
    home = Home(tmp_path, {"SHOP_KEY": "secret"})
    # Nobody listens at port 9 of any machine today.
    shop = (
        'kind = "eshop"\nconnector = "medusa"\nurl = "http://127.0.0.1:9"\nkey = "env:SHOP_KEY"\nbreaker_failures = 1'
    )
    home.file.write_text(
        f'[systems.shop]\n{shop}\n\n[jobs."shop.orders"]\nsync = ["orders"]\nevery = "{SELDOM}"\n', "utf-8"
    )
    home.run("up", "--until-idle")
    told = "shop is left alone, and its runs wait: shop cannot be reached: nobody listens at that address and port\n"
    assert home.run("runs").err == told
    assert home.run("runs", "show", "1").err == told


def test_who_is_to_take_runs_that_nobody_takes_is_told(tmp_path: Path):
    home = Home(tmp_path).configure()
    home.ok("apply", "--yes")
    home.ok("jobs", "run", "depot.stock")
    with closing(sqlite3.connect(tmp_path / "hub.db")) as database, database:
        database.execute("UPDATE run SET not_before = '2026-01-01T00:00:00.000000Z'")
    (late,) = [each for each in home.json("check", code=1) if "nobody takes it" in each["message"]]
    assert late["mend"] == "hub up"


PRICES = """
[systems.depot.formats.prices]
entity = "prices"
files = "prices*.csv"
encoding = "utf-8"
delimiter = ";"
every = "1000d"
columns = { sku = "Code", list = "List", amount = "Price", currency = "Currency" }

[systems.shop]
kind = "eshop"
connector = "sql"
url = "sqlite:///shop.db"

[systems.shop.streams.prices]
table = "price"
key = "id"
fields = { sku = "sku", list = "'default'", currency = "'EUR'", amount = "amount" }
writes = ["amount"]
update = "UPDATE price SET amount = :amount WHERE id = :id"

[jobs."shop.prices"]
sync = ["prices"]
every = "1000d"
"""


def test_a_shop_for_which_no_price_list_is_named_is_found_where_there_are_several(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "shop.db")) as shop, shop:
        shop.execute("CREATE TABLE price (id INTEGER PRIMARY KEY, sku TEXT, amount TEXT)")
    home = Home(tmp_path).configure(more=PRICES)
    home.deliver("prices_1.csv", ["A;retail;10;EUR"], "Code;List;Price;Currency")
    home.ok("up", "--until-idle")
    home.ok("check", "shop")
    home.deliver("prices_2.csv", ["B;wholesale;8;EUR"], "Code;List;Price;Currency")
    home.ok("jobs", "run", "depot.prices")
    home.ok("up", "--until-idle")
    (mixed,) = [each for each in home.json("check", "shop", code=1) if not each["good"]]
    assert mixed["message"].startswith("no price list is named, and there are retail, wholesale: ")
    assert "price_list under [systems.shop.range]" in mixed["mend"]
    home.configure(more=PRICES + '\n[systems.shop.range]\nprice_list = "retail"\n')
    home.ok("check", "shop")
