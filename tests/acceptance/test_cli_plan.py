"""Plans of a real shop: shown, done, and refused when they are stale."""

import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.hubs import Home
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


@dataclass(frozen=True)
class Company:
    """A hub, and two products of its own that it has and the shop has not: others' may be there."""

    home: Home
    lamps: tuple[str, str]


@dataclass(frozen=True)
class Done(Company):
    """The same, with both products in the shop: by which plan, and what was said of it."""

    plan: str
    said: str


@pytest.fixture(scope="module")
def company(oscar: Peer, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A hub whose plan nobody does."""
    return company_in(tmp_path_factory.mktemp("planned"), oscar)


@pytest.fixture
def home(company: Company) -> Home:
    return company.home


@pytest.fixture(scope="module")
def done(oscar: Peer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    """Another hub, at work."""
    company = company_in(tmp_path_factory.mktemp("done"), oscar)
    with company.home.up() as running:
        running.wait_until_said("Hub is up")
        plan = company.home.json("plan", "shop.products")["id"]
        yield Done(company.home, company.lamps, plan, company.home.ok("apply-plan", plan))


def company_in(folder: Path, shop: Peer) -> Company:
    """Set up a hub, and let it read all there is."""
    token = secrets.token_hex(3)
    lamps = f"LAMP-{token}-1", f"LAMP-{token}-2"
    configuration = SHOP.format(url=shop.url, user=shop["user"])
    home = Home(folder, {"SHOP_PASSWORD": shop["password"]}).configure(more=configuration)
    deliver(home, "products_1.csv", *(f"{sku};Lamp <b>{n}</b>;Bright" for n, sku in enumerate(lamps, 1)))
    home.ok("up", "--until-idle")
    return Company(home, lamps)


def deliver(home: Home, name: str, *rows: str) -> None:
    home.deliver(name, rows, header="Code;Name;Text")


def dump(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.folder / "hub.db")) as database:
        return [line for line in database.iterdump() if not line.startswith('INSERT INTO "plan"')]


def test_a_plan_changes_nothing_and_says_how_to_do_it(company: Company):
    home, (lamp, _) = company.home, company.lamps
    before = dump(home)
    text = home.ok("plan", "shop.products")
    assert dump(home) == before
    assert re.search(r"shop \(oscar\) would get +from shop would come\n +products +2 new +products +\d+ skipped", text)
    assert re.search(rf'\+ +product {lamp} +name "Lamp <b>1</b>"', text)
    assert re.search(
        r"Nothing was changed. Do it: hub apply-plan [0-9a-f]{8} +Look closer: hub plan shop.products", text
    )


def test_a_plan_for_programs_has_everything(company: Company):
    plan = company.home.json("plan", "shop")
    streams = {each["stream"]: each for each in plan["streams"]}
    assert list(streams) == ["products", "prices", "stock"]
    assert streams["products"]["out"] == {"created": 2}
    created = {each["key"]: each for each in plan["actions"] if each["outcome"] == "created"}
    assert created[company.lamps[0]]["changes"]["name"] == [None, "Lamp <b>1</b>"]


def test_a_plan_as_a_page_is_whole_escaped_and_without_scripts(home: Home):
    page = home.folder / "plan.html"
    home.ok("plan", "shop.products", "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert "Lamp &lt;b&gt;1&lt;/b&gt;" in text
    assert "<script" not in text
    assert "://" not in text
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
    assert {each["entity"] for each in plan["actions"]} <= {"parties"}  # others may have bought in the same shop
    done = home.run("apply-plan", "0000beef")
    assert (done.code, "there is no plan 0000beef" in done.err) == (2, True)


def test_a_plan_is_done(done: Done):
    assert "of shop.catalogue (manual)" in done.said
    assert "2 created" in done.said


def test_a_stale_plan_is_refused(done: Done):
    again = done.home.run("apply-plan", done.plan)
    assert again.code == 1
    assert "2 in the plan, and would not be done any more:" in again.out
    assert f"products {done.lamps[0]}: created, to shop" in again.out
    assert f"plan {done.plan} is not what would be done now; nothing was changed" in again.err
    fewer = done.home.json("apply-plan", done.plan, code=1)["fewer"]
    assert fewer == [f"products {lamp}: created, to shop" for lamp in done.lamps]


def test_what_is_done_is_not_planned_again(done: Done):
    assert {each["outcome"] for each in done.home.json("plan", "shop.products")["actions"]} <= {"skipped"}
    planned = done.home.ok("plan", "shop.products")
    assert "There is nothing to do; what goes which way: hub systems show shop\n" in planned


def test_what_happened_to_a_record_is_told(done: Done):
    lamp = done.lamps[0]
    story = done.home.json("records", "show", "product", lamp)
    assert [(each["system"], each["binding"]["key"]) for each in story["bound"]] == [("shop", lamp)]
    text = done.home.ok("records", "show", "product", lamp)
    assert re.search(rf"product {lamp} +in shop as \d+ +nothing waits", text)
    assert re.search(r"came from depot \(run \d+\)", text)
    assert re.search(r"made in shop as \d+ \(run \d+\)", text)


def test_everything_is_compared_when_that_is_asked_for(done: Done):
    assert done.home.json("jobs", "run", "shop.catalogue", "--full", "--wait")["state"] == "done"
    assert "a file is read whole anyway" in done.home.run("jobs", "run", "depot.products", "--full").err
