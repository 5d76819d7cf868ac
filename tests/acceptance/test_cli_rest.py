"""A shop that no connector was written for, described in hub.toml: tried, planned, kept in step."""

import re
from collections.abc import Iterator

import pytest

from tests.acceptance.bazaar import CONFIGURATION, Bazaar
from tests.acceptance.hubs import Home

SECRETS = {"CLIENT_SECRET": "s3cret-client", "REFRESH_TOKEN": "refresh-0", "HUB_TOKEN_KEY": "A" * 43 + "="}


@pytest.fixture
def bazaar() -> Iterator[Bazaar]:
    shop = Bazaar()
    yield shop
    shop.close()


@pytest.fixture
def home(tmp_path, bazaar: Bazaar) -> Home:
    home = Home(tmp_path, SECRETS)
    return home.configure(hub='token_key = "env:HUB_TOKEN_KEY"', more=CONFIGURATION.format(url=bazaar.url))


def deliver(home: Home, name: str, *rows: str) -> None:
    home.deliver(name, rows, header="Code;Name;Text")


def test_what_it_shows_is_tried_before_anything_is_kept(home: Home, bazaar: Bazaar):
    bazaar.order(7, "jan@example.com", ("LAMP-1", 2, 1999), ("LAMP-2", 1, 5))
    bazaar.order(8, "ola@example.com", ("LAMP-1", 1, 1999), sum="1.2.3")
    tried = home.json("systems", "try", "bazaar", "orders", code=1)
    assert [(each["entity"], each["id"]) for each in tried] == [
        ("parties", "jan@example.com"),
        ("parties", "ola@example.com"),
        ("orders", "7"),
        ("orders", "8"),
    ]
    order = tried[2]["fields"]
    assert order["placed_at"] == "2026-11-18T11:06:40Z"
    assert (order["totals"], order["payment"]) == ({"gross": "40.03"}, {"method": "transfer", "state": "paid"})
    assert [(line["sku"], line["unit_price"], line["gross"]) for line in order["lines"]] == [
        ("LAMP-1", "19.99", "39.98"),
        ("LAMP-2", "0.05", "0.05"),
    ]
    assert (tried[3]["cause"], tried[3]["column"]) == ("not-mapped", "totals")
    assert home.count("record") == 0
    text = home.run("systems", "try", "bazaar", "orders", "--limit", "1").out
    assert "order 7" in text
    assert "2 of 2 are understood. Nothing was kept" in text
    assert bazaar.reused == 0


def test_products_go_out_and_orders_come_in(home: Home, bazaar: Bazaar):
    deliver(home, "products_1.csv", *(f"LAMP-{n};Lamp {n};Bright" for n in range(1, 6)), "BAD-1;A forbidden lamp;x")
    there = bazaar.add(code="LAMP-3", title="An old lamp")
    for number in (7, 8, 9):
        bazaar.order(number, "jan@example.com", (f"LAMP-{number - 6}", 1, 1999))
    home.ok("up", "--until-idle")
    plan = home.json("plan", "bazaar")
    made = {each["key"] for each in plan["actions"] if each["outcome"] == "created"}
    assert made <= {f"LAMP-{n}" for n in range(1, 6)} | {"BAD-1"}
    with home.up() as up:
        up.wait_until_said("Hub is up")
        for job in ("bazaar.orders", "bazaar.catalogue"):
            assert home.json("jobs", "run", job, "--wait")["state"] == "done"
    by_code = {each["code"]: each for each in bazaar.goods.values()}
    assert {code: each["title"] for code, each in by_code.items()} == {f"LAMP-{n}": f"Lamp {n}" for n in range(1, 6)}
    assert by_code["LAMP-3"]["nr"] == there
    assert len(bazaar.bulks) < len(by_code)
    assert sorted(each["key"] for each in home.json("records", "orders")) == [f"bazaar|{n}" for n in (7, 8, 9)]
    (waiting,) = home.json("quarantine", "list", "--system", "bazaar")
    assert waiting["key"] == "BAD-1"
    assert "a word in it is not allowed" in waiting["message"]
    assert bazaar.reused == 0


def test_what_somebody_changed_there_is_read_by_the_mark_and_a_rest_writes_nothing(home: Home, bazaar: Bazaar):
    deliver(home, "products_1.csv", *(f"LAMP-{n};Lamp {n};Bright" for n in range(1, 6)))
    home.ok("up", "--until-idle")
    with home.up() as up:
        up.wait_until_said("Hub is up")
        for _ in range(3):
            assert home.json("jobs", "run", "bazaar.catalogue", "--wait")["state"] == "done"
        assert bazaar.bulks == [5]
        number = next(each["nr"] for each in bazaar.goods.values() if each["code"] == "LAMP-2")
        bazaar.now = bazaar.now.replace(hour=13)
        bazaar.add(nr=number, title="Renamed there")
        assert home.json("jobs", "run", "bazaar.catalogue", "--wait")["state"] == "done"
    assert bazaar.goods[number]["title"] == "Lamp 2"


def test_a_mistake_in_the_description_is_said_with_its_place_and_mend(home: Home, bazaar: Bazaar):
    text = home.file.read_text(encoding="utf-8")
    mistakes = {
        'sku = "code"': 'sku = "cod("',
        'name = "title"': 'nam = "title"',
        'status = "lookup(': 'status = "lokup(',
        'by = "cursor"': 'by = "kursor"',
        'form = "Europe/Warsaw"': 'form = "Europe/Warschau"',
    }
    for right, wrong in mistakes.items():
        home.file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        line = next(n for n, each in enumerate(home.file.read_text().splitlines(), 1) if wrong in each)
        said = home.run("apply")
        assert said.code == 2
        assert re.search(rf"line {line} +systems\.bazaar\.streams\.\w+\.", said.err), said.err
        assert "Traceback" not in said.err
