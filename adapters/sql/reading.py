"""Reading a stream's rows: everything in the order of the key, or what has changed since a mark, in the same order.

Before what has changed is read, the latest mark of all is asked for. What changes while it is read bears a later one, so
that the next reading begins there, less the overlap. Pages go by the key alone: it is exact, and does not move, whatever
becomes of a row meanwhile; times may be rounded on the way through a driver, are shared by many rows, and go back by an
hour in autumn.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from adapters.rows import Row, Spot
from adapters.sql.database import Database
from adapters.sql.marks import ahead, earlier, later
from adapters.sql.options import StreamOptions
from adapters.sql.plain import folded, identity, is_set, key_values, packed, unpacked
from adapters.sql.texts import bound, compared, comparing, rows_of
from adapters.writing.bulk import portions
from hub.clock import Clock
from hub.config.faults import guess_or_list
from hub.errors import Refused

PAGE = 1000
Given = TypeVar("Given")

MOST = 500
"""Keys in one statement: SQL Server takes 2,100 values, Oracle 1,000 of a list."""

AHEAD = timedelta(days=1)
"""So far may a row's time lie in the future: clocks and zones differ."""

EVERYTHING = sa.text("*")


@dataclass(frozen=True)
class Source:
    """One stream in its database."""

    database: Database
    name: str
    """The stream's."""
    options: StreamOptions
    clock: Clock
    _known_key: list[Any] = field(default_factory=list[Any])

    @property
    def place(self) -> str:
        """Where it stands in hub.toml."""
        return f"[systems.{self.database.name}.streams.{self.name}]"

    def place_of(self, child: str) -> str:
        """Return where the rows that belong to each record stand there."""
        return f"{self.place[:-1]}.children.{child}]"

    @cached_property
    def from_(self) -> sa.FromClause:
        """What is read from."""
        return rows_of(self.options.table, self.options.query, (name for _, name in self.options.columns()))

    @cached_property
    def key(self) -> list[sa.ColumnElement[Any]]:
        """The columns of the key."""
        return [self.from_.c[name] for name in self.options.key]

    def select(self) -> sa.Select[Any]:
        """Return a query for all columns, to which conditions can be put."""
        return sa.select(EVERYTHING).select_from(self.from_)

    @cached_property
    def used(self) -> frozenset[str]:
        """The columns `changed` and `deleted`, where fields are made of them as well."""
        marks = (self.options.changed, self.options.deleted)
        return frozenset(each for each in marks if each and any(each in path for path in self.options.fields.values()))

    @cached_property
    def _by(self) -> list[str]:
        return [*filter(None, [self.options.changed]), *self.options.key]

    def walk(self, since: Spot | None, *, full: bool) -> Generator[tuple[Sequence[Row], Spot, bool], None, None]:
        """Yield rows, the place from which to go on, and whether that is the end.

        Raises TryLater or Refused.
        """
        spot = dict(since or {})
        if spot.get("by") != self._by:  # the stream is described otherwise since; what was kept means nothing now
            spot = {}
        if not full and "after" not in spot:
            spot = self._begun(spot.get("mark"))
        spot["by"] = self._by
        while True:
            with self.database.reading(self.place) as connection:
                found = self._page(connection, spot)
                if found:  # else a column that is not there would empty its field in every record
                    check_columns(self.place, list(found[0]), self.options.columns())
                self._check_border(connection, spot, [self.key_of(row) for row in found])
                shown = self.with_children(connection, found[:PAGE])
            self._check_keys(found)
            if len(found) <= PAGE:
                yield shown, {} if full else {"mark": spot["until"], "by": self._by}, True
                return
            last, next_ = ([packed(each) for each in self.key_of(row)] for row in found[-2:])
            spot |= {"after": last, "next": next_}
            yield shown, dict(spot), False

    def some(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the rows of some identities, as far as they are there and not marked as deleted."""
        with self.database.reading(self.place) as connection:
            return self.with_children(connection, self.there(connection, ids))

    def there(self, connection: sa.Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return the same without their children, in a transaction that is open."""
        sample = self.sample_key(connection)
        if sample is None:
            return []
        keys = [values for id_ in dict.fromkeys(ids) if (values := key_values(id_, sample)) is not None]
        found: list[dict[str, Any]] = []
        for some in in_parts(keys, MOST // len(self.key)):
            found += rows(connection, self.select().where(among(self.key, some)), self.place)
        return [row for row in found if not self.is_deleted(row)]

    def is_deleted(self, row: Row) -> bool:
        """Tell whether a row says that its record is gone."""
        return self.options.deleted is not None and is_set(row[self.options.deleted])

    def key_of(self, row: Row) -> tuple[Any, ...]:
        """Return a row's key."""
        return tuple(row[name] for name in self.options.key)

    def with_children(self, connection: sa.Connection, parents: Iterable[Row]) -> list[dict[str, Any]]:
        """Return rows with those that belong to them."""
        found = [dict(row) for row in parents]
        for name, child in self.options.children.items():
            named = child.parent or self.options.key
            from_ = rows_of(child.table, child.query, (*named, *child.order))
            columns = [from_.c[each] for each in named]
            lists: dict[Any, list[Row]] = {}
            for row in found:
                row[name] = lists[identity(self.key_of(row))] = lists[folded(self.key_of(row))] = []
            for some in in_parts([self.key_of(row) for row in found], MOST // len(columns)):
                selected = sa.select(EVERYTHING).select_from(from_).where(among(columns, some))
                selected = selected.order_by(*(from_.c[each] for each in child.order))
                belonging = rows(connection, selected, self.place_of(name))
                if belonging:
                    check_columns(self.place, list(belonging[0]), self.options.columns_of(name))
                for row in belonging:
                    self._list_of(lists, name, [row[each] for each in named]).append(row)
        return found

    def _list_of(self, lists: Mapping[Any, list[Row]], name: str, parent: Sequence[Any]) -> list[Row]:
        """Return where a child belongs; the database may have found its parent by other letters or another type."""
        found = lists.get(identity(parent), lists.get(folded(parent)))
        if found is None:
            place = f"{self.place[:-1]}.children.{name}] parent"
            raise Refused(
                f"{place}: {identity(parent)} is written otherwise than its key; let the query write both alike"
            )
        return found

    def key_parts(self, connection: sa.Connection, id_: str | None) -> dict[str, Any]:
        """Return an identity as statements name it: `id`, and each column of the key; of the database's own types."""
        sample = self.sample_key(connection) if id_ is not None else None
        key = key_values(id_ or "", sample) if sample is not None else None
        if key is None:
            return {"id": id_}
        return {**dict(zip(self.options.key, key, strict=True)), "id": key[0] if len(key) == 1 else id_}

    def _begun(self, mark: Any) -> dict[str, Any]:
        """Return where a reading of what has changed begins, and the mark that it will come to."""
        with self.database.reading(self.place) as connection:
            until = self._latest(connection)
        last = unpacked(mark)
        to = last if until is None else later(last, until)
        if to is None or self._limit(last) is not None:  # the first reading, or what was kept means nothing any more
            return {"from": None, "until": packed(until), "after": []}
        try:
            base = earlier(last, self.options.overlap, self.options.overlap_numbers, self._zone)
        except ValueError:
            mend = "let the query make it one (CAST), or leave changed out"
            raise Refused(f"{self.place} changed: {last!r} is neither a time nor a number; {mend}") from None
        return {"from": packed(base), "until": packed(to), "after": []}

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.database.options.timezone)

    def _limit(self, mark: Any) -> Any:
        """Return the last mark that can be true, if this one lies ahead of it: a slip of the pen must not hide others."""
        return ahead(mark, self.clock.now() + AHEAD, self._zone)

    def marks(self, connection: sa.Connection) -> tuple[Any, Any]:
        """Return the latest mark that is not ahead of its time, and the latest of all."""
        latest = self._last(connection)
        limit = self._limit(latest)
        return latest if limit is None else self._last(connection, limit), latest

    def _last(self, connection: sa.Connection, limit: Any = None) -> Any:
        column = self.from_.c[self.options.changed or ""]
        among = column.is_not(None) if limit is None else column <= compared(limit)
        # Not MAX: SQL Server has none of a rowversion; and the first of an index costs nothing anywhere.
        return connection.execute(sa.select(column).where(among).order_by(column.desc()).limit(1)).scalar()

    def _latest(self, connection: sa.Connection) -> Any:
        latest, _ = self.marks(connection)
        if self.options.until is None or latest is None:
            return latest
        open_from = connection.execute(bound(self.options.until, {})).scalar()
        try:
            return latest if open_from is None else min(latest, open_from)
        except TypeError:
            told = f"{open_from!r} is of another type than {latest!r} in {self.options.changed}"
            raise Refused(f"{self.place} until: {told}; let the query make it one (CAST)") from None

    def _page(self, connection: sa.Connection, spot: Spot) -> list[dict[str, Any]]:
        """Return one row more than a page holds, if there are so many: it shows whether the key is one."""
        selected = self.select().order_by(*self.key).limit(PAGE + 1)
        if spot.get("from") is not None:
            selected = selected.where(self.from_.c[self.options.changed or ""] >= compared(unpacked(spot["from"])))
        if spot.get("after"):
            selected = selected.where(behind(self.key, [unpacked(each) for each in spot["after"]]))
        return rows(connection, selected, self.place)

    def _check_keys(self, found: Sequence[Row]) -> None:
        keys = [self.key_of(row) for row in found]
        names = ", ".join(self.options.key)
        if any(None in key for key in keys):
            raise Refused(f"{self.place} key: there is a row without {names}; let the query leave such rows out")
        twice = next((one for one, other in pairwise(keys) if one == other), None)
        if twice is not None:
            raise Refused(
                f"{self.place} key: {identity(twice)} stands in several rows; name the columns that tell them apart"
            )

    def _check_border(self, connection: sa.Connection, spot: Spot, keys: Sequence[tuple[Any, ...]]) -> None:
        """Refuse a key by which the database does not order as it compares: rows would come again, or never.

        Such as an ENUM, a FLOAT, or texts of a view that are alike but for their case.
        """
        after, next_ = (tuple(map(unpacked, spot.get(name) or ())) for name in ("after", "next"))
        if not next_ or (next_ in keys and after not in keys):
            return
        if after in keys or self.there(connection, [identity(next_)]):
            told = f"the database does not order by {identity(next_)} as it compares it"
            raise Refused(f"{self.place} key: {told}; let the query make it another type or collation (CAST, COLLATE)")

    def sample_key(self, connection: sa.Connection) -> Sequence[Any] | None:
        """Return any row's key, which shows of what types keys are; none, if there is no row."""
        if not self._known_key:
            # Put in the place of what another thread has found meanwhile: behind it, it would be a key of twice the columns.
            self._known_key[:] = connection.execute(sa.select(*self.key).limit(1)).first() or ()
        return self._known_key or None


def check_columns(place: str, known: list[str], named: Iterable[tuple[str, str]]) -> None:
    """Refuse what names a column that is not there. `named`: where in the table `place`, and the column."""
    for key, column in named:
        if column not in known:
            raise Refused(f"{place} {key}: there is no column {column}{guess_or_list(column, known)}")


def rows(connection: sa.Connection, selected: sa.Select[Any], place: str) -> list[dict[str, Any]]:
    """Return what a query finds, by column. `place`: in hub.toml, where the query stands."""
    result = connection.execute(selected)
    names = [str(name) for name in result.keys()]  # noqa: SIM118 - no dictionary
    check_names(place, names)
    return [dict(zip(names, row, strict=True)) for row in result]


def check_names(place: str, names: Sequence[str]) -> None:
    """Refuse columns of one name: one of them would be taken, and nobody knows which."""
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise Refused(f"{place}: there are two columns {twice[0]}; let the query give each its own name (AS)")


def in_parts(keys: Sequence[Given], most: int) -> Iterator[Sequence[Given]]:
    """Yield keys, so many in one statement, the last repeated until they are a power of two.

    SQLAlchemy keeps what it has compiled, and databases their plans: of each length another, they would fill the memory
    (compare Hibernate's `in_clause_parameter_padding`).
    """
    for some in portions(keys, most):
        length = min(1 << (len(some) - 1).bit_length(), most)
        yield [*some, *[some[-1]] * (length - len(some))]


def among(columns: Sequence[sa.ColumnElement[Any]], keys: Sequence[Sequence[Any]]) -> sa.ColumnElement[bool]:
    """Return the condition that a row has one of these keys."""
    compare = comparing(each for key in keys for each in key)
    if len(columns) == 1:
        return columns[0].in_([compare(key[0]) for key in keys])
    return sa.or_(*(sa.and_(*(c == compare(each) for c, each in zip(columns, key, strict=True))) for key in keys))


def behind(columns: Sequence[sa.ColumnElement[Any]], key: Sequence[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a row comes behind a key, in the order of these columns."""
    first, *rest = columns
    higher = first > compared(key[0])
    if not rest:
        return higher
    # The first part alone is what an index can be entered by.
    return sa.and_(first >= compared(key[0]), sa.or_(higher, behind(rest, key[1:])))
