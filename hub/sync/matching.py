"""Which record of ours a system's unknown record is: the matching ladder (PAINS S2, S3)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.canonical.entity import natural_key
from hub.connector import GUEST
from hub.store import Tx, bindings, records
from hub.sync.outgoing import beside_own, wanted
from hub.sync.system import Flow
from hub.sync.understanding import Understood

Fields = Mapping[str, Any]
TWICE = "twice-in-system"
"""The cause of what has the number of another record in the same system."""


def rung(name: str, fields: Fields) -> str | None:
    """Return a field's value where it tells one record from another.

    A telephone number without its country, or a VAT id without letters, may be many people's, or a remark.
    """
    value = fields.get(name)
    if not value or (name == "phone" and value[0] != "+") or (name == "vat_id" and not value[0].isalpha()):
        return None
    return value


@dataclass(frozen=True, slots=True)
class Unclear:
    """Which record is meant cannot be said; somebody has to look."""

    cause: str
    message: str
    key: str | None = None
    """The record that it may be, where it is one."""


@dataclass(slots=True)
class Known:
    """The records that a page may mean, kept up to date while the page is gone through."""

    flow: Flow
    fields: dict[str, Fields] = field(default_factory=dict[str, Fields])
    """Key -> the record's fields."""
    deleted: set[str] = field(default_factory=set[str])
    ladder: dict[tuple[str, str], list[str]] = field(
        default_factory=lambda: defaultdict[tuple[str, str], list[str]](list)
    )
    """(field, value) -> keys of the records that have it."""
    bound: dict[str, str] = field(default_factory=dict[str, str])
    """Key -> the identity under which this system has the record already."""

    def learn(self, key: str, fields: Fields) -> None:
        """Take in a record as it stands now."""
        self.fields[key] = fields
        self.deleted.discard(key)
        for name in self.flow.entity.ladder:
            value = rung(name, fields)
            if value and key not in (having := self.ladder[name, value]):
                having.append(key)

    def match(self, said: Understood) -> str | Unclear | None:
        """Return the key of the record that is meant; None: there is none yet."""
        if said.key and said.key in self.fields:
            other = self.bound.get(said.key)
            if other is not None and other != said.document.id:
                system = self.flow.system.name
                message = f"{said.key} is in {system} twice: as {other} and as {said.document.id}; one has to go there"
                return Unclear(TWICE, message, said.key)
            return said.key
        return self._by_ladder(said)

    def _by_ladder(self, said: Understood) -> str | Unclear | None:
        rungs = self.flow.entity.ladder
        for place, name in enumerate(rungs):
            value = rung(name, said.fields) or ""
            having = self.ladder.get((name, value))
            if not having:
                continue
            found = [key for key in having if self._fits(key, said, rungs[:place])]
            if len(found) > 1:
                message = f"{name} {value} is that of {len(found)} records: {', '.join(sorted(found)[:5])}"
                return Unclear("ambiguous", message)
            if found:
                return found[0]
        return None

    def _fits(self, key: str, said: Understood, higher: Iterable[str]) -> bool:
        """Tell whether a record may be meant: the system has it not otherwise, and no higher rung says another one."""
        alias = said.document.id.startswith(GUEST) or self.bound.get(key, GUEST).startswith(GUEST)
        if not alias and self.bound[key] != said.document.id:
            return False
        ours = self.fields[key]
        return all(
            not ours.get(name) or not said.fields.get(name) or ours[name] == said.fields[name] for name in higher
        )

    def new_key(self, said: Understood) -> str:
        """Return the key of a record that is not there yet."""
        if said.key:
            return said.key
        system = self.flow.system.name
        number = said.fields.get("number")
        key = natural_key([system, number]) if number else ""
        return key if key and key not in self.fields else natural_key([system, said.document.id])


def load(tx: Tx, flow: Flow, said: Sequence[Understood], bound: Mapping[str, bindings.Binding]) -> Known:
    """Look up every record that some documents may mean: bound already, of their key, or on the ladder."""
    known = Known(flow)
    keys = {each.key for each in said if each.key} | {each.key for each in bound.values()}
    keys |= {known.new_key(each) for each in said if not each.key}
    if not flow.follows:
        for key, record in records.by_keys(tx, flow.stream.entity, keys).items():
            known.learn(key, record.fields)
            if record.deleted_at is not None:
                known.deleted.add(key)
    else:
        found, met = wanted(tx, flow, keys), {each.key for each in bound.values()}
        own = {*beside_own(tx, flow, {key: found[key] for key in found.keys() - met})}
        for key in (each for each in found if each not in own):
            known.learn(key, found[key])
    unbound = [each for each in said if each.document.id not in bound and each.key not in known.fields]
    for name in flow.entity.ladder:
        values = {value for each in unbound if (value := rung(name, each.fields))}
        if values and (flow.stream.entity, name) in records.LOOKED_UP:
            for record in records.by_field(tx, flow.stream.entity, name, values):
                known.learn(record.key, record.fields)
    there = bindings.by_keys(tx, flow.system.name, flow.stream.entity, list(known.fields))
    known.bound = {key: each.external_id for key, each in there.items()}
    return known
