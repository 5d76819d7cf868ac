"""Doing in the django-oscar peer what its customers and its staff do."""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

from tests.peers.asking import ask

ADDRESS = {
    "first_name": "Ana",
    "last_name": "Novak",
    "line1": "Cesta 1",
    "line4": "Ljubljana",
    "postcode": "1000",
    "phone_number": "+38640123456",
    "notes": "Please ring twice",
}


class Facts(Protocol):
    """What is known of a running shop: a `Peer`, or a mapping."""

    def __getitem__(self, fact: str, /) -> Any:
        """Return `url`, `user` or `password`."""
        ...


def place_order(
    shop: Facts,
    lines: Mapping[str, int],
    email: str,
    *,
    address: Mapping[str, str] = ADDRESS,
    ids: Mapping[str, int] | None = None,
) -> str:
    """Order SKUs and quantities as a guest; returns the order's number. The shop must have what is bought.

    `ids`: of the products by SKU, for who orders often: looking for them means reading the whole list.
    """
    url, ids = shop["url"], ids or find_products(shop)
    basket, session = "", dict[str, str]()
    for sku, quantity in lines.items():
        wanted = {"url": f"{url}/products/{ids[sku]}/", "quantity": quantity}
        answer, headers = ask(f"{url}/basket/add-product/", wanted, headers=session)
        session = session or {"Cookie": headers["set-cookie"].partition(";")[0]}
        basket = answer["url"]
    shipping = {"country": f"{url}/countries/SI/", **address}
    order, _ = ask(
        f"{url}/checkout/", {"basket": basket, "guest_email": email, "shipping_address": shipping}, headers=session
    )
    return order["number"]


def find_products(shop: Facts) -> dict[str, int]:
    """Return the shop's numbers of its products by SKU."""
    found, _ = ask(f"{shop['url']}/products/")
    return {each["upc"]: each["id"] for each in found if each["upc"]}


def staff(shop: Facts, path: str, body: object = None, *, method: str | None = None) -> Any:
    """Ask, or do, what the shop's staff may."""
    login = base64.b64encode(f"{shop['user']}:{shop['password']}".encode()).decode()
    answer, _ = ask(f"{shop['url']}/admin/{path}/", body, method=method, headers={"Authorization": f"Basic {login}"})
    return answer
