"""Time that stands until the simulator moves it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 5, 58, 30, tzinfo=UTC)


class SimClock:
    """Implements `hub.clock.Clock`: the wall may be set back, the monotonic seconds never are."""

    def __init__(self) -> None:
        self._wall = START
        self._monotonic = 0.0
        self.latest = START
        self.moved: list[Callable[[], None]] = []
        """Who is told when time has passed: writers of files that go on writing."""

    def now(self) -> datetime:
        """Return the time on the wall."""
        return self._wall

    def monotonic(self) -> float:
        """Return the seconds that have really passed."""
        return self._monotonic

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._monotonic += seconds
        self._wall += timedelta(seconds=round(seconds, 3))
        self.latest = max(self.latest, self._wall)
        for tell in self.moved:
            tell()

    def set_back(self, seconds: float) -> None:
        """Set the clock on the wall back, as a time server does."""
        self._wall -= timedelta(seconds=round(seconds, 3))
