"""Customers and orders: what is asked of the shop, shown of its answers, and told to it."""

from collections.abc import Iterator, Sequence

from adapters.eshop.customers import apart, customers_of
from adapters.eshop.forward import Step, unless
from adapters.eshop.medusa.shop import Listing, Shop, lasting
from adapters.eshop.medusa.sold import as_sold
from adapters.reading.rest_lists import RestListing
from adapters.rows import Row
from hub.connector import GUEST, Document, Write

CUSTOMER = ("id", "email", "has_account", "first_name", "last_name", "company_name", "phone", "addresses")
BY_EMAIL = Listing("customers", f"updated_at,*addresses,{','.join(CUSTOMER[:-1])}", "email[]")


class Customers(RestListing[Shop]):
    """The list of customers. Who buys without an account, and then has one, stands in it twice: first as a guest."""

    def some(self, system: Shop, ids: Sequence[str]) -> list[Row]:
        """Return the rows of customers by their identity, of guests by their e-mail address."""
        accounts, emails = apart(ids)
        guests = [each for each in BY_EMAIL.some(system, emails) if not each["has_account"]]
        return super().some(system, accounts) + guests


CUSTOMERS = Customers("customers", BY_EMAIL.fields)
ORDERS = Listing(
    "orders",
    # The shop adds up what was asked for: without every item, shipping method and adjustment its totals are too small.
    "id,version,display_id,status,email,currency_code,created_at,updated_at,customer_id,metadata,subtotal,tax_total,total,"
    "payment_status,*items,*items.tax_lines,*items.adjustments,*items.detail,*shipping_methods,"
    "*shipping_methods.tax_lines,*shipping_methods.adjustments,*credit_lines,*customer,*customer.addresses,"
    "*shipping_address,*billing_address,*payment_collections.payments,*fulfillments,*fulfillments.items,"
    "*fulfillments.labels",
    chosen=lambda shop: {"sales_channel_id[]": shop.the("sales_channel")["id"]} if shop.options.sales_channel else {},
)


def parties(_: object, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each customer."""
    return (Document(identity(row), lasting(row) | {"id": identity(row)}) for row in rows)


def identity(customer: Row) -> str:
    """Return how a customer is known: one without an account is a guest, who is whoever else has the e-mail address."""
    return customer["id"] if customer["has_account"] or not customer["email"] else GUEST + customer["email"]


def orders(shop: Shop, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield a document for each order, as it was sold."""
    for row in as_sold(shop, rows):
        (buyer,) = buyers(shop, [row])
        yield Document(row["id"], lasting(row) | {"customer_id": buyer.id})


def buyers(_: object, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield the customers of orders, as the list of customers shows them; of one who is deleted, what the order says."""
    return parties(_, customers_of(rows, "billing_address", CUSTOMER))


def tell(shop: Shop, row: Row, write: Write) -> None:
    """Tell what Medusa has no field for."""
    told = {"invoice": write.fields.get("invoice") or "", "tracking": list(write.record.get("tracking") or ())}
    if noted := {name: told[name] for name in told if name in write.fields}:
        shop.send(f"orders/{row['id']}", {"metadata": noted}, repeatable=True)


cancel: Step[Shop] = unless(
    lambda row: row["status"] == "canceled", lambda shop, row, _: shop.send(f"orders/{row['id']}/cancel", {})
)
end: Step[Shop] = unless(
    lambda row: row["status"] != "pending",
    lambda shop, row, _: shop.send(f"orders/{row['id']}/complete", {}, repeatable=True),
)
