"""What every connector to a system with records of its own promises: a test file says what it has, in a dozen lines.

class TestOscar(ConnectorContract):
    streams = ("products", "prices", "stock", "parties", "orders")
    samples = {"products": Sample(lambda token: {"sku": token, "name": "Lamp"}, {"name": "Lantern"})}

    @pytest.fixture
    def system(self, oscar) -> Counterpart: ...
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, ClassVar

import orjson
import pytest
import structlog

from hub.canonical import ENTITIES
from hub.connector import Change, Document, Exchange, Page, Unreadable, Write, Written
from hub.errors import Refused, TryLater

Fields = Mapping[str, Any]

SEVERAL = 20
"""Records that are looked at one by one."""
FILLED: set[tuple[type, str]] = set()
"""The systems that have at least one record of each sort."""


@dataclass(frozen=True)
class Sample:
    """What the suite writes to a stream."""

    record: Callable[[str], dict[str, Any]]
    """A token that no other record has -> a whole record, canonical."""
    change: Fields
    """Fields that an update sets, to other values than the record's."""
    refused: Fields | None = None
    """Fields that the system refuses in a new record."""
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    unread: frozenset[str] = frozenset()
    """Fields that are not read as they were written, each for a reason."""


@dataclass(frozen=True)
class Counterpart:
    """The running system, and ways to act in it behind the connector's back."""

    connect: Callable[..., Exchange]
    """Opens a connector; options may be given in other words."""
    wrong_key: Fields
    """Options with which the system turns us away."""
    unreachable: Fields
    """Options with which nobody is there."""
    secrets: Sequence[str]
    """What must never be shown."""
    add: Mapping[str, Callable[[], str]] = field(default_factory=dict[str, Callable[[], str]])
    """Stream -> adds a record in the system, returns its id."""
    change: Mapping[str, Callable[[str], object]] = field(default_factory=dict[str, Callable[[str], object]])
    """Stream -> changes the record of this id there."""
    delete: Mapping[str, Callable[[str], object]] = field(default_factory=dict[str, Callable[[str], object]])
    place: str = ""
    """What tells it from another that a later test of the same connector has."""


