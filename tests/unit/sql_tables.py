"""A small SQLite database, and the connector that reads it."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from adapters.sql.connector import SqlConnector
from adapters.sql.options import SqlOptions
from hub.clock import SystemClock
from hub.connector import Page

PRODUCTS: Mapping[str, Any] = {
    "table": "article",
    "key": "id",
    "changed": "changed",
    "fields": {"sku": "sku", "name": "name", "active": "active"},
}


class Tables:
    """A database with the table `article`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        sqlite3.connect(folder / "erp.db").close()
        self.do("CREATE TABLE article (id, sku, name, active DEFAULT 1, removed DEFAULT 0, changed)")

    def do(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "erp.db")) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def add(self, number: int, changed: Any, **more: Any) -> None:
        row = {"id": number, "sku": f"S{number}", "name": f"Lamp {number}", "changed": changed, **more}
        self.do(f"INSERT INTO article ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())

    def connect(self, stream: Mapping[str, Any] = PRODUCTS, name: str = "products", **options: Any) -> SqlConnector:
        told = {"url": "sqlite:///erp.db", "streams": {name: dict(stream)}, **options}
        return SqlConnector("erp", SqlOptions.model_validate(told), self.folder, SystemClock())


def ids(pages: list[Page]) -> list[str]:
    return [document.id for page in pages for document in page.documents]
