"""Rows of orders -> documents, with what was drawn from them: deliveries, and invoices of both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from adapters.erp.reference import OURS
from adapters.erp.sapb1.asked import kept
from adapters.erp.sapb1.client import ServiceLayer
from adapters.erp.sapb1.lists import DATED, listing, there
from adapters.erp.sapb1.translate import YES
from adapters.erp.short import short_shipped
from adapters.reading.odata_lists import Listing
from adapters.rows import Row
from hub.connector import Document

ORDERS = listing(
    "Orders",
    "DocEntry",
    "DocEntry CardCode NumAtCard DocumentStatus Cancelled Confirmed CreationDate DocumentLines",
    f"contains(NumAtCard, ' {OURS}')",
    DATED,
)
"""Those that the hub brought."""
STANDING = "CancelStatus eq 'csNo'"
"""A delivery or invoice is cancelled by another: neither counts (CancelStatus csYes and csCancellation)."""
DELIVERIES = listing(
    "DeliveryNotes",
    "DocEntry",
    "DocEntry DocumentStatus TrackingNumber TransportationCode DocumentLines",
    STANDING,
    DATED,
)
INVOICES = listing(
    "Invoices", "DocEntry", "DocEntry DocNum ReserveInvoice DocumentStatus DocumentLines", STANDING, DATED
)
ORDER, DELIVERY, INVOICE = 17, 15, 13
"""What BaseType says (BoObjectTypes)."""
OPEN = "bost_Open"
UNSENT = (OPEN, "bost_Paid")
"""States of a reserve invoice whose goods have not all left (help, "A/R Reserve Invoice: General Area")."""


def orders(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield orders, with the parcels and the first invoice of what was drawn from them."""
    deliveries, invoices = _drawn(sap, DELIVERIES, rows), _drawn(sap, INVOICES, rows)
    sent, billed, billed_later = _by(ORDER, deliveries), _by(ORDER, invoices), _by(DELIVERY, invoices)
    sent_later = _by(INVOICE, deliveries)
    carriers = sap.names("ShippingTypes", "Code", "Name") if deliveries else {}
    for row in rows:
        ahead = [bill for bill in billed[row["id"]] if bill["ReserveInvoice"] == YES]
        own = [*sent[row["id"]], *(each for bill in ahead for each in sent_later[bill["id"]])]
        owed = any(bill["DocumentStatus"] in UNSENT or not sent_later[bill["id"]] for bill in ahead)
        # A delivery is open as long as something of it is not billed, or has not come back (sdk, RemainingOpenQuantity).
        unbilled = any(each["DocumentStatus"] == OPEN for each in sent[row["id"]])
        bills = [*billed[row["id"]], *(bill for each in own for bill in billed_later[each["id"]])]
        parcels = [
            {"number": each["TrackingNumber"], "carrier": carriers.get(each["TransportationCode"])}
            for each in own
            if each["TrackingNumber"]
        ]
        invoice = str(min(bills, key=lambda bill: bill["id"])["DocNum"]) if bills else None
        told = {"delivered": bool(own), "owed": owed, "unbilled": unbilled, "parcels": parcels, "invoice": invoice}
        told["short"] = _short(row, own, billed[row["id"]]) if row["DocumentStatus"] != OPEN and not owed else None
        yield Document(str(row["id"]), kept(row, "DocEntry NumAtCard DocumentStatus Cancelled Confirmed") | told)


def _short(order: Row, deliveries: Sequence[Row], invoices: Sequence[Row]) -> list[dict[str, str]] | None:
    """Return what a closed order sent less: by deliveries of it or of its reserve invoices, and by other invoices of it.

    Closing an order, or a line of it, by hand leaves its quantity as it was (sdk, Documents: Close).
    """
    ahead = {bill["id"] for bill in invoices if bill["ReserveInvoice"] == YES}
    sent = [
        (line["ItemCode"], 0, line["Quantity"])
        for document in (*deliveries, *(bill for bill in invoices if bill["id"] not in ahead))
        for line in document["DocumentLines"] or ()
        if (line["BaseType"], line["BaseEntry"]) == (ORDER, order["id"])
        or (line["BaseType"] == INVOICE and line["BaseEntry"] in ahead)
    ]
    return short_shipped([*((line["ItemCode"], line["Quantity"], 0) for line in order["DocumentLines"] or ()), *sent])


def orders_of(sap: ServiceLayer, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the orders that deliveries, or invoices, were drawn from, or what they were drawn from."""
    between = [*there(DELIVERIES, sap, _by(DELIVERY, rows)), *there(INVOICES, sap, _by(INVOICE, rows))]
    return there(ORDERS, sap, [*_by(ORDER, rows), *_by(ORDER, between)])


def _drawn(sap: ServiceLayer, drawn: Listing, orders: Sequence[Row]) -> list[Row]:
    """Return what was made for these orders' customers since the first of them: lines cannot be asked for by themselves.

    QueryService_PostQuery, which joins lines, is there on HANA only.
    """
    since = f"CreationDate ge '{min((row['CreationDate'][:10] for row in orders), default='')}'"
    customers = [row["CardCode"] for row in orders]
    found = drawn.having(sap, "CardCode", customers, STANDING, since)
    return sorted(found, key=lambda row: row["id"])


def _by(sort: int, rows: Iterable[Row]) -> defaultdict[int, list[Row]]:
    """Return documents by the documents of another sort that their lines were drawn from."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        bases = (line["BaseEntry"] for line in row["DocumentLines"] or () if line["BaseType"] == sort)
        for base in dict.fromkeys(bases):
            found[base].append(row)
    return found
