"""Rules of what came in: each row's effect once, bad rows aside, no file lost."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson

from tests.simulation.folder import NO_NUMBER, Version

if TYPE_CHECKING:
    from tests.simulation.hub import SimHub


def rows_took_effect_once(hub: "SimHub") -> Iterator[str]:
    """Each record went through exactly the values that its system gave it, in their order, each once."""
    wanted = {("stock", f"{key}|MAG1"): values for key, values in _file_values(hub).items()}
    for system, stream, _, key, value in _changes(hub):
        if value is not None:
            wanted.setdefault((f"{system}-{stream}", key), []).append(value)
    had: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in hub.database.ask("SELECT entity, key, fields FROM seen_record ORDER BY seq"):
        fields = orjson.loads(row.fields)
        had[row.entity, row.key].append(str(fields.get("value", fields.get("on_hand"))))
    for place in sorted(wanted.keys() | had.keys()):
        if place[0] == "erp-parties" and "erp.parties" not in hub.world.jobs:
            continue
        if wanted.get(place, []) != had.get(place, []):
            yield f"each row's effect once: {place} should go {wanted.get(place)}, and went {had.get(place)}"


def _changes(hub: "SimHub") -> Iterator[tuple[str, str, int, str, str | None]]:
    """Yield system, stream, number, key and value of each change in the systems that are configured at the end."""
    for system in hub.world.systems.values():
        for stream, changes in system.changes.items():
            if f"{system.name}.{stream}" in hub.world.jobs:
                for number, (key, value) in enumerate(changes, 1):
                    yield system.name, stream, number, key, value


def _versions(hub: "SimHub") -> list[Version]:
    """Return the files that somebody could take, in the order in which they came."""
    return [each for exporter in hub.world.exporters.values() for each in exporter.delivered if not each.replaced]


def _file_values(hub: "SimHub") -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for version in _versions(hub):
        for sku, stock in version.rows:
            known = values.setdefault(sku, [])
            if stock != NO_NUMBER and known[-1:] != [stock]:
                known.append(stock)
    return {sku: known for sku, known in values.items() if known}


def bad_rows_wait(hub: "SimHub") -> Iterator[str]:
    """In quarantine is what could not be read in each file's latest version, and nothing else."""
    wanted: Counter[str] = Counter()
    for version in {each.name: each for each in _versions(hub)}.values():
        wanted.update(f"key:{sku}|MAG1" for sku, stock in version.rows if stock == NO_NUMBER)
    wanted.update(
        f"place:{system}/{stream}::{number}" for system, stream, number, _, value in _changes(hub) if value is None
    )
    rows = hub.database.ask("SELECT system, identity FROM quarantine WHERE state = 'open'")
    had = Counter(row.identity for row in rows if row.system != "erp" or "erp.parties" in hub.world.jobs)
    for identity in sorted((wanted - had) + (had - wanted)):
        what = "is missing" if wanted[identity] > had[identity] else "should not be there"
        yield f"bad rows wait, and only they: {identity} {what} in quarantine"


def files_put_away(hub: "SimHub") -> Iterator[str]:
    """Every file that was delivered and not written over lies in done/ once; nothing is left anywhere else."""
    incoming = hub.folder / "in"
    for path in sorted(incoming.rglob("*")):
        if path.is_file() and path.parent.name != "done":
            yield f"no file is left: {path.relative_to(incoming)}"
    wanted = Counter(version.name for version in _versions(hub))
    done = incoming / "done"
    had = Counter(path.name.partition("_")[2] for path in done.iterdir()) if done.is_dir() else Counter[str]()
    if wanted != had:
        yield f"no file is lost: in done/ should be {dict(sorted(wanted.items()))}, there are {dict(sorted(had.items()))}"
