"""The connector `business-central` of an ERP: what there is, and what moves which mark."""

from collections.abc import Mapping
from dataclasses import replace

from adapters.declared import Declared, Kind
from adapters.erp.businesscentral import asked, translate, writing
from adapters.erp.businesscentral.company import Company
from adapters.erp.businesscentral.options import BusinessCentralOptions
from adapters.erp.entering import ORDERS, PARTIES
from adapters.reading.keyed import kind
from hub.clock import Clock
from hub.connector import Stream
from hub.tokens import Vault

KINDS: Mapping[str, Kind[Company, BusinessCentralOptions]] = {
    "products": kind(Stream("products"), asked.ITEMS, asked.products, translate.product),
    "prices": kind(Stream("prices"), asked.PRICED, asked.prices, translate.price),
    # What comes, goes and is ordered moves no mark of the item.
    "stock": kind(Stream("stock", delta=False), asked.STORED, asked.levels, translate.level),
    "parties": kind(
        PARTIES,
        asked.CUSTOMERS,
        asked.customers,
        translate.party,
        write=writing.write_parties,
        find=writing.find_parties,
    ),
    "orders": kind(
        replace(ORDERS, late=600.0),  # a request may take so long ("Current API Limits")
        asked.ORDERS,
        asked.orders,
        translate.order,
        some=asked.some_orders,
        related={"shipments": asked.SHIPMENTS, "invoices": asked.INVOICES},  # they move no mark of their order
        leads_to=asked.orders_of,
        write=writing.write_orders,
        find=writing.find_orders,
        reference=translate.order_reference,
    ),
}
MEND = "give the application the permissions for items, customers, sales orders, posted shipments and invoices"


class BusinessCentralConnector(Declared[Company, BusinessCentralOptions]):
    """Speaks to one company of Business Central."""

    def __init__(self, name: str, options: BusinessCentralOptions, clock: Clock, vault: Vault) -> None:
        super().__init__(name, options, Company(name, options, clock, vault), KINDS, self._look_at_all, MEND)

    def _look_at_all(self, company: Company) -> str:
        company.check("items", "number", self.options.service_item, what="item", option="service_item")
        return self._look_at_kinds(company)
