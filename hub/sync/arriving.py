"""Documents of a system become records: matched, merged field by field, and stored, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hub.canonical import moves_forward
from hub.connector import Unreadable
from hub.store import Tx, bindings, quarantine, records
from hub.store.bindings import Binding
from hub.store.history import Conflict, Event
from hub.store.made import Made
from hub.store.quarantine import Entry
from hub.store.types import storable
from hub.sync import lines
from hub.sync.digest import reference
from hub.sync.matching import Known, Unclear, load
from hub.sync.reading import Shown
from hub.sync.replaced import is_another, why
from hub.sync.resolving import resolved
from hub.sync.system import Flow
from hub.sync.taken import Arrival, Taken
from hub.sync.threeway import Arrived, arrive
from hub.sync.understanding import Understood, is_kept, understand

NOTHING: Mapping[str, Any] = {}
LEFT = timedelta(days=1)
"""What waits in quarantine is not looked at for so long, as long as it stays as it is."""
CALM = timedelta(days=1)
"""After so long without undoing what we wrote, a system begins anew with its flips."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was just written to a record of the system, whose document is read back."""

    key: str
    fields: Mapping[str, Any]
    certain: bool
    """The document is what the write itself answered: where it differs, the system has changed what we wrote. If not,
    somebody may have changed the record in between."""


def fresh(tx: Tx, flow: Flow, shown: Iterable[Shown], *, asked_for: bool = False) -> list[Shown]:
    """Return the documents that are not as they were last understood (PAINS S12, S13).

    What waits in quarantine just as it is now, or was discarded so, is left there for a day, unless somebody has asked
    for it, or wants it tried again: the other record that was in its way may have gone meanwhile, or this program have
    learned.
    """
    system, now = flow.system.name, {each.document.id: each for each in shown}
    digests = {identity: each.digest for identity, each in now.items()}
    other = bindings.differing(tx, system, flow.stream.entity, digests)
    # What no database keeps is never bound.
    changed = [each for identity, each in now.items() if identity in other or not is_kept(identity)]
    if asked_for or not changed or not quarantine.any_ever(tx, system, flow.name):
        return changed
    known_as = [storable(f"id:{each.document.id}") for each in changed]
    waiting = quarantine.by_identity(tx, system, flow.name, known_as, discarded=True)
    as_now = {identity: each.place.get("version") for identity, each in waiting.items() if _is_left(each, tx.now)}
    return [each for each, name in zip(changed, known_as, strict=True) if as_now.get(name) != each.digest]


def _is_left(entry: Entry, now: datetime) -> bool:
    return not entry.again and now < entry.changed_at + LEFT


def take(
    tx: Tx,
    flow: Flow,
    shown: Sequence[Shown],
    *,
    run: int,
    told: Mapping[str, Told] | None = None,
    known_as: Mapping[str, str] | None = None,
) -> Taken:
    """Match, merge and store documents.

    `told`: by identity, what was just written to them. `known_as`: identity -> key, where that is known already.
    """
    latest = records.take_turn(tx, flow.stream.entity)
    taken = Taken(flow, run)
    said = list(resolved(tx, _begun(tx, _understood(shown, taken), taken), taken))
    bound = bindings.by_ids(tx, flow.system.name, flow.stream.entity, [each.document.id for each in said])
    said = lines.as_they_were(tx, flow, said, bound)
    taken.back = [identity for identity, each in bound.items() if each.gone_at is not None]
    for identity, key in (known_as or {}).items():
        if identity not in bound or bound[identity].gone_at is not None:
            bound[identity] = Binding(external_id=identity, key=key)
        elif bound[identity].key != key:
            # The record has been renamed, and what is put beside it has gone over to the new key.
            bound[identity] = bound[identity]._replace(key=key)
    page = _Page(tx, flow, taken, load(tx, flow, said, bound))
    for each in said:
        identity = each.document.id
        is_known = bool(known_as and identity in known_as)
        page.take(each, bound.get(identity), told.get(identity) if told else None, is_known=is_known)
    page.exchange_keys()
    taken.store(tx, latest)
    return taken


