"""What the options of a shop name: a channel, a place, a way to ship."""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.errors import Refused


def named(rows: Iterable[Mapping[str, Any]], what: str, name: str | None, key: str = "name") -> Mapping[str, Any]:
    """Return the one of this name, or the first there is, if none is named; Refused, if there is none.

    `what`: the shop's own word for them, `key`: the field with their names.
    """
    for row in rows:
        if name in (None, row[key]):
            return row
    raise Refused(f"the shop has no {what}{f' {name}' if name else ''}; make it there, or mend its name in hub.toml")
