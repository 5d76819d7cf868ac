"""What a connector promises where a system sets limits, is silent, or shows too much: on a fake of it."""

import threading
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import pytest
import structlog

from adapters.asking.budgets import Budget
from adapters.asking.http import KeyRefused
from hub.connector import Exchange
from hub.errors import HubError, TryLater
from tests.contract.connector_suite import ConnectorContract, Counterpart, leaks, only
from tests.fakes import faults
from tests.fakes.fake import Fake

SOON = "1"
"""Seconds, as in `Retry-After`: worth waiting for."""
LONG = "3600"
LONGEST = 60
"""Seconds that anything may take on a machine that is busy with other tests."""


class OnFake(ConnectorContract):
    """The contract of all connectors, on a fake; and what is promised of limits, silence and secrets."""

    fakes: type[Fake]
    made: tuple[str, ...] = ("products",)
    """The streams whose records are made by a create that must not be repeated blindly."""
    pace: ClassVar[int] = 20
    """Requests a second that are allowed: less than the system could answer."""
    patience: ClassVar[str] = "2s"
    """How long an answer is waited for: more than the system takes, also on a machine that is busy with other tests."""

    @pytest.fixture
    def fake(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
        fake = self.fakes()
        for name, value in {**fake.environment, "WRONG_KEY": "not-this-one-at-all"}.items():
            monkeypatch.setenv(name, value)
        yield fake
        fake.close()

    @pytest.fixture
    def system(self, fake: Fake) -> Counterpart:
        acts: dict[str, Any] = {
            name: {stream: partial(act, stream) for stream in self.streams}
            for name, act in {"add": fake.add, "change": fake.change, "delete": fake.remove}.items()
        }
        away = {"url": "http://127.0.0.1:9", "timeout": "1s"}
        secrets = (*fake.secrets(), "not-this-one-at-all")
        return Counterpart(fake.connect, fake.wrong_key, away, secrets, **acts)

    @pytest.fixture
    def connector(self, fake: Fake) -> Exchange:
        """A connector to a system in which there is something to read."""
        for stream in self.streams:
            fake.add(stream)
        return fake.connect()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        if "made" in metafunc.fixturenames:
            metafunc.parametrize("made", self.made)

    # Limits

    def test_s22_a_system_that_has_enough_is_left_alone_as_long_as_it_asks(self, fake: Fake, connector: Exchange):
        stream = self.streams[0]
        began = len(fake.server.asked)
        fake.server.misbehave(faults.too_many(SOON), to=fake.lists[stream])
        list(connector.read(stream, None, full=True))
        times = fake.server.times()[began:]
        assert max(later - earlier for earlier, later in pairwise(times)) >= float(SOON)

    def test_s22_without_a_time_it_is_asked_again_a_little_later(self, fake: Fake, connector: Exchange):
        fake.server.misbehave(faults.too_many(), to=fake.lists[self.streams[0]], times=2)
        assert list(connector.read(self.streams[0], None, full=True))[-1].complete

    def test_s22_a_long_time_is_waited_for_by_the_run_not_by_the_thread(self, fake: Fake, connector: Exchange):
        stream = self.streams[0]
        fake.server.misbehave(faults.too_many(LONG), to=fake.lists[stream], times=-1)
        with pytest.raises(TryLater) as caught:
            list(connector.read(stream, None, full=True))
        assert caught.value.after == float(LONG)
        assert len(fake.server.seen(fake.lists[stream])) == 1

    def test_s22_a_write_that_was_turned_away_is_made_once(self, fake: Fake, connector: Exchange, made: str):
        before = fake.count(made)
        fake.server.misbehave(faults.too_many(), to=fake.creates[made])
        assert only(connector.write(made, [self.new(connector, made)])).outcome == "done"
        assert fake.count(made) == before + 1

    def test_s22_all_who_ask_a_host_wait_together(
        self, fake: Fake, connector: Exchange, monkeypatch: pytest.MonkeyPatch
    ):
        stream, turned_away, hold = self.streams[0], threading.Event(), Budget.hold

        def held(budget: Budget, until: float) -> None:
            hold(budget, until)
            turned_away.set()

        monkeypatch.setattr(Budget, "hold", held)
        fake.server.misbehave(faults.too_many(SOON), to=fake.lists[stream])
        one = threading.Thread(target=lambda: list(connector.read(stream, None, full=True)))
        one.start()
        assert turned_away.wait(LONGEST)
        list(fake.connect().read(stream, None, full=True))
        one.join(LONGEST)
        first, *others = fake.server.times(fake.lists[stream])
        assert min(others) - first >= float(SOON)

    def test_no_more_calls_a_second_than_are_allowed(self, fake: Fake):
        stream = self.streams[0]
        id_, connector = fake.add(stream), fake.connect(requests_per_second=self.pace)
        while len(fake.server.asked) <= self.pace + 5:
            connector.fetch(stream, [id_])
        times = fake.server.times()
        in_a_second = max(sum(0 <= later - time < 1 for later in times) for time in times)
        assert in_a_second <= self.pace + 1

    # When it does not answer

    def test_a_slow_system_is_waited_for(self, fake: Fake, connector: Exchange):
        fake.server.misbehave(faults.slow(fake.server.ending.wait, 0.3), times=2)
        assert list(connector.read(self.streams[0], None, full=True))[-1].complete

    def test_a_reading_that_is_not_answered_is_asked_for_again(self, fake: Fake, connector: Exchange):
        fake.server.misbehave(faults.silent, to=fake.lists[self.streams[0]])
        assert list(fake.connect(timeout=self.patience).read(self.streams[0], None, full=True))[-1].complete

    def test_a_key_that_was_rotated_is_named_with_the_mend(self, fake: Fake, connector: Exchange, made: str):
        write, before = self.new(connector, made), fake.count(made)
        list(connector.read(made, None, full=True))
        fake.rotate_key()
        for act in (lambda: connector.read(made, None, full=True), lambda: connector.write(made, [write])):
            with pytest.raises(KeyRefused, match=r"\[systems\."):
                list(act())
        assert fake.count(made) == before

    # Secrets

    @pytest.mark.parametrize("status", [500, 400, 401])
    def test_no_secret_is_shown_although_the_system_repeats_it(
        self, fake: Fake, system: Counterpart, made: str, status: int
    ):
        connector = fake.connect()
        write = self.new(connector, made)
        with structlog.testing.capture_logs() as lines:
            fake.server.misbehave(faults.telling(status), times=-1)
            shown: list[object] = [connector.check()]
            for act in (lambda: connector.read(made, None, full=True), lambda: connector.write(made, [write])):
                try:
                    shown += list(act())
                except HubError as error:
                    shown.append(error)
        assert len(shown) > 2
        assert not leaks(system, lines, connector, *shown)
