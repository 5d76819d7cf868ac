"""Vendure 3, a shop with a GraphQL interface."""

from adapters.eshop.vendure.connector import VendureConnector
from adapters.eshop.vendure.options import VendureOptions

__all__ = ["VendureConnector", "VendureOptions"]
