"""Tryton 8, by its REST interface: products, list prices, stock and parties come from it, orders become its sales.

Reading order: options (what the user says), client (how Tryton is spoken to), translate (its documents and ours, pure),
connector (the port), parties and sales (writing).
"""

from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions

__all__ = ["TrytonConnector", "TrytonOptions"]
