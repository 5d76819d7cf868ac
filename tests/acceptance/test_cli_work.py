"""Commands that change something, on an embedded hub that is not at work meanwhile."""

import csv
import sqlite3
from contextlib import closing

from tests.acceptance.hubs import SELDOM, Home


def test_b05_the_importer_updates_existing_records(home: Home):
    home.deliver("STAN_1.csv", ["1;MAG1;5", "2;MAG1;6", "3;MAG1;7"])
    home.ok("up", "--until-idle")
    home.deliver("STAN_2.csv", ["1;MAG1;5", "2;MAG1;60", "4;MAG1;8"])
    home.ok("jobs", "run", "depot.stock")
    home.ok("up", "--until-idle")
    run = home.json("runs", "--most", "1")[0]
    assert (run["cause"], run["counts"]) == ("manual", {"new": 1, "update": 1, "identical": 1})
    stock = {record["key"]: record["fields"]["on_hand"] for record in home.json("records", "stock")}
    assert stock == {"1|MAG1": "5", "2|MAG1": "60", "3|MAG1": "7", "4|MAG1": "8"}
    assert home.json("records", "show", "stock", "2|MAG1")["record"]["version"] == 2


def test_a_plan_shows_everything_and_changes_nothing(home: Home):
    file = home.deliver("STAN_1.csv", ["1;MAG1;5", "2;MAG1;x"])
    text = home.ok("plan", "depot")
    assert "1 new, 1 quarantined" in text
    assert '"x" is not a number' in text
    assert "Nothing was changed" in text
    (plan,) = home.json("plan", "depot.stock")
    assert (plan["entity"], plan["counts"], plan["sources"]) == ("stock", {"new": 1, "quarantined": 1}, ["STAN_1.csv"])
    assert plan["examples"][0]["changes"]["on_hand"] == [None, "5"]
    assert file.exists()
    assert home.json("records") == {}
    assert home.json("runs") == []


MORE = """
[systems.depot.formats.products]
entity = "products"
folder = "catalogue"
files = "P_*.csv"
every = "1000d"
columns = { sku = "Code", name = "Name" }
"""


def test_a_plan_of_a_folder_that_is_not_there_does_not_say_that_there_is_nothing_to_do(home: Home):
    home.configure(more=MORE)
    home.incoming.rmdir()
    done = home.run("plan", "depot")
    assert (done.code, done.err.count("cannot be planned")) == (1, 2)
    assert done.out == "depot (files)\nNothing was changed.\n"
    plans = home.json("plan", "depot", code=1)
    assert [(each["system"], each["stream"]) for each in plans] == [("depot", "stock"), ("depot", "products")]
    assert all("does not exist" in each["error"] and "counts" not in each for each in plans)


def test_a_share_that_is_not_mounted_is_no_plan_without_anything_to_do(home: Home):
    home.deliver("STAN_1.csv", ["1;MAG1;5"])
    home.ok("up", "--until-idle")
    assert home.ok("plan", "depot").endswith("There is nothing to do.\n")
    home.ok("check", "depot")
    home.incoming.rename(home.folder / "elsewhere")
    home.incoming.mkdir()
    done = home.run("plan", "depot")
    assert (done.code, done.out, "is its share mounted?" in done.err) == (
        3,
        "depot (files)\nNothing was changed.\n",
        True,
    )
    assert "is its share mounted?" in home.json("plan", "depot", code=3)[0]["error"]
    (bad,) = [each for each in home.json("check", "depot", code=1) if not each["good"]]
    assert (bad["subject"], "is its share mounted?" in bad["message"]) == ("depot.stock", True)
    home.deliver("STAN_2.csv", ["1;MAG1;6"])
    assert "1 update" in home.ok("plan", "depot")
    home.ok("check", "depot")


def test_where_runs_are_given_up_it_is_not_said_that_nothing_waits(home: Home):
    home.incoming.rmdir()
    done = home.run("up", "--until-idle")
    assert (done.code, "1 run and 0 messages given up: hub dead" in done.out) == (1, True)
    assert "Nothing waits" not in done.out
    home.incoming.mkdir()
    home.ok("dead", "discard", "--all", "--yes")
    assert "Nothing waits.\n" in home.ok("up", "--until-idle")


