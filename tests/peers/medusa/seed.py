"""Fills a new Medusa through its own interface.

A region and a channel in euros, five products with stock at one location, a way to ship, a customer, and keys.
"""

import json
from typing import Any

from tests.peers.asking import ask
from tests.peers.system import Place

USER, PASSWORD = "hub@example.com", "hubpw123"
SEEDED = "seeded.json"
"""The file of keys and ids that clients need."""


class Admin:
    """Medusa's interface for administrators."""

    def __init__(self, root: str) -> None:
        self._root = root
        answer, _ = ask(f"{root}/auth/user/emailpass", {"email": USER, "password": PASSWORD})
        self._headers = {"Authorization": f"Bearer {answer['token']}"}

    def post(self, path: str, body: object) -> Any:
        """Send a record or a command; return what the answer holds."""
        answer, _ = ask(f"{self._root}/admin/{path}", body, headers=self._headers)
        return next(iter(answer.values()))

    def get(self, path: str) -> Any:
        """Return what the answer holds."""
        answer, _ = ask(f"{self._root}/admin/{path}", headers=self._headers)
        return next(iter(answer.values()))


def fill(place: Place) -> None:
    """Fill the shop and leave the keys beside its database."""
    admin = Admin(place.root)
    region = {"name": "EU", "currency_code": "eur", "countries": ["si"], "payment_providers": ["pp_system_default"]}
    seeded = {
        "secret_key": admin.post("api-keys", {"title": "hub", "type": "secret"})["token"],
        "region": admin.post("regions", region)["id"],
        "sales_channel": admin.post("sales-channels", {"name": "web"})["id"],
        "shipping_profile": admin.post("shipping-profiles", {"name": "Goods", "type": "default"})["id"],
    }
    seeded["publishable_key"] = open_storefront(admin, seeded["sales_channel"])
    seeded["stock_location"] = make_location(admin, seeded["sales_channel"])
    seeded["shipping_option"] = make_shipping(admin, seeded["stock_location"], seeded["shipping_profile"])
    for number in range(1, 6):
        make_product(admin, number, seeded)
    for item in admin.get("inventory-items"):
        level = {"location_id": seeded["stock_location"], "stocked_quantity": 100}
        admin.post(f"inventory-items/{item['id']}/location-levels", level)
    admin.post("customers", {"email": "ana@example.com", "first_name": "Ana", "last_name": "Novak"})
    (place.data / SEEDED).write_text(json.dumps(seeded), encoding="utf-8")


def open_storefront(admin: Admin, channel: str) -> str:
    """Make the key that customers' carts and orders need; return it."""
    key = admin.post("api-keys", {"title": "storefront", "type": "publishable"})
    admin.post(f"api-keys/{key['id']}/sales-channels", {"add": [channel]})
    return key["token"]


def make_location(admin: Admin, channel: str) -> str:
    """Make a warehouse that the channel sells from; return its id."""
    address = {"address_1": "Warehouse Road 1", "country_code": "si"}
    location = admin.post("stock-locations", {"name": "Main", "address": address})["id"]
    admin.post(f"stock-locations/{location}/sales-channels", {"add": [channel]})
    admin.post(f"stock-locations/{location}/fulfillment-providers", {"add": ["manual_manual"]})
    return location


def make_shipping(admin: Admin, location: str, profile: str) -> str:
    """Make a parcel from the warehouse to Slovenia; return the option's id."""
    admin.post(f"stock-locations/{location}/fulfillment-sets", {"name": "Parcels", "type": "shipping"})
    sets = admin.get(f"stock-locations/{location}?fields=*fulfillment_sets")["fulfillment_sets"]
    zone = {"name": "Slovenia", "geo_zones": [{"type": "country", "country_code": "si"}]}
    answer = admin.post(f"fulfillment-sets/{sets[0]['id']}/service-zones", zone)
    option = {
        "name": "Parcel",
        "service_zone_id": answer["service_zones"][0]["id"],
        "shipping_profile_id": profile,
        "provider_id": "manual_manual",
        "price_type": "flat",
        "type": {"label": "Parcel", "description": "By post", "code": "parcel"},
        "prices": [{"currency_code": "eur", "amount": 5}],
        "rules": [],
    }
    return admin.post("shipping-options", option)["id"]


def make_product(admin: Admin, number: int, seeded: dict[str, Any]) -> None:
    """Make a product with one variant."""
    variant = {
        "title": "one",
        "sku": f"W{number:03}",
        "options": {"Size": "one"},
        "prices": [{"amount": 10 * number, "currency_code": "eur"}],
    }
    admin.post(
        "products",
        {
            "title": f"Widget {number}",
            "handle": f"widget-{number}",
            "status": "published",
            "sales_channels": [{"id": seeded["sales_channel"]}],
            "shipping_profile_id": seeded["shipping_profile"],
            "options": [{"title": "Size", "values": ["one"]}],
            "variants": [variant],
        },
    )
