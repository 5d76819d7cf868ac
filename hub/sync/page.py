"""One page of a stream, compared with the records: outcomes, writes and what goes into quarantine."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.connector import Change, Page, Place, Unreadable
from hub.messages import RecordOutcome
from hub.store import Tx, quarantine, records
from hub.sync.merge import NOT_KNOWN, Merged, merge


@dataclass(slots=True)
class Compared:
    """What a page comes to."""

    counts: Counter[str] = field(default_factory=Counter[str])
    outcomes: list[RecordOutcome] = field(default_factory=list[RecordOutcome])
    writes: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    differing: list[tuple[Change, Merged]] = field(default_factory=list[tuple[Change, Merged]])
    agreed: list[str] = field(default_factory=list[str])
    """Keys that came in well, whatever waited under them is settled."""


def compare(tx: Tx, page: Page) -> Compared:
    """Compare a page with the records as they stand in this transaction."""
    known = dict(records.fields_of(tx, page.entity, {change.key for change in page.changes}))
    compared = Compared()
    for change in page.changes:
        merged = merge(known.get(change.key), change.fields, page.policy)
        known[change.key] = merged.fields
        _note(compared, change, merged)
    for row in page.unreadable:
        compared.counts["quarantined"] += 1
        compared.outcomes.append(
            RecordOutcome(key=row.key, outcome="quarantined", cause=row.cause, place=told(row.place))
        )
    return compared


def _note(compared: Compared, change: Change, merged: Merged) -> None:
    compared.counts[merged.outcome] += 1
    if merged.outcome in ("new", "update"):
        compared.writes[change.key] = merged.fields
    if merged.outcome == "differs":
        compared.differing.append((change, merged))
    else:
        compared.agreed.append(change.key)
    if merged.outcome != "identical":
        cause = NOT_KNOWN if merged.outcome == "skipped" else ", ".join(merged.changed) or None
        # A page's places would outweigh its outcomes; where everything went well the key says enough.
        place = told(change.place) if merged.outcome == "differs" else None
        compared.outcomes.append(RecordOutcome(key=change.key, outcome=merged.outcome, cause=cause, place=place))


def caught(page: Page, compared: Compared, *, system: str, stream: str, run: int) -> list[quarantine.Caught]:
    """Return what of a page waits in quarantine: what could not be read, and what differs and is for review."""
    waiting = [_unreadable(row, page.entity, system, stream, run) for row in page.unreadable]
    for change, merged in compared.differing:
        waiting.append(
            quarantine.Caught(
                system=system,
                stream=stream,
                identity=f"key:{change.key}",
                entity=page.entity,
                key=change.key,
                cause=quarantine.DIFFERS,
                message=f"differs from the record in {', '.join(merged.changed)}",
                place=change.place._asdict(),
                raw={name: str(merged.fields.get(name)) for name in merged.changed},
                proposed=dict(change.fields),
                run=run,
            )
        )
    return waiting


def _unreadable(row: Unreadable, entity: str, system: str, stream: str, run: int) -> quarantine.Caught:
    identity = f"key:{row.key}" if row.key else f"place:{row.place.source}:{row.place.sheet or ''}:{row.place.row}"
    return quarantine.Caught(
        system=system,
        stream=stream,
        identity=identity,
        entity=entity,
        key=row.key,
        cause=row.cause,
        message=row.message,
        place=row.place._asdict(),
        raw=dict(row.raw),
        run=run,
    )


def told(place: Place) -> str:
    """Return a place in words: `prices.xlsx, sheet Cennik, row 17, column EAN`."""
    parts = [place.source]
    if place.sheet:
        parts.append(f"sheet {place.sheet}")
    if place.row is not None:
        parts.append(f"row {place.row}")
    if place.column:
        parts.append(f"column {place.column}")
    return ", ".join(parts)
