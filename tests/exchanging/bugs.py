"""Bugs that somebody might make, planted on purpose: the checker must find every one of them."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest import mock

import hub.sync.arriving
import hub.sync.bringing
import hub.sync.exchange
import hub.sync.preparing
import hub.sync.push
import hub.sync.storing
import hub.sync.system
import tests.exchanging.connector
from hub.connector import Page, Stream
from hub.store import bindings, checkpoints, history, intents, quarantine
from hub.sync import scanning
from hub.sync.arriving import Told
from hub.sync.bringing import Bringing
from hub.sync.matching import Known, Unclear
from hub.sync.reading import Read
from hub.sync.system import Flow
from tests.exchanging.connector import SimConnector

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Bug:
    """A planted bug."""

    name: str
    what: str
    """What is done wrong, in a sentence."""
    patch: Patch


BUGS: dict[str, Bug] = {}

_connector: Any = SimConnector
_known: Any = Known
_exchange: Any = hub.sync.exchange
_scanning: Any = scanning


def planted(name: str | None) -> AbstractContextManager[Any]:
    """Return the context in which a bug is in the running code; none: the code as it is."""
    return BUGS[name].patch() if name else nullcontext()


def _bug(patch: Patch) -> Patch:
    """Take up a bug under its function's name, with its docstring as what it does."""
    name = patch.__name__.replace("_", "-")
    BUGS[name] = Bug(name, (patch.__doc__ or "").strip(), patch)
    return patch


@contextmanager
def _together(*patches: AbstractContextManager[Any]) -> Generator[None]:
    with ExitStack() as stack:
        for each in patches:
            stack.enter_context(each)
        yield


# Creates


@_bug
def no_intent() -> AbstractContextManager[Any]:
    """Nothing is written down before a create."""

    def unwritten(_self: Bringing, wants: Any, _brought: Any) -> Any:
        return wants

    return mock.patch.object(Bringing, "_intended", unwritten)


@_bug
def no_find() -> AbstractContextManager[Any]:
    """Nothing is looked for before it is created."""
    return mock.patch.object(SimConnector, "find", return_value={})


@_bug
def no_waiting() -> AbstractContextManager[Any]:
    """What was not answered is looked for at once, and not only when it has surely been carried out."""
    streams: Any = SimConnector.streams

    def hasty(self: SimConnector) -> Mapping[str, Stream]:
        return {name: replace(each, late=0.0) for name, each in streams.fget(self).items()}

    return mock.patch.object(SimConnector, "streams", property(hasty))


@_bug
def intent_closed_before_binding() -> AbstractContextManager[Any]:
    """The intent is taken off in one transaction, and the binding stored in the next."""
    store = hub.sync.bringing.store

    def early(flow: Flow, run: int, hold: Any, batch: Mapping[str, Any], written: Sequence[Any]) -> Any:
        with hold.page() as (tx, _):
            intents.close(tx, flow.system.name, flow.stream.entity, list(batch))
        return store(flow, run, hold, batch, written)

    return mock.patch.object(hub.sync.bringing, "store", early)


@_bug
def half_done_left() -> AbstractContextManager[Any]:
    """What is found half done is taken for whole."""
    adopt = hub.sync.bringing.adopt

    def trusting(flow: Flow, run: int, hold: Any, found: Mapping[str, Sequence[str]]) -> Any:
        adopted = adopt(flow, run, hold, found)
        with hold.page() as (tx, _):
            intents.close(tx, flow.system.name, flow.stream.entity, adopted.keys)
        return replace(adopted, keys=[], unclear=adopted.unclear | {*adopted.keys})

    return mock.patch.object(hub.sync.bringing, "adopt", trusting)


@_bug
def what_is_not_wanted_any_more_forgotten() -> AbstractContextManager[Any]:
    """A create that was not answered is not looked for once nobody wants the record any more."""
    prepare = hub.sync.bringing.prepare

    def forgetful(*given: Any, **named: Any) -> Any:
        prepared = prepare(*given, **named)
        prepared.abandoned.clear()
        return prepared

    return mock.patch.object(hub.sync.bringing, "prepare", forgetful)


# Bases


