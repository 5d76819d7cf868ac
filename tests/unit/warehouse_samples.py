"""What the warehouse's tests have in common: formats, a connector on a folder, a clock that stands."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.warehouse import FilesConnector, FilesOptions, Format
from hub.connector import Change, Page, Unreadable

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
STOCK = {"sku": "Indeks", "location": "Magazyn", "on_hand": "Stan"}
PRODUCTS = {"sku": "Indeks", "gtin": "EAN", "name": "Nazwa"}


@dataclass
class StandingClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


def stock_format(**more: Any) -> dict[str, Any]:
    return {"entity": "stock", "files": "STAN*", "columns": STOCK} | more


def product_format(**more: Any) -> dict[str, Any]:
    return {"entity": "products", "files": "*", "columns": PRODUCTS} | more


def connector(folder: Path, format_: Mapping[str, Any], **more: Any) -> FilesConnector:
    folder.mkdir(exist_ok=True)
    options = FilesOptions.model_validate({"source": str(folder), "formats": {"stock": format_}} | more)
    return FilesConnector("depot", options, folder, StandingClock())


def put(folder: Path, name: str, content: bytes | str, age: float = 3600, encoding: str = "utf-8") -> Path:
    """Put a file that nobody has touched for `age` seconds."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    changed = (NOW - timedelta(seconds=age)).timestamp()
    os.utime(path, (changed, changed))
    return path


def stock_csv(rows: int, first: int = 1) -> str:
    lines = [f"A{number:05d};MAG1;{number % 90 + 1}" for number in range(first, first + rows)]
    return "Indeks;Magazyn;Stan\n" + "".join(line + "\n" for line in lines)


def read(source: FilesConnector, since: Mapping[str, Any] | None = None) -> list[Page]:
    return list(source.read("stock", since))


def rows_of(pages: list[Page]) -> tuple[list[Change], list[Unreadable]]:
    return [change for page in pages for change in page.changes], [bad for page in pages for bad in page.unreadable]


def read_one(folder: Path, name: str, content: bytes | str, format_: Mapping[str, Any], **more: Any) -> Any:
    """Put one file, read it, and return its changes and what could not be read."""
    put(folder, name, content)
    return rows_of(read(connector(folder, format_, **more)))


def format_of(**given: Any) -> Format:
    return Format.model_validate(given)
