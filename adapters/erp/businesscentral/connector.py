"""The connector `business-central` of an ERP: what there is, and what moves which mark."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.asking.checks import Amiss
from adapters.declared import Declared, Kind, Source
from adapters.erp import parties, sales
from adapters.erp.businesscentral import asked, translate, writing
from adapters.erp.businesscentral.company import Company
from adapters.erp.businesscentral.options import BusinessCentralOptions
from adapters.reading.keyed import kind
from adapters.reading.walks import by_key, by_window, changed_from_now
from hub.clock import Clock
from hub.connector import Stream
from hub.tokens import Vault

KINDS: Mapping[str, Kind[Company, BusinessCentralOptions]] = {
    "products": kind(Stream("products"), asked.ITEMS, asked.products, translate.product),
    "prices": kind(Stream("prices"), asked.PRICED, asked.prices, translate.price),
    # What comes, goes and is ordered moves no mark of the item.
    "stock": kind(Stream("stock", delta=False), asked.STORED, asked.levels, translate.level),
    "parties": kind(
        replace(parties.PARTIES, bulk=20),
        asked.CUSTOMERS,
        asked.customers,
        translate.party,
        write=writing.write_parties,
        find=writing.find_parties,
    ),
    "orders": Kind(
        replace(sales.ORDERS, bulk=20, late=600.0),  # a request may take so long ("Current API Limits")
        Source(by_key(asked.ORDERS, "number"), asked.some_orders),
        asked.orders,
        translate.order,
        # An order that is fully invoiced is no more. Drawn documents come first, so that what changes meanwhile comes after.
        {
            "shipments": changed_from_now(asked.SHIPMENTS, asked.orders_of, "number"),
            "invoices": changed_from_now(asked.INVOICES, asked.orders_of, "number"),
            "changed": by_window(asked.ORDERS, "number"),
        },
        write=writing.write_orders,
        find=writing.find_orders,
        reference=translate.order_reference,
        look=asked.ORDERS.latest,
    ),
}
MEND = "give the application the permissions for items, customers, sales orders, posted shipments and invoices"


class BusinessCentralConnector(Declared[Company, BusinessCentralOptions]):
    """Speaks to one company of Business Central."""

    def __init__(self, name: str, options: BusinessCentralOptions, clock: Clock, vault: Vault) -> None:
        super().__init__(name, options, Company(name, options, clock, vault), KINDS, self._look_at_all, MEND)

    def _look_at_all(self, company: Company) -> str:
        said, item = self._look_at_kinds(company), self.options.service_item
        if item and not company.having("items", "id", "number", [item], key="number"):
            raise Amiss(f"there is no item {item}", f"mend service_item in [systems.{self.name}]")
        return said