@_bug
def no_read_back() -> AbstractContextManager[Any]:
    """What was written is taken for what the system stores."""

    def unread(_flow: Flow, _hold: Any, done: Sequence[Any], batch: Mapping[str, Any]) -> Any:
        told = {e.id: Told(e.key, batch[e.key].write.fields, certain=False) for e in done if e.id}
        return [], told

    return mock.patch.object(hub.sync.storing, "_shown", unread)


@_bug
def one_sided_base() -> AbstractContextManager[Any]:
    """Only what the system shows is kept as agreed on, and not what of ours it stands for."""
    differing = hub.sync.preparing.differing

    def one_sided(ours: Any, *, seen: Any, sent: Any, rule: Any) -> Any:
        return differing(ours, seen=seen, sent={}, rule=rule)

    return mock.patch.object(hub.sync.preparing, "differing", one_sided)


@_bug
def no_look_before_writing() -> AbstractContextManager[Any]:
    """What somebody has entered since the last reading is written over."""
    return mock.patch.object(Bringing, "_refresh", return_value=False)


@_bug
def loser_not_kept() -> AbstractContextManager[Any]:
    """A value that lost is forgotten."""
    return mock.patch.object(history, "keep")


@_bug
def followers_believed() -> AbstractContextManager[Any]:
    """A field that a system only follows is taken from it."""
    direction = hub.sync.system.direction

    def both_ways(*given: Any) -> Any:
        way = direction(*given)
        return "both" if way == "out" and given[0] == "eshop" else way

    return mock.patch.object(hub.sync.system, "direction", both_ways)


@_bug
def late_status_taken() -> AbstractContextManager[Any]:
    """A status is taken as it comes, forward or not."""
    return mock.patch.object(hub.sync.system, "moves_forward", return_value=True)


@_bug
def owed_forgotten() -> AbstractContextManager[Any]:
    """What a system was seen to have otherwise is not told to it again."""
    return mock.patch.object(bindings, "owed", return_value=[])


@_bug
def never_parked() -> AbstractContextManager[Any]:
    """A record that a system undoes again and again is written again and again."""
    return mock.patch.object(hub.sync.arriving, "CALM", timedelta(0))


# Reading


@_bug
def watermark_by_the_clock() -> AbstractContextManager[Any]:
    """The next reading begins at the time of this one, not at the last mark that was read."""
    changed = _connector._changed

    def by_clock(self: SimConnector, stream: str, since: Any) -> Generator[Any]:
        now = self.peer.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for rows, spot in changed(self, stream, since):
            at = {"mark": now} if self.peer.traits.mark != "revision" and "from" not in spot else spot
            yield rows, at

    def untouched(_time: timedelta) -> Callable[[str], str]:
        return str

    return _together(
        mock.patch.object(SimConnector, "_changed", by_clock),
        mock.patch.object(tests.exchanging.connector, "before", untouched),
    )


@_bug
def rows_at_the_mark_left_out() -> AbstractContextManager[Any]:
    """Only what is later than the last mark is asked for."""
    return mock.patch.object(tests.exchanging.connector, "by_mark", _strictly_later)


def _strictly_later(
    fetch_after: Any, size: int, *, since: Any, key: Any, mark: Any, **_told: Any
) -> Generator[tuple[list[Any], Mapping[str, Any]]]:
    last = since["mark"] if since else None
    while True:
        rows = [row for row in fetch_after(last, 0, 10_000) if last is None or mark(row) > last][:size]
        if rows:
            last = mark(rows[-1])
            yield rows, {"mark": last}
        if len(rows) < size:
            return


@_bug
def offsets_without_overlap() -> AbstractContextManager[Any]:
    """Pages follow each other by offset, while rows move up."""
    return mock.patch.object(tests.exchanging.connector, "by_mark", _by_bare_offset)


def _by_bare_offset(
    fetch_after: Any, size: int, *, since: Any, key: Any, mark: Any, earlier: Any, **_told: Any
) -> Generator[tuple[list[Any], Mapping[str, Any]]]:
    begin = earlier(since["mark"]) if since else None
    last, offset = since["mark"] if since else "", 0
    while True:
        rows = fetch_after(begin, offset, size)
        offset += len(rows)
        last = max([last, *(mark(row) for row in rows)])
        if rows:
            yield rows, {"mark": last}
        if len(rows) < size:
            return


