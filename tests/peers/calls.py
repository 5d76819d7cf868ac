"""Counts what the hub asks a system, and how much of it may change something there."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

READS = (b'"method":"common.db.login"', b"{login(", b'"query":"query', b'"query":"{')
"""In the body of a POST that changes nothing: opening a session, and asking in GraphQL."""
_NUMBER = re.compile(r"/\d+(?=/|$)")


@dataclass
class Calls:
    """Requests that one system has answered; to be handed each as it was sent."""

    reads: Counter[str] = field(default_factory=Counter[str])
    writes: Counter[str] = field(default_factory=Counter[str])
    """By method and path, numbers left out."""

    def __call__(self, asked: bytes) -> None:
        head, _, body = asked.partition(b"\r\n\r\n")
        method, path, *_ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
        reads = method in ("GET", "HEAD") or any(mark in body for mark in READS)
        (self.reads if reads else self.writes)[f"{method} {_NUMBER.sub('/N', path.partition('?')[0])}"] += 1

    def taken(self) -> Mapping[str, Any]:
        """Return what there was since the last time."""
        told = {"calls": self.reads.total() + self.writes.total(), "writes": self.writes.total()}
        shown = {"by call": dict((self.reads + self.writes).most_common(8))}
        self.reads.clear()
        self.writes.clear()
        return told | shown
