"""Creates of which nobody knows whether they were carried out: when they are looked for, and how often (PAINS S6)."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from hub.store import Tx, intents, quarantine
from hub.store.quarantine import Entry
from hub.sync.system import Flow, System

UNANSWERED = "unanswered"
"""The cause in quarantine."""
LONG = timedelta(hours=1)
"""What has not been answered for so long rests: as long as it was tried, unless somebody wants it tried before."""
LONGEST_REST = timedelta(days=1)


def rests(entry: Entry, now: datetime) -> bool:
    """Tell whether a create that has been tried for long without an answer is left alone for the present."""
    # From the first time to the last, not until now: the hub may not have been there to try.
    tried = entry.changed_at - entry.since
    return entry.cause == UNANSWERED and tried > LONG and now < entry.changed_at + min(tried, LONGEST_REST)


def unanswered(tx: Tx, flow: Flow, keys: Collection[str]) -> list[Entry]:
    """Return what waits in quarantine of these creates because it was not answered."""
    if not keys:
        return []
    waiting = quarantine.by_identity(tx, flow.system.name, flow.name, [f"push:{key}" for key in keys])
    return [each for each in waiting.values() if each.cause == UNANSWERED]


def surely_over(tx: Tx, flow: Flow) -> dict[str, datetime]:
    """Return the creates of one stream that are to be looked for, each with when it has been carried out, or never will be.

    What waits for somebody in quarantine, or rests, is left out: it was looked for, and that did not help.
    """
    system, stream = flow.system.name, flow.stream
    made = intents.under_way(tx, system, stream.entity)
    waiting = quarantine.by_identity(tx, system, flow.name, [f"push:{key}" for key in made]) if made else {}
    left = {each.key for each in waiting.values() if each.cause != UNANSWERED or rests(each, tx.now)}
    late = timedelta(seconds=stream.late)
    return {key: at + late for key, at in made.items() if key not in left}


def due(tx: Tx, flow: Flow) -> list[str]:
    """Return the keys of the creates that can be looked for now."""
    return [key for key, at in surely_over(tx, flow).items() if at <= tx.now]


def due_of(tx: Tx, system: System, entity: str) -> list[str]:
    """Return the same, of the records of an entity that others wait for (an order's party)."""
    stream = system.stream_of(entity)
    return due(tx, system.flow(stream)) if stream else []


def next_look(tx: Tx, flows: Iterable[Flow]) -> datetime | None:
    """Return when the first of the creates can be looked for that cannot be yet, of these flows and what they need."""
    every = [each for flow in flows for each in (flow, *_needed(flow))]
    moments = [at for each in every for at in surely_over(tx, each).values()]
    return min((at for at in moments if at > tx.now), default=None)


def _needed(flow: Flow) -> list[Flow]:
    streams = map(flow.system.stream_of, sorted(set(flow.entity.references.values())))
    return [flow.system.flow(stream) for stream in streams if stream is not None]
