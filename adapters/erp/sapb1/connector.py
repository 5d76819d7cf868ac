"""The connector `sap-business-one` of an ERP: what there is, in which lists, and whose dates tell of changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adapters.asking.checks import Amiss, named
from adapters.declared import Declared, Kind
from adapters.erp.entering import ORDERS, PARTIES
from adapters.erp.orders import NOTHING
from adapters.erp.sapb1 import asked, customers, drawn, new_orders, translate
from adapters.erp.sapb1.client import ServiceLayer
from adapters.erp.sapb1.lists import there
from adapters.erp.sapb1.options import SapB1Options
from adapters.reading import keyed
from adapters.reading.odata_lists import Listing
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
    """Return a stream of a list; `key`: the identity of a document -> the key of its row."""

    def some(sap: ServiceLayer, ids: Sequence[str]) -> Sequence[Row]:
        return there(listing, sap, map(key, ids))

    return keyed.kind(stream, listing, documents, told, some=some, **more)


def item_of(id_: str) -> str:
    """Return the item that a price or a stock level belongs to."""
    return id_.rpartition("|")[0]


KINDS: Mapping[str, Kind[ServiceLayer, SapB1Options]] = {
    "products": kind(Stream("products"), asked.ITEMS, asked.items, translate.product),
    "prices": kind(Stream("prices"), asked.PRICED, asked.prices, translate.price, item_of),
    "stock": kind(Stream("stock", delta=False), asked.STORED, asked.levels, translate.level, item_of),
    "parties": kind(
        PARTIES,
        asked.PARTNERS,
        asked.partners,
        translate.party,
        write=customers.write_parties,
        find=customers.find_parties,
        reference=translate.party_reference,
    ),
    "orders": kind(
        ORDERS,
        drawn.ORDERS,
        drawn.orders,
        translate.order,
        int,
        related={"deliveries": drawn.DELIVERIES, "invoices": drawn.INVOICES},  # they move no date of their order
        leads_to=drawn.orders_of,
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
        found, where = self._look_at_kinds(sap), f"under taxes in [systems.{self.name}]"
        sap.check("Items", "ItemCode", self.options.service_item, what="item", option="service_item")
        rates = asked.vat_rates(sap)
        for code in self.options.taxes.values():
            named("VAT group", code, rates, where)
        exempt = sorted(code for code, rate in rates.items() if rate == NOTHING)
        if len(exempt) > 1 and NOTHING not in self.options.taxes:
            what = f"several VAT groups have 0 %: {', '.join(exempt)}"
            raise Amiss(what, f'name that of orders {where}, such as "0" = "{exempt[0]}"')
        return found
