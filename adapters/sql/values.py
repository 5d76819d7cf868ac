"""What the statements of a write may name: our fields, as the database knows what they mean."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from adapters.sql.reading import Source
from adapters.sql.shape import converted, writing
from hub.canonical import EntityModel
from hub.connector import Write

PRODUCTS = "products"


def values_of(connection: sa.Connection, source: Source, entity: EntityModel, write: Write) -> dict[str, Any]:
    """Return a record's fields, what it refers to by the database's own keys, its key's columns, `id`, `reference`."""
    options = source.database.options
    zone = ZoneInfo(options.timezone)
    given = converted(entity.model, write.record, writing(zone, naive=source.database.backend != "postgresql"))
    record: dict[str, Any] = {**dict.fromkeys(entity.fields), **given}
    for name, other in entity.references.items():
        if other != PRODUCTS and record[name] is not None:
            record[name] = write.links.get(other, {}).get(record[name])
    products = write.links.get(PRODUCTS, {})
    if record.get("lines"):
        record["lines"] = [{**line, "product": products.get(line.get("sku"))} for line in record["lines"]]
    more = {"reference": write.reference, "product": products.get(record.get("sku") or "")}
    return record | more | source.key_parts(connection, write.id)


def in_words(given: Any) -> Any:
    """Return a record with numbers and times as text, as records have them: to_number would cut a Decimal to a whole."""
    match given:
        case Mapping():
            return {name: in_words(each) for name, each in cast("Mapping[str, Any]", given).items()}
        case list() | tuple():
            return [in_words(each) for each in cast("Sequence[Any]", given)]
        case Decimal():
            return format(given, "f")
        case date():
            return given.isoformat()
        case _:
            return given


def bindable(given: Any, backend: str) -> Any:
    """Return a value as the drivers take it; lists and records as JSON text."""
    match given:
        case list() | tuple() | Mapping():
            return orjson.dumps(given, default=str).decode()
        case bool() if backend in ("oracle", "firebird"):
            return int(given)
        case int() | Decimal() if backend == "firebird":
            return format(given, "f" if isinstance(given, Decimal) else "d")  # the server rounds; the driver would cut
        case datetime() if backend == "sqlite":
            return given.isoformat(" ")
        case Decimal() | date() if backend == "sqlite":
            return str(given)
        case _:
            return given
