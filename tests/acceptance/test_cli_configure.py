"""From `hub init` to the revision in force, and back."""

import os
from pathlib import Path

import pytest

from tests.acceptance.hubs import SELDOM, Home

TAKES_TRIGGERS = '[jobs."depot.stock"]\ntriggers = true\n'


def test_init_writes_a_file_that_works(tmp_path: Path):
    home = Home(tmp_path)
    done = home.run("init", "new")
    assert done.code == 0
    assert "hub up" in done.out
    made = Home(tmp_path / "new")
    assert made.ok("config", "check").startswith("hub.toml is right: 1 system, 2 jobs")
    assert made.ok("jobs").endswith("There are no jobs yet: hub up, or hub apply, makes those of hub.toml.\n")
    before = made.file.read_bytes()
    assert made.run("init").code == 2
    assert made.file.read_bytes() == before
    assert made.run("up", "--until-idle").code == 0


def test_init_says_what_is_in_its_way_and_writes_nothing_then(tmp_path: Path):
    home = Home(tmp_path)
    (tmp_path / "a").write_text("")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "in").write_text("")
    for folder, in_the_way in (("a", tmp_path / "a"), ("b", tmp_path / "b" / "in")):
        done = home.run("init", folder)
        assert (done.code, done.out) == (2, "")
        assert done.err == f"hub: {in_the_way} is there already, and no folder\n"
    assert not (tmp_path / "b" / "hub.toml").exists()


def test_no_file_at_all_is_the_embedded_default(tmp_path: Path):
    home = Home(tmp_path)
    elsewhere = home.run("check")
    assert (elsewhere.code, [*tmp_path.iterdir()]) == (2, []), "a command in the wrong folder leaves nothing there"
    assert "hub init writes one" in elsewhere.err
    done = home.run("up", "--until-idle")
    assert done.code == 0
    assert "hub init" in done.out
    assert home.run("apply").code == 2
    assert home.run("config", "check").code == 2


def test_a_file_that_was_lost_is_written_again_from_the_revision_in_force(home: Home):
    home.ok("apply", "--yes")
    text = home.file.read_text(encoding="utf-8")
    home.file.unlink()
    mend = "revision 1 is in force, and hub config export --output hub.toml writes it"
    assert f"There is no hub.toml here: {mend}" in home.run("up", "--until-idle").out
    assert mend in home.run("apply").err
    assert mend in home.run("check").out
    home.ok("config", "export", "--output", "hub.toml")
    assert home.file.read_text(encoding="utf-8") == text


def test_the_database_that_a_hub_makes_is_its_owners_alone(tmp_path: Path):
    home = Home(tmp_path)
    home.ok("up", "--until-idle")
    assert (home.folder / "hub.db").stat().st_mode & 0o777 == (0o600 if os.name == "posix" else 0o666)


def test_faults_are_told_with_their_lines(home: Home):
    text = home.file.read_text(encoding="utf-8").replace('timezone = "Europe/Warsaw"', "retention_days = 45")
    home.file.write_text(text.replace('entity = "stock"', 'entity = "stok"'), encoding="utf-8")
    lines = home.file.read_text(encoding="utf-8").splitlines()
    done = home.run("apply", "--yes")
    assert done.code == 2
    assert done.err.startswith("hub.toml has 2 faults, nothing was changed.\n")
    assert f"line {lines.index('retention_days = 45') + 1} " in done.err
    assert "45 is more than 30" in done.err
    assert 'did you mean "stock"?' in done.err
    faults = home.json("apply", code=2)["faults"]
    assert [fault["line"] for fault in faults] == sorted(fault["line"] for fault in faults)
    assert {fault["place"] for fault in faults} == {"hub.retention_days", "systems.depot.formats.stock.entity"}


def test_apply_shows_the_difference_and_numbers_it(home: Home):
    assert home.json("apply", "--yes")["number"] == 1
    assert home.json("apply", "--yes")["number"] == 0
    home.configure(every="2h")
    assert "nothing was changed" in home.ok("apply", "--dry-run")
    assert len(home.json("config")) == 1
    text = home.ok("apply", "--yes", "--note", "less often")
    assert f'"{SELDOM}" -> "2h"' in text
    assert "Revision 2 is in force now (1 change)" in text
    assert [each["note"] for each in home.json("config")] == ["less often", None]


def test_a_revision_is_reverted_and_exported_by_number(home: Home):
    first = home.file.read_text(encoding="utf-8")
    home.ok("apply", "--yes")
    home.configure(every="2h")
    home.ok("apply", "--yes")
    done = home.run("config", "revert", "1", "--yes")
    assert done.code == 0
    assert "Revision 3 is in force now" in done.out
    assert "hub.toml still says otherwise" in done.err
    assert home.ok("config", "export") == first
    assert home.run("config", "export", "-o", "hub.toml").code == 2
    home.ok("config", "export", "-o", "hub.toml", "--force")
    assert home.file.read_text(encoding="utf-8") == first
    assert home.run("config", "revert", "9").code == 2
    assert home.json("jobs")[0]["schedule"] == f"every {SELDOM}"


def test_check_says_how_to_mend_a_file_that_is_not_applied_and_a_folder_that_is_missing(home: Home):
    home.ok("apply", "--yes")
    home.configure(every="2h")
    home.incoming.rmdir()
    done = home.run("check")
    assert done.code == 1
    assert "differs from revision 1 in force" in done.out
    assert "mend:  hub apply" in done.out
    bad = [finding for finding in home.json("check", code=1) if not finding["good"]]
    assert {finding["subject"] for finding in bad} == {"revision", "depot"}
    assert home.json("check", "depot", code=1)[0]["mend"].startswith("create it")


