"""Warehouses whose data comes as files in a folder: price lists, stock levels, product lists; see `adapters.files`."""

from adapters.files.format import Format
from adapters.warehouse.connector import FilesConnector
from adapters.warehouse.options import FilesOptions

__all__ = ["FilesConnector", "FilesOptions", "Format"]
