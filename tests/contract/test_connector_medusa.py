"""The connector for Medusa, on a real one."""

import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import ClassVar

import pytest

from hub.connector import Exchange, Write
from hub.errors import Refused, TryLater, Unanswered
from tests.contract.connector_suite import Sample
from tests.contract.fronted_suite import FrontedContract
from tests.contract.medusa_steps import EUROS, PRODUCT, product, told
from tests.fakes.server import Asked, Reply
from tests.fronts.medusa import CANNOT_HAPPEN, Medusa, programmed_medusa
from tests.peers import Peer
from tests.peers.faults import Faults, Link
from tests.peers.medusa_shop import admin

Connect = Callable[..., Exchange]


@pytest.fixture
def connect(medusa: Peer, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """A connector; options may be given, and another address (a link that can fail)."""
    monkeypatch.setenv("SHOP_KEY", medusa["secret_key"])
    return lambda **options: programmed_medusa(medusa.url, **options)


@pytest.fixture
def shop(connect: Connect) -> Exchange:
    return connect()


class TestMedusa(FrontedContract):
    fronts = Medusa
    streams = ("products", "prices", "stock", "parties", "orders")
    samples: ClassVar = {
        "products": Sample(
            lambda token: {"sku": token, "name": "Lampa stojąca", **PRODUCT},
            {"name": "Lantern", "category": "Lanterns", "active": False, "images": []},
        ),
        "prices": Sample(
            lambda token: {"sku": token, "amount": "119.90", "tax_included": False, **EUROS},
            {"amount": "0.10"},
            refused={"tax_included": True},
        ),
        "stock": Sample(lambda token: {"sku": token, "available": "12"}, {"available": "0"}),
    }

    untidy: ClassVar = {"products": {"description": None, "category": None, "images": None}}
    excused: ClassVar = CANNOT_HAPPEN


def test_the_check_is_good_and_names_what_is_missing(connect: Connect):
    assert all(finding.good for finding in connect().check())
    (finding,) = connect(stock_location="MAG9").check()
    assert (finding.good, "stock location MAG9" in finding.message) == (False, True)


def test_a_location_that_the_channel_cannot_sell_from_is_named(medusa: Peer, connect: Connect):
    name = f"Shed {uuid.uuid4().hex[:6]}"
    admin(medusa, "stock-locations", {"name": name})
    (finding,) = connect(stock_location=name).check()
    assert not finding.good
    assert "connect the sales channel" in (finding.mend or "")


def test_a_product_comes_back_as_it_was_written(shop: Exchange):
    wanted = product()
    (made,) = shop.write("products", [wanted])
    assert made.document == shop.fetch("products", [made.id or ""])[0]
    fields = told(shop, "products", made.id)
    assert {name: fields[name] for name in wanted.record} == wanted.record
    assert shop.find("products", [wanted]) == {wanted.key: [made.id]}


class Busy(Medusa):
    """A shop whose staff do something right before the next write comes."""

    meanwhile: Callable[[], object] | None = None

    def answer(self, asked: Asked) -> Reply:
        if asked.method == "POST" and self.meanwhile:
            do, self.meanwhile = self.meanwhile, None
            do()
        return super().answer(asked)


@pytest.mark.parametrize(
    ("stream", "fields", "sizes"),
    [
        ("products", {"name": "New", "gtin": "4006381333931"}, "SM"),
        ("products", {"description": "New"}, "SM"),
        ("products", {"description": "New"}, "S"),
        ("prices", {"amount": "0.10", **EUROS}, "SM"),
    ],
)
def test_a_variant_that_somebody_adds_meanwhile_stays(
    medusa: Peer, monkeypatch: pytest.MonkeyPatch, stream: str, fields: dict[str, str], sizes: str
):
    """Medusa deletes the variants of a product that an update does not name, if it names any."""
    token = f"SHIRT-{uuid.uuid4().hex[:6]}"
    prices = [{"amount": 10, "currency_code": "eur"}]
    own = [{"sku": f"{token}-{each}", "title": each, "options": {"Size": each}, "prices": prices} for each in "SML"]
    made = {"title": token, "options": [{"title": "Size", "values": [*"SML"]}], "variants": own[: len(sizes)]}
    monkeypatch.setenv("SHOP_KEY", medusa["secret_key"])
    with closing(Busy(medusa)) as front:
        article = front.staff("products", made)["product"]
        small = front.identity(article)
        front.meanwhile = lambda: front.staff(f"products/{article['id']}/variants", own[2])
        sku = f"{token}-S"
        write = Write(sku, fields, {"sku": sku, **fields}, links={"products": {sku: small}})
        (done,) = front.connect().write(stream, [replace(write, id=small) if stream == "products" else write])
        assert (done.outcome, front.meanwhile) == ("done", None)
        shop = front.connect()
        now = front.staff(f"products/{article['id']}?fields=id,variants.sku")["product"]["variants"]
        assert sorted(each["sku"] for each in now) == sorted(f"{token}-{each}" for each in {*sizes, "L"})
        shown = told(shop, stream, done.id)
        assert {name: shown[name] for name in fields} == fields


def test_categories_whose_addresses_come_out_alike_are_kept_apart(medusa: Peer, shop: Exchange):
    """Medusa keeps no two categories of one handle, wherever in the tree they are."""
    token = uuid.uuid4().hex[:6]
    paths = [f"{token} > Sale", f"{token} Sale", f"{token} & Sale", f"{token} > Sale!", f"{token} > &"]
    made = [*shop.write("products", [product(category=path) for path in paths[:4]])]
    made += shop.write("products", [product(category=paths[4])])
    assert [told(shop, "products", each.id)["category"] for each in made if each.outcome == "done"] == paths
    found = admin(medusa, "product-categories?fields=handle&limit=10000")["product_categories"]
    handles = [each["handle"] for each in found if token in each["handle"]]
    assert {f"{token}-sale", token} < set(handles)
    assert len(handles) == 6


def test_many_answered_in_another_order_are_told_apart(shop: Exchange):
    wanted = [product() for _ in range(20)]
    made = list(shop.write("products", wanted))
    assert {each.key: told(shop, "products", each.id)["sku"] for each in made} == {
        each.key: each.key for each in wanted
    }


def test_s18_one_that_is_refused_stops_no_other(shop: Exchange):
    (there,) = shop.write("products", [product(gtin="96385074")])
    writes = [product(), product(gtin="96385074"), product(), product()]
    done = {each.key: each for each in shop.write("products", writes)}
    assert [done[each.key].outcome for each in writes] == ["done", "refused", "done", "done"]
    assert "96385074" in done[writes[1].key].message
    list(shop.write("products", [Write(there.key, {}, {"sku": there.key}, id=there.id, remove=True)]))


def test_s06_a_create_whose_answer_is_lost_makes_one(medusa: Peer, connect: Connect, new_link: Callable[[int], Link]):
    wanted, link, shop = product(), new_link(medusa["port"]), connect()
    link.set(Faults(lose_answers=1, to=b"products/batch"))
    with pytest.raises(Unanswered):
        list(connect(url=link.through(medusa.url)).write("products", [wanted]))
    (found,) = shop.find("products", [wanted])[wanted.key]
    assert told(shop, "products", found)["sku"] == wanted.key
    (again,) = shop.write("products", [wanted])
    assert (again.outcome, shop.find("products", [wanted])) == ("refused", {wanted.key: [found]})


def test_a_key_that_is_not_accepted_is_said(connect: Connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WRONG", "sk_not_this_one")
    shop = connect(key="env:WRONG")
    (finding,) = shop.check()
    assert (finding.good, "[systems.shop]" in finding.message) == (False, True)
    assert "sk_not_this_one" not in finding.message
    with pytest.raises(Refused):
        list(shop.read("orders", None, full=True))


def test_a_shop_that_is_away_is_tried_later(connect: Connect):
    with pytest.raises(TryLater):
        list(connect(url="http://127.0.0.1:9").read("orders", None, full=False))
