"""What becomes of a record that came in: new, identical, update, differs, skipped. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["new", "identical", "update", "differs", "skipped"]
NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome for one record, and the record as it shall stand (as it stands, where nothing is to be written)."""

    outcome: Outcome
    fields: Mapping[str, Any]
    changed: tuple[str, ...] = ()
    """Names of the fields that differ."""


def merge(known: Mapping[str, Any] | None, incoming: Mapping[str, Any], policy: str) -> Merged:
    """Compare a record with what came in; fields that did not come in are not touched.

    `policy`: `insert` adds and changes nothing, `update` changes and adds nothing, `upsert` does both, `review` adds
    and keeps what differs for somebody to look at.
    """
    if known is None:
        return Merged("skipped" if policy == "update" else "new", incoming)
    changed = tuple(name for name, value in incoming.items() if known.get(name) != value)
    if not changed:
        return Merged("identical", known)
    if policy in ("update", "upsert"):
        return Merged("update", {**known, **incoming}, changed)
    return Merged("differs", known, changed)