def _understood(shown: Sequence[Shown], taken: Taken) -> list[Understood]:
    understood: list[Understood] = []
    for each in shown:
        said = understand(taken.flow.system, taken.flow.name, each.document, each.digest)
        if isinstance(said, Understood):
            understood.append(said)
        else:
            taken.put_aside(each.document, each.digest, said)
    return understood


def _begun(tx: Tx, said: Sequence[Understood], taken: Taken) -> Sequence[Understood]:
    """Leave to a shop the orders that were placed there before the hub began with it."""
    flow, begin = taken.flow, taken.flow.system.options.orders_from
    if begin is None or flow.stream.entity != "orders" or not flow.makes:
        return said
    # Both are RFC 3339 in UTC: as texts they stand in the order of their times.
    early = {each.document.id for each in said if (each.fields.get("placed_at") or "~") < begin.isoformat()}
    left = early - bindings.by_ids(tx, flow.system.name, flow.stream.entity, early).keys()
    for identity in sorted(left):
        taken.well.append(f"id:{identity}")
        taken.came(Arrival(flow.stream.entity, "", identity, "skipped"))
    return [each for each in said if each.document.id not in left]


def _is_in_ring(wants: Mapping[str, str], key: str) -> bool:
    """Tell whether going from each key to the one that is wanted instead of it leads back to this one."""
    at = key
    for _ in wants:
        at = wants.get(at, "")
        if at in ("", key):
            break
    return at == key


