"""The connector `dolibarr` of an ERP: what there is, and how contacts and orders are made in it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from adapters.declared import Declared, Kind
from adapters.erp import entering
from adapters.erp.dolibarr import shipped, stock, translate
from adapters.erp.dolibarr.client import Dolibarr, kept
from adapters.erp.dolibarr.lists import ORDERS, PRODUCTS, SALES, Listing
from adapters.erp.dolibarr.options import DolibarrOptions
from adapters.erp.dolibarr.writing import write_orders, write_parties
from adapters.erp.orders import visible_number
from adapters.reading.keyed import kind
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from hub.clock import Clock
from hub.connector import Document, Stream, Write

Documents = Callable[[Dolibarr, Sequence[Row]], Iterable[Document]]


def with_fields(*names: str) -> Documents:
    """Return what makes a document of each row, of these fields."""
    only = kept(*names)
    return lambda _, rows: (Document(str(row["id"]), only(row)) for row in rows)


def found(path: str, signs: Sequence[Sign], erp: Dolibarr, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look by the first sign that finds any."""
    return by_signs(wanted, signs, lambda sign, values: erp.having(path, sign.field, values))


def ours(write: Write) -> str:
    """Return what a record that the hub made has in `ref_ext`."""
    return translate.OURS + write.reference


PARTY_SIGNS = (
    Sign("thirdparties", "ref_ext", "id", ours),
    Sign("thirdparties", "tva_intra", "id", lambda write: write.record.get("vat_id")),
    Sign("thirdparties", "email", "id", lambda write: write.record.get("email")),
)
ORDER_SIGNS = (
    Sign("orders", "ref_ext", "id", ours),
    Sign("orders", "ref_client", "id", lambda write: visible_number(write.record)),
)
KINDS: Mapping[str, Kind[Dolibarr, DolibarrOptions]] = {
    "products": kind(Stream("products"), PRODUCTS, with_fields(*translate.PRODUCT), translate.product),
    "prices": kind(Stream("prices"), PRODUCTS, with_fields(*translate.PRICE), translate.price),
    "stock": kind(
        Stream("stock"),
        stock.GOODS,
        stock.levels,
        translate.level,
        related={"sold": SALES},
        leads_to=stock.sold,
    ),
    "parties": kind(
        replace(entering.PARTIES, writes=frozenset(translate.PARTY_FIELDS)),
        Listing("thirdparties"),
        with_fields(*translate.PARTY),
        translate.party,
        write=write_parties,
        find=partial(found, "thirdparties", PARTY_SIGNS),
        reference=translate.reference,
    ),
    "orders": kind(
        entering.ORDERS,
        ORDERS,
        shipped.orders,
        translate.order,
        write=write_orders,
        find=partial(found, "orders", ORDER_SIGNS),
        reference=translate.reference,
    ),
}
MEND = "turn on the modules API, Third parties, Products, Stocks and Sales orders; let the key's user read them"


class DolibarrConnector(Declared[Dolibarr, DolibarrOptions]):
    """Speaks to one company in one Dolibarr."""

    def __init__(self, name: str, options: DolibarrOptions, clock: Clock) -> None:
        super().__init__(name, options, Dolibarr(name, options, clock), KINDS, mend=MEND)
