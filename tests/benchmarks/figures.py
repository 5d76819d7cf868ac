"""What is measured and how it is told: figures side by side, a table, a file."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from tests.benchmarks.ground import Ground

PACKAGES = ("kombu", "pika", "SQLAlchemy", "psycopg", "celery", "dlt")


@dataclass(frozen=True)
class Figure:
    """One work: what we do, what the peer does beside us, and what would be the most that is possible."""

    work: str
    ours: float
    unit: str
    peer: float | None = None
    limit: float | None = None
    against: str = ""
    """What peer and limit are, in words."""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times the peer's rate ours is."""
        return self.ours / self.peer if self.peer else None


def in_turns(*sides: Callable[[], float], rounds: int) -> list[list[float]]:
    """Let the sides take turns, so that a noisy moment of the machine meets them all; returns each one's rates."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds):
        for rates, side in zip(taken, sides, strict=True):
            rates.append(side())
    return taken


def figure(
    work: str, unit: str, against: str, rates: Sequence[Sequence[float]], details: Mapping[str, Any] | None = None
) -> Figure:
    """Return the medians of our rates, the peer's and, if there is a third side, the limit's."""
    ours, peer, *limit = [statistics.median(each) for each in rates]
    rounds = {
        name: [round(rate, 1) for rate in each] for name, each in zip(("ours", "peer", "limit"), rates, strict=False)
    }
    return Figure(work, ours, unit, peer, limit[0] if limit else None, against, {"rounds": rounds, **(details or {})})


def machine(ground: Ground) -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "rabbitmq": ground.rabbitmq_version(),
        "postgresql": ground.postgresql_version(),
        **{name.lower(): version(name) for name in PACKAGES},
    }


def table(figures: Sequence[Figure]) -> Table:
    """Return the figures for people."""
    shown = Table("work", title="Side by side, in one run", title_justify="left", box=SIMPLE_HEAD)
    for title in ("ours", "peer", "limit", "ours / peer"):
        shown.add_column(title, justify="right", no_wrap=True)
    shown.add_column("unit", no_wrap=True)
    for each in figures:
        ratio = f"{each.ratio:.1f}" if each.ratio else ""
        shown.add_row(each.work, _number(each.ours), _number(each.peer), _number(each.limit), ratio, each.unit)
    return shown


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def write(path: Path, figures: Sequence[Figure], facts: Mapping[str, Any]) -> None:
    """Write a list of figures; each says on what machine it was measured, so that lists can be put together."""
    told = [
        {**asdict(each), "ratio": each.ratio, "machine": facts, "command": " ".join(sys.argv[1:])} for each in figures
    ]
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
