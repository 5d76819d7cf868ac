"""Rows of the Service Layer's lists -> documents, with the names of what they refer to by number."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.checks import Amiss
from adapters.declared import Row
from adapters.erp.orders import plain
from adapters.erp.reference import OURS
from adapters.erp.sapb1.client import ServiceLayer
from adapters.erp.sapb1.lists import Listing
from hub.connector import Document

ITEMS = Listing(
    "Items",
    "ItemCode",
    "ItemCode,ItemName,User_Text,BarCode,ItemsGroupCode,Manufacturer,SalesVATGroup,SalesItem,Frozen",
)
PRICED = Listing("Items", "ItemCode", "ItemCode,ItemPrices")
STORED = Listing("Items", "ItemCode", "ItemCode,ItemWarehouseInfoCollection", "InventoryItem eq 'tYES'")
PARTNERS = Listing(
    "BusinessPartners",
    "CardCode",
    "CardCode,CardName,CardType,CompanyPrivate,FederalTaxID,EmailAddress,Phone1,Notes,PriceListNum,CreditLimit,Frozen,"
    "BPAddresses",
    "CardType ne 'cLid'",
)
DATED = ("UpdateDate,UpdateTime",)
ORDERS = Listing(
    "Orders",
    "DocEntry",
    "DocEntry,CardCode,NumAtCard,DocumentStatus,Cancelled,Confirmed,CreationDate",
    f"contains(NumAtCard, ' {OURS}')",
    DATED,
)
"""Those that the hub brought."""
STANDING = "CancelStatus eq 'csNo'"
"""A delivery or invoice is cancelled by another: neither counts (CancelStatus csYes and csCancellation)."""
DELIVERIES = Listing(
    "DeliveryNotes", "DocEntry", "DocEntry,TrackingNumber,TransportationCode,DocumentLines", STANDING, DATED
)
INVOICES = Listing("Invoices", "DocEntry", "DocEntry,DocNum,DocumentLines", STANDING, DATED)
ORDER, DELIVERY = 17, 15
"""What BaseType says (BoObjectTypes)."""
PLACE = "AddressName2,AddressName3,Street,BuildingFloorRoom,City,ZipCode,County,State,Country,AddressType"


def _kept(row: Row, fields: str, *more: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a row what counts, with what else is to be said of it."""
    kept = {name: row.get(name) for name in fields.split(",")}
    return {name: value for each in (kept, *more) for name, value in each.items()}


