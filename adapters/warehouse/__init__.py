"""Warehouses whose data comes as files in a folder: price lists, stock levels, product lists.

Reading order: options and format (what the user says), connector (the port), files (taking), intake (one file),
readers and one reader a file type, translate (a row to a record), pages.
"""

from adapters.warehouse.connector import FilesConnector
from adapters.warehouse.format import Format
from adapters.warehouse.options import FilesOptions

__all__ = ["FilesConnector", "FilesOptions", "Format"]