@_bug
def checkpoint_before_page() -> AbstractContextManager[Any]:
    """The checkpoint is moved in one transaction, and the page stored in the next."""

    def early(flow: Flow, each: Read, seen: Any, run: int, hold: Any, total: Any) -> Any:
        page, into, _ = each
        changed = _exchange._changed(each, hold, total)
        with hold.page() as (tx, _):
            seen = checkpoints.move(tx, flow.system.name, flow.name, page.checkpoint, seen)
        with hold.page() as (tx, report):
            _exchange._take(tx, into, changed, run, report, total)
        return seen

    return mock.patch.object(hub.sync.exchange, "_store_changes", early)


@_bug
def only_marks_trusted() -> AbstractContextManager[Any]:
    """What has changed is what the system says has changed: nothing is ever compared whole."""
    due = scanning.Scan.due

    def never(self: scanning.Scan, now: Any, every: Any, settings: str) -> bool:
        return due(self, now, every, settings) and self.ended is None

    return mock.patch.object(scanning.Scan, "due", never)


@_bug
def deleted_without_a_second_look() -> AbstractContextManager[Any]:
    """What a scan did not show is gone."""
    return mock.patch.object(scanning, "_look_again", _unlooked)


def _unlooked(flow: Flow, missing: Sequence[Any], run: int, hold: Any, _total: Any) -> None:
    with hold.page() as (tx, _):
        _scanning._delete(tx, flow, missing, run)


@_bug
def deleted_after_a_partial_scan() -> AbstractContextManager[Any]:
    """A scan that ended early is taken for complete."""
    read = SimConnector.read

    def complete(self: SimConnector, stream: str, since: Any, *, full: bool) -> Generator[Page]:
        last: Page | None = None
        for page in read(self, stream, since, full=full):
            last = page
            yield page
        if full and last is not None and not last.complete:
            yield replace(last, documents=(), entity=stream, complete=True)

    return _together(
        mock.patch.object(SimConnector, "read", complete), mock.patch.object(scanning, "_look_again", _unlooked)
    )


# Matching, references


@_bug
def first_match_taken() -> AbstractContextManager[Any]:
    """Where several records may be meant, the first is."""
    by_ladder = _known._by_ladder

    def first(self: Known, said: Any) -> Any:
        found = by_ladder(self, said)
        if isinstance(found, Unclear) and found.cause == "ambiguous":
            return next(keys[0] for name in ("email", "phone") if (keys := self.ladder.get((name, said.fields[name]))))
        return found

    return mock.patch.object(Known, "_by_ladder", first)


@_bug
def ladder_left_out() -> AbstractContextManager[Any]:
    """Whoever has another identity is somebody else."""
    return mock.patch.object(Known, "_by_ladder", return_value=None)


@_bug
def references_not_waited_for() -> AbstractContextManager[Any]:
    """An order comes in before its party is known."""

    def unresolved(tx: Any, said: Any, taken: Any) -> Any:
        bound = bindings.by_ids(tx, taken.flow.system.name, "parties", {e.fields.get("party") or "" for e in said})
        return [
            e._replace(fields={**e.fields, "party": bound[e.fields["party"]].key})
            if e.fields.get("party") in bound
            else e
            for e in said
        ]

    return mock.patch.object(hub.sync.arriving, "_resolved", unresolved)


@_bug
def products_not_waited_for() -> AbstractContextManager[Any]:
    """An order goes into the ERP before its products have been read for the first time."""
    return mock.patch.object(hub.sync.preparing, "is_unread", return_value=False)


@_bug
def one_price_of_several_taken() -> AbstractContextManager[Any]:
    """A shop for which no price list is named gets whichever price of a product comes last."""
    return mock.patch.object(hub.sync.preparing, "several", return_value={})


@_bug
def only_price_left_not_brought() -> AbstractContextManager[Any]:
    """The price that is its product's only one, since it was taken off another list, is not brought."""
    return mock.patch.object(hub.sync.push, "keeps_one", return_value=False)


@_bug
def waiting_never_tried() -> AbstractContextManager[Any]:
    """What waits for another record is not tried again when that has come."""
    return mock.patch.object(quarantine, "to_try", return_value=[])


@_bug
def what_came_before_forgotten() -> AbstractContextManager[Any]:
    """What was shown before there was a record of it is left to the next full scan."""
    return mock.patch.object(hub.sync.exchange, "_met", return_value=[])
