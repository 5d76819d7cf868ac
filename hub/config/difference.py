"""What a new configuration changes, key by key, for `hub apply` to show."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from hub.config.faults import Path, place_of
from hub.config.load import load
from hub.config.syntax import as_list, as_table
from hub.config.tables import Connectors


@dataclass(frozen=True, slots=True)
class Changed:
    """One key whose value differs. Secrets are references, so that both values may be shown."""

    place: str
    """The key as it would be written in TOML."""
    old: Any
    """The value as it was, JSON-ready; None if the key was not there."""
    new: Any
    """The value as it will be, JSON-ready; None if the key is gone."""


def difference(before: str | None, after: str, connectors: Connectors) -> list[Changed]:
    """Return the keys that a new text sets otherwise, in the new text's order, then those it no longer has.

    Raises Faults if the new text has any. The old text was judged when it was applied, by the connectors of its time,
    and only has to be TOML still.
    """
    load(after, connectors)
    old = dict(_leaves(_data(before or "")))
    new = dict(_leaves(_data(after)))
    return [
        Changed(place_of(path), old.get(path), new.get(path))
        for path in dict.fromkeys((*new, *old))
        if repr(old.get(path)) != repr(new.get(path))
    ]


def _data(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\ufeff"))


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    table = as_table(value)
    if table is not None and (table or not path):
        for key, inner in table.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, _json_ready(value)


def _json_ready(value: Any) -> Any:
    table, values = as_table(value), as_list(value)
    if table is not None:
        return {key: _json_ready(inner) for key, inner in table.items()}
    if values is not None:
        return [_json_ready(inner) for inner in values]
    return value.isoformat() if isinstance(value, date | time) else value
