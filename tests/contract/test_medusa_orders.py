"""Orders of a real Medusa that are packed in several parcels, and what happens to them after they were sent."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from hub.canonical import ENTITIES
from hub.connector import Change, Exchange, Write
from tests.peers import Peer
from tests.peers.medusa_shop import admin, capture, place_order, register


@pytest.fixture
def shop(connect_medusa: Callable[..., Exchange]) -> Exchange:
    """By the programmed connector, and by its description in examples/rest: each test runs on both."""
    return connect_medusa()


def thing(shop: Peer, profile: str | None, **own: Any) -> dict[str, Any]:
    """Make a product of one variant for 10.00; return that. One without a shipping profile needs no shipping."""
    sku = f"P-{uuid.uuid4().hex[:8]}"
    prices = [{"amount": 10, "currency_code": "eur"}]
    variant = {"title": "one", "sku": sku, "options": {"Size": "one"}, "prices": prices, "manage_inventory": False}
    told = {
        "title": sku,
        "status": "published",
        "sales_channels": [{"id": shop["sales_channel"]}],
        "options": [{"title": "Size", "values": ["one"]}],
        "variants": [variant | own],
    }
    if profile:
        told["shipping_profile_id"] = profile
    return admin(shop, "products", told)["product"]["variants"][0]


def another_profile(shop: Peer) -> tuple[str, str]:
    """Make a shipping profile, and an option for it; return both."""
    made = admin(shop, "shipping-profiles", {"name": uuid.uuid4().hex, "type": "custom"})["shipping_profile"]["id"]
    fields = "id,name,provider_id,price_type,service_zone_id,*prices,*type"
    like = admin(shop, f"shipping-options/{shop['shipping_option']}?fields={fields}")["shipping_option"]
    option = {name: like[name] for name in ("name", "provider_id", "price_type", "service_zone_id")}
    option |= {"type": {name: like["type"][name] for name in ("label", "description", "code")}, "rules": []}
    option |= {"prices": [{"currency_code": "eur", "amount": 9}], "shipping_profile_id": made}
    return made, admin(shop, "shipping-options", option)["shipping_option"]["id"]


def told(shop: Exchange, order: str) -> dict[str, Any]:
    (document,) = shop.fetch("orders", [order])
    change = shop.translate("orders", document)
    assert isinstance(change, Change)
    return ENTITIES["orders"].valid(change.fields)


def bring(shop: Exchange, order: str, status: str = "shipped") -> tuple[str, str, str]:
    """Bring an order to a status; return what became of it, what it then has, and why not."""
    (done,) = shop.write("orders", [Write("o", {"status": status}, {"status": status}, id=order)])
    return done.outcome, told(shop, order)["status"], done.message


def items_of(peer: Peer, order: str) -> list[dict[str, Any]]:
    return admin(peer, f"orders/{order}?fields=*items,*items.detail")["order"]["items"]


def parcels_of(peer: Peer, order: str) -> list[dict[str, Any]]:
    fields = "*fulfillments,*fulfillments.items"
    return admin(peer, f"orders/{order}?fields={fields}")["order"]["fulfillments"]


def test_goods_and_what_needs_no_shipping_go_apart(medusa: Peer, shop: Exchange):
    """Medusa refuses a parcel with both in it."""
    goods, file = thing(medusa, medusa["shipping_profile"]), thing(medusa, None)
    order = place_order(medusa, [(goods["sku"], 2), (file["sku"], 1)], "both@example.com")
    for _ in range(2):
        assert bring(shop, order) == ("done", "shipped", "")
    assert sorted(each["requires_shipping"] for each in parcels_of(medusa, order)) == [False, True]


def test_each_shipping_profile_has_a_parcel_of_its_own(medusa: Peer, shop: Exchange):
    profile, option = another_profile(medusa)
    skus = [thing(medusa, each)["sku"] for each in (profile, medusa["shipping_profile"])]
    options = [medusa["shipping_option"], option]
    order = place_order(medusa, [(sku, 1) for sku in skus], "two@example.com", shipping=options)
    assert bring(shop, order) == ("done", "shipped", "")
    assert {each["shipping_option_id"] for each in parcels_of(medusa, order)} == {*options}


def test_what_is_reserved_elsewhere_leaves_from_there(medusa: Peer, shop: Exchange):
    """Medusa says that something is not found if another location is named; the order would have been taken for gone."""
    shed = admin(medusa, "stock-locations", {"name": f"Shed {uuid.uuid4().hex}"})["stock_location"]["id"]
    admin(medusa, f"stock-locations/{shed}/sales-channels", {"add": [medusa["sales_channel"]]})
    goods = thing(medusa, medusa["shipping_profile"], manage_inventory=True)
    (variant,) = admin(medusa, f"product-variants?id={goods['id']}&fields=*inventory_items")["variants"]
    path = f"inventory-items/{variant['inventory_items'][0]['inventory_item_id']}/location-levels"
    admin(medusa, path, {"location_id": shed, "stocked_quantity": 5})
    order = place_order(medusa, [(goods["sku"], 2)], "shed@example.com")
    assert bring(shop, order) == ("done", "shipped", "")
    (level,) = admin(medusa, path)["inventory_levels"]
    assert (level["stocked_quantity"], level["reserved_quantity"]) == (3, 0)


@pytest.fixture
def sent(medusa: Peer, shop: Exchange) -> str:
    """An order of three pieces that was sent."""
    order = place_order(medusa, [(thing(medusa, medusa["shipping_profile"])["sku"], 3)], "sent@example.com")
    assert bring(shop, order) == ("done", "shipped", "")
    return order


def steps(medusa: Peer, path: str, *asked: tuple[str, Any]) -> None:
    for step, body in asked:
        admin(medusa, f"{path}/{step}", body)


def test_what_is_taken_off_an_order_is_not_sent_and_parcels_alone_send_nothing(medusa: Peer, shop: Exchange):
    """An order that the ERP has closed short is told its parcels, and its status once the rest is off it."""
    order = place_order(medusa, [(thing(medusa, medusa["shipping_profile"])["sku"], 3)], "short@example.com")
    parcels = [{"number": "00359", "carrier": "DPD"}]
    write = Write("o", {"tracking": parcels}, {"tracking": parcels, "status": "pending"}, id=order)
    assert [each.outcome for each in shop.write("orders", [write])] == ["done"]
    assert (parcels_of(medusa, order), told(shop, order)["status"]) == ([], "pending")
    (item,) = items_of(medusa, order)
    admin(medusa, "order-edits", {"order_id": order})
    steps(
        medusa, f"order-edits/{order}", (f"items/item/{item['id']}", {"quantity": 2}), ("request", {}), ("confirm", {})
    )
    assert [each["quantity"] for each in told(shop, order)["lines"]] == ["2"]
    assert bring(shop, order) == ("done", "shipped", "")
    assert [item["quantity"] for each in parcels_of(medusa, order) for item in each["items"]] == [2]


def sums(order: dict[str, Any]) -> Sequence[Any]:
    lines = [(each["quantity"], each["unit_price"], each["gross"]) for each in order["lines"]]
    return lines, [each["amount"] for each in order["shipping"]], order["totals"], order["status"]


def test_what_comes_back_leaves_the_order_as_it_was_sold(medusa: Peer, shop: Exchange, sent: str):
    """Medusa takes it off the line's sums and the total, and leaves the quantity."""
    before, (item,) = told(shop, sent), items_of(medusa, sent)
    back = {"items": [{"id": item["id"], "quantity": 1}]}
    made = admin(medusa, "returns", {"order_id": sent, "location_id": medusa["stock_location"]})["return"]["id"]
    asked = [
        ("request-items", back),
        ("request", {}),
        ("receive", {}),
        ("receive-items", back),
        ("receive/confirm", {}),
    ]
    steps(medusa, f"returns/{made}", *asked)
    assert items_of(medusa, sent)[0]["detail"]["return_received_quantity"] == 1
    assert sums(told(shop, sent)) == sums(before)
    assert sums(before)[0] == [("3", "10.00", "30.00")]


