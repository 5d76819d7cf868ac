"""JMESPath over rows and records. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.parser import ParsedResult


def found(path: str, record: Mapping[str, Any]) -> Any:
    """Return what an expression finds. Raises ValueError where a function is handed what it cannot take."""
    column = column_of(path)
    return record.get(column) if column is not None else _compiled(path).search(record)


@lru_cache(1000)
def column_of(path: str) -> str | None:
    """Return the column that an expression names, if it does nothing else."""
    parsed: Mapping[str, Any] = _compiled(path).parsed
    return parsed["value"] if parsed["type"] == "field" else None


@lru_cache(1000)
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)
