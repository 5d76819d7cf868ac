"""The records in the middle: what a product, a price, an order ... is, whichever system they come from.

Pure: values go in and come out, nothing is read or written. Money and quantities are decimal strings, never floats.
"""

from hub.canonical.entity import ENTITIES, EntityModel
from hub.canonical.faults import FieldFault
from hub.canonical.records import Price, Product, Record, StockLevel
from hub.canonical.statuses import goes_on_after_all, moves_forward

__all__ = [
    "ENTITIES",
    "EntityModel",
    "FieldFault",
    "Price",
    "Product",
    "Record",
    "StockLevel",
    "goes_on_after_all",
    "moves_forward",
]