def test_a_plan_names_the_jobs_that_do_what_it_shows(home: Home):
    home.configure(more=MORE)
    home.deliver("STAN_1.csv", ["1;MAG1;5"])
    done = home.run("plan", "depot")
    assert (done.code, "depot.products cannot be planned" in done.err) == (1, True)
    assert done.out.endswith("Nothing was changed. Do it: hub jobs run depot.stock\n")
    (home.incoming / "catalogue").mkdir()
    home.deliver("P_1.csv", ["1;Lamp"], header="Code;Name").rename(home.incoming / "catalogue" / "P_1.csv")
    assert home.ok("plan", "depot").endswith("Do it: hub jobs run depot.stock, hub jobs run depot.products\n")
    (home.incoming / "STAN_1.csv").unlink()
    assert home.ok("plan", "depot").endswith("Do it: hub jobs run depot.products\n")


def reviewed(home: Home) -> None:
    """Import twice, with a policy that leaves what differs for somebody to look at."""
    home.configure(policy="review")
    home.deliver("STAN_1.csv", ["1;MAG1;5", "2;MAG1;6", "3;MAG1;7"])
    home.ok("up", "--until-idle")
    home.deliver("STAN_2.csv", ["1;MAG1;50", "2;MAG1;60", "3;MAG1;70"])
    home.ok("jobs", "run", "depot.stock")
    home.ok("up", "--until-idle")


def test_what_differs_is_accepted_after_a_look(home: Home):
    reviewed(home)
    first, second, third = (entry["id"] for entry in home.json("quarantine", "list", "--cause", "differs"))
    assert home.run("quarantine", "accept").code == 2
    assert home.run("quarantine", "accept", "--cause", "not-a-number", "--all").code == 2
    text = home.ok("quarantine", "accept", str(first), "--yes")
    assert '"5" -> "50"' in text
    assert "1 record taken over" in text
    assert home.json("quarantine", "accept", str(first), code=1)["not_for_review"] == [first]
    assert home.json("quarantine", "discard", str(third)) == {"discarded": 1}
    assert home.json("quarantine", "accept", "--cause", "differs", "--all")["accepted"] == [second]
    assert home.json("quarantine") == []
    stock = {record["key"]: record["fields"]["on_hand"] for record in home.json("records", "stock")}
    assert stock == {"1|MAG1": "50", "2|MAG1": "60", "3|MAG1": "7"}


def test_a_record_that_has_changed_since_is_not_overwritten_unasked(home: Home):
    reviewed(home)
    entry = home.json("quarantine", "list")[0]["id"]
    # Another stream of the same system brings the record meanwhile, and may update it.
    more = (
        f'[systems.depot.formats.inventory]\nentity = "stock"\nfiles = "INW_*.csv"\nevery = "{SELDOM}"\n'
        'columns = { sku = "Indeks", location = "Magazyn", on_hand = "Stan" }\n'
    )
    home.configure(policy="review", more=more)
    home.deliver("INW_1.csv", ["1;MAG1;999"])
    home.ok("up", "--until-idle")
    assert home.json("records", "show", "stock", "1|MAG1")["record"]["fields"]["on_hand"] == "999"
    refused = home.json("quarantine", "accept", str(entry), code=1)
    assert (refused["accepted"], refused["changed_since"]) == ([], [entry])
    assert home.json("quarantine", "accept", str(entry), "--force")["accepted"] == [entry]
    assert home.json("records", "show", "stock", "1|MAG1")["record"]["fields"]["on_hand"] == "50"


def test_quarantined_rows_are_exported_corrected_and_come_in(home: Home):
    home.deliver("STAN_1.csv", ["0012;MAG1;x", "0013;MAG1;", "0014;MAG1;7"])
    home.ok("up", "--until-idle")
    exported = home.json("quarantine", "export", "-o", "correct.csv")
    assert (exported["rows"], exported["left_out"]) == (2, 0)
    assert home.run("quarantine", "export", "-o", "correct.csv").code == 2
    with (home.folder / "correct.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    assert found == [
        {"Indeks": "0012", "Magazyn": "MAG1", "Stan": "x"},
        {"Indeks": "0013", "Magazyn": "MAG1", "Stan": ""},
    ]
    home.deliver("STAN_2.csv", [f"{row['Indeks']};{row['Magazyn']};3" for row in found])
    home.ok("jobs", "run", "depot.stock")
    home.ok("up", "--until-idle")
    assert home.json("quarantine") == []
    assert home.json("records") == {"stock": 3}


