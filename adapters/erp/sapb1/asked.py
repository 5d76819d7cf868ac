"""Rows of items and business partners -> documents, with the names of what they refer to by number."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.asking.checks import named
from adapters.erp.orders import plain
from adapters.erp.sapb1.client import ServiceLayer
from adapters.erp.sapb1.lists import listing
from adapters.erp.sapb1.translate import YES
from adapters.fields import picked, tree
from adapters.rows import Row
from hub.connector import Document

ITEMS = listing(
    "Items",
    "ItemCode",
    "ItemCode ItemName User_Text BarCode ItemsGroupCode Manufacturer SalesVATGroup SalesItem "
    "Valid ValidFrom ValidTo Frozen FrozenFrom FrozenTo",
)
PRICED = listing("Items", "ItemCode", "ItemCode ItemPrices")
STORED = listing(
    "Items", "ItemCode", "ItemCode SalesItemsPerUnit ItemWarehouseInfoCollection", "InventoryItem eq 'tYES'"
)
PARTNERS = listing(
    "BusinessPartners",
    "CardCode",
    "CardCode CardName CardType CompanyPrivate FederalTaxID EmailAddress Phone1 Notes PriceListNum CreditLimit Frozen "
    "BPAddresses",
    "CardType ne 'cLid'",
)
PLACE = "AddressName2 AddressName3 Street BuildingFloorRoom City ZipCode County State Country AddressType"
NO_MAKER = -1


def kept(row: Row, fields: str) -> dict[str, Any]:
    """Return of a row what counts; `fields`: parted by blanks."""
    return picked(row, tree(fields))


def items(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield items with their group, manufacturer and tax rate."""
    groups = sap.names("ItemGroups", "Number", "GroupName")
    makers = {**sap.names("Manufacturers", "Code", "ManufacturerName"), NO_MAKER: None}
    rates, today = vat_rates(sap), _today(sap)
    for row in rows:
        about = {
            "usable": _usable(row, today),
            "category": groups.get(row["ItemsGroupCode"]),
            "brand": makers.get(row["Manufacturer"]),
        }
        yield Document(row["id"], kept(row, ITEMS.fields) | about | {"tax_rate": rates.get(row["SalesVATGroup"])})


def _today(sap: ServiceLayer) -> str:
    return f"{sap.clock.now().astimezone(sap.options.place):%Y-%m-%d}"


def _usable(item: Row, today: str) -> bool:
    """Tell whether an item is active on a day: either mark may hold for a while only (SDK help, Items: ValidFrom ...)."""

    def holds(mark: str) -> bool:
        return (item[f"{mark}From"] or "")[:10] <= today <= (item[f"{mark}To"] or "9999")[:10]

    frozen = item["Frozen"] == YES and holds("Frozen")
    return not frozen and (item["Valid"] != YES or holds("Valid"))


def vat_rates(sap: ServiceLayer) -> dict[str, str]:
    """Return the VAT groups of sales that are in use -> their rate today, in per cent."""
    today = _today(sap)
    used = ("Category eq 'bovcOutputTax'", "Inactive eq 'tNO'")
    rates: dict[str, str] = {}
    for row in sap.rows("VatGroups", "Code VatGroups_Lines", *used, key="Code"):
        begun = [line for line in row["VatGroups_Lines"] if line["Effectivefrom"][:10] <= today]
        if begun:
            newest = max(begun, key=lambda line: line["Effectivefrom"])
            rates[row["Code"]] = plain(Decimal(str(newest["Rate"])))
    return rates


def prices(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield what each item costs on each price list that is meant; a price of zero is none."""
    lists = sap.rows("PriceLists", "PriceListName IsGrossPrice", key="PriceListNo")
    there = _meant(
        sap, "price list", "price_lists", sap.options.price_lists, {each["PriceListName"]: each for each in lists}
    )
    by_number = {each["PriceListNo"]: each for each in there.values()}
    for row in rows:
        for price in row["ItemPrices"] or ():
            if price["Price"] and (its := by_number.get(price["PriceList"])):
                told = {"ItemCode": row["id"], **kept(price, "Price Currency")}
                own = {"list": its["PriceListName"], "gross": its["IsGrossPrice"]}
                yield Document(f"{row['id']}|{price['PriceList']}", told | own)


def levels(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield how much of each item lies in each warehouse that is meant."""
    there = _meant(
        sap, "warehouse", "storage", sap.options.storage, sap.names("Warehouses", "WarehouseCode", "WarehouseName")
    )
    for row in rows:
        for each in row["ItemWarehouseInfoCollection"] or ():
            if each["WarehouseCode"] in there:
                told = kept(row, "ItemCode SalesItemsPerUnit") | kept(each, "WarehouseCode InStock Committed")
                yield Document(f"{row['id']}|{each['WarehouseCode']}", told)


def _meant(
    sap: ServiceLayer, what: str, option: str, wanted: Mapping[str, str], there: Mapping[str, Any]
) -> dict[str, Any]:
    """Return those of a sort that the options name, or all. Raises Amiss, if one is not there."""
    for name in wanted:
        named(what, name, there, f"under {option} in [systems.{sap.name}]")
    return {name: each for name, each in there.items() if not wanted or name in wanted}


def partners(sap: ServiceLayer, rows: Sequence[Row]) -> Iterator[Document]:
    """Yield customers and suppliers with the name of their price list."""
    lists = sap.names("PriceLists", "PriceListNo", "PriceListName")
    for row in rows:
        places = [kept(each, PLACE) for each in row["BPAddresses"] or ()]
        told = {"BPAddresses": places, "price_list": lists.get(row["PriceListNum"])}
        yield Document(row["id"], kept(row, PARTNERS.fields) | told)
