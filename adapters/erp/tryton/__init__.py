"""Tryton 8: products, list prices, stock and parties come from it, orders become its sales."""

from adapters.erp.tryton.connector import TrytonConnector
from adapters.erp.tryton.options import TrytonOptions

__all__ = ["TrytonConnector", "TrytonOptions"]
