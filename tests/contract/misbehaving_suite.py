"""What a connector promises of a system that misbehaves, on a fake of it: a test a row of the list of accidents.

It holds the whole contract of `connector_suite` as well. A connector's test file says what it supports:

class TestWooCommerce(MisbehavingContract):
    fakes = WooCommerce
    streams = ("products", "prices", "stock", "parties", "orders")
    samples = {"products": Sample(product, {"name": "Lantern"}, refused={"sku": ""})}
    untidy = {"products": {"name": " Lamp & Shade "}}
    excused = {"s23": "its keys do not end"}
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from hub.canonical import ENTITIES
from hub.config.exchange import ExchangeOptions
from hub.connector import Exchange, Page, Write
from hub.errors import Refused, TryLater, Unanswered
from hub.store import Store
from hub.sync import System
from tests.contract.connector_suite import (
    Fields,
    by_id,
    fields_of,
    of_stream,
    only,
    read_on,
)
from tests.contract.limits_suite import LONG, OnFake
from tests.contract.tables import ERP, SHOP, Hub, Tables
from tests.fakes import faults
from tests.fakes.fake import Fake
from tests.fakes.server import Fault
from tests.servers.process import wait_until

CARRIED_OUT: Mapping[str, Fault] = {
    "no answer": faults.lost_answer,
    "reset": faults.reset_after,
    "a page": faults.page_after(502),
    "half an answer": faults.cut_short,
}
NOT_CARRIED_OUT: Mapping[str, Fault] = {"reset": faults.reset_before, "a page": faults.page(503)}
OF_CHANNELS = (
    "test_s10_a_late_status",
    "test_s11_dates_are_in_utc",
    "test_s20_a_line",
    "test_s24_leading_zeros",
    "test_s27_the_totals",
)
"""Of systems in which orders are placed. To an ERP they are brought: what of these rows it can do is tested beside."""
CALLS = "a secret that only the two know"
"""Of webhook calls."""


class MisbehavingContract(OnFake):
    """Inherit from it, and fill in these."""

    kind: str = "eshop"
    untidy: Mapping[str, Fields] = {}
    """Stream -> fields that the system stores in another form than they were written in."""
    page: int = 100
    """Records that the connector asks for at once."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        no_channel = cls.kind == "erp"
        left_out = [each for each in dir(cls) if no_channel and each.startswith(OF_CHANNELS) and each not in vars(cls)]
        system: type[Fake] | None = getattr(cls, "fronts", None) or getattr(cls, "fakes", None)
        if system is not None and not system.tells_total:
            # Nobody could see that such a list has ended too early.
            left_out.append("test_s16_a_list_that_ends_too_early_is_never_complete")
        for name in left_out:
            setattr(cls, name, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        if "untidily" in metafunc.fixturenames:
            metafunc.parametrize("untidily", tuple(self.untidy))

    def fill(self, fake: Fake, stream: str) -> list[str]:
        """Add records for several pages, some of one mark; return their identities."""
        ids: list[str] = []
        for number in range(2 * self.page + 5):
            ids.append(fake.add(stream))
            fake.clock.move(minutes=number % 7 == 0)
        return ids

    def test_its_streams_are_all_declared(self, connector: Exchange):
        assert {*self.made} == {name for name, each in connector.streams.items() if each.create == "intent"}

    # Found, not made twice

    def test_s03_what_is_there_already_is_found_by_its_natural_key(self, fake: Fake, connector: Exchange, made: str):
        id_ = fake.add(made)
        record = fields_of(connector, made, id_)
        assert connector.find(made, [Write("k", {}, record, reference="hub-unknown")]) == {"k": [id_]}

    @pytest.mark.parametrize("how", CARRIED_OUT)
    def test_s06_a_create_that_was_not_answered_is_found_again(
        self, fake: Fake, connector: Exchange, made: str, how: str
    ):
        write, before = self.new(connector, made), fake.count(made)
        fake.server.misbehave(CARRIED_OUT[how], to=fake.creates[made])
        # Where nobody has to give up waiting, nobody is to be given up for being slow.
        impatient = {"timeout": self.patience} if how == "no answer" else {}
        with pytest.raises(Unanswered):
            list(fake.connect(**impatient).write(made, [write]))
        wait_until("it to be carried out", lambda: fake.count(made) > before)  # the client has waited for so long only
        assert fake.count(made) == before + 1
        found = connector.find(made, [write])[write.key]
        assert len(found) == 1
        assert [document.id for document in connector.fetch(made, found)] == [*found]

    @pytest.mark.parametrize("how", NOT_CARRIED_OUT)
    def test_s06_a_create_that_came_to_nothing_is_made_once(self, fake: Fake, connector: Exchange, made: str, how: str):
        write, before = self.new(connector, made), fake.count(made)
        fake.server.misbehave(NOT_CARRIED_OUT[how], to=fake.creates[made])
        with pytest.raises(TryLater):
            list(connector.write(made, [write]))
        assert (fake.count(made), [*connector.find(made, [write])[write.key]]) == (before, [])
        assert only(connector.write(made, [write])).outcome == "done"
        assert fake.count(made) == before + 1

    # Webhooks

    def test_s08_a_webhook_that_was_switched_off_is_switched_on_again(self, fake: Fake, connector: Exchange):
        hooks = connector.hooks
        assert hooks
        for topic in hooks.topics:
            hooks.subscribe(topic, "https://hub.example/shop", CALLS)
        assert {each.topic for each in hooks.subscriptions() if each.active} == {*hooks.topics}
        fake.switch_off_webhooks()
        asleep = [each for each in hooks.subscriptions() if not each.active]
        assert len(asleep) == len(hooks.topics)
        for each in asleep:
            hooks.revive(each, CALLS)
        assert all(each.active and each.address == "https://hub.example/shop" for each in hooks.subscriptions())

    def test_s08_a_call_says_which_record_to_fetch(self, fake: Fake, connector: Exchange):
        assert connector.hooks
        for stream in {*connector.hooks.topics.values()}:
            id_ = fake.add(stream)
            (hint,) = connector.hooks.hints(fake.call(stream, id_, CALLS), CALLS)
            assert (hint.stream, hint.ids) == (stream, (id_,))

    def test_s08_a_forged_call_is_refused(self, fake: Fake, connector: Exchange):
        assert connector.hooks
        call = fake.call(next(iter(connector.hooks.topics.values())), fake.add("orders"), "another")
        for forged in (call, replace(call, body=call.body + b" "), replace(call, headers={})):
            with pytest.raises(Refused):
                connector.hooks.hints(forged, CALLS)

    # What it makes of what it is given, and when it says that something has changed

    def test_s09_what_it_made_of_our_write_does_not_come_back(self, fake: Fake, migrated_sqlite: str, untidily: str):
        store = Store(migrated_sqlite)
        hub = Hub(store)
        other = hub.add("other", *(("erp", Tables(ERP)) if self.kind != "erp" else ("eshop", Tables(SHOP))))
        options = ExchangeOptions.model_validate({"url": fake.server.url})
        hub.systems["it"] = System("it", self.kind, fake.connect(), options)
        record, before = self.samples[untidily].record(f"T{secrets.token_hex(4)}"), fake.count(untidily)
        other.put(untidily, "1", **{**record, **self.untidy[untidily]})
        hub.in_step(untidily, others=True)
        assert not hub.waiting()
        assert fake.count(untidily) == before + 1
        written = len(fake.server.seen(fake.writes))
        for full in (False, True):
            hub.run("it", untidily, full=full)
            hub.run("other", untidily, full=full)
        assert len(fake.server.seen(fake.writes)) == written
        store.close()

    def test_s10_a_late_status_does_not_set_an_order_back(self, fake: Fake, connector: Exchange):
        id_, _ = fake.place_order(fake.clock.now())
        fake.complete(id_)
        before = fields_of(connector, "orders", id_)
        assert before["status"] == "completed"
        list(
            connector.write(
                "orders", [Write("k", {"status": "processing"}, {**before, "status": "processing"}, id=id_)]
            )
        )
        assert fields_of(connector, "orders", id_)["status"] == "completed"

    def test_s11_dates_are_in_utc(self, fake: Fake, connector: Exchange):
        at = fake.clock.now() - timedelta(days=1)
        id_, _ = fake.place_order(at)
        assert fields_of(connector, "orders", id_)["placed_at"] == at.isoformat().replace("+00:00", "Z")

    def test_s11_changes_are_asked_for_in_utc(self, fake: Fake, connector: Exchange, stream: str):
        if not connector.streams[stream].delta:
            return
        _, since = read_on(connector, stream, None)
        ids: list[str] = []
        for _ in range(2):
            fake.clock.move(minutes=50)
            ids.append(fake.add(stream))
            found, since = read_on(connector, stream, since)
            assert ids[-1] in found
        assert ids[0] not in read_on(connector, stream, since)[0]

    def test_s12_a_change_that_moves_no_mark_is_found_by_a_full_scan(
        self, fake: Fake, connector: Exchange, stream: str
    ):
        id_ = fake.add(stream)
        before = read_on(connector, stream, None)[0][id_]
        fake.clock.move(hours=1)
        fake.change(stream, id_, marked=False)
        assert by_id(of_stream(connector, stream, connector.read(stream, None, full=True)))[id_] != before

    def test_s12_a_mark_that_moves_without_a_change_changes_nothing(self, fake: Fake, connector: Exchange, stream: str):
        id_ = fake.add(stream)
        found, since = read_on(connector, stream, None)
        fake.clock.move(hours=1)
        fake.touch(stream, id_)
        assert read_on(connector, stream, since)[0][id_] == found[id_]

    def test_s13_what_comes_at_the_last_mark_is_not_lost(self, fake: Fake, connector: Exchange, stream: str):
        fake.add(stream)
        _, since = read_on(connector, stream, None)
        assert fake.add(stream) in read_on(connector, stream, since)[0]

    def test_s14_the_mark_is_of_the_data_not_of_a_clock(self, fake: Fake, connector: Exchange, stream: str):
        _, since = read_on(connector, stream, None)
        fake.clock.move(seconds=5)
        assert fake.add(stream) in read_on(connector, stream, since)[0]

    # Lists that break off, and move

    @pytest.mark.parametrize("fault", [faults.too_many(LONG), faults.page(502), faults.cut_short, faults.reset_before])
    def test_s16_a_partial_reading_is_never_complete(self, fake: Fake, fault: Fault):
        self.break_off(fake, self.streams[0], fault)

    def test_s16_a_reading_that_is_refused_half_way_is_never_complete(self, fake: Fake, stream: str):
        self.break_off(fake, stream, faults.too_many(LONG))

    def test_s16_a_list_that_ends_too_early_is_never_complete(self, fake: Fake, stream: str):
        self.break_off(fake, stream, faults.emptied(fake.without_rows))

    def break_off(self, fake: Fake, stream: str, fault: Fault) -> None:
        """Read a stream whose list shows one page, if it has pages, and then a fault as often as it is asked."""
        self.fill(fake, stream)
        if not fake.comes_whole:
            fake.server.misbehave(faults.fine, to=fake.lists[stream])
        fake.server.misbehave(fault, to=fake.lists[stream], times=-1)
        pages: list[Page] = []
        with pytest.raises(TryLater):
            pages.extend(fake.connect().read(stream, None, full=True))
        assert not any(page.complete for page in pages)

    @pytest.mark.parametrize("full", [True, False])
    def test_s17_a_long_reading_goes_on_where_it_was_broken_off(self, fake: Fake, stream: str, full: bool):
        ids, connector = self.fill(fake, stream), fake.connect()
        reading = connector.read(stream, None, full=full)
        first = [next(page for page in reading if page.documents and page.entity == connector.streams[stream].entity)]
        reading.close()
        since = orjson.loads(orjson.dumps(first[0].checkpoint))
        rest = by_id(of_stream(connector, stream, connector.read(stream, since, full=full)))
        assert {*ids} <= {*by_id(first[0].documents), *rest}
        assert len(rest) < len(ids)

    def test_s25_rows_that_move_up_are_not_passed_over(self, fake: Fake, stream: str):
        front, *others = self.fill(fake, stream)
        fake.server.misbehave(faults.and_then(lambda: fake.remove(stream, front)), to=fake.lists[stream])
        connector = fake.connect()
        pages = list(connector.read(stream, None, full=True))
        assert {*others} <= {*by_id(of_stream(connector, stream, pages))}
        assert pages[-1].complete

    def test_s25_rows_that_move_to_the_end_are_not_passed_over(self, fake: Fake, stream: str):
        ids, connector = self.fill(fake, stream), fake.connect()
        fake.server.misbehave(faults.and_then(lambda: fake.touch(stream, ids[0])), to=fake.lists[stream])
        assert {*ids} <= {*read_on(connector, stream, None)[0]}

    # What an order says

    def test_s20_a_line_stands_without_its_product(self, fake: Fake, connector: Exchange):
        id_, _ = fake.place_order(fake.clock.now())
        lines = fields_of(connector, "orders", id_)["lines"]
        assert [line for line in lines if not line.get("sku") and line["name"]]

    def test_s24_leading_zeros_stay(self, fake: Fake, connector: Exchange):
        id_, _ = fake.place_order(fake.clock.now())
        fields = fields_of(connector, "orders", id_)
        assert "00042" in [line.get("sku") for line in fields["lines"]]
        told = fields.get("billing_address") or fields["shipping_address"]
        assert told["postcode"] == fake.postcode

    def test_s24_leading_zeros_stay_in_what_is_written(self, connector: Exchange, made: str):
        code = f"000{secrets.randbelow(10**9)}"
        record = ENTITIES[connector.streams[made].entity].valid(self.samples[made].record(code))
        fields = {name: value for name, value in record.items() if name in connector.streams[made].writes}
        done = only(connector.write(made, [Write("k", fields, record, reference=f"hub-{code}")]))
        assert code in fields_of(connector, made, done.id).values()

    def test_s27_the_totals_are_those_of_the_system(self, fake: Fake, connector: Exchange):
        id_, totals = fake.place_order(fake.clock.now())
        fields = fields_of(connector, "orders", id_)
        assert {name: fields["totals"][name] for name in totals} == dict(totals)
