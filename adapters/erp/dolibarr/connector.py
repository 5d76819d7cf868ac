"""The connector `dolibarr` of an ERP: what there is, and how contacts and orders are made in it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from adapters.declared import Declared, Kind
from adapters.erp import parties, sales
from adapters.erp.dolibarr import translate
from adapters.erp.dolibarr.client import PAGE, Dolibarr, kept
from adapters.erp.dolibarr.options import DolibarrOptions
from adapters.erp.dolibarr.writing import write_orders, write_parties
from adapters.erp.orders import visible_number
from adapters.reading.walks import by_key, by_window, source
from adapters.rows import Row
from adapters.writing.finding import Sign, by_signs
from hub.clock import Clock
from hub.connector import Document, Stream, Write
from hub.errors import Refused

Documents = Callable[[Dolibarr, Sequence[Row]], Iterable[Document]]


@dataclass(frozen=True, slots=True)
class Listing:
    """One of Dolibarr's lists."""

    path: str
    only: tuple[str, ...] = ()
    """The conditions by which its rows are chosen."""
    params: Mapping[str, Any] | None = None
    size: ClassVar[int] = PAGE
    """The rows of a page."""

    def behind(self, erp: Dolibarr, since: datetime | None, after: int) -> Sequence[Row]:
        """Return the first rows with a higher number; `since`: of those that have changed then or later."""
        changed = [erp.since(since)] if since else []
        return erp.rows(self.path, [*self.only, *changed, f"(t.rowid:>:{after})"], **(self.params or {}))

    def some(self, erp: Dolibarr, ids: Sequence[str]) -> Sequence[Row]:
        """Return the rows of these numbers, as far as they are there."""
        return erp.having(self.path, "rowid", sorted(map(int, ids)), **(self.params or {}))

    def latest(self, erp: Dolibarr) -> str | None:
        """Return the latest change mark that there is, as RFC 3339 text."""
        return erp.latest(self.path, self.only)


def kind(
    stream: Stream,
    listing: Listing,
    documents: Documents,
    told: Callable[[Row, DolibarrOptions], dict[str, Any]],
    **more: Any,
) -> Kind[Dolibarr, DolibarrOptions]:
    """Return a stream of a list."""
    return Kind(
        stream,
        source(by_key(listing), listing),
        documents,
        told,
        {"changed": by_window(listing)},
        look=lambda erp: list(documents(erp, erp.rows(listing.path, listing.only, limit=1, **(listing.params or {})))),
        **more,
    )


def with_fields(*names: str) -> Documents:
    """Return what makes a document of each row, of these fields."""
    only = kept(*names)
    return lambda _, rows: (Document(str(row["id"]), only(row)) for row in rows)


def levels(erp: Dolibarr, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield how much of each product lies in each warehouse, of those in the options, or of all."""
    storage = erp.options.storage
    there = {row["id"]: str(row["ref"]) for row in erp.all("warehouses")}
    if missing := {*storage} - {*there.values()}:
        raise Refused(f"there is no warehouse {', '.join(sorted(missing))}; mend storage in [systems.{erp.name}]")
    for row in rows:
        lying: Mapping[str, Row] = row.get("stock_warehouse") or {}  # PHP writes nothing as a list
        for place in sorted(lying, key=int):
            name = there.get(int(place))
            if name is not None and (not storage or name in storage):
                told = {"id": row["id"], "ref": row["ref"], "real": lying[place]["real"]}
                yield Document(f"{row['id']}|{place}", {**told, "location": storage.get(name, name)})


def found(path: str, signs: Sequence[Sign], erp: Dolibarr, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
    """Look by the first sign that finds any."""
    return by_signs(wanted, signs, lambda sign, values: erp.having(path, sign.field, values))


def ours(write: Write) -> str:
    """Return what a record that the hub made has in `ref_ext`."""
    return translate.OURS + write.reference


PRODUCTS = Listing("products")
GOODS = Listing("products", params={"mode": 1, "includestockdata": 1})
ORDERS = Listing("orders", (f"(t.ref_ext:like:'{translate.OURS}%')",))
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
    "stock": kind(Stream("stock"), GOODS, levels, translate.level),
    "parties": kind(
        replace(parties.PARTIES, writes=frozenset(translate.PARTY_FIELDS), bulk=20),
        Listing("thirdparties"),
        with_fields(*translate.PARTY),
        translate.party,
        write=write_parties,
        find=partial(found, "thirdparties", PARTY_SIGNS),
        reference=translate.reference,
    ),
    "orders": kind(
        replace(sales.ORDERS, bulk=20),
        ORDERS,
        with_fields(*translate.ORDER),
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
