"""What there is to know of a system: what goes which way, what is bound, what waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.app.logins import Standing
from hub.config import Settings, SystemSettings
from hub.connector import Stream
from hub.store import Tx, bindings, breakers, quarantine
from hub.sync import System
from hub.sync.outgoing import may_create
from hub.sync.ownership import owner_of
from hub.sync.scanning import stands
from hub.sync.system import Flow


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field, which way it goes as seen from the hub, and who wins when both sides have changed it."""

    name: str
    direction: str
    owner: str


@dataclass(frozen=True, slots=True)
class StreamView:
    """A stream of a system."""

    stream: str
    entity: str
    fields: list[FieldView]
    reads: str
    """`changes` where the system can be asked for what has changed, `everything`, `deliveries`, or `nothing`."""
    only: str | None
    """The expression that must hold for what it gets; none: it gets all."""
    takes: bool
    """Whether records that the hub lacks are taken."""
    creates: bool
    """Whether records that it lacks are made there."""
    deletes_come: bool
    """Whether a record that is gone there is deleted here."""
    removes: bool
    """Whether a record that it should not have any more is taken away there."""
    bound: int
    owed: int
    """To be brought there with the next run."""
    parked: int
    waiting: int
    """In quarantine."""
    scanned_at: datetime | None
    """When everything was compared last."""
    scanning: bool


@dataclass(frozen=True, slots=True)
class SystemView:
    """A system."""

    name: str
    kind: str
    connector: str
    jobs: list[str]
    left_alone_since: datetime | None
    waiting: int
    streams: list[StreamView] = field(default_factory=list[StreamView])
    fault: str | None = None
    """Why its streams cannot be told."""
    login: Standing | None = None
    """None: nobody has to log in."""


def system_view(tx: Tx, settings: Settings, name: str, exchange: System | None, fault: str | None) -> SystemView:
    """Look at a system. `exchange`: none if it delivers files, or cannot be opened."""
    system: SystemSettings = settings.systems[name]
    breaker = breakers.find(tx).get(name)
    waiting = _waiting(tx, name)
    streams = [_stream(tx, exchange.flow(each), waiting) for each in exchange.connector.streams] if exchange else []
    return SystemView(
        name=name,
        kind=system.kind,
        connector=system.connector,
        jobs=[job.name for job in settings.all_jobs().values() if job.system == name],
        left_alone_since=breaker.opened_at if breaker else None,
        waiting=sum(waiting.values()),
        streams=streams,
        fault=fault,
    )


def _waiting(tx: Tx, system: str) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for each in quarantine.groups(tx, system):
        counts[each.stream] = counts.get(each.stream, 0) + each.count
    return counts


def _stream(tx: Tx, flow: Flow, waiting: Mapping[str, int]) -> StreamView:
    stream, system = flow.stream, flow.system
    scan, _ = stands(tx, flow)
    counted = bindings.counts(tx, system.name, stream.entity)
    return StreamView(
        stream=flow.name,
        entity=stream.entity,
        fields=[
            FieldView(name, way, owner_of(stream.entity, name, system.owners)) for name, way in flow.directions.items()
        ],
        reads=_reads(stream),
        only=_only(flow),
        takes=flow.makes,
        creates=flow.goes and may_create(flow),
        deletes_come=stream.reads and stream.asked and flow.leads,
        removes=stream.removes and flow.follows,
        bound=counted.bound,
        owed=counted.owed,
        parked=counted.parked,
        waiting=waiting.get(flow.name, 0),
        scanned_at=scan.ended,
        scanning=scan.open,
    )


def _only(flow: Flow) -> str | None:
    chosen = flow.system.options.range
    begin = flow.system.options.orders_from
    if begin is not None and flow.stream.entity == "orders" and flow.makes:
        return f"placed from {begin} on (UTC)"
    only = {"products": chosen.products, "orders": chosen.orders}
    return only.get(flow.stream.entity) if flow.goes and may_create(flow) else None


def _reads(stream: Stream) -> str:
    if not stream.reads:
        return "nothing"
    if not stream.asked:
        return "deliveries"
    return "changes" if stream.delta else "everything"
