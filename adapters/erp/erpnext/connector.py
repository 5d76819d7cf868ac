"""The connector `erpnext` of an ERP: what there is, in which doctypes, and whose change marks tell of it."""

from collections.abc import Mapping

from adapters.asking.checks import Amiss
from adapters.declared import Declared, Kind, Source
from adapters.erp.erpnext import asked, bringing, customers, translate
from adapters.erp.erpnext.client import ErpNext, Filters
from adapters.erp.erpnext.hooks import hooks
from adapters.erp.erpnext.options import ErpNextOptions
from adapters.erp.erpnext.walks import always, changed, changed_from_now, deleted, everything, shipped, source
from adapters.erp.parties import PARTIES
from adapters.erp.reference import reference_in
from adapters.erp.sales import ORDERS
from hub.clock import Clock
from hub.connector import Stream

SOLD, BROUGHT = (always(each) for each in (asked.SOLD, asked.BROUGHT))


def stored(erp: ErpNext) -> Filters:
    """Return what holds for stock in the warehouses that are named; a company may have too many to name them all."""
    return [["warehouse", "in", sorted(erp.options.storage)]] if erp.options.storage else ()


KINDS: Mapping[str, Kind[ErpNext, ErpNextOptions]] = {
    "products": Kind(
        Stream("products"),
        source("Item", asked.ITEM, SOLD),
        asked.items,
        translate.product,
        {"changed": changed("Item", asked.ITEM, SOLD)},
        gone={"deleted": deleted("Item")},
        look=lambda erp: list(asked.items(erp, erp.rows("Item", asked.ITEM, asked.SOLD, size=1))),
    ),
    "prices": Kind(
        Stream("prices"),
        Source(everything("Item", "stock_uom", SOLD), asked.price_rows),
        asked.prices,
        translate.price,
        {"changed": changed("Item Price", "item_code", asked.for_all)},
        look=lambda erp: erp.rows("Item Price", asked.ITEM_PRICE, asked.for_all(erp), size=1),
    ),
    "stock": Kind(
        Stream("stock"),
        source("Bin", asked.BIN, stored),
        asked.levels,
        translate.level,
        {"changed": changed("Bin", asked.BIN, stored)},
        look=lambda erp: list(asked.levels(erp, erp.rows("Bin", asked.BIN, stored(erp), size=1))),
    ),
    # An address moves no customer's mark, nor a parcel's number the order's. What they begin with is asked for first, so
    # that what changes while the others are read comes after it.
    "parties": Kind(
        PARTIES,
        source("Customer", asked.CUSTOMER),
        asked.customers,
        translate.party,
        {
            "addresses": changed_from_now("Address", "address_title"),
            "changed": changed("Customer", asked.CUSTOMER),
        },
        write=customers.write_customers,
        find=customers.find,
        gone={"deleted": deleted("Customer")},
        reference=lambda raw: reference_in((raw["customer_details"] or "").splitlines()) or "",
        look=lambda erp: list(asked.customers(erp, erp.rows("Customer", asked.CUSTOMER, size=1))),
    ),
    "orders": Kind(
        ORDERS,
        source("Sales Order", asked.ORDER, BROUGHT),
        asked.orders,
        translate.order,
        {
            "deliveries": changed_from_now("Delivery Note", "lr_no"),
            "shipments": shipped(),
            "changed": changed("Sales Order", asked.ORDER, BROUGHT),
        },
        write=bringing.write_orders,
        find=bringing.find,
        gone={"deleted": deleted("Sales Order")},
        reference=lambda raw: translate.reference(raw) or "",
        look=lambda erp: list(asked.orders(erp, erp.rows("Sales Order", asked.ORDER, asked.BROUGHT, size=1))),
    ),
}


MEND = "give the key's user the roles Item Manager, Sales User, Sales Master Manager, Stock User and Accounts User"


class ErpNextConnector(Declared[ErpNext, ErpNextOptions]):
    """Speaks to one company in one ERPNext."""

    def __init__(self, name: str, options: ErpNextOptions, clock: Clock) -> None:
        super().__init__(name, options, ErpNext(name, options, clock), KINDS, self._look_at_all, MEND, hooks=hooks)

    def _look_at_all(self, erp: ErpNext) -> str:
        """Look whether the options name what there is, and every stream can be read."""
        options = self.options
        named = {"company": ("Company", options.company), "territory": ("Territory", options.territory)}
        named |= {f"customer_groups.{sort}": ("Customer Group", name) for sort, name in options.customer_groups.items()}
        named |= {"service_item": ("Item", options.service_item)} if options.service_item else {}
        named |= {"warehouse": ("Warehouse", options.warehouse)} if options.warehouse else {}
        named |= {"order_price_list": ("Price List", options.order_price_list)} if options.order_price_list else {}
        for option, (doctype, name) in named.items():
            if not erp.rows(doctype, "", [["name", "=", name]], size=1):
                raise Amiss(f"there is no {doctype} {name}", f"mend {option} in [systems.{self.name}]")
        return self._look_at_kinds(erp)
