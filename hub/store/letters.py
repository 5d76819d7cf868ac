"""Messages that nobody could understand, or that the broker gave up: kept with the reason, one row for each digest."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.store.batch import among, insert_into
from hub.store.database import Tx
from hub.store.schema import letter
from hub.store.types import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message that could not be delivered to its purpose."""

    queue: str
    reason: str
    exchange: str
    routing_key: str
    headers: Mapping[str, str]
    body: str

    @property
    def digest(self) -> str:
        """Equal messages with equal reasons count as one, so that a storm of them stays one row."""
        parts = (self.queue, self.reason, self.exchange, self.routing_key, self.body)
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it is kept."""

    id: int
    queue: str
    state: str
    reason: str
    exchange: str
    routing_key: str
    headers: Mapping[str, str]
    body: str
    times: int
    first_at: datetime
    last_at: datetime


_TEXTS = ("queue", "reason", "exchange", "routing_key", "body")


def keep(tx: Tx, letters: Collection[Letter]) -> None:
    """Keep letters; equal ones are counted."""
    equal = {each.digest: each for each in letters}
    times = Counter(each.digest for each in letters)
    for digest, each in sorted(equal.items()):
        seen = {"times": times[digest], "first_at": tx.now, "last_at": tx.now, "state": "open", "digest": digest}
        told = {name: storable(getattr(each, name)) for name in _TEXTS}
        statement = insert_into(tx.dialect, letter).values({**seen, **told, "headers": dict(each.headers)})
        again = {"times": letter.c.times + times[digest], "last_at": tx.now, "state": "open"}
        tx.execute(statement.on_conflict_do_update(index_elements=["digest"], set_=again))


def find(tx: Tx, *, state: str | None = "open", number: int | None = None, most: int = 100) -> list[Kept]:
    """List letters, the latest first."""
    statement = sa.select(*(letter.c[name] for name in Kept.__dataclass_fields__))
    if state is not None:
        statement = statement.where(letter.c.state == state)
    if number is not None:
        statement = statement.where(letter.c.id == number)
    return [Kept(*row) for row in tx.execute(statement.order_by(letter.c.id.desc()).limit(most))]


def count(tx: Tx) -> int:
    """Return how many letters are open."""
    return tx.execute(sa.select(sa.func.count()).where(letter.c.state == "open")).scalar_one()


def discard(tx: Tx, numbers: Collection[int]) -> int:
    """Put letters away; returns how many were open."""
    mine = among(tx.dialect, letter.c.id, numbers) & (letter.c.state == "open")
    return tx.execute(sa.update(letter).where(mine).values(state="discarded")).rowcount
