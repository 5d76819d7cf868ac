"""What a connector promises of a system that misbehaves, on the real one behind a server of ours.

It is the contract of `misbehaving_suite`, but for what would need the system's clock to be moved: who runs a real system
cannot do that. Its records are shared by all tests, and grow.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import orjson
import pytest

from hub.clock import SystemClock
from hub.connector import Exchange
from tests.contract.connector_suite import FILLED, Counterpart, by_id, fields_of, of_stream, read_on
from tests.contract.misbehaving_suite import MisbehavingContract
from tests.fakes import faults
from tests.fakes.fake import Fake
from tests.fronts import Front

SHORT = 4
"""Rows of a page."""
SOON = timedelta(minutes=10)
OF_THE_SYSTEM = (
    "test_s12_a_change_that_moves_no_mark_is_found_by_a_full_scan",
    "test_s12_a_mark_that_moves_without_a_change_changes_nothing",
    "test_s13_what_comes_at_the_last_mark_is_not_lost",  # as with S14
)
"""Its clock, and whether its marks tell the truth: these are not tested."""


class FastClock(SystemClock):
    """The clock of a hub that is an hour ahead of the system."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=1)


class FrontedContract(MisbehavingContract):
    """Inherit from it, and say what the system's front is."""

    fronts: type[Front]
    page = SHORT
    pace = 5
    patience = "6s"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in OF_THE_SYSTEM:
            setattr(cls, name, None)

    @pytest.fixture
    def fake(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
        front = self.fronts(request.getfixturevalue(self.fronts.system))
        for name, value in {**front.environment, "WRONG_KEY": "not-this-one-at-all"}.items():
            monkeypatch.setenv(name, value)
        yield front
        front.close()

    @pytest.fixture
    def connector(self, fake: Front) -> Exchange:
        """A connector to a system in which there is something to read."""
        return self.stocked(fake)

    def stocked(self, fake: Front) -> Exchange:
        """Return a connector; there are enough records for several pages."""
        if (self.fronts, str(fake.peer.port)) not in FILLED:
            FILLED.add((self.fronts, str(fake.peer.port)))
            for stream in fake.adding:
                self.top_up(fake, stream, SHORT)
        return fake.connect()

    def top_up(self, fake: Front, stream: str, least: int) -> None:
        """Let there be so many records at least."""
        for _ in range(least - fake.count(stream)):
            fake.add(stream)

    @pytest.fixture
    def system(self, fake: Front) -> Counterpart:
        return Counterpart(
            fake.connect,
            fake.wrong_key,
            {"url": "http://127.0.0.1:9", "timeout": "1s"},
            (*fake.secrets(), "not-this-one-at-all"),
            add={stream: partial(act, fake) for stream, act in fake.adding.items() if stream in self.streams},
            change={stream: partial(act, fake) for stream, act in fake.changing.items()},
            delete={stream: partial(act, fake) for stream, act in fake.removing.items()},
        )

    @pytest.fixture
    def elsewhere(self, fake: Front, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The hub is in Tokyo, by its machine's clock."""
        set_zone: Callable[[], None] = getattr(time, "tzset", lambda: None)
        with monkeypatch.context() as there:
            there.setenv("TZ", "Asia/Tokyo")
            set_zone()
            yield
        set_zone()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        for name, acts in (
            ("added", self.fronts.adding),
            ("removed", self.fronts.removing),
            ("moved", self.fronts.changing),
        ):
            if name in metafunc.fixturenames:
                chosen = [each for each in self.streams if each in acts and each in self.fronts.adding]
                metafunc.parametrize(name, chosen[:1] if name == "moved" else chosen)

    def fill(self, fake: Front, stream: str) -> list[str]:
        """Let the stream's list come in several pages; return the identities of all that is there."""
        connector = self.stocked(fake)
        there = by_id(of_stream(connector, stream, connector.read(stream, None, full=True)))
        fake.most = max(2, len(there) // 3)
        return [*there]

    def test_s11_dates_are_in_utc(self, fake: Front, elsewhere: None):
        id_, _ = fake.place_order(fake.clock.now())
        placed = datetime.fromisoformat(fields_of(fake.connect(), "orders", id_)["placed_at"])
        assert abs(fake.placed_at() - placed) < SOON

    def test_s11_changes_are_asked_for_in_utc(self, fake: Front, elsewhere: None, added: str):
        connector = fake.connect()
        _, since = read_on(connector, added, None)
        assert fake.add(added) in read_on(connector, added, since)[0]

    def test_s14_the_mark_is_of_the_data_not_of_a_clock(self, fake: Front, added: str):
        connector = fake.connect(clock=FastClock())
        _, since = read_on(connector, added, None)
        assert fake.add(added) in read_on(connector, added, since)[0]

    def test_s17_a_long_reading_goes_on_where_it_was_broken_off(self, fake: Front, stream: str):
        if stream in fake.adding:
            self.top_up(fake, stream, fake.several)
        ids, connector = self.fill(fake, stream), fake.connect()
        reading = connector.read(stream, None, full=True)
        first = next(page for page in reading if page.documents and page.entity == connector.streams[stream].entity)
        reading.close()
        since = orjson.loads(orjson.dumps(first.checkpoint))
        rest = by_id(of_stream(connector, stream, connector.read(stream, since, full=True)))
        assert {*ids} <= {*by_id(first.documents), *rest}
        assert len(rest) < len(ids)

    def test_s20_a_line_stands_without_its_product(self, fake: Front, connector: Exchange):
        id_, _ = fake.place_order(fake.clock.now())
        (gone,) = [line for line in fields_of(connector, "orders", id_)["lines"] if line.get("sku") != "00042"]
        assert gone["quantity"] == "1"
        assert Decimal(gone["gross"]) > 0

    def test_s25_rows_that_move_up_are_not_passed_over(self, fake: Front, removed: str):
        fake.most, connector = SHORT, fake.connect()
        front, *others = [fake.add(removed) for _ in range(SHORT + 2)]
        fake.server.misbehave(faults.once_shown(fake.shown(front), lambda: fake.remove(removed, front)), times=-1)
        pages = list(connector.read(removed, None, full=True))
        assert {*others} <= {*by_id(of_stream(connector, removed, pages))}
        assert pages[-1].complete
        assert connector.fetch(removed, [front]) == [], "it was removed while the list was read"

    def test_s25_rows_that_move_to_the_end_are_not_passed_over(self, fake: Front, moved: str):
        front, *others = [fake.add(moved) for _ in range(SHORT + 2)]
        connector = fake.connect()
        before = by_id(connector.fetch(moved, [front]))
        fake.server.misbehave(faults.once_shown(fake.shown(front), lambda: fake.change(moved, front)), times=-1)
        assert {front, *others} <= {*read_on(connector, moved, None)[0]}
        assert by_id(connector.fetch(moved, [front])) != before, "it was changed while the list was read"
