"""Owners of fields, judged across the tables of all systems; and the streams that jobs may name."""

from datetime import date
from typing import Any

import pytest

from hub.app.registry import OPTIONS, TYPES, open_connector
from hub.app.vault import MemoryVault
from hub.clock import SystemClock
from hub.config import Faults, load
from hub.config.exchange import ExchangeOptions

ERP = """[systems.erp]
kind = "erp"
connector = "tryton"
url = "https://erp.example/company"
key = "env:ERP_KEY"
"""
SHOP = """[systems.shop]
kind = "eshop"
connector = "medusa"
url = "https://shop.example"
key = "env:SHOP_KEY"
"""


def faults_of(text: str):
    with pytest.raises(Faults) as raised:
        load(text, OPTIONS)
    return [(fault.line, fault.place, fault.message) for fault in raised.value.faults]


def test_a_system_may_own_a_field():
    settings = load(ERP + SHOP + '[systems.shop.owner]\n"products.description" = "shop"\n', OPTIONS)
    options = settings.systems["shop"].options
    assert isinstance(options, ExchangeOptions)
    assert options.owner == {"products.description": "shop"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '"products.sku" = "shop"',
            'products are told from one another by "sku", which stays with whoever they come from',
        ),
        ('"products.descripton" = "shop"', 'products have no field "descripton"; did you mean "description"?'),
        ('"product.description" = "shop"', 'nothing is called "product"; did you mean "products"?'),
        ('"products.description" = "shopp"', 'there is no system "shopp"; did you mean "shop"?'),
    ],
)
def test_an_owner_that_is_not_there_is_refused_with_its_line(line, message):
    place = f"systems.shop.owner.{line.partition(' = ')[0]}"
    assert faults_of(ERP + SHOP + f"[systems.shop.owner]\n{line}\n") == [(12, place, message)]


def test_a_field_has_one_owner():
    owner = '[systems.{0}.owner]\n"parties.phone" = "{0}"\n'
    ((line, place, message),) = faults_of(ERP + owner.format("erp") + SHOP + owner.format("shop"))
    assert (line, place) == (14, 'systems.shop.owner."parties.phone"')
    assert message == 'is given to "shop" here, and to "erp" under [systems.erp.owner]'


def test_the_secret_before_stands_beside_the_one_that_takes_its_place():
    before = 'webhook_secret_before = "env:BEFORE"\n'
    load(SHOP + 'webhook_secret = "env:NOW"\n' + before, OPTIONS)
    ((line, place, message),) = faults_of(SHOP + before)
    assert (line, place) == (6, "systems.shop.webhook_secret_before")
    assert message == "stands beside webhook_secret, which is missing: without it no call is taken"


def test_a_job_names_streams_that_the_connector_has():
    ((line, place, message),) = faults_of(SHOP + '[jobs."shop.ordres"]\nevery = "5m"\n')
    assert (line, place) == (6, 'jobs."shop.ordres"')
    assert message.endswith('can be synchronised with an e-shop; did you mean "orders"?')


REST = """[systems.x]
kind = "erp"
connector = "rest"
url = "https://x.example"
[systems.x.streams.orders]
fields.number = "number"
"""


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ('pages = { by = "pages" }', "streams.orders.pages.by", 'did you mean "page"?'),
        (
            "pages = { size = 10 }",
            "streams.orders.pages.by",
            "is missing; one of none, offset, page, cursor, link, next",
        ),
        ('[systems.x.auth]\ntype = "baerer"', "auth.type", 'did you mean "bearer"?'),
        ('[systems.x.auth]\ntoken = "env:T"', "auth.type", "is missing; one of none, basic, bearer"),
    ],
)
def test_a_table_that_may_be_of_several_sorts_says_which_there_are(line, place, message):
    ((_, where, said),) = faults_of(REST + line)
    assert where == f"systems.x.{place}"
    assert message in said


DESCRIBED = {"sql", "files"}
"""Connectors whose streams hub.toml itself describes."""
NEEDED = {
    "user": '"admin"',
    "password": '"env:PASSWORD"',
    "key": '"env:KEY"',
    "secret": '"env:SECRET"',
    "token": '"env:KEY"',
    "company": '"Kowalski"',
    "database": '"kowalski"',
    "currency": '"PLN"',
    "zone": '"Europe/Warsaw"',
    "channel": '"pl"',
    "warehouse": '"warszawa"',
    "catalogue": "307",
    "price_group": "105",
    "taxes": '{ "23" = "VAT23" }',
    "described": '{ orders = { fields.number = "number" } }',
}


@pytest.mark.parametrize(
    "kind",
    [key for key, each in TYPES.items() if issubclass(each.options, ExchangeOptions) and key[1] not in DESCRIBED],
)
def test_what_the_options_name_is_what_the_connector_has(kind, tmp_path, monkeypatch):
    for name in ("KEY", "PASSWORD", "SECRET"):
        monkeypatch.setenv(name, "x" * 20)
    known = TYPES[kind].options.model_fields
    wanted = {name for name in known if known[name].is_required() or name in ("user", "password", "key", "token")}
    given = "".join(f"{known[name].alias or name} = {value}\n" for name, value in NEEDED.items() if name in wanted)
    head = f'[systems.x]\nkind = "{kind[0]}"\nconnector = "{kind[1]}"\nurl = "https://x.example/company"\n'
    system = load(head + given, OPTIONS).systems["x"]
    connector: Any = open_connector(system, tmp_path, SystemClock(), MemoryVault())
    assert sorted(connector.streams) == sorted(system.options.streams())


def test_orders_are_held_back_from_an_erp_not_where_they_are_placed():
    held = "[systems.{}.range]\norders = \"payment.state != 'unpaid'\"\n"
    assert load(ERP + SHOP + held.format("erp"), OPTIONS).systems.keys() == {"erp", "shop"}
    ((line, place, message),) = faults_of(ERP + SHOP + held.format("shop"))
    assert (line, place) == (12, "systems.shop.range.orders")
    assert "write it under the ERP's range" in message


def test_from_when_on_orders_are_taken_is_said_of_the_shop():
    begin = "orders_from = 2026-12-01\n"
    for text in (begin, begin.replace("2026-12-01", '"2026-12-01"')):
        options = load(ERP + SHOP + text, OPTIONS).systems["shop"].options
        assert isinstance(options, ExchangeOptions)
        assert options.orders_from == date(2026, 12, 1)
    ((_, place, message),) = faults_of(ERP + begin + SHOP)
    assert place == "systems.erp.orders_from"
    assert "write it in the table of the shop" in message
