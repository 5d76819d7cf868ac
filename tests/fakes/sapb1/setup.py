"""What a company has set up: groups, price lists, warehouses, tax."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.sapb1 import documents

FIXED: Mapping[str, tuple[str, Sequence[Mapping[str, Any]]]] = {
    "ItemGroups": ("ItemGroup", [{"Number": 100, "GroupName": "Lamps"}]),
    "Manufacturers": ("Manufacturer", [{"Code": 3, "ManufacturerName": "Lux"}]),
    "PriceLists": (
        "PriceList",
        [
            {"PriceListNo": 1, "PriceListName": "Base", "IsGrossPrice": "tNO", "Active": "tYES"},
            {"PriceListNo": 2, "PriceListName": "Retail", "IsGrossPrice": "tYES", "Active": "tYES"},
        ],
    ),
    "Warehouses": ("Warehouse", [{"WarehouseCode": "01", "WarehouseName": "Main", "Inactive": "tNO"}]),
    "ShippingTypes": ("ShippingType", [{"Code": 1, "Name": "DHL"}]),
    "VatGroups": (
        "VatGroup",
        [
            {
                "Code": code,
                "Name": code,
                "Category": "bovcOutputTax",
                "Inactive": "tNO",
                "VatGroups_Lines": [
                    {"Effectivefrom": "2000-01-01T00:00:00Z", "Rate": 19.0},
                    {"Effectivefrom": "2011-01-01T00:00:00Z", "Rate": float(rate)},
                    {"Effectivefrom": "2999-01-01T00:00:00Z", "Rate": 99.0},
                ],
            }
            for code, rate in documents.RATES.items()
        ],
    ),
}
