"""The records in the middle: what a product, a price and a stock level are, whichever system they come from.

Pure: values go in and come out, nothing is read or written. Money and quantities are decimal strings, never floats.
"""

from hub.canonical.entity import ENTITIES, EntityModel
from hub.canonical.records import Price, Product, Record, StockLevel

__all__ = ["ENTITIES", "EntityModel", "Price", "Product", "Record", "StockLevel"]