def items(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield items with their group, manufacturer and tax rate; manufacturer -1 is none."""
    groups, makers = (
        sap.names("ItemGroups", "Number", "GroupName"),
        sap.names("Manufacturers", "Code", "ManufacturerName"),
    )
    rates = vat_rates(sap)
    for row in rows:
        maker = makers.get(row["Manufacturer"]) if row["Manufacturer"] != -1 else None
        told = {"category": groups.get(row["ItemsGroupCode"]), "brand": maker}
        yield Document(row["id"], _kept(row, ITEMS.fields, told, {"tax_rate": rates.get(row["SalesVATGroup"])}))


def vat_rates(sap: ServiceLayer) -> dict[str, str]:
    """Return the VAT groups of sales that are in use -> their rate today, in per cent."""
    today = f"{sap.clock.now().astimezone(sap.options.place):%Y-%m-%d}"
    groups = sap.rows(
        "VatGroups", "Code,VatGroups_Lines", "Category eq 'bovcOutputTax'", "Inactive eq 'tNO'", key="Code"
    )
    begun = {
        row["Code"]: [each for each in row["VatGroups_Lines"] if each["Effectivefrom"][:10] <= today] for row in groups
    }
    newest = {code: max(lines, key=lambda each: each["Effectivefrom"]) for code, lines in begun.items() if lines}
    return {code: plain(Decimal(str(line["Rate"]))) for code, line in newest.items()}


def prices(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield what each item costs on each price list that is meant; a price of zero is none."""
    lists = sap.rows("PriceLists", "PriceListNo,PriceListName,IsGrossPrice", key="PriceListNo") if rows else []
    there = _meant(sap, "price list", sap.options.price_lists, {each["PriceListName"]: each for each in lists}, rows)
    told = {
        each["PriceListNo"]: {"list": each["PriceListName"], "gross": each["IsGrossPrice"]} for each in there.values()
    }
    for row in rows:
        for each in row["ItemPrices"] or ():
            if each["Price"] and each["PriceList"] in told:
                own = {"ItemCode": row["id"], "Price": each["Price"], "Currency": each["Currency"]}
                yield Document(f"{row['id']}|{each['PriceList']}", own | told[each["PriceList"]])


def levels(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield how much of each item lies in each warehouse that is meant."""
    names = sap.names("Warehouses", "WarehouseCode", "WarehouseName") if rows else {}
    there = _meant(sap, "warehouse", sap.options.storage, names, rows)
    for row in rows:
        for each in row["ItemWarehouseInfoCollection"] or ():
            if each["WarehouseCode"] in there:
                told = {"ItemCode": row["id"]}
                own = _kept(each, "WarehouseCode,InStock,Committed", told)
                yield Document(f"{row['id']}|{each['WarehouseCode']}", own)


def _meant(
    sap: ServiceLayer, what: str, named: Mapping[str, str], there: Mapping[str, Any], rows: Sequence[Row]
) -> dict[str, Any]:
    """Return those of a sort that the options name, or all. Raises Amiss, if one is not there."""
    if rows and (missing := {*named} - {*there}):
        raise Amiss(f"there is no {what} {', '.join(sorted(missing))}", f"mend it in [systems.{sap.name}]")
    return {name: each for name, each in there.items() if not named or name in named}


def partners(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield customers and suppliers with the name of their price list."""
    lists = sap.names("PriceLists", "PriceListNo", "PriceListName")
    for row in rows:
        places = [_kept(each, PLACE) for each in row["BPAddresses"] or ()]
        told = {"BPAddresses": places, "price_list": lists.get(row["PriceListNum"])}
        yield Document(row["id"], _kept(row, PARTNERS.fields, told))


def orders(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield orders, with the parcels and the first invoice of what was drawn from them."""
    deliveries, invoices = _drawn(sap, DELIVERIES, rows), _drawn(sap, INVOICES, rows)
    sent = _by_base(deliveries, ORDER)
    billed = _by_base(invoices, ORDER)
    by_delivery = _by_base(invoices, DELIVERY)
    carriers = sap.names("ShippingTypes", "Code", "Name") if deliveries else {}
    for row in rows:
        own = sent[row["id"]]
        bills = [*billed[row["id"]], *(bill for each in own for bill in by_delivery[each["id"]])]
        parcels = [
            {"number": each["TrackingNumber"], "carrier": carriers.get(each["TransportationCode"])}
            for each in own
            if each["TrackingNumber"]
        ]
        invoice = min(bills, key=lambda bill: bill["id"])["DocNum"] if bills else None
        told = {"delivered": bool(own), "parcels": parcels, "invoice": str(invoice) if invoice else None}
        yield Document(str(row["id"]), _kept(row, "DocEntry,NumAtCard,DocumentStatus,Cancelled,Confirmed", told))


def _drawn(sap: ServiceLayer, listing: Listing, orders: Sequence[Row]) -> list[Row]:
    """Return what was made for these orders' customers since the first of them: lines cannot be asked for by themselves.

    QueryService_PostQuery, which joins lines, is there on HANA only.
    """
    since = min((row["CreationDate"][:10] for row in orders), default="")
    customers = [row["CardCode"] for row in orders]
    found = sap.having(
        listing.name, listing.fields, "CardCode", customers, STANDING, f"CreationDate ge '{since}'", key="DocEntry"
    )
    return sorted(found, key=lambda row: row["id"])


def _by_base(rows: Iterable[Row], sort: int) -> defaultdict[int, list[Row]]:
    """Return documents by the documents of another sort that their lines were drawn from."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        for base in dict.fromkeys(
            line["BaseEntry"] for line in row["DocumentLines"] or () if line.get("BaseType") == sort
        ):
            found[base].append(row)
    return found


def orders_of(sap: ServiceLayer, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the orders that deliveries, or invoices, were drawn from."""
    deliveries = DELIVERIES.some(sap, _by_base(rows, DELIVERY))
    return ORDERS.some(sap, [*_by_base(rows, ORDER), *_by_base(deliveries, ORDER)])
