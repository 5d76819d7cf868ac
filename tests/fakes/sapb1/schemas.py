"""What entities have: the properties that are used here, with their types (metadata) and lengths (sdk)."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, str]
"""Property -> `text`, `text:LENGTH`, `number`, `date`, `time`, `list:SCHEMA`, `part:SCHEMA`, or the words of an enumeration."""

YES = "tYES tNO"
MARKS = {"date": "CreateDate UpdateDate", "time": "CreateTime UpdateTime"}
READ_ONLY = {"DocEntry", "DocNum", "DocTotal", "DocTotalFc", "RoundingDiffAmountFc", "UpdateDate", "CreateDate"}
PARTS = [
    "Street",
    "StreetNo",
    "Block",
    "Building",
    "City",
    "ZipCode",
    "County",
    "State",
    "Country",
    "Address2",
    "Address3",
]


def _of(names: Mapping[str, str]) -> Schema:
    """Return a schema; `names`: type -> the properties of it, parted by blanks."""
    return {name: kind for kind, some in names.items() for name in some.split()}


SCHEMAS: Mapping[str, Schema] = {
    "Item": _of(
        {
            "text:50": "ItemCode",
            "text:100": "ItemName ForeignName InventoryUOM SalesUnit",
            "text:254": "BarCode",
            "text:8": "SalesVATGroup",
            "text": "User_Text",
            "number": "ItemsGroupCode Manufacturer SalesItemsPerUnit",
            YES: "SalesItem InventoryItem Valid Frozen",
            "list:ItemPrice": "ItemPrices",
            "list:ItemWarehouseInfo": "ItemWarehouseInfoCollection",
            **MARKS,
            "date": f"{MARKS['date']} ValidFrom ValidTo FrozenFrom FrozenTo",
        }
    ),
    "BusinessPartner": _of(
        {
            "text:15": "CardCode",
            "text:100": "CardName EmailAddress Notes",
            "text:50": "Phone1 Cellular",
            "text:32": "FederalTaxID",
            "text:18": "AdditionalID",
            "text:3": "Currency",
            "number": "Series PriceListNum CreditLimit GroupCode",
            "cCustomer cSupplier cLid": "CardType",
            "cCompany cPrivate cGovernment cEmployee": "CompanyPrivate",
            YES: "Valid Frozen",
            "list:BPAddress": "BPAddresses",
            "list:BPBranch": "BPBranchAssignment",
            **MARKS,
        }
    ),
    "Document": _of(
        {
            "number": "DocEntry DocNum DocTotal DocTotalFc DiscountPercent RoundingDiffAmount RoundingDiffAmountFc Series "
            "TransportationCode BPL_IDAssignedToInvoice",
            "csYes csNo csCancellation": "CancelStatus",
            "date": "DocDate DocDueDate TaxDate UpdateDate CreationDate",
            "time": "UpdateTime",
            "text:15": "CardCode",
            "text:100": "NumAtCard",
            "text:254": "Comments",
            "text:3": "DocCurrency",
            "text:30": "TrackingNumber",
            YES: "Cancelled Confirmed Rounding ReserveInvoice",
            "bost_Open bost_Close bost_Paid bost_Delivered": "DocumentStatus",
            "list:DocumentLine": "DocumentLines",
            "part:AddressExtension": "AddressExtension",
        }
    ),
    "BPAddress": _of(
        {
            "text:50": "AddressName AddressName2 AddressName3",
            "text:100": "Street StreetNo Block BuildingFloorRoom City County",
            "text:20": "ZipCode",
            "text:15": "BPCode",
            "text:3": "Country State",
            "number": "RowNum",
            "bo_BillTo bo_ShipTo": "AddressType",
        }
    ),
    "BPBranch": _of({"number": "BPLID", "text:15": "BPCode", YES: "DisabledForBP"}),
    "DocumentLine": _of(
        {
            "number": "LineNum Quantity UnitPrice PriceAfterVAT DiscountPercent LineTotal BaseType BaseEntry BaseLine",
            "text:50": "ItemCode",
            "text:200": "ItemDescription",
            "text:100": "FreeText",
            "text:8": "VatGroup WarehouseCode",
            "bost_Open bost_Close": "LineStatus",
        }
    ),
    "AddressExtension": {f"{way}{part}": "text:100" for way in ("ShipTo", "BillTo") for part in PARTS},
    "ItemPrice": _of({"number": "PriceList Price", "text:3": "Currency"}),
    "ItemWarehouseInfo": _of({"text:8": "WarehouseCode", "number": "InStock Committed Ordered"}),
    "ItemGroup": _of({"number": "Number", "text:20": "GroupName"}),
    "Manufacturer": _of({"number": "Code", "text:30": "ManufacturerName"}),
    "PriceList": _of({"number": "PriceListNo", "text:32": "PriceListName", YES: "IsGrossPrice Active"}),
    "Warehouse": _of({"text:8": "WarehouseCode", "text:100": "WarehouseName", YES: "Inactive"}),
    "ShippingType": _of({"number": "Code", "text:100": "Name"}),
    "VatGroup": _of(
        {
            "text:8": "Code",
            "text:100": "Name",
            "bovcOutputTax bovcInputTax": "Category",
            YES: "Inactive",
            "list:VatGroupLine": "VatGroups_Lines",
        }
    ),
    "VatGroupLine": _of({"date": "Effectivefrom", "number": "Rate"}),
}


class Wrong(Exception):
    """What was sent is not as the schema wants it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(name: str, given: Mapping[str, Any]) -> None:
    """Refuse a body as the Service Layer does (seen: unknown property -1000, value of an enumeration -1004).

    What can only be read is passed over by it; nobody should send that.
    """
    assert not READ_ONLY & given.keys()
    for field, value in given.items():
        kind = SCHEMAS[name].get(field)
        if kind is None:
            raise Wrong(-1000, f"Property '{field}' of '{name}' is invalid")
        if value is not None:
            _check_value(name, field, kind, value)


def _check_value(name: str, field: str, kind: str, value: Any) -> None:
    sort, _, detail = kind.partition(":")
    if sort == "list":
        for each in value:
            check(detail, each)
    elif sort == "part":
        check(detail, value)
    elif sort == "number":
        if type(value) not in (int, float):
            raise Wrong(-1002, f"Value is invalid for property '{field}' of '{name}'")
    elif not isinstance(value, str):
        raise Wrong(-1002, f"Value is invalid for property '{field}' of '{name}'")
    elif sort == "text" and detail and len(value) > int(detail):
        raise Wrong(-1003, f"Value too long in property '{field}' of '{name}'")
    elif " " in kind and value not in kind.split():
        raise Wrong(-1004, f"'{value}' is not a valid value for property '{field}'")