def test_of_a_file_that_was_not_taken_it_says_where_it_lies_and_exports_no_rows(home: Home):
    home.deliver("STAN_1.csv", ["0012;MAG1;x"], header="Artikel;Ort;Menge")
    home.ok("up", "--until-idle")
    assert "the file was not taken, and lies in failed/: no column is called" in home.ok("quarantine", "list")
    done = home.run("quarantine", "export", "-o", "correct.csv")
    assert (done.code, "no row waits that could be corrected" in done.err) == (2, True)
    assert not (home.folder / "correct.csv").exists()


def test_a_formula_is_disarmed_on_its_way_to_a_spreadsheet(home: Home):
    home.deliver("STAN_1.csv", ["=cmd|calc;MAG1;x", "1;MAG1;-x"])
    home.ok("up", "--until-idle")
    text = home.ok("quarantine", "export", "-o", "correct.csv")
    assert "a spreadsheet would have run them" in text
    assert "'=cmd|calc;MAG1;x" in (home.folder / "correct.csv").read_text(encoding="utf-8")


def test_a_job_is_paused_resumed_and_run_all_the_same(home: Home):
    home.ok("apply", "--yes")
    assert home.json("jobs", "pause", "depot.stock", "--note", "stocktaking") == {"job": "depot.stock", "changed": True}
    assert home.json("jobs", "pause", "depot.stock")["changed"] is False
    assert ": stocktaking" in home.ok("jobs")
    # The run that was due when it was paused waits; it does not keep the hub from being idle.
    assert home.run("up", "--until-idle").code == 0
    assert [run["state"] for run in home.json("runs")] == ["waiting"]
    asked = home.run("jobs", "run", "depot.stock", "--key", "1|MAG1")
    assert "hub up" in asked.err
    home.ok("up", "--until-idle")
    assert [run["state"] for run in home.json("runs")] == ["done", "waiting"]
    assert home.json("jobs", "resume", "depot.stock")["changed"] is True
    assert home.json("jobs", "resume", "depot.stock")["changed"] is False
    home.ok("up", "--until-idle")
    assert [run["state"] for run in home.json("runs")] == ["done", "done"]


def test_a_job_that_waits_for_what_a_clock_that_was_ahead_has_planned_is_told_with_the_mend(home: Home):
    home.configure(every="15m").ok("up", "--until-idle")
    with closing(sqlite3.connect(home.folder / "hub.db")) as database:
        database.execute("UPDATE job SET next_due = '2400-01-01T00:00:00.000000Z' WHERE name = 'depot.stock'")
        database.commit()
    done = home.run("check")
    assert done.code == 1
    assert "depot.stock waits until 2400-01-01 00:00Z" in done.out
    assert "hub jobs pause depot.stock, then hub jobs resume depot.stock" in done.out
    home.ok("jobs", "pause", "depot.stock")
    home.ok("jobs", "resume", "depot.stock")
    assert "waits until" not in home.run("check").out


def test_a_backfill_leaves_alone_what_is_there(home: Home):
    home.configure(every="6h").ok("apply", "--yes")
    span = ("depot.stock", "--from", "2026-03-28", "--to", "2026-03-29")
    planned = home.json("jobs", "backfill", *span, "--dry-run")
    assert (len(planned["missing"]), planned["made"]) == (8, [])
    morning = ("depot.stock", "--from", "2026-03-28T05:00", "--to", "2026-03-28T12:00")
    assert len(home.json("jobs", "backfill", *morning)["made"]) == 1
    text = home.ok("jobs", "backfill", *span)
    assert "7 runs of depot.stock made; 1 occurrence had a run already, left alone." in text
    runs = home.json("runs", "--job", "depot.stock")
    assert sorted(run["cause"] for run in runs) == ["backfill"] * 8 + ["schedule"]
    assert len({run["scheduled_at"] for run in runs}) == 9


