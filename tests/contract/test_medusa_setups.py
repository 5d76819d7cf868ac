"""A real Medusa that is set up otherwise than the one of the other tests: tax within prices, promotions, lists, edits."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from hub.connector import Exchange, Write
from tests.contract.medusa_steps import EUROS, for_sale, put, read, told
from tests.contract.test_medusa_orders import bring, thing
from tests.peers import Peer
from tests.peers.medusa_shop import ADDRESS, admin, place_order

Connect = Callable[..., Exchange]


@pytest.fixture
def shop(connect_medusa: Connect) -> Exchange:
    """By the programmed connector, and by its description in examples/rest: each test runs on both."""
    return connect_medusa()


@pytest.fixture(scope="session")
def taxed(medusa: Peer) -> dict[str, Any]:
    """A region for Croatia in dollars that hold the tax, 23 % or 8 %, with a way to ship; what an order there needs."""
    region = {"name": "HR", "currency_code": "usd", "countries": ["hr"], "payment_providers": ["pp_system_default"]}
    made = admin(medusa, "regions", region)["region"]["id"]
    admin(medusa, "price-preferences", {"attribute": "currency_code", "value": "usd", "is_tax_inclusive": True})
    rate = {"name": "PDV", "rate": 23, "code": "pdv"}
    taxes = admin(medusa, "tax-regions", {"country_code": "hr", "provider_id": "tp_system", "default_tax_rate": rate})
    fields = "name,provider_id,price_type,shipping_profile_id,*type,service_zone.fulfillment_set_id"
    like = admin(medusa, f"shipping-options/{medusa['shipping_option']}?fields={fields}")["shipping_option"]
    zone = {"name": "Croatia", "geo_zones": [{"type": "country", "country_code": "hr"}]}
    zones = admin(medusa, f"fulfillment-sets/{like['service_zone']['fulfillment_set_id']}/service-zones", zone)
    (place,) = [each for each in zones["fulfillment_set"]["service_zones"] if each["name"] == "Croatia"]
    option = {name: like[name] for name in ("name", "provider_id", "price_type", "shipping_profile_id")}
    option |= {"type": {name: like["type"][name] for name in ("label", "description", "code")}, "rules": []}
    option |= {"prices": [{"currency_code": "usd", "amount": 4.99}], "service_zone_id": place["id"]}
    shipping = admin(medusa, "shipping-options", option)["shipping_option"]["id"]
    address = {**ADDRESS, "country_code": "hr"}
    return {"taxes": taxes["tax_region"]["id"], "order": {"region": made, "shipping": [shipping], "address": address}}


def code(medusa: Peer, value: float, **method: Any) -> str:
    """Make a promotion; return the code that a customer enters for it."""
    name = f"P{uuid.uuid4().hex[:8]}".upper()
    how = {"value": value, "type": "percentage", "target_type": "order", "currency_code": "usd", **method}
    admin(medusa, "promotions", {"code": name, "type": "standard", "status": "active", "application_method": how})
    return name


def dollars(medusa: Peer, amount: float, rate: float = 0) -> dict[str, Any]:
    prices = [{"amount": amount, "currency_code": "usd"}]
    return thing(medusa, medusa["shipping_profile"], prices=prices)


def adds_up(order: Any) -> None:
    """Check that an order's parts come to its totals."""
    included, parts = order["tax_included"], Decimal()
    for each in (*order["shipping"], *(order["discounts"] or ())):
        rate = Decimal(each["tax_rate"] or 0)
        parts += Decimal(each["amount"]) * (1 if included else 1 + rate / 100)
    parts += sum(Decimal(each["gross"]) for each in order["lines"])
    totals = {name: Decimal(order["totals"][name]) for name in ("net", "tax", "gross")}
    assert abs(parts - totals["gross"]) < Decimal("0.01")
    assert totals["net"] + totals["tax"] == totals["gross"]


@pytest.mark.parametrize(
    "methods",
    [
        [],
        [{"value": 10}],
        [{"value": 7, "type": "fixed"}],
        [{"value": 15, "target_type": "items", "allocation": "each", "max_quantity": 1}],
        [{"value": 100, "target_type": "shipping_methods", "allocation": "across"}],
        [{"value": 10}, {"value": 50, "target_type": "shipping_methods", "allocation": "across"}],
    ],
)
def test_s27_promotions_of_all_sorts_add_up(
    medusa: Peer, shop: Exchange, taxed: dict[str, Any], methods: list[dict[str, Any]]
):
    lines = [(dollars(medusa, 19.99)["sku"], 3), (dollars(medusa, 3.33)["sku"], 1)]
    codes = [code(medusa, **each) for each in methods]
    order = told(shop, "orders", place_order(medusa, lines, "hr@example.com", promotions=codes, **taxed["order"]))
    adds_up(order)
    assert (order["tax_included"], order["currency"]) == (True, "USD")
    assert {each["tax_rate"] for each in order["lines"]} == {"23"}


def test_what_costs_nothing_is_paid(medusa: Peer, shop: Exchange, taxed: dict[str, Any]):
    """Medusa takes no payment then: an ERP that takes only paid orders would wait for one for ever."""
    free = [code(medusa, 100), code(medusa, 100, target_type="shipping_methods", allocation="across")]
    lines = [(dollars(medusa, 19.99)["sku"], 1)]
    order = told(shop, "orders", place_order(medusa, lines, "free@example.com", promotions=free, **taxed["order"]))
    adds_up(order)
    assert (order["totals"]["gross"], order["payment"]["state"]) == ("0.00", "paid")


