"""The connector of a simulated system: it asks page by page, translates and writes as those of real systems do."""

import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.reading.pages import before, by_mark, by_offset, instant
from hub.connector import GUEST, Change, Document, Finding, Page, Place, Stream, Unreadable, Write, Written
from hub.errors import TryLater, Unanswered
from hub.sync.bringing import Bringing
from tests.exchanging.faults import Faults
from tests.exchanging.peer import Peer, Row, all_rows

NEW = "new"
LIST = "web"
CURRENCY = "EUR"
LATE_VISIBLE = 5.0
"""Seconds after which a change can be seen at the latest."""
PRODUCT = frozenset(["sku", "name", "description", "tags", "weight"])
PARTY = frozenset(["name", "email", "phone"])
ORDER = frozenset(["channel", "number", "party", "lines", "totals", "currency", "status", "tracking"])
LOOK = Bringing._refresh.__code__  # pyright: ignore[reportPrivateUsage]
"""The engine's last look at what it shares, before it writes."""
ABOVE = 5
"""So many frames above: `fetch`, and the parts by which the engine asks (`hub.sync.apart`), stand between."""
TABLE = {"prices": "products", "stock": "products"}
"""Where a shop keeps what has no table of its own."""
COLUMN = {"prices": "amount", "stock": "available"}


