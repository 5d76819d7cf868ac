"""Doing in the Medusa peer what its customers and its staff do."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.peers.asking import ask
from tests.peers.peer import Peer

ADDRESS = {
    "first_name": "Ana",
    "last_name": "Novak",
    "address_1": "Cesta 1",
    "city": "Ljubljana",
    "postal_code": "1000",
    "country_code": "si",
    "phone": "+38640111222",
}


def place_order(
    peer: Peer,
    lines: Sequence[tuple[str, int]],
    email: str,
    *,
    address: Mapping[str, str] = ADDRESS,
    shipping: Sequence[str] = (),
    region: str = "",
    promotions: Sequence[str] = (),
) -> str:
    """Fill a cart, choose shipping and payment, and buy; return the order's id. Takes about a second.

    `shipping`, `region`: if they are not those that the shop began with; `promotions`: the codes that are entered.
    """
    variants = [
        {"variant_id": admin(peer, f"product-variants?sku={sku}&fields=id")["variants"][0]["id"], "quantity": quantity}
        for sku, quantity in lines
    ]
    buyer = {"email": email, "shipping_address": address, "billing_address": address}
    cart = _store(peer, "carts", buyer | {"region_id": region or peer["region"], "items": variants})["cart"]["id"]
    for option in shipping or [peer["shipping_option"]]:
        _store(peer, f"carts/{cart}/shipping-methods", {"option_id": option})
    due = _store(peer, f"carts/{cart}/promotions", {"promo_codes": promotions})["cart"]["total"] if promotions else 1
    if not due:
        return _store(peer, f"carts/{cart}/complete", {})["order"]["id"]
    paid = _store(peer, "payment-collections", {"cart_id": cart})["payment_collection"]["id"]
    _store(peer, f"payment-collections/{paid}/payment-sessions", {"provider_id": "pp_system_default"})
    return _store(peer, f"carts/{cart}/complete", {})["order"]["id"]


def register(peer: Peer, email: str, **names: str) -> str:
    """Open an account; return the customer's id. Who has bought without one before, the shop has twice then."""
    answer, _ = ask(f"{peer.url}/auth/customer/emailpass/register", {"email": email, "password": "customer-1"})
    known = {"x-publishable-api-key": peer["publishable_key"], "Authorization": f"Bearer {answer['token']}"}
    made, _ = ask(f"{peer.url}/store/customers", {"email": email, **names}, headers=known)
    return made["customer"]["id"]


def capture(peer: Peer, order: str) -> None:
    """Take the money for an order."""
    found = admin(peer, f"orders/{order}?fields=id,*payment_collections.payments")["order"]
    (payment,) = [payment for collection in found["payment_collections"] for payment in collection["payments"]]
    admin(peer, f"payments/{payment['id']}/capture", {})


def add_tax(peer: Peer, per_cent: float) -> None:
    """Let customers in Slovenia pay tax on top of what the shop's prices say; to be done once."""
    rate = {"name": "DDV", "rate": per_cent, "code": "ddv"}
    admin(peer, "tax-regions", {"country_code": "si", "provider_id": "tp_system", "default_tax_rate": rate})


def admin(peer: Peer, path: str, body: object = None, *, method: str | None = None) -> Any:
    """Ask, or do, what the shop's staff may."""
    known = {"Authorization": peer["authorization"]}
    answer, _ = ask(f"{peer.url}/admin/{path}", body, method=method, headers=known)
    return answer


def _store(peer: Peer, path: str, body: object) -> Any:
    answer, _ = ask(f"{peer.url}/store/{path}", body, headers={"x-publishable-api-key": peer["publishable_key"]})
    return answer
