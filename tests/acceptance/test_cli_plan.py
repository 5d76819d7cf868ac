"""Plans of a real shop: shown, done, and refused when they are stale."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.acceptance.hubs import Home, Running
from tests.peers import Peer

SHOP = """
[systems.depot.formats.products]
entity = "products"
files = "products*.csv"
encoding = "utf-8"
delimiter = ";"
every = "1h"
columns = {{ sku = "Code", name = "Name", description = "Text" }}

[systems.shop]
kind = "eshop"
connector = "oscar"
url = "{url}"
user = "{user}"
password = "env:SHOP_PASSWORD"

[systems.shop.owner]
"products.description" = "shop"

[jobs."shop.catalogue"]
sync = ["products"]

[jobs."shop.rest"]
sync = ["prices", "stock"]
"""


@pytest.fixture(scope="module")
def home(oscar: Peer, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A hub with two products that the shop has not."""
    folder = tmp_path_factory.mktemp("shop")
    home = Home(folder, {"SHOP_PASSWORD": oscar["password"]}).configure(
        more=SHOP.format(url=oscar.url, user=oscar["user"])
    )
    deliver(home, "products_1.csv", "LAMP-1;Lamp <b>one</b>;Bright", "LAMP-2;Lamp two;Brighter")
    home.ok("up", "--until-idle")
    return home


@pytest.fixture(scope="module")
def at_work(home: Home) -> Iterator[Running]:
    """The same hub, at work."""
    with home.up() as running:
        running.wait_until_said("Hub is up")
        yield running


@pytest.fixture(scope="module")
def done(home: Home, at_work: Running) -> tuple[str, str]:
    """The plan's ID, after it was done, and what was said."""
    plan = home.json("plan", "shop.products")["id"]
    return plan, home.ok("apply-plan", plan)


def deliver(home: Home, name: str, *rows: str) -> None:
    home.deliver(name, rows, header="Code;Name;Text")


def dump(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.folder / "hub.db")) as database:
        return [line for line in database.iterdump() if not line.startswith('INSERT INTO "plan"')]


def test_a_plan_changes_nothing_and_says_how_to_do_it(home: Home):
    before = dump(home)
    text = home.ok("plan", "shop.products")
    assert dump(home) == before
    assert re.search(r"shop \(oscar\) would get +from shop would come\n +products +2 new +products +\d+ skipped", text)
    assert re.search(r'\+ +product LAMP-1 +name "Lamp <b>one</b>"', text)
    assert re.search(
        r"Nothing was changed. Do it: hub apply-plan [0-9a-f]{8} +Look closer: hub plan shop.products", text
    )


def test_a_plan_for_programs_has_everything(home: Home):
    plan = home.json("plan", "shop")
    streams = {each["stream"]: each for each in plan["streams"]}
    assert list(streams) == ["products", "prices", "stock"]
    assert streams["products"]["out"] == {"created": 2}
    created = {each["key"]: each for each in plan["actions"] if each["outcome"] == "created"}
    assert created["LAMP-1"]["changes"]["name"] == [None, "Lamp <b>one</b>"]


def test_a_plan_as_a_page_is_whole_escaped_and_without_scripts(home: Home):
    page = home.folder / "plan.html"
    home.ok("plan", "shop.products", "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert "Lamp &lt;b&gt;one&lt;/b&gt;" in text
    assert "<script" not in text
    assert "http" not in text
    assert text.count("<details") == text.count("</details>") > 0


def test_s07_the_direction_of_each_field_is_shown(home: Home):
    (products,) = [each for each in home.json("systems", "show", "shop")["streams"] if each["stream"] == "products"]
    fields = {each["name"]: (each["direction"], each["owner"]) for each in products["fields"]}
    assert fields["name"] == ("out", "erp")
    assert fields["description"] == ("both", "shop")
    text = home.ok("systems", "show", "shop")
    assert re.search(r"->  goes out +erp wins +active, category, images, name", text)
    assert re.search(r"<-> both ways +shop wins +description", text)
    assert re.search(r"shop +eshop +oscar", home.ok("systems"))


def test_a_stream_that_no_job_carries_is_refused(home: Home):
    plan = home.json("plan", "shop.parties")
    assert plan["actions"] == []
    done = home.run("apply-plan", "0000beef")
    assert (done.code, "there is no plan 0000beef" in done.err) == (2, True)


def test_a_plan_is_done(done: tuple[str, str]):
    _, text = done
    assert "of shop.catalogue (manual)" in text
    assert "2 created" in text


def test_a_stale_plan_is_refused(home: Home, done: tuple[str, str]):
    plan, _ = done
    again = home.run("apply-plan", plan)
    assert again.code == 1
    assert "2 in the plan, and would not be done any more:" in again.out
    assert "products LAMP-1: created, to shop" in again.out
    assert f"plan {plan} is not what would be done now; nothing was changed" in again.err
    assert home.json("apply-plan", plan, code=1)["fewer"] == [f"products LAMP-{n}: created, to shop" for n in (1, 2)]


def test_what_is_done_is_not_planned_again(home: Home, done: tuple[str, str]):
    assert {each["outcome"] for each in home.json("plan", "shop.products")["actions"]} <= {"skipped"}
    assert "There is nothing to do." in home.ok("plan", "shop.products")


def test_what_happened_to_a_record_is_told(home: Home, done: tuple[str, str]):
    story = home.json("records", "show", "product", "LAMP-1")
    assert [(each["system"], each["binding"]["key"]) for each in story["bound"]] == [("shop", "LAMP-1")]
    text = home.ok("records", "show", "product", "LAMP-1")
    assert re.search(r"product LAMP-1 +in shop as \d+ +nothing waits", text)
    assert re.search(r"came from depot \(run \d+\)", text)
    assert re.search(r"made in shop as \d+ \(run \d+\)", text)


def test_everything_is_compared_when_that_is_asked_for(home: Home, done: tuple[str, str]):
    assert home.json("jobs", "run", "shop.catalogue", "--full", "--wait")["state"] == "done"
    assert "a file is read whole anyway" in home.run("jobs", "run", "depot.products", "--full").err