@dataclass(frozen=True, slots=True)
class _Page:
    """The documents that are taken together."""

    tx: Tx
    flow: Flow
    taken: Taken
    known: Known
    in_the_way: list[tuple[Understood, Binding]] = field(default_factory=list[tuple[Understood, Binding]])
    """What wants the key of another record, which may give it up on this very page."""

    def take(self, said: Understood, bound: Binding | None, told: Told | None, *, is_known: bool = False) -> None:
        """Match and merge one document; `is_known`: which record it is, is certain."""
        if bound is not None and bound.parked_at is not None:
            self.taken.counts["parked"] += 1
            return
        if bound is not None and told is None and not is_known and self._is_another(said, bound):
            if bound.gone_at is None:
                self._suspend(said, bound)
                return
            bound = None
        if bound is None or (bound.gone_at is not None and bound.key not in self.known.fields):
            bound = self._matched(said)
        if bound is None:
            return
        ours = self.known.fields.get(bound.key)
        if ours is None and self.flow.makes and not self.flow.entity.required <= said.fields.keys():
            lacking = self.flow.entity.required - said.fields.keys()
            self._aside(said, "missing-field", f"{', '.join(sorted(lacking))} is missing")
            return
        if ours is None and told is None and not bound.id and self._is_whole(said, bound):
            self._make(said, bound)
            return
        seen, sent = self._agreed(bound, told, said.fields)
        rules = self.flow.rules_for(ours if ours is not None else said.fields)
        before = bound.before if told is None else NOTHING
        merged = arrive(ours or {}, said.fields, seen=seen, sent=sent, before=before, rule=rules)
        self._settle(said, bound, told, merged, ours)

    def _is_another(self, said: Understood, bound: Binding) -> bool:
        return is_another(self.flow, said, bound, self.known.fields.get(bound.key) or NOTHING)

    def _suspend(self, said: Understood, bound: Binding) -> None:
        self.taken.bound.append(bound._replace(parked_at=self.tx.now))
        self.taken.put_aside(said.document, said.digest, why(self.flow, said, bound))

    def _matched(self, said: Understood) -> Binding | None:
        """Return a new binding to the record that is meant; none if that cannot be said, or nobody asked for it."""
        if said.reference and not self.flow.entity.natural:
            # We made it, and were not told: whoever looks after the intent binds it. Taken as it comes, it would be
            # a second record of ours.
            self.taken.came(Arrival(self.flow.stream.entity, said.key, said.document.id, "skipped"))
            return None
        key = self.known.match(said)
        if isinstance(key, Unclear):
            self._aside(said, key.cause, key.message, key.key)
            return None
        if key is None and not self.flow.makes:
            self.taken.unmatched[said.document.id] = said.key
            self.taken.well.append(f"id:{said.document.id}")
            self.taken.came(Arrival(self.flow.stream.entity, said.key, said.document.id, "skipped"))
            return None
        return Binding(external_id=said.document.id, key=key or self.known.new_key(said))

    def _is_whole(self, said: Understood, bound: Binding) -> bool:
        """Tell whether a document makes a record just as it is: all its fields come in, under the key that they make."""
        flow = self.flow
        if not flow.makes or not flow.takes.issuperset(said.fields):
            return False
        return not flow.entity.natural or flow.entity.key(said.fields, said.fields) == bound.key

    def _make(self, said: Understood, bound: Binding) -> None:
        """Note a record that nobody has yet: what a merge would come to, without one, as most of a first load is."""
        entity, identity, key, fields = self.flow.stream.entity, said.document.id, bound.key, said.fields
        self.taken.made.append(Made(key, fields, identity, said.digest, said.born))
        self._note_left_out(said, key)
        self.taken.well.append(f"id:{identity}")
        self.known.learn(key, fields)
        self.known.bound.setdefault(key, identity)
        self.taken.came(Arrival(entity, key, identity, "new", made=fields))

    def _agreed(
        self, bound: Binding, told: Told | None, theirs: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return both sides of the base; what was just written is agreed on, as it is shown or as we wrote it."""
        seen, sent = dict(bound.seen), dict(bound.sent)
        if told is None:
            return seen, sent
        for name, value in told.fields.items():
            sent.pop(name, None)
            shown = theirs.get(name, value)
            seen[name] = shown if self._is_echo(name, value, shown, bound, told) else value
            if seen[name] != value:
                sent[name] = value
        return seen, sent

    def _is_echo(self, name: str, value: Any, shown: Any, bound: Binding, told: Told) -> bool:
        """Tell whether what the system shows is what it made of what we wrote, and not somebody's change since."""
        way = self.flow.directions.get(name)
        if name in self.flow.entity.forward and way != "out":
            return not moves_forward(value, shown)  # a step on is a step on, whoever made it
        # What stood there before and stands there still: the system takes the two for the same.
        return told.certain or way == "out" or (name in bound.seen and shown == bound.seen[name])

    def _settle(
        self, said: Understood, bound: Binding, told: Told | None, merged: Arrived, ours: Mapping[str, Any] | None
    ) -> None:
        """Note what a merge comes to."""
        flow, taken = self.flow, self.taken
        key = flow.entity.key(merged.fields, merged.fields) if flow.makes and flow.entity.natural else bound.key
        if key != bound.key and key in self.known.fields and not self._is_free(key):
            if told is None:
                self.in_the_way.append((said, bound))
            else:
                self._key_taken(said, bound, key)
            return
        if key != bound.key and ours is not None:
            self._rename(bound.key, key)
        is_new = ours is None or bound.key in self.known.deleted
        if (merged.changed and ours is not None) or (is_new and flow.makes):
            taken.writes[key] = merged.fields
        if merged.changed and not is_new:
            taken.events.append(self._event(key, "changed", {"changes": merged.changed}))
        lost = [self._conflict(key, merged, number) for number in range(len(merged.lost))]
        taken.conflicts += lost
        taken.bound.append(self._bound(said, bound, key, told, merged))
        taken.well.append(f"id:{said.document.id}")
        self.known.learn(key, merged.fields)
        self.known.bound.setdefault(key, said.document.id)
        if told is None:
            self._note_left_out(said, key)
            outcome = "new" if is_new and flow.makes else "update" if merged.changed else "identical"
            taken.came(Arrival(flow.stream.entity, key, said.document.id, outcome, merged.changed, lost))

    def exchange_keys(self) -> None:
        """Take what wanted keys that others have given up since, and what wants the keys of one another; put the rest aside.

        So it is where all article numbers are given anew at once.
        """
        while self.in_the_way:
            again = self.in_the_way[:]
            self.in_the_way.clear()
            for said, bound in again:
                self.take(said, bound, None)
            if len(self.in_the_way) == len(again) and not self._open_a_ring():
                break
        for said, bound in self.in_the_way:
            self._key_taken(said, bound, said.key)

    def _key_taken(self, said: Understood, bound: Binding, key: str) -> None:
        self._aside(said, "key-taken", f"{bound.key} was renamed to {key}, which is another record")

    def _open_a_ring(self) -> bool:
        """Give one of those that want the keys of one another a key of its own meanwhile; tells whether there are any."""
        wants = {bound.key: said.key for said, bound in self.in_the_way}
        for place, (said, bound) in enumerate(self.in_the_way):
            if bound.key in self.known.fields and _is_in_ring(wants, bound.key):
                meanwhile = reference(self.flow.system.name, self.flow.stream.entity, bound.key)
                self.known.fields[meanwhile] = self.known.fields[bound.key]
                self._rename(bound.key, meanwhile)
                self.in_the_way[place] = (said, bound._replace(key=meanwhile))
                return True
        return False

    def _rename(self, old: str, new: str) -> None:
        self.taken.renamed.append((old, new))
        self.known.fields.pop(old, None)
        self.known.bound.pop(old, None)

    def _is_free(self, key: str) -> bool:
        """Tell whether a key is only that of a record which is gone everywhere: another may get it."""
        bound = bindings.of_record(self.tx, self.flow.stream.entity, key) if key in self.known.deleted else ()
        return key in self.known.deleted and all(each.gone_at is not None for _, each in bound)

    def _bound(self, said: Understood, bound: Binding, key: str, told: Told | None, merged: Arrived) -> Binding:
        """Return the binding as it shall stand."""
        flips, flipped_at, parked_at = bound.flips, bound.flipped_at, None
        if merged.undone and told is None:
            calm = flipped_at is None or self.tx.now - flipped_at > CALM
            flips, flipped_at = 1 if calm else flips + 1, self.tx.now
            if flips >= self.flow.system.options.flips:
                parked_at = self.tx.now
                self._park(said, key, merged, flips)
        # What is seen for the first time may be what we have: the next push looks, and mostly finds it so.
        first_look = self.flow.follows and self.flow.goes and told is None and not bound.seen
        return Binding(
            external_id=said.document.id,
            key=key,
            seen=merged.seen,
            sent=merged.sent,
            before={name: bound.seen.get(name) for name in told.fields} if told else bound.before,
            digest=said.digest,
            owed=merged.owed or first_look or (bound.owed and told is None),
            flips=flips,
            flipped_at=flipped_at,
            parked_at=parked_at,
            called=said.key if self.flow.stream.entity == lines.SOLD and said.key != key else None,
            born=said.born or bound.born,
        )

    def _park(self, said: Understood, key: str, merged: Arrived, flips: int) -> None:
        names = ", ".join(each.field for each in merged.lost) or ", ".join(merged.changed)
        message = (
            f"{self.flow.system.name} has undone {flips} times what was written to it ({names}): something there writes "
            "it too. Nothing more is read from or written to the record until it is released"
        )
        why = Unreadable("flips", message, said.place, key=key)
        self.taken.put_aside(said.document, said.digest, why, identity=f"flips:{said.document.id}")

    def _aside(self, said: Understood, cause: str, message: str, key: str | None = None) -> None:
        self.taken.put_aside(said.document, said.digest, Unreadable(cause, message, said.place, key=key))

    def _note_left_out(self, said: Understood, key: str) -> None:
        if said.left_out:
            self.taken.events.append(self._event(key, "left-out", said.left_out))

    def _event(self, key: str, what: str, detail: Mapping[str, Any]) -> Event:
        flow = self.flow
        return Event(
            entity=flow.stream.entity, key=key, system=flow.system.name, what=what, detail=detail, run=self.taken.run
        )

    def _conflict(self, key: str, merged: Arrived, number: int) -> Conflict:
        lost, flow = merged.lost[number], self.flow
        return Conflict(
            system=flow.system.name,
            entity=flow.stream.entity,
            key=key,
            field=lost.field,
            lost_by=flow.system.name if lost.by_system else "hub",
            values={"base": lost.base, "stands": lost.stands, "lost": lost.lost},
            run=self.taken.run,
        )