def test_a_secret_that_cannot_be_had_is_named_and_never_shown(home: Home):
    home.configure(hub='broker_management = "env:PAGES"')
    done = home.run("check")
    assert done.code == 1
    assert "the environment variable PAGES is not set" in done.out
    home.environment = {"PAGES": "x"}
    out = home.run("check").out
    assert "env:PAGES, 1 character" in out
    assert "1 characters" not in out
    home.environment = {"PAGES": "http://hub:very-secret@127.0.0.1:1"}
    done = home.run("check")
    assert "env:PAGES, 34 characters" in done.out
    assert "very-secret" not in done.out + done.err


def test_a_database_that_is_away_is_exit_code_3(home: Home):
    home.environment = {"HUB_DATABASE": "postgresql://hub:very-secret@127.0.0.1:1/hub"}
    done = home.run("jobs")
    assert done.code == 3
    assert done.err.count("\n") == 1
    assert "very-secret" not in done.err
    assert "Traceback" not in done.err
    checked = home.run("check")
    assert checked.code == 1
    assert "is it running" in checked.out


def test_a_broker_that_is_away_is_exit_code_3(home: Home):
    home.environment = {"HUB_BROKER": "amqp://hub:very-secret@127.0.0.1:1/hub"}
    done = home.run("apply", "--yes")
    assert done.code == 3
    assert "Revision 1 is in force now" in done.out
    assert "very-secret" not in done.err
    home.configure(more=TAKES_TRIGGERS)
    assert home.run("apply", "--yes").code == 3
    assert home.run("trigger", "depot.stock", "--publish").code == 3


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--reason", "x" * 501], "reason: String should have at most 500 characters"),
        (["--key", "x" * 201], "keys.0: String should have at most 200 characters"),
        (["--key", "x" * 200] * 5_000, "1,015,047 bytes are more than a message may have (1,000,000)"),
    ],
    ids=["a long reason", "a long key", "many keys"],
)
def test_a_trigger_that_nobody_would_take_is_not_published(home: Home, given: list[str], why: str):
    home.environment = {"HUB_BROKER": "amqp://hub:very-secret@127.0.0.1:1/hub"}
    done = home.run("trigger", "depot.stock", "--publish", *given)
    assert (done.code, done.out, done.err) == (2, "", f"hub: this trigger would not be taken: {why}\n")


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (
            "depot.stock",
            'depot.stock takes no triggers by messages; mend: triggers = true under [jobs."depot.stock"], ',
        ),
        ("depto.stock", 'there is no job depto.stock; did you mean "depot.stock"?'),
    ],
)
def test_a_trigger_of_a_job_that_takes_none_is_not_published(home: Home, job: str, why: str):
    home.ok("apply", "--yes")
    home.environment = {"HUB_BROKER": "amqp://hub:very-secret@127.0.0.1:1/hub"}
    done = home.run("trigger", job, "--publish")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"hub: {why}")


def test_what_was_applied_while_the_broker_is_away_is_one_answer_for_programs(home: Home):
    home.environment = {"HUB_BROKER": "amqp://hub:very-secret@127.0.0.1:1/hub"}
    applied = home.json("apply", code=3)
    assert (applied["number"], "the revision is in force" in applied["error"]) == (1, True)
    home.configure(policy="review")
    assert home.json("apply", code=3)["changes"]
    reverted = home.json("config", "revert", "1", code=3)
    assert (reverted["number"], "the revision is in force" in reverted["error"]) == (3, True)


def test_a_system_that_is_away_is_exit_code_3_of_a_plan(home: Home):
    shop = 'kind = "eshop"\nconnector = "woocommerce"\nurl = "http://127.0.0.1:9"\nkey = "env:KEY"\nsecret = "env:KEY"'
    home.configure(more=f"[systems.shop]\n{shop}\n")
    home.environment = {"KEY": "ck_1"}
    done = home.run("plan", "shop.orders")
    assert "shop.orders cannot be planned" in done.err
    assert done.code == 3
    assert done.out == "Nothing was changed.\n"
    page = home.folder / "plan.html"
    assert home.run("plan", "shop.orders", "--html", str(page)).out == "Nothing was changed.\n"
    text = page.read_text(encoding="utf-8")
    assert "cannot be planned: shop cannot be reached" in text
    assert "apply-plan" not in text
    plan = home.json("plan", "shop.orders", code=3)
    (orders,) = plan["streams"]
    assert orders["error"].startswith("shop cannot be reached")
    assert (plan["id"], orders["out"], orders["in"], orders["identical"]) == (None, None, None, None)


def test_a_secret_that_is_not_there_is_said_once_with_what_mends_it(home: Home, tmp_path):
    missing = tmp_path / "key"
    home.file.write_text(
        '[systems.shop]\nkind = "eshop"\nconnector = "woocommerce"\nurl = "http://127.0.0.1:9"\n'
        f'key = "file:{missing.as_posix()}"\nsecret = "env:HUB_TEST_UNSET"\n'
    )
    bad = [each for each in home.json("check", "shop", code=1) if not each["good"]]
    assert [each["mend"] for each in bad] == [
        "set it where the hub's processes start",
        "put it there, readable for the hub's user",
    ]


def test_a_key_with_a_blank_at_its_end_is_seen(home: Home, tmp_path):
    key = tmp_path / "key"
    key.write_text("ck_1 \n")
    home.file.write_text(
        '[systems.shop]\nkind = "eshop"\nconnector = "woocommerce"\nurl = "http://127.0.0.1:9"\n'
        f'key = "file:{key.as_posix()}"\nsecret = "file:{key.as_posix()}"\n'
    )
    seen, away = home.json("check", "shop", code=1)
    assert seen["message"].endswith("5 characters, with a blank or a line break at an end")
    assert away["mend"].startswith("is url in hub.toml right")