def test_a_refused_run_is_dead_and_can_be_replayed_or_put_away(home: Home):
    home.incoming.rmdir()
    done = home.run("up", "--until-idle")
    assert done.code == 1
    assert "given up" in done.out
    (dead,) = home.json("dead")
    assert (dead["kind"], dead["run"]["job"]) == ("run", "depot.stock")
    assert "does not exist" in home.ok("dead", "show", dead["id"])
    (given_up,) = [each for each in home.json("check", code=1) if each["subject"] == "runs"]
    since = f"{dead['run']['ended_at'][:19]}Z".replace("T", " ")
    assert (given_up["good"], given_up["message"]) == (False, f"1 run was given up at {since}")
    assert "hub dead" in given_up["mend"]
    home.configure()
    assert home.json("dead", "replay", "--all", "--job", "depot.stock")["replayed"] == [dead["run"]["id"]]
    home.ok("up", "--until-idle")
    assert home.json("dead") == []
    home.incoming.rmdir()
    home.ok("jobs", "run", "depot.stock")
    assert home.run("up", "--until-idle").code == 1
    assert len(home.json("dead", "discard", "--all")["runs"]) == 1
    assert home.json("dead") == []
    assert home.run("dead", "replay", "1").code == 1


def test_triggers_coalesce_while_one_waits(home: Home):
    home.ok("apply", "--yes")
    first = home.json("trigger", "depot.stock", "--key", "1|MAG1", "--reason", "the till says so")
    second = home.json("trigger", "depot.stock", "--key", "2|MAG1")
    assert first["run"] == second["run"]
    shown = home.json("runs", "show", str(first["run"]))
    assert (shown["cause"], shown["stands_for"], shown["reason"]) == ("trigger", 2, "the till says so")


def test_j16_a_cancelled_run_stays_cancelled_after_a_restart(home: Home):
    home.ok("apply", "--yes")
    run = home.json("jobs", "run", "depot.stock")["run"]
    scheduled = next(each["id"] for each in home.json("runs") if each["id"] != run)
    assert home.json("runs", "cancel", str(run))["state"] == "cancelled"
    assert home.run("runs", "cancel", str(run)).code == 1
    home.ok("runs", "cancel", str(scheduled))
    home.deliver("STAN_1.csv", ["1;MAG1;5"])
    home.run("up", "--until-idle")
    home.run("up", "--until-idle")
    assert [each["state"] for each in home.json("runs")] == ["cancelled", "cancelled"]
    assert home.json("records") == {}


def test_cancelling_a_run_that_hangs_says_what_frees_its_job(home: Home):
    home.ok("apply", "--yes")
    (run,) = home.json("runs")
    with closing(sqlite3.connect(home.folder / "hub.db")) as connection, connection:
        connection.execute("UPDATE run SET state = 'running', worker = 'hub adapter warehouse @ host (7)'")
    done = home.run("runs", "cancel", str(run["id"]))
    assert "ends with the page it is at" in done.out
    assert "a restart of hub adapter warehouse @ host (7) frees the job" in done.err
    shown = " ".join(home.ok("runs", "show", str(run["id"])).split())
    assert "with its next page; if none comes, a restart of hub adapter warehouse @ host (7) frees the job" in shown


def test_a_run_that_does_not_wait_cannot_be_hurried(home: Home):
    home.ok("apply", "--yes")
    (run,) = home.json("runs")
    assert home.json("runs", "hurry", str(run["id"]), code=1) == {"run": run["id"], "hurried": False}


def test_a_job_that_is_switched_off_answers_no_trigger_but_runs_by_hand(home: Home):
    home.configure(more='\n[jobs."depot.stock"]\nsync = ["stock"]\nenabled = false\n').ok("apply", "--yes")
    done = home.run("trigger", "depot.stock")
    assert done.code == 2
    assert "depot.stock is switched off (enabled = false); hub jobs run depot.stock" in done.err
    run = home.json("jobs", "run", "depot.stock")["run"]
    home.ok("up", "--until-idle")
    assert [(each["id"], each["state"]) for each in home.json("runs")] == [(run, "done")]