@dataclass(slots=True)
class SimConnector:
    """Implements `hub.connector.Exchange`."""

    peer: Peer
    faults: Faults
    point: Callable[[str], None]
    entities: frozenset[str]
    owns: frozenset[str] = frozenset()
    """Product fields that a shop leads in, and the ERP follows."""
    guard: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    @property
    def is_shop(self) -> bool:
        """Whether it is a shop."""
        return self.peer.traits.kind == "eshop"

    @property
    def streams(self) -> Mapping[str, Stream]:
        """What it has."""
        found = _shop(self) if self.is_shop else _erp(self)
        return {each.entity: each for each in found if each.entity in self.entities}

    @property
    def hooks(self) -> None:
        """It calls, but the world makes hints of its calls."""
        return

    def check(self) -> list[Finding]:
        """Find nothing."""
        return []

    def table(self, stream: str) -> str:
        """Return where a stream's records are kept."""
        return TABLE.get(stream, stream) if self.is_shop else stream

    # Reading

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:
        """Read what has changed, or everything."""
        last: Mapping[str, Any] = since or {}
        self.guard.clear()
        for rows, spot in self._everything(stream, since) if full else self._changed(stream, since):
            shown = [each for each in rows if not (full and self.faults.happens("page-omits"))]
            if stream == "orders" and self.peer.traits.embeds and "parties" in self.entities:
                yield Page("parties", (), (), last, documents=self._buyers(shown))
            yield Page(stream, (), (), spot, documents=self._documents(stream, shown))
            last = spot
            if self.faults.happens("page-breaks"):
                raise TryLater("simulated: the connection broke between two pages")
            if full and self.faults.happens("page-ends"):
                return
        if full:
            yield Page(stream, (), (), last, complete=True)

    def _everything(
        self, stream: str, since: Mapping[str, Any] | None
    ) -> Generator[tuple[Sequence[Row], Mapping[str, Any]], None, None]:
        size, table = self.peer.traits.page, self.table(stream)
        if not self.peer.traits.keyset:
            yield from by_offset(lambda at, most: self._rows(table, at, most), size, key=_id, since=since or None)
            return
        after = (since or {}).get("after", "")
        while True:
            self.point(f"reading {table}")
            rows = [row for row in all_rows(self.peer, table) if row.id > after][:size]
            if rows:
                after = rows[-1].id
                yield rows, {"after": after}
            if len(rows) < size:
                return

    def _rows(self, table: str, at: int, most: int) -> tuple[list[Row], int | None]:
        self.point(f"reading {table}")
        rows = list(all_rows(self.peer, table))
        return rows[at : at + most], len(rows) if self.peer.traits.says_total else None

    def _changed(
        self, stream: str, since: Mapping[str, Any] | None
    ) -> Generator[tuple[Sequence[Row], Mapping[str, Any]], None, None]:
        peer, table = self.peer, self.table(stream)

        def fetch_after(mark: str | None, at: int, most: int) -> list[Row]:
            self.point(f"reading {table}")
            later = (row for row in peer.rows(table).values() if mark is None or peer.mark_of(row) >= mark)
            return sorted(later, key=lambda row: (peer.mark_of(row), row.id))[at : at + most]

        def newest() -> str | None:
            return max((peer.mark_of(row) for row in peer.rows(table).values()), default=None)

        told: dict[str, Any] = {"earlier": before(timedelta(seconds=2 * LATE_VISIBLE)), "moment": instant}
        if peer.traits.mark == "revision":
            told = {"earlier": _fifty_before}
        start = since if since and since.get("mark") else None
        yield from by_mark(
            fetch_after, peer.traits.page, since=start, key=_id, mark=peer.mark_of, newest=newest, **told
        )

    def _documents(self, stream: str, rows: Iterable[Row]) -> list[Document]:
        column = COLUMN.get(stream) if self.is_shop else None
        if column is not None:
            return [
                Document(row.id, {"sku": row.fields["sku"], column: row.fields[column]})
                for row in rows
                if row.fields.get(column) is not None
            ]
        names = PRODUCT if stream == "products" else None
        return [
            Document(row.id, {n: v for n, v in row.fields.items() if names is None or n in names} | _draft(row))
            for row in rows
        ]

    def _buyers(self, orders: Iterable[Row]) -> list[Document]:
        found: dict[str, Document] = {}
        for each in orders:
            party = each.fields["party"]
            if party.startswith(GUEST):
                raw = {"name": each.fields["name"], "email": each.fields["email"]}
                found[party] = Document(party, raw)
            elif party in self.peer.rows("parties"):
                found[party] = self._documents("parties", [self.peer.rows("parties")[party]])[0]
        return list(found.values())

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Fetch some."""
        self.point(f"fetching {stream}")
        self._fail("away")
        if self.peer.traits.breaks and self.faults.on and any(int(each[-1]) % 5 == 0 for each in ids):
            raise TryLater("simulated: it breaks on one of these")
        if _looks_before_writing():
            self.faults.counts["guarded"] += 1
            self.guard |= {(stream, each) for each in ids}
        else:
            self.guard -= {(self.table(stream), each) for each in ids}
        if stream == "parties" and any(each.startswith(GUEST) for each in ids):
            guests = [row for row in self.peer.rows("orders").values() if row.fields["party"] in ids]
            some = [each for each in self._buyers(guests) if each.id.startswith(GUEST)]
        else:
            some = []
        rows = self.peer.rows(self.table(stream))
        return some + self._documents(stream, [rows[each] for each in ids if each in rows])

    def translate(self, stream: str, document: Document) -> Change | Unreadable:
        """Say what a document says."""
        raw = dict(document.raw)
        place = Place(f"{self.peer.name} {stream} {document.id}")
        key = ""
        if raw.pop("draft", False) and not self.peer.traits.quiet:
            raw.pop("status")
        if stream == "prices" and self.is_shop:
            raw |= {"list": LIST, "currency": CURRENCY}
        elif stream == "stock" and self.is_shop:
            key = raw["sku"]
        elif stream == "orders":
            raw["totals"] = {"gross": raw.pop("gross")}
            if self.is_shop:
                raw["channel"] = self.peer.name
        return Change(key, raw, place)

    # Writing

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:
        """Write one by one."""
        try:
            yield from self._in_turn(stream, writes)
        except TryLater:
            self.guard.clear()  # whoever tries once more has to look once more
            raise

    def _in_turn(self, stream: str, writes: Sequence[Write]) -> Generator[Written]:
        order = list(writes)
        if self.faults.happens("any-order"):
            self.faults.of("any-order").shuffle(order)
        for each in order:
            self.point(f"before writing {stream} {each.key}")
            self._fail("write-away")
            if self.faults.happens("write-refused"):
                yield Written(each.key, "refused", cause="bad-day", message="not today")
                continue
            written = self._written(stream, each)
            self.guard.discard((stream, each.id or ""))
            if written.id and not written.document and (each.id is None or self.table(stream) == "products"):
                self.guard.add((self.table(stream), written.id))
            self.point(f"after writing {stream} {each.key}")
            if self.faults.happens("write-unanswered"):
                raise Unanswered("simulated: no answer")
            yield Written(each.key, "unknown") if self.faults.happens("write-unknown") else written
        self.guard.discard((stream, NEW))

    def _written(self, stream: str, each: Write) -> Written:
        self.peer.writes += 1
        follows = each.id is None or (self.is_shop and stream in ("products", "prices", "stock") and not self.owns)
        if follows and self.faults.happens("write-late"):
            # The caller gives up; the system goes on.
            late = self.faults.of("write-late").uniform(1, self.peer.traits.late / 2)
            self.peer.later(late, lambda: (self._carry_out(stream, each, late=True), None)[1])
            raise Unanswered("simulated: too slow")
        return self._carry_out(stream, each)

    def _carry_out(self, stream: str, each: Write, *, late: bool = False) -> Written:
        peer, table, number = self.peer, self.table(stream), each.id
        if number is None and self.is_shop and stream in COLUMN:
            number = each.links.get("products", {}).get(each.record["sku"])
        if each.remove:
            return Written(each.key, "done" if peer.hub_removes(table, number or "") else "gone", number)
        fields = self._native(stream, each)
        if stream == "orders" and "party" in fields and fields["party"] not in peer.rows("parties"):
            return Written(each.key, "refused", cause="no-party", message=f"there is no party {fields['party']}")
        if number is None:
            row = self._create(stream, each, fields, late=late)
            return self._confirmed(stream, each, row) if row else Written(each.key, "refused", cause="taken")
        if number not in peer.rows(table):
            return Written(each.key, "gone")
        peer.hub_changes(table, number, fields)
        return self._confirmed(stream, each, peer.rows(table)[number])

    def _create(self, stream: str, each: Write, fields: Mapping[str, Any], *, late: bool) -> Row | None:
        row = self.peer.hub_adds(self.table(stream), fields, each.reference)
        if row is not None:
            row.linked = frozenset(each.links.get("products", ()))
        if row is not None and row.draft and not late:
            self.point(f"half written {stream} {each.key}")
            if self.faults.happens("half-written"):
                raise Unanswered("simulated: no answer to the first of two requests")
        return row

    def _confirmed(self, stream: str, each: Write, row: Row) -> Written:
        """Finish a new order, and answer."""
        if stream == "orders" and not self.is_shop:
            row.draft = False
            if row.fields.get("status") in (None, "pending"):
                self.peer.change("orders", row.id, {"status": "confirmed"})
        shown = self._documents(stream, [row]) if self.peer.traits.shows else []
        return Written(each.key, "done", row.id, next(iter(shown), None))

    def _native(self, stream: str, each: Write) -> dict[str, Any]:
        fields = dict(each.fields)
        if stream == "orders" and not self.is_shop:
            if "party" in fields:
                fields["party"] = each.links.get("parties", {}).get(fields["party"])
            if "totals" in fields:
                fields["gross"] = fields.pop("totals")["gross"]
        if stream == "prices":
            fields = {"amount": fields["amount"]}
        if stream == "stock":
            fields = {"available": fields["available"]}
        return fields

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Find by reference, or by natural key."""
        self.point(f"finding {stream}")
        self._fail("away")
        self.guard.add((stream, NEW))
        found: dict[str, Sequence[str]] = {}
        table = self.table(stream)
        for each in wanted:
            marked = self.peer.by_reference(table, each.reference) if self.peer.traits.keeps_reference else []
            found[each.key] = marked or self.peer.search(table, each.record)
        return found

    def _fail(self, kind: str) -> None:
        if self.faults.happens(kind):
            raise TryLater(f"simulated: {kind}")


