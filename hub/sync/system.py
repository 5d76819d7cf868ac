"""What the engine is told of a system: its connector, its range, and who owns what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from hub.canonical import ENTITIES, EntityModel, goes_on_after_all, moves_forward
from hub.config.exchange import ExchangeOptions
from hub.connector import Exchange, Stream
from hub.sync.ahead import Ahead, as_it_comes
from hub.sync.digest import digest
from hub.sync.ownership import direction, follows, leads, wins
from hub.sync.threeway import Rule


@dataclass(frozen=True)
class System:
    """A configured system with records of its own."""

    name: str
    kind: str
    connector: Exchange
    options: ExchangeOptions
    owners: Mapping[str, str] = field(default_factory=dict[str, str])
    """ENTITY.FIELD -> system, of all systems' settings together."""
    takes_orders: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """Each ERP that orders are brought to -> whether its stock is read too, and so shows what it reserves for them."""
    reads: Collection[str] = ()
    """The streams that a job reads: what one holds is known when it has been read whole once."""
    ahead: Ahead = as_it_comes
    """How pages are read: each when it is asked for, or the next while one is stored."""

    @cached_property
    def settings(self) -> str:
        """Return a digest of the settings: under others documents may mean, and the system should have, something else."""
        told = self.options.model_dump(mode="json")
        return digest(orjson.dumps([self.name, told, dict(self.owners)], option=orjson.OPT_SORT_KEYS))

    @cached_property
    def settings_digest(self) -> bytes:
        """Return what documents' digests begin with."""
        return self.settings.encode()

    def stream_of(self, entity: str) -> str | None:
        """Return the stream that carries an entity."""
        return next((name for name, each in self.connector.streams.items() if each.entity == entity), None)

    def flow(self, stream: str) -> "Flow":
        """Return how the records of a stream go."""
        if stream not in self._flows:
            self._flows[stream] = Flow(self, stream, self.connector.streams[stream])
        return self._flows[stream]

    @cached_property
    def _flows(self) -> dict[str, "Flow"]:
        return {}


@dataclass(frozen=True)
class Flow:
    """How the records of one stream go between the hub and a system."""

    system: System
    name: str
    stream: Stream
    _rules: dict[str, Rule] = field(default_factory=dict[str, Rule])

    @cached_property
    def entity(self) -> EntityModel:
        """Return the model of what it carries."""
        return ENTITIES[self.stream.entity]

    @cached_property
    def directions(self) -> Mapping[str, str]:
        """Return the fields that go at all, with their direction."""
        found = ((name, self._direction(name)) for name in sorted(self.entity.fields))
        return {name: way for name, way in found if way is not None}

    @property
    def is_read(self) -> bool:
        """Whether it is read at all."""
        return self.stream.reads and (bool(self.directions) or self.binds)

    @cached_property
    def binds(self) -> bool:
        """Whether all that it tells is what the system calls its products, for what is put beside them (their prices)."""
        beside = any(each.create == "put" for each in self.system.connector.streams.values())
        return beside and self.stream.entity == "products" and not self.directions

    @cached_property
    def comes(self) -> bool:
        """Whether records may come in by it."""
        return bool(self.takes)

    @cached_property
    def takes(self) -> frozenset[str]:
        """The fields that come in."""
        return frozenset(name for name, way in self.directions.items() if way in ("in", "both"))

    @cached_property
    def makes(self) -> bool:
        """Whether what is not known yet becomes a record: all that one must have comes in by it, and it does not follow.

        Whoever follows shows records that it should not have, of which only what it should have is looked up.
        """
        return self.comes and not self.follows and self.entity.required <= self.takes

    @property
    def leads(self) -> bool:
        """Whether a record is gone everywhere when the system has it no more."""
        return leads(self.system.kind, self.stream.entity)

    @property
    def follows(self) -> bool:
        """Whether the system has only those records that the hub gives it."""
        return follows(self.system.kind, self.stream.entity)

    @cached_property
    def goes(self) -> bool:
        """Whether records go out by it."""
        return any(way in ("out", "both") for way in self.directions.values())

    def _direction(self, name: str) -> Any:
        system = self.system
        return direction(system.kind, system.name, self.stream.entity, name, self.stream, system.owners)

    def rules_for(self, record: Mapping[str, Any]) -> "Rules":
        """Return how the fields of one record are treated."""
        return Rules(self, record)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the fields of one record are treated: whose an order is, the record itself says."""

    flow: Flow
    record: Mapping[str, Any]

    def __call__(self, name: str) -> Rule:
        """Return the rule of a field."""
        flow = self.flow
        rule = flow._rules.get(name)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # its own cache
        if rule is None:
            rule = self._made(name)
            if flow.stream.entity != "orders":
                flow._rules[name] = rule  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return rule

    def _made(self, name: str) -> Rule:
        flow, system = self.flow, self.flow.system
        way: Any = flow.directions.get(name)
        forward = moves_forward if name in flow.entity.forward else None
        after_all = goes_on_after_all if forward and flow.makes else None
        whose = wins(system.kind, system.name, flow.stream.entity, name, self.record, system.owners)
        return Rule(way, whose, forward, after_all)
