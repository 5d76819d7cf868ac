"""A batch of records brought to a system: looked for, written down as intents, written, read back (PAINS S6, S9).

What is committed before a create: its intent. What is committed after: the binding with its base, and the intent's end,
in one transaction. Whatever happens in between, the next one who comes finds the intent and looks before it creates.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hub import log
from hub.connector import Write, Written
from hub.errors import HubError, TryLater
from hub.handler import Hold
from hub.store import bindings, intents, quarantine, records
from hub.sync import noting
from hub.sync.adopting import adopt
from hub.sync.apart import fetch, in_words, is_well, taken_apart
from hub.sync.arriving import take
from hub.sync.brake import BRAKE, too_many
from hub.sync.losing import lose_found, take_turns
from hub.sync.preparing import Prepared, Want, portions, prepare, tried
from hub.sync.reading import digested
from hub.sync.storing import store
from hub.sync.system import Flow
from hub.sync.unanswered import rests, unanswered

logger = log.get("sync")

DEEPEST = 2
"""What a record needs is brought before it (an order's party), and what that needs."""
MOST_FAULTS = 3
"""So often may what was not answered before not be answered again, before the others are left for the next run."""


class Unsettled(TryLater):
    """Writes were not answered; creates among them are looked for when they have surely been carried out, or never will be."""


@dataclass(slots=True)
class Brought:
    """What became of some keys."""

    again: bool = False
    """They are tried again, and so may break again (see `taken_apart`)."""
    found: Collection[str] = ()
    """Those that the system was found to have: they are written whole."""
    ended: set[str] = field(default_factory=set[str])
    """Brought, in order as they were, or put aside with the cause."""
    told: set[str] = field(default_factory=set[str])
    """Those of them that were written."""
    unsettled: set[str] = field(default_factory=set[str])
    """Nothing is known of them yet; they have an intent, and are looked for when it is old enough."""


@dataclass(slots=True)
class Bringing:
    """Brings records of one stream to its system, in one run."""

    flow: Flow
    run: int
    hold: Hold
    total: Counter[str]
    depth: int = 0
    removed: int = 0
    refused: set[str] = field(default_factory=set[str])
    """Keys of what the system has refused in this run."""
    not_made: set[str] = field(default_factory=set[str])
    """Keys of what the system ought to have, and cannot be given."""

    def bring(self, keys: Sequence[str], *, released: bool = False) -> Brought:
        """Bring the records with these keys to the system, as far as they differ from what was agreed on.

        `released`: an operator wants it so, who has seen that many are taken away, or that one was deleted there. Raises
        TryLater: what had been done until then is stored.
        """
        brought = Brought(again=released)
        prepared = self._prepared(keys, needed=released)
        if prepared.waits and self.depth < DEEPEST:
            self._bring_needed(prepared.waits.values())
            prepared = self._prepared(keys, needed=released)
        brought.found = self._look_for(prepared, brought)
        if brought.found:
            prepared = self._prepared(keys, finish=brought.found, needed=released)
        settled = {*prepared.settled} - brought.ended  # the others were looked for, and put aside
        self._put_aside_waiting(prepared)
        self.not_made.update(prepared.not_made)
        brought.ended |= prepared.aside | settled
        if not released:
            brought.ended |= self._resting(prepared.wants)
        wants = [each for each in prepared.wants if each.write.key not in self._judged(brought)]
        wants = wants if released else self._braked(wants, brought)
        self._write(wants, brought)
        self._note_short(prepared, brought)
        self._settle_well([*settled, *prepared.not_there])
        return brought

    @staticmethod
    def _judged(brought: Brought) -> set[str]:
        return brought.unsettled | brought.ended

    def _prepared(self, keys: Sequence[str], finish: Collection[str] = (), *, needed: bool = False) -> Prepared:
        with self.hold.reading() as tx:
            return prepare(tx, self.flow, keys, finish=finish, needed=needed or self.depth > 0)

    # Before

    def _bring_needed(self, needed: Iterable[tuple[str, str]]) -> None:
        """Bring what others wait for."""
        by_entity: dict[str, dict[str, None]] = {}
        for entity, key in needed:
            by_entity.setdefault(entity, {})[key] = None
        for entity, keys in by_entity.items():
            stream = self.flow.system.stream_of(entity)
            if stream is not None and self.flow.system.flow(stream).goes:
                other = Bringing(self.flow.system.flow(stream), self.run, self.hold, self.total, self.depth + 1)
                other.bring(list(keys))

    def _latest(self, wants: Sequence[Want], brought: Brought) -> Sequence[Want]:
        """Return what is to be written now: since they were prepared, another run may have told something newer."""
        self._refresh([each for each in wants if not self._is_intended(each)], brought)
        wants = [each for each in wants if each.write.key not in brought.ended]
        known = {each.write.key: each for each in wants if not self._is_intended(each)}
        if not known:
            return wants
        prepared = self._prepared(list(known), finish=known.keys() & {*brought.found})
        self._settle_well(prepared.settled)
        brought.ended |= {*prepared.settled}
        now = {each.write.key: each for each in prepared.wants if not self._is_intended(each)}
        # What is to be taken away now, and was not before, has changed since: its turn comes, with the brake.
        same = {key: each for key, each in now.items() if each.write.remove == known[key].write.remove}
        return [same.get(each.write.key, each) for each in wants if each.write.key in same or self._is_intended(each)]

    def _is_intended(self, want: Want) -> bool:
        return want.creates and self.flow.stream.create == "intent"

    def _refresh(self, wants: Collection[Want], brought: Brought) -> None:
        """Look at records of which the system may have changed what we are about to write.

        PAINS S26: what somebody has entered there since the last reading must not be written over in the dark.
        """
        shared = {name for name, way in self.flow.directions.items() if way == "both"}
        keys = {each.write.id: each.write.key for each in wants if each.write.id and shared & each.write.fields.keys()}
        if not keys or not self.flow.stream.reads:
            return
        fetched = fetch(self.flow, list(keys), again=brought.again)
        for identity, fault in fetched.broken.items():
            self._broke_on(keys[identity], fault, brought)
        gone = fetched.gone(list(keys))
        with self.hold.page() as (tx, report):
            take_turns(tx, self.flow, gone)
            taken = take(tx, self.flow, digested(self.flow, fetched.documents), run=self.run)
            lose_found(tx, self.flow, gone, self.run)
            told = {each.write.key: {"id": each.write.id} for each in wants if each.write.id in gone}
            noting.note(tx, self.flow, self.run, "gone", told)
            taken.counts.pop("identical", None)
            taken.report(report)
        self.total.update(taken.counts)

    def _look_for(self, prepared: Prepared, brought: Brought) -> list[str]:
        """Look for records before they are created; returns the keys of those that are there and were bound."""
        creates = [each for each in prepared.wants if self._is_intended(each)]
        creates += prepared.abandoned
        with self.hold.reading() as tx:
            now = tx.now
        late = timedelta(seconds=self.flow.stream.late)
        brought.unsettled |= {e.write.key for e in creates if e.intent is not None and e.intent.made_at + late > now}
        wanted = [each.write for each in creates if each.write.key not in brought.unsettled]
        if not wanted:
            return []
        found = self._found(wanted, brought)
        looked_for = {each.key for each in wanted} - brought.ended
        over = [e.write.key for e in prepared.abandoned if e.write.key in looked_for and not found.get(e.write.key)]
        if over:
            with self.hold.page() as (tx, _):
                intents.close(tx, self.flow.system.name, self.flow.stream.entity, over)
                quarantine.settle(tx, self.flow.system.name, self.flow.name, [f"push:{key}" for key in over])
        adopted = adopt(self.flow, self.run, self.hold, found)
        brought.ended |= adopted.unclear
        self.total.update(adopted.counts)
        return adopted.keys

    def _found(self, wanted: Sequence[Write], brought: Brought) -> dict[str, Sequence[str]]:
        connector, stream = self.flow.system.connector, self.flow.name
        answers, broken = taken_apart(wanted, lambda some: connector.find(stream, some), connector, again=brought.again)
        for each, fault in broken:
            self._broke_on(each.key, fault, brought)
        return {key: ids for found in answers for key, ids in found.items()}

    def _intended(self, wants: Sequence[Want], brought: Brought) -> Sequence[Want]:
        """Write down what is about to be created; returns what may be written."""
        creates = {each.write.key: each for each in wants if self._is_intended(each)}
        if not creates:
            return wants
        name, entity = self.flow.system.name, self.flow.stream.entity
        with self.hold.page() as (tx, _):
            # In the writers' turn: whoever renames or deletes a record from here on finds its intent.
            records.take_turn(tx, entity)
            known = records.by_keys(tx, entity, list(creates))
            there = {key for key, each in known.items() if each.deleted_at is None}
            # Since we looked, another run may have created some, and be through with it.
            free = there - bindings.by_keys(tx, name, entity, list(there)).keys()
            references = {key: each.write.reference for key, each in creates.items() if key in free}
            looked_into = [each.intent for each in creates.values() if each.intent is not None]
            ours = intents.make(tx, name, entity, references, looked_into, self.run)
        # Another run is creating the others at this moment; or they are called otherwise now, and come as such.
        brought.unsettled |= there - ours
        return [each for each in wants if each.write.key in ours or each.write.key not in creates]

    # The writes

    def _write(self, wants: Sequence[Want], brought: Brought) -> None:
        suspect = self._suspect(wants)
        for some in portions(wants, suspect, max(self.flow.stream.bulk, 1)):
            latest = self._latest(some, brought)
            # Only what is about to be sent gets an intent: whatever has one may have been created.
            self._write_batch(self._intended(latest, brought), brought)
        faults: list[TryLater] = []
        for each in wants:
            if each.write.key in suspect and len(faults) < MOST_FAULTS:
                try:
                    self._write_batch(self._intended([each], brought), brought)
                except TryLater as fault:
                    faults.append(fault)
        if faults:
            raise faults[-1]

    def _write_batch(self, wants: Sequence[Want], brought: Brought) -> None:
        batch = {each.write.key: each for each in wants}
        written, fault = self._carried_out(batch)
        self._store(batch, written, brought)
        left = [each for key, each in batch.items() if key not in self._judged(brought)]
        if fault is None and not left:
            return
        creates = [each for each in left if self._is_intended(each)]
        if left and not creates and self._is_about_them(fault):
            self._narrow(left, in_words(fault), brought)
            return
        brought.unsettled |= {each.write.key for each in left}
        if creates:
            with self.hold.page() as (tx, _):
                noting.note_unanswered(tx, self.flow, self.run, [each.write.key for each in creates], in_words(fault))
        if isinstance(fault, HubError) and not isinstance(fault, TryLater):
            raise fault
        told = in_words(fault) or f"{self.flow.system.name} said nothing of {len(left)} {self.flow.stream.entity}"
        raise Unsettled(told, after=getattr(fault, "after", None)) from fault

    def _is_about_them(self, fault: Exception | None) -> bool:
        """Tell whether what broke writes off may be about one of them: the system is well, or the connector broke."""
        if isinstance(fault, TryLater):
            return is_well(self.flow.system.connector)
        return fault is not None and not isinstance(fault, HubError)

    def _narrow(self, wants: Sequence[Want], fault: str, brought: Brought) -> None:
        """Find the record on which a system breaks that is well otherwise: by halves, until it is alone."""
        if len(wants) == 1:
            self._broke_on(wants[0].write.key, fault, brought)
            return
        middle = len(wants) // 2
        for half in (wants[:middle], wants[middle:]):
            self._write_batch(self._latest(half, brought), brought)

    def _broke_on(self, key: str, fault: str, brought: Brought) -> None:
        """Put a record aside on which a system breaks that is well otherwise, or its connector."""
        with self.hold.page() as (tx, report):
            noting.note_broken(tx, self.flow, self.run, key, f"is well and cannot take this record: {fault}", report)
            report.entity, report.counts = self.flow.stream.entity, {"quarantined": 1}
        self.total.update(report.counts)
        brought.ended.add(key)

    def _resting(self, wants: Sequence[Want]) -> set[str]:
        """Return the keys of what has been tried for long without an answer, and is left alone for a while."""
        with self.hold.reading() as tx:
            return {e.key for e in unanswered(tx, self.flow, tried(wants)) if e.key and rests(e, tx.now)}

    def _suspect(self, wants: Sequence[Want]) -> set[str]:
        """Return the keys of creates that were not answered twice. Once, and the system may just have gone away.

        They go last and alone: if one of them is never answered, it holds up nobody else (PAINS S18).
        """
        with self.hold.reading() as tx:
            return {e.key for e in unanswered(tx, self.flow, tried(wants)) if e.key and e.changed_at > e.since}

    def _carried_out(self, batch: Mapping[str, Want]) -> tuple[list[Written], Exception | None]:
        """Have a batch written; returns what is known of it, and what broke it off."""
        written: list[Written] = []
        connector, stream = self.flow.system.connector, self.flow.name
        try:
            for each in connector.write(stream, [want.write for want in batch.values()]):
                written.append(each)  # noqa: PERF402  # what came before a fault counts
        except HubError as fault:
            return written, fault
        except Exception as fault:
            logger.exception("write_broke", system=self.flow.system.name, stream=stream, keys=list(batch))
            return written, fault
        return written, None

    def _store(self, batch: Mapping[str, Want], written: Sequence[Written], brought: Brought) -> None:
        """Store what became of a batch."""
        stored = store(self.flow, self.run, self.hold, batch, written)
        brought.ended |= stored.ended
        brought.told |= stored.told
        self.refused |= stored.refused
        self.removed += stored.removed
        self.total.update(stored.counts)

    def _braked(self, wants: Sequence[Want], brought: Brought) -> list[Want]:
        """Put aside what would be taken away beyond the brake (PAINS S16)."""
        removes = [each for each in wants if each.write.remove]
        with self.hold.reading() as tx:
            there = bindings.count(tx, self.flow.system.name, self.flow.stream.entity) if removes else 0
        if not too_many(self.removed + len(removes), there + self.removed, self.flow.system.options.delete_brake):
            return list(wants)
        would = f"{self.removed + len(removes)} of {there + self.removed} would be taken away"
        why = f"{would} from {self.flow.system.name}; if that is right: hub quarantine retry --cause {BRAKE}"
        with self.hold.page() as (tx, report):
            noting.note_each(tx, self.flow, self.run, BRAKE, {each.write.key: why for each in removes}, report)
        self.total.update(report.counts)
        brought.ended.update(each.write.key for each in removes)
        return [each for each in wants if not each.write.remove]

    # After

    def _put_aside_waiting(self, prepared: Prepared) -> None:
        if prepared.aside:
            with self.hold.page() as (tx, report):
                noting.note_waiting(tx, self.flow, self.run, prepared, report)
            self.total.update(report.counts)

    def _note_short(self, prepared: Prepared, brought: Brought) -> None:
        """Say which orders are not told as sent. Where something else could not be told either, that stands for both."""
        left = {each.write.key for each in prepared.wants} - brought.told
        if short := {key: words for key, words in prepared.short.items() if key not in left}:
            with self.hold.page() as (tx, report):
                noting.note_short(tx, self.flow, self.run, short, report)
            self.total.update(report.counts)

    def _settle_well(self, keys: Sequence[str]) -> None:
        """Close what waited in quarantine for records that are in order now."""
        with self.hold.reading() as tx:
            if not keys or not quarantine.any_open(tx, self.flow.system.name, self.flow.name):
                return
        with self.hold.page() as (tx, _):
            quarantine.settle(tx, self.flow.system.name, self.flow.name, [f"push:{key}" for key in keys])