def _looks_before_writing() -> bool:
    """Tell whether the engine fetches in order to write next; what stands further up may be another run."""
    return sys._getframe(ABOVE).f_code is LOOK  # pyright: ignore[reportPrivateUsage]


def _fifty_before(mark: str) -> str:
    return f"{max(0, int(mark) - 50):09}"


def _id(row: Row) -> str:
    return row.id


def _draft(row: Row) -> dict[str, Any]:
    return {"draft": True} if row.draft else {}


def _erp(connector: SimConnector) -> list[Stream]:
    traits = connector.peer.traits
    common: dict[str, Any] = {"delta": traits.mark != "none", "bulk": traits.bulk, "late": traits.late}
    return [
        Stream("parties", writes=PARTY, create="intent", **common),
        Stream("products", writes=connector.owns, **common),
        Stream("prices", **common),
        Stream("stock", **common),
        Stream("orders", writes=ORDER - {"tracking"}, create="intent", **common),
    ]


def _shop(connector: SimConnector) -> list[Stream]:
    traits = connector.peer.traits
    common: dict[str, Any] = {"delta": traits.mark != "none", "bulk": traits.bulk, "late": traits.late}
    return [
        Stream("parties", writes=PARTY, **common),
        Stream("products", writes=PRODUCT, create="intent" if traits.makes else "never", removes=True, **common),
        Stream("prices", writes=frozenset(["amount"]), create="put", **common),
        Stream("stock", writes=frozenset(["available"]), create="put", **common),
        Stream("orders", writes=frozenset(["status", "tracking"]), **common),
    ]
