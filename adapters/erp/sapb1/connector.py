"""The connector `sap-business-one` of an ERP: what there is, in which lists, and whose dates tell of changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.asking.checks import Amiss
from adapters.declared import Declared, Kind
from adapters.erp import parties, sales
from adapters.erp.orders import NOTHING
from adapters.erp.sapb1 import asked, customers, drawn, new_orders, translate
from adapters.erp.sapb1.client import ServiceLayer
from adapters.erp.sapb1.lists import Listing, source
from adapters.erp.sapb1.options import SapB1Options
from adapters.reading.walks import by_window, changed_from_now
from adapters.rows import Row
from hub.clock import Clock
from hub.connector import Document, Stream

Documents = Callable[[ServiceLayer, Sequence[Row]], Iterable[Document]]


def kind(
    stream: Stream,
    listing: Listing,
    documents: Documents,
    told: Callable[[Row, SapB1Options], dict[str, Any]],
    key: Callable[[str], Any] = str,
    **more: Any,
) -> Kind[ServiceLayer, SapB1Options]:
    """Return a stream of a list; `key`: see `source`."""

    def look(sap: ServiceLayer) -> object:
        return list(documents(sap, sap.rows(listing.name, listing.fields, listing.only, key=listing.key, size=1)))

    changes = {"changed": by_window(listing)} if stream.delta else {}
    ways = more.pop("before", {}) | changes
    return Kind(stream, source(listing, key), documents, told, ways, look=look, **more)


def item_of(id_: str) -> str:
    """Return the item that a price or a stock level belongs to."""
    return id_.rpartition("|")[0]


KINDS: Mapping[str, Kind[ServiceLayer, SapB1Options]] = {
    "products": kind(Stream("products"), asked.ITEMS, asked.items, translate.product),
    "prices": kind(Stream("prices"), asked.PRICED, asked.prices, translate.price, item_of),
    "stock": kind(Stream("stock", delta=False), asked.STORED, asked.levels, translate.level, item_of),
    "parties": kind(
        replace(parties.PARTIES, bulk=20),
        asked.PARTNERS,
        asked.partners,
        translate.party,
        write=customers.write_parties,
        find=customers.find_parties,
        reference=translate.party_reference,
    ),
    # What is drawn from an order does not move its date. It is asked for first, so that what changes meanwhile comes after.
    "orders": kind(
        replace(sales.ORDERS, bulk=20),
        drawn.ORDERS,
        drawn.orders,
        translate.order,
        int,
        before={
            "deliveries": changed_from_now(drawn.DELIVERIES, drawn.orders_of),
            "invoices": changed_from_now(drawn.INVOICES, drawn.orders_of),
        },
        write=new_orders.write_orders,
        find=new_orders.find_orders,
        reference=translate.order_reference,
    ),
}
MEND = "give the user an authorisation to items, price lists, business partners, sales orders, deliveries and invoices"


class SapB1Connector(Declared[ServiceLayer, SapB1Options]):
    """Speaks to one company of SAP Business One."""

    def __init__(self, name: str, options: SapB1Options, clock: Clock) -> None:
        super().__init__(name, options, ServiceLayer(name, options, clock), KINDS, self._look_at_all, MEND)

    def _look_at_all(self, sap: ServiceLayer) -> str:
        """Look whether every stream can be read, and the options name what there is."""
        found = self._look_at_kinds(sap)
        item, named = self.options.service_item, {*self.options.taxes.values()}
        if item and not asked.ITEMS.some(sap, [item]):
            raise Amiss(f"there is no item {item}", f"mend service_item in [systems.{self.name}]")
        rates = asked.vat_rates(sap)
        if missing := named - {*rates}:
            raise Amiss(f"there is no VAT group {', '.join(sorted(missing))}", f"mend taxes in [systems.{self.name}]")
        exempt = sorted(code for code, rate in rates.items() if rate == NOTHING)
        if len(exempt) > 1 and NOTHING not in self.options.taxes:
            what = f"several VAT groups have 0 %: {', '.join(exempt)}"
            raise Amiss(what, f'name that of orders under taxes in [systems.{self.name}], such as "0" = "{exempt[0]}"')
        return found