def test_an_exchange_is_the_shops_own_to_send(medusa: Peer, shop: Exchange, sent: str):
    """It is neither in the order, nor sent because the order is: nobody but the shop has packed it."""
    before, (item,) = told(shop, sent), items_of(medusa, sent)
    other = thing(medusa, medusa["shipping_profile"])
    made = admin(medusa, "exchanges", {"order_id": sent})["exchange"]["id"]
    steps(
        medusa,
        f"exchanges/{made}",
        ("inbound/items", {"items": [{"id": item["id"], "quantity": 1}], "location_id": medusa["stock_location"]}),
        ("outbound/items", {"items": [{"variant_id": other["id"], "quantity": 1}]}),
        ("outbound/shipping-method", {"shipping_option_id": medusa["shipping_option"]}),
        ("request", {}),
    )
    (new,) = [each for each in items_of(medusa, sent) if each["id"] != item["id"]]
    assert sums(told(shop, sent)) == sums(before)
    admin(medusa, f"orders/{sent}/fulfillments", {"items": [{"id": new["id"], "quantity": 1}]})
    assert bring(shop, sent) == ("done", "shipped", "")
    assert [each["shipped_at"] is None for each in parcels_of(medusa, sent) if at_item(each) == new["id"]] == [True]


def at_item(parcel: dict[str, Any]) -> str:
    return parcel["items"][0]["line_item_id"]


