"""Systems that hub.toml calls otherwise than before: to the hub they would be new, and their orders be brought again."""

import tomllib
from typing import Any

from hub.config import Settings, SystemSettings
from hub.counting import counted
from hub.errors import Misconfigured
from hub.store import Tx, bindings, checkpoints, revisions


def refuse_renamed(tx: Tx, settings: Settings) -> None:
    """Raise Misconfigured where a system that the hub knows records of is gone, and one like it is new."""
    in_force = revisions.in_force(tx)
    known = checkpoints.systems(tx)
    named = known.union(tables_of(in_force) if in_force else ())
    new = [each for name, each in settings.systems.items() if name not in named]
    gone = sorted(known - settings.systems.keys()) if new else []
    for old in gone:
        bound, table = bindings.count_all(tx, old), last_table(tx, old)
        for each in new:
            if bound and table.get("kind") == each.kind and table.get("connector") == each.connector:
                raise Misconfigured(_in_words(old, bound, each, table))


def _in_words(old: str, bound: int, new: SystemSettings, table: dict[str, Any]) -> str:
    url = getattr(new.options, "url", None)
    where = ", at the same address" if url is not None and str(url) == table.get("url") else ""
    return (
        f"[systems.{old}] is gone, of which the hub knows {counted(bound, 'record')}, and [systems.{new.name}] is new, by the same "
        f"connector ({new.connector}{where}): under another name the hub would begin anew with it, and what was brought "
        f"before would be brought again, orders too. If it is the same system, call it {old} as before; if it is "
        "another one, say so with --as-new"
    )


def last_table(tx: Tx, system: str) -> dict[str, Any]:
    """Return what was last said of a system."""
    for each in revisions.history(tx):
        if system in (tables := tables_of(each)):
            return tables[system]
    return {}


def tables_of(revision: revisions.Revision) -> dict[str, Any]:
    """Return what a revision says of systems, by name."""
    return tomllib.loads(revision.source.removeprefix("\ufeff")).get("systems", {})