def test_prices_of_lists_and_regions_are_the_shops_own(medusa: Peer, shop: Exchange):
    made = for_sale(shop)
    variant = admin(medusa, f"product-variants?sku={made.key}&fields=id,product_id")["variants"][0]
    euros = {"currency_code": "eur", "variant_id": variant["id"]}
    sale = {"title": "Sale", "description": "", "type": "sale", "status": "active", "prices": [{**euros, "amount": 5}]}
    listed = admin(medusa, "price-lists", sale)["price_list"]["id"]
    path = f"products/{variant['product_id']}/variants/{variant['id']}"
    own = {"currency_code": "eur", "amount": 30, "rules": {"region_id": medusa["region"]}}
    many = {"currency_code": "eur", "amount": 28, "min_quantity": 10}
    held = admin(medusa, f"{path}?fields=*prices")["variant"]["prices"]
    kept = [{"id": each["id"]} for each in held]
    admin(medusa, path, {"prices": [*kept, own, many]})
    list(shop.write("prices", [put("prices", made, amount="31.50", **EUROS)]))
    assert told(shop, "prices", f"{made.id}|EUR")["amount"] == "31.50"
    prices = admin(medusa, f"{path}?fields=*prices,*prices.price_rules")["variant"]["prices"]
    assert sorted((each["amount"], each["min_quantity"], each["rules"]) for each in prices) == [
        (28, 10, {}),
        (30, None, {"region_id": medusa["region"]}),
        (31.5, None, {}),
    ]
    (left,) = admin(medusa, f"price-lists/{listed}?fields=*prices")["price_list"]["prices"]
    assert left["amount"] == 5


def test_an_order_that_the_staff_edits_is_told_as_it_is_then(medusa: Peer, shop: Exchange, taxed: dict[str, Any]):
    first, other = dollars(medusa, 10), dollars(medusa, 2.5)
    order = place_order(medusa, [(first["sku"], 2)], "edit@example.com", **taxed["order"])
    _, since = read(shop, "orders")
    (item,) = admin(medusa, f"orders/{order}?fields=*items")["order"]["items"]
    admin(medusa, "order-edits", {"order_id": order})
    admin(medusa, f"order-edits/{order}/items", {"items": [{"variant_id": other["id"], "quantity": 4}]})
    admin(medusa, f"order-edits/{order}/items/item/{item['id']}", {"quantity": 1})
    admin(medusa, f"order-edits/{order}/confirm", {})
    changed, _ = read(shop, "orders", since)
    assert order in changed
    now = told(shop, "orders", order)
    adds_up(now)
    assert {(each["sku"], each["quantity"]) for each in now["lines"]} == {(first["sku"], "1"), (other["sku"], "4")}
    assert bring(shop, order) == ("done", "shipped", "")


def test_a_draft_is_no_order_until_it_is_one(medusa: Peer, shop: Exchange, taxed: dict[str, Any]):
    goods = dollars(medusa, 10)
    own = {"title": "Engraving", "quantity": 1, "unit_price": 3}
    draft = {"email": "draft@example.com", "region_id": taxed["order"]["region"], "currency_code": "usd"}
    draft |= {"sales_channel_id": medusa["sales_channel"], "shipping_address": taxed["order"]["address"]}
    ways = [{"name": "Parcel", "shipping_option_id": taxed["order"]["shipping"][0], "amount": 4.99}]
    draft |= {"items": [{"variant_id": goods["id"], "quantity": 2}, own], "shipping_methods": ways}
    made = admin(medusa, "draft-orders", draft)["draft_order"]["id"]
    found, since = read(shop, "orders")
    assert made not in found
    admin(medusa, f"draft-orders/{made}/convert-to-order", {})
    later, _ = read(shop, "orders", since)
    assert made in later
    order = told(shop, "orders", made)
    adds_up(order)
    assert {(each.get("sku"), each["name"]) for each in order["lines"]} >= {(None, "Engraving")}


def test_an_image_that_stays_is_still_the_one_of_its_variant(medusa: Peer, shop: Exchange):
    """Medusa takes an image without its number for a new one, and forgets which variants it is shown for."""
    made = for_sale(shop)
    (variant,) = admin(medusa, f"product-variants?sku={made.key}&fields=id,product_id")["variants"]
    path = f"products/{variant['product_id']}"
    first, second = admin(medusa, f"{path}?fields=images.*")["product"]["images"]
    admin(medusa, f"{path}/variants/{variant['id']}/images/batch", {"add": [second["id"]]})
    images = [second["url"], "https://pictures.example/c.png"]
    list(shop.write("products", [Write(made.key, {"images": images}, {"sku": made.key, "images": images}, id=made.id)]))
    assert told(shop, "products", made.id)["images"] == images
    shown = admin(medusa, f"{path}/variants/{variant['id']}?fields=images.id")["variant"]["images"]
    assert second["id"] in {each["id"] for each in shown}
    assert first["id"] not in {each["id"] for each in admin(medusa, f"{path}?fields=images.*")["product"]["images"]}
