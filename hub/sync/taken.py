"""What some documents come to: gathered in memory first, then stored at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.connector import Document, Unreadable
from hub.handler import PageReport
from hub.messages import RecordOutcome
from hub.store import Tx, bindings, history, intents, made, quarantine, records, unmatched
from hub.store.bindings import Binding
from hub.store.history import Conflict, Event
from hub.store.made import Made
from hub.sync.outgoing import meets
from hub.sync.system import Flow

NOTHING: Mapping[str, Any] = {}


class Arrival(NamedTuple):
    """What one document came to; for plans and for people."""

    entity: str
    key: str
    external_id: str
    outcome: str
    changed: Mapping[str, tuple[Any, Any]] = NOTHING
    lost: Sequence[Conflict] = ()
    cause: str = ""
    made: Mapping[str, Any] = NOTHING
    """The fields of a new record that nothing had to be merged with."""

    @property
    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """What has changed, of a new record all that it has: before, after."""
        return self.changed or {name: (None, value) for name, value in self.made.items()}


@dataclass(slots=True)
class Taken:
    """What the documents of one flow come to, in one run."""

    flow: Flow
    run: int
    counts: Counter[str] = field(default_factory=Counter[str])
    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    outcomes: list[RecordOutcome] = field(default_factory=list[RecordOutcome])
    writes: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    made: list[Made] = field(default_factory=list[Made])
    """What nobody had yet: neither among the writes nor among what is bound."""
    renamed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    bound: list[Binding] = field(default_factory=list[Binding])
    back: list[str] = field(default_factory=list[str])
    """The system's identities of what was gone and is there again."""
    events: list[Event] = field(default_factory=list[Event])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])
    caught: list[quarantine.Caught] = field(default_factory=list[quarantine.Caught])
    well: list[str] = field(default_factory=list[str])
    """Identities in quarantine that are settled."""
    unmatched: dict[str, str] = field(default_factory=dict[str, str])
    """The system's identity -> the key, of what is looked at again when there is a record of that key."""

    @property
    def matched(self) -> set[str]:
        """The system's identities of what is bound by now."""
        return {each.external_id for each in (*self.bound, *self.made)}

    def report(self, to: PageReport) -> None:
        """Add what came in to a page's report."""
        to.entity = self.flow.stream.entity
        to.counts = dict(Counter(to.counts) + self.counts)
        to.records += self.outcomes
        to.details += self.arrivals

    def came(self, arrival: Arrival) -> None:
        """Note a record that came in well."""
        self.counts[arrival.outcome] += 1
        if arrival.lost:
            self.counts["conflict"] += len(arrival.lost)
        self.arrivals.append(arrival)
        if arrival.outcome == "new":
            self.outcomes.append(RecordOutcome(key=arrival.key, outcome="new"))
        elif arrival.outcome == "update":
            self.outcomes.append(
                RecordOutcome(key=arrival.key, outcome="update", cause=", ".join(arrival.changed) or None)
            )

    def put_aside(
        self,
        document: Document,
        digest: str,
        why: Unreadable,
        *,
        needs: Mapping[str, str] | None = None,
        identity: str | None = None,
    ) -> None:
        """Put a document into quarantine, as it is: until it changes, it is not looked at with every reading."""
        entity = self.flow.stream.entity
        self.counts["quarantined"] += 1
        self.outcomes.append(RecordOutcome(key=why.key or document.id, outcome="quarantined", cause=why.cause))
        self.arrivals.append(Arrival(entity, why.key or "", document.id, "quarantined", cause=why.cause))
        self.caught.append(
            quarantine.Caught(
                system=self.flow.system.name,
                stream=self.flow.name,
                identity=identity or f"id:{document.id}",
                entity=entity,
                key=why.key,
                cause=why.cause,
                message=why.message,
                place=why.place._asdict() | {"version": digest},
                raw=dict(why.raw),
                external_id=document.id,
                needs=needs,
                run=self.run,
            )
        )

    def store(self, tx: Tx, latest: int) -> None:
        """Store everything; `latest`: the entity's revision, in the writer's turn."""
        system, entity = self.flow.system.name, self.flow.stream.entity
        for old, new in self.renamed:
            records.rename(tx, entity, old, new)
            bindings.rename(tx, entity, old, new)
            intents.rename(tx, entity, old, new)
            history.rename(tx, entity, old, new)
            quarantine.renamed(tx, entity, old)
        bindings.forget(tx, system, entity, self.matched.intersection(self.back))
        latest = made.put(tx, system, entity, self.made, run=self.run, latest=latest)
        writes = [records.Write(key, fields) for key, fields in self.writes.items()]
        records.write(tx, entity, writes, system=system, run=self.run, latest=latest)
        bindings.put(tx, system, entity, self.bound, self.run)
        if meets(self.flow):
            unmatched.put(tx, system, entity, self.unmatched)
            aside = [each.external_id for each in self.caught if each.external_id]
            unmatched.forget(tx, system, entity, [*self.matched, *aside])
        history.note(tx, self.events)
        history.keep(tx, self.conflicts)
        if self.well and quarantine.any_open(tx, system, self.flow.name):
            quarantine.settle(tx, system, self.flow.name, self.well)
        quarantine.put(tx, self.caught)