def test_what_is_sent_for_a_claim_is_not_packed(medusa: Peer, shop: Exchange, sent: str):
    before, (item,) = told(shop, sent), items_of(medusa, sent)
    made = admin(medusa, "claims", {"order_id": sent, "type": "replace"})["claim"]["id"]
    steps(
        medusa,
        f"claims/{made}",
        ("claim-items", {"items": [{"id": item["id"], "quantity": 1, "reason": "missing_item"}]}),
        ("outbound/items", {"items": [{"variant_id": item["variant_id"], "quantity": 1}]}),
        ("request", {}),
    )
    assert bring(shop, sent) == ("done", "shipped", "")
    assert sums(told(shop, sent)) == sums(before)
    assert sorted(each["detail"]["fulfilled_quantity"] for each in items_of(medusa, sent)) == [0, 3]


@pytest.mark.parametrize("amount", [4, 35])
def test_what_is_refunded_leaves_the_order_as_it_was_sold(medusa: Peer, shop: Exchange, sent: str, amount: int):
    """Medusa makes a credit line of it, which comes off the order's total: an ERP would wait for the sale to be changed."""
    before = told(shop, sent)
    capture(medusa, sent)
    paid = admin(medusa, f"orders/{sent}?fields=*payment_collections.payments")["order"]["payment_collections"]
    admin(medusa, f"payments/{paid[0]['payments'][0]['id']}/refund", {"amount": amount})
    assert admin(medusa, f"orders/{sent}?fields=id,total,*credit_lines")["order"]["total"] == 35 - amount
    assert sums(told(shop, sent)) == sums(before)
    assert not told(shop, sent)["discounts"]
    assert told(shop, sent)["payment"]["state"] == ("refunded" if amount == 35 else "paid")


def test_s02_who_opens_an_account_is_who_bought_without_one(medusa: Peer, shop: Exchange):
    """Medusa makes a second customer of the same e-mail address; as another person, an ERP would not take her."""
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    goods = thing(medusa, medusa["shipping_profile"])
    first = place_order(medusa, [(goods["sku"], 1)], email)
    account = register(medusa, email, first_name="Ana", last_name="Kos")
    assert told(shop, first)["party"] == f"guest:{email}"
    ids = [each.id for page in shop.read("parties", None, full=True) for each in page.documents if email in str(each)]
    assert sorted(ids) == sorted([f"guest:{email}", account])
    assert {each.id for each in shop.fetch("parties", ids)} == {*ids}


def test_s02_whose_account_is_deleted_comes_with_the_order(medusa: Peer, shop: Exchange):
    """Medusa goes on naming the customer, and shows nothing of her: an ERP would wait for her for ever."""
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    order = place_order(medusa, [(thing(medusa, medusa["shipping_profile"])["sku"], 1)], email)
    (customer,) = admin(medusa, f"customers?email={email}&fields=id")["customers"]
    admin(medusa, f"customers/{customer['id']}", method="DELETE")
    pages = list(shop.read("orders", None, full=True))
    parties = [each.id for page in pages for each in page.documents if page.entity == "parties"]
    assert told(shop, order)["party"] in parties
