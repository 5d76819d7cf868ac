"""What a pull would do, before it does it: the same way up to the writes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.connector import Connector, Unreadable
from hub.store import Store, checkpoints, records
from hub.sync.merge import Outcome, merge

EXAMPLES = 5
"""Of each outcome."""


@dataclass(frozen=True, slots=True)
class Example:
    """A record that would change."""

    key: str
    outcome: Outcome
    changes: Mapping[str, tuple[Any, Any]]
    """Field: before, after."""


@dataclass(slots=True)
class Plan:
    """What one stream would bring."""

    system: str
    stream: str
    entity: str = ""
    counts: Counter[str] = field(default_factory=Counter[str])
    examples: list[Example] = field(default_factory=list[Example])
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])
    notes: list[str] = field(default_factory=list[str])
    sources: list[str] = field(default_factory=list[str])


def plan(store: Store, connector: Connector, system: str, stream: str, examples: int = EXAMPLES) -> Plan:
    """Return what pulling a stream now would do; changes nothing. Raises TryLater or Refused."""
    planned = Plan(system, stream)
    pending: dict[str, Mapping[str, Any]] = {}
    with store.read() as tx:
        since = checkpoints.get(tx, system, stream)
    for page in connector.peek(stream, since.value):
        planned.entity = page.entity
        planned.notes += page.notes
        if page.completes:
            planned.sources.append(page.completes.source)
        with store.read() as tx:
            known = {**records.fields_of(tx, page.entity, {change.key for change in page.changes})}
        for change in page.changes:
            before = pending.get(change.key) or known.get(change.key)
            merged = merge(before, change.fields, page.policy)
            planned.counts[merged.outcome] += 1
            if merged.outcome in ("new", "update"):
                # Later rows of the same key compare with this one, as they will when it is stored.
                pending[change.key] = merged.fields
            _show(planned, change.key, merged.outcome, before, change.fields, examples)
        planned.counts["quarantined"] += len(page.unreadable)
        planned.unreadable += page.unreadable[: max(examples - len(planned.unreadable), 0)]
    planned.counts = +planned.counts
    return planned


def _show(
    planned: Plan,
    key: str,
    outcome: Outcome,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    examples: int,
) -> None:
    if outcome == "identical" or sum(each.outcome == outcome for each in planned.examples) >= examples:
        return
    old = before or {}
    changes = {name: (old.get(name), value) for name, value in after.items() if old.get(name) != value}
    planned.examples.append(Example(key, outcome, changes))


def any_change(plan: Plan) -> bool:
    """Return whether a plan would do something."""
    return any(count for name, count in plan.counts.items() if name != "identical")
