"""Looking into the two shops, and working in them, as their own staff does: the demo asks them, not the hub."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.peers import Peer, oscar_shop, vendure_shop
from tests.peers.vendure.seed import PRODUCT, VARIANT


@dataclass(frozen=True, slots=True)
class Shown:
    """A product as a shop shows it."""

    name: str
    price: Decimal
    """Without tax."""
    available: int


class ShopA:
    """Vendure."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def order(self, lines: dict[str, int], email: str, name: str) -> str:
        """Order and pay as a guest; returns the order's number."""
        return vendure_shop.place_order(self.peer, lines, email, name=name)

    def products(self) -> dict[str, Shown]:
        """Return all products."""
        query = """{productVariants(options:{take:1000}){items{
            sku name price stockLevels{stockOnHand stockAllocated}}}}"""
        return {row["sku"]: _shown_a(row) for row in self._ask(query)["productVariants"]["items"]}

    def sent(self, number: str) -> tuple[str, list[str]]:
        """Return an order's state and the numbers of its parcels."""
        query = """query($code:String!){orders(options:{filter:{code:{eq:$code}}}){items{
            state fulfillments{trackingCode}}}}"""
        (row,) = self._ask(query, code=number)["orders"]["items"]
        return row["state"], [each["trackingCode"] for each in row["fulfillments"] or ()]

    def set_phone(self, email: str, phone: str) -> None:
        """Enter a customer's phone number."""
        find = "query($email:String!){customers(options:{filter:{emailAddress:{eq:$email}}}){items{id}}}"
        (row,) = self._ask(find, email=email)["customers"]["items"]
        query = "mutation($input:UpdateCustomerInput!){updateCustomer(input:$input){__typename}}"
        self._ask(query, input={"id": row["id"], "phoneNumber": phone})

    def add_twice(self, sku: str, name: str) -> list[str]:
        """Enter a product twice under one SKU, as Vendure allows; returns the articles' numbers."""
        made: list[str] = []
        for number in (1, 2):
            article = self._ask(PRODUCT, name=name, slug=f"{sku}-{number}".lower())["createProduct"]["id"]
            self._ask(VARIANT, product=article, sku=sku, name=name, price=100)
            made.append(article)
        return made

    def remove(self, article: str) -> None:
        """Take a product away."""
        self._ask("mutation($id:ID!){deleteProduct(id:$id){result}}", id=article)

    def _ask(self, query: str, **variables: object) -> Any:
        token = vendure_shop.log_in(self.peer["admin_api"], self.peer["user"], self.peer["password"])
        return vendure_shop.run(self.peer["admin_api"], {"Authorization": token}, query, **variables)


def _shown_a(row: Any) -> Shown:
    available = sum(level["stockOnHand"] - level["stockAllocated"] for level in row["stockLevels"])
    return Shown(row["name"], Decimal(row["price"]) / 100, available)


class ShopB:
    """django-oscar."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def order(self, lines: dict[str, int], email: str, name: str) -> str:
        """Order as a guest; returns the order's number."""
        first, _, last = name.partition(" ")
        address = {**oscar_shop.ADDRESS, "first_name": first, "last_name": last}
        return oscar_shop.place_order(self.peer, lines, email, address=address)

    def products(self) -> dict[str, Shown]:
        """Return all products."""
        return {row["upc"]: _shown_b(row) for row in oscar_shop.staff(self.peer, "products")}


def _shown_b(row: Any) -> Shown:
    record: dict[str, Any] = next(iter(row["stockrecords"]), dict[str, Any]())
    available = (record.get("num_in_stock") or 0) - (record.get("num_allocated") or 0)
    return Shown(row["title"], Decimal(record.get("price") or 0), available)
