"""A job of a system in the simulated hub."""

from dataclasses import dataclass
from datetime import datetime

from tests.simulation.clock import START


@dataclass(slots=True)
class Job:
    """A job of a system, and its run that is under way or waits."""

    system: str
    streams: tuple[str, ...]
    scope: tuple[str, ...] | None = None
    """Of webhooks: what they told of."""
    run: int = 0
    generation: int = 1
    not_before: datetime = START
    busy: bool = False
    begun: bool = False
    done: bool = False
    """Of webhooks: they have been answered."""

    @property
    def name(self) -> str:
        """Return its name."""
        return f"{self.system}.{self.streams[0] if self.scope else '+'.join(self.streams)}"