class ConnectorContract:
    """Inherit from it, and fill in these and the fixture `system`."""

    streams: tuple[str, ...] = ()
    samples: Mapping[str, Sample] = {}
    excused: ClassVar[Mapping[str, str]] = {}
    """Rows that cannot happen to this system (`s10`), each with the reason: they are not tested, and shown so."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for row in cls.excused:
            for name in [each for each in dir(cls) if each.startswith(f"test_{row}_")]:
                setattr(cls, name, None)

    @pytest.fixture
    def system(self) -> Counterpart:
        raise NotImplementedError

    @pytest.fixture
    def connector(self, system: Counterpart) -> Exchange:
        """A connector to a system in which there is something to read."""
        if (type(self), system.place) not in FILLED:
            FILLED.add((type(self), system.place))
            for add in system.add.values():
                add()
        return system.connect()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test with each stream, or with each that is written."""
        for name, chosen in (("stream", self.streams), ("written", tuple(self.samples))):
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, chosen)

    # What it says of itself

    def test_its_streams_agree_with_the_canonical_model(self, connector: Exchange):
        assert {*connector.streams} == {*self.streams}
        for stream in connector.streams.values():
            assert stream.writes <= ENTITIES[stream.entity].fields
            assert (stream.create == "never") or stream.writes
            assert stream.bulk > 0
            assert stream.late > 0
        written = {name for name, stream in connector.streams.items() if stream.create != "never" or stream.removes}
        assert written == {*self.samples}, "each stream in which records can be made needs a sample"

    def test_a_check_of_a_good_system_finds_nothing_bad(self, connector: Exchange):
        findings = connector.check()
        assert findings
        assert all(finding.good for finding in findings), findings

    # Reading

    def test_a_full_reading_shows_everything_once_and_says_that_it_is_complete(self, connector: Exchange, stream: str):
        pages = list(connector.read(stream, None, full=True))
        assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]
        assert pages[-1].entity == connector.streams[stream].entity
        ids = [document.id for document in of_stream(connector, stream, pages)]
        assert len(ids) == len({*ids})
        for page in pages:
            assert is_json(page.checkpoint)
            assert all(document.id and is_json(document.raw) for document in page.documents)

    def test_what_is_read_is_understood(self, connector: Exchange, stream: str):
        shown: dict[str, set[str]] = {}
        for page in connector.read(stream, None, full=True):
            entity = ENTITIES[page.entity]
            for document in page.documents:
                change = connector.translate(stream_of(connector, page.entity), document)
                assert change == connector.translate(stream_of(connector, page.entity), document)
                if isinstance(change, Unreadable):
                    assert change.cause
                    assert change.message
                    continue
                fields = entity.valid(change.fields)
                assert change.key == expected_key(page.entity, fields)
                if page.entity == "orders" and fields.get("party"):
                    assert fields["party"] in shown.get("parties", {fields["party"]}), "a buyer comes before the order"
            shown.setdefault(page.entity, set()).update(document.id for document in page.documents)

    def test_s12_a_record_that_stands_still_is_read_the_same_each_time(self, connector: Exchange, stream: str):
        once = by_id(of_stream(connector, stream, connector.read(stream, None, full=True)))
        again = by_id(of_stream(connector, stream, connector.read(stream, None, full=True)))
        assert once == again
        some = [*islice(once, SEVERAL)]
        assert by_id(connector.fetch(stream, some)) == {id_: once[id_] for id_ in some}

    def test_s13_reading_on_from_the_last_checkpoint_shows_nothing_but_doubles(self, connector: Exchange, stream: str):
        if not connector.streams[stream].delta:
            return
        found, checkpoint = read_on(connector, stream, None)
        assert is_json(checkpoint)
        doubles, _ = read_on(connector, stream, checkpoint)
        assert {id_: found[id_] for id_ in doubles} == doubles

    @pytest.mark.parametrize("full", [True, False])
    def test_s17_a_reading_that_was_broken_off_goes_on_from_its_checkpoint(
        self, connector: Exchange, stream: str, full: bool
    ):
        whole = by_id(of_stream(connector, stream, connector.read(stream, None, full=full)))
        for pages in (1, 2):
            reading = connector.read(stream, None, full=full)
            first = list(islice(reading, pages))
            reading.close()
            if not first or first[-1].complete:
                return
            rest = list(connector.read(stream, orjson.loads(orjson.dumps(first[-1].checkpoint)), full=full))
            assert {*by_id(of_stream(connector, stream, [*first, *rest]))} == {*whole}
            assert not full or rest[-1].complete

    def test_a_change_behind_our_back_is_seen(self, system: Counterpart, connector: Exchange, stream: str):
        if stream not in system.change:
            return
        fresh = system.add[stream]() if stream in system.add else ""  # what others left may stand still for good
        found, checkpoint = read_on(connector, stream, None)
        id_ = fresh or max(found)
        system.change[stream](id_)
        news, _ = read_on(connector, stream, checkpoint)
        assert news[id_] != found[id_]
        assert by_id(connector.fetch(stream, [id_])) == {id_: news[id_]}

    def test_a_new_record_is_seen(self, system: Counterpart, connector: Exchange, stream: str):
        if stream not in system.add:
            return
        found, checkpoint = read_on(connector, stream, None)
        id_ = system.add[stream]()
        assert id_ not in found
        assert id_ in read_on(connector, stream, checkpoint)[0]

    def test_s15_what_was_deleted_is_no_longer_shown(self, system: Counterpart, connector: Exchange, stream: str):
        if stream not in system.delete:
            return
        id_ = system.add[stream]()
        assert [document.id for document in connector.fetch(stream, [id_])] == [id_]
        system.delete[stream](id_)
        assert connector.fetch(stream, [id_]) == []
        assert id_ not in by_id(of_stream(connector, stream, connector.read(stream, None, full=True)))

    # Writing

    def test_s06_what_is_created_is_found_by_its_reference_and_read_as_written(self, connector: Exchange, written: str):
        stream, write = connector.streams[written], self.new(connector, written)
        if stream.create == "intent":
            assert [*connector.find(written, [write])[write.key]] == []
        done = only(connector.write(written, [write]))
        assert done.outcome == "done", done
        assert done.id
        if stream.create == "intent":
            assert connector.find(written, [write]) == {write.key: [done.id]}
        self.check_read_back(connector, written, write.record, done)

    def test_an_update_sets_its_fields_and_no_others(self, connector: Exchange, written: str):
        write = self.new(connector, written)
        done = only(connector.write(written, [write]))
        assert done.outcome == "done", done
        before = fields_of(connector, written, done.id)
        change = self.samples[written].change
        update = replace(write, id=done.id, fields=change, record={**write.record, **change})
        changed = only(connector.write(written, [update]))
        assert (changed.outcome, changed.id) == ("done", done.id), changed
        self.check_read_back(connector, written, update.record, changed)
        after = fields_of(connector, written, done.id)
        left = {*before, *after} - {*change} - self.samples[written].unread
        assert {name: after.get(name) for name in left} == {name: before.get(name) for name in left}
        self.check_the_same_again(connector, written, update, after)

    def check_the_same_again(self, connector: Exchange, written: str, update: Write, after: Fields) -> None:
        assert only(connector.write(written, [update])).outcome == "done"
        assert fields_of(connector, written, update.id) == after

    def test_s18_what_is_refused_says_why_and_does_not_stop_the_others(self, connector: Exchange, written: str):
        refused = self.samples[written].refused
        if refused is None:
            return
        good, other = self.new(connector, written), self.new(connector, written)
        bad = self.new(connector, written)
        bad = replace(bad, fields={**bad.fields, **refused}, record={**bad.record, **refused})
        outcomes = {each.key: each for each in connector.write(written, [good, bad, other])}
        assert [outcomes[each.key].outcome for each in (good, bad, other)] == ["done", "refused", "done"], outcomes
        assert outcomes[bad.key].cause
        assert outcomes[bad.key].message

    def test_what_is_removed_is_gone_and_stays_so(self, connector: Exchange, written: str):
        if not connector.streams[written].removes:
            return
        write = self.new(connector, written)
        done = only(connector.write(written, [write]))
        gone = replace(write, id=done.id, remove=True, fields={})
        assert only(connector.write(written, [gone])).outcome == "done"
        assert connector.fetch(written, [str(done.id)]) == []
        assert only(connector.write(written, [gone])).outcome in ("gone", "done")
        update = replace(write, id=done.id, fields=self.samples[written].change)
        assert only(connector.write(written, [update])).outcome == "gone"

    def new(self, connector: Exchange, written: str) -> Write:
        """Return a write of a record that is not there yet; the product that it belongs to is made first."""
        token, sample = f"T{secrets.token_hex(4)}", self.samples[written]
        stream, links = connector.streams[written], dict(sample.links)
        if stream.create == "put":
            product = self.new(connector, stream_of(connector, "products"))
            made = only(connector.write(stream_of(connector, "products"), [product]))
            links["products"] = {product.key: str(made.id)}
            token = product.record["sku"]
            if stream.entity == "stock" and (priced := stream_of(connector, "prices")) in self.samples:
                price = self.samples[priced].record(token)
                only(connector.write(priced, [Write(token, price, price, links=links)]))
        record = ENTITIES[stream.entity].valid(sample.record(token))
        fields = {name: value for name, value in record.items() if name in stream.writes}
        key = expected_key(stream.entity, record) or token
        return Write(key, fields, record, reference=f"hub-{token}", links=links)

    def check_read_back(self, connector: Exchange, written: str, record: Fields, done: Written) -> None:
        """What was written is read, and what the write answered is what is read."""
        if not connector.streams[written].reads:
            return
        [document] = connector.fetch(written, [str(done.id)])
        if done.document is not None:
            assert done.document == document
        entity = ENTITIES[connector.streams[written].entity]
        told, wanted = fields_of(connector, written, done.id), entity.valid(record)
        checked = connector.streams[written].writes & {*wanted} - self.samples[written].unread
        assert {name: told.get(name) for name in checked} == {name: wanted[name] for name in checked}

    # When it does not work

    def test_a_key_that_is_refused_is_named_with_the_mend(self, system: Counterpart, stream: str):
        connector = system.connect(**system.wrong_key)
        with pytest.raises(Refused, match=r"\[systems\.") as caught:
            list(connector.read(stream, None, full=True))
        findings = connector.check()
        assert any(not finding.good for finding in findings)
        assert not leaks(system, caught.value, findings)

    def test_a_system_that_is_away_is_tried_later(self, system: Counterpart):
        connector = system.connect(**system.unreachable)
        with pytest.raises(TryLater):
            list(connector.read(self.streams[0], None, full=True))
        for written in islice(self.samples, 1):
            with pytest.raises(TryLater):
                list(connector.write(written, [Write("k", {}, {"sku": "k"}, id="1", remove=True)]))

    def test_a_check_of_a_system_that_is_away_says_so(self, system: Counterpart):
        findings = system.connect(**system.unreachable).check()
        assert any(not finding.good and finding.message for finding in findings)
        assert not leaks(system, findings)

    def test_no_secret_is_logged(self, system: Counterpart):
        with structlog.testing.capture_logs() as lines:
            connector = system.connect()
            connector.check()
            for name in self.streams:
                list(islice(connector.read(name, None, full=True), 2))
        assert not leaks(system, lines, connector)


