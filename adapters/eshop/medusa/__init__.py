"""Medusa 2 (REST): options, fields (what is asked for), translate (pure), connector and one module a thing that it writes."""

from adapters.eshop.medusa.connector import MedusaConnector
from adapters.eshop.medusa.options import MedusaOptions

__all__ = ["MedusaConnector", "MedusaOptions"]