def read_on(connector: Exchange, stream: str, since: Fields | None) -> tuple[dict[str, Fields], Fields | None]:
    """Return what a reading since a checkpoint shows, by id, and the checkpoint of its last page."""
    full = not connector.streams[stream].delta
    pages = list(connector.read(stream, None if full else since, full=full))
    checkpoint = orjson.loads(orjson.dumps(pages[-1].checkpoint)) if pages else since
    return by_id(of_stream(connector, stream, pages)), checkpoint


def of_stream(connector: Exchange, stream: str, pages: Iterable[Page]) -> list[Document]:
    entity = connector.streams[stream].entity
    return [document for page in pages if page.entity == entity for document in page.documents]


def by_id(documents: Iterable[Document]) -> dict[str, Fields]:
    return {document.id: document.raw for document in documents}


def stream_of(connector: Exchange, entity: str) -> str:
    return next(name for name, stream in connector.streams.items() if stream.entity == entity)


def expected_key(entity: str, fields: Fields) -> str:
    """Return the natural key; a shop's stock is one number for each product, without a location."""
    if entity == "stock" and "location" not in fields:
        return fields["sku"]
    return ENTITIES[entity].key(fields, fields)


def fields_of(connector: Exchange, stream: str, id_: str | None) -> Fields:
    """Return what a record says now, valid."""
    [document] = connector.fetch(stream, [str(id_)])
    change = connector.translate(stream, document)
    assert isinstance(change, Change), change
    return ENTITIES[connector.streams[stream].entity].valid(change.fields)


def only(outcomes: Iterable[Written]) -> Written:
    [outcome] = outcomes
    return outcome


def is_json(value: object) -> bool:
    return orjson.loads(orjson.dumps(value)) == value


def leaks(system: Counterpart, *things: object) -> bool:
    said = " ".join(f"{thing} {thing!r}" for thing in things)
    return any(secret in said for secret in system.secrets)
