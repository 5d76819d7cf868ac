"""A stream of a list that stands in the order of a key."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from adapters.declared import Declared
from adapters.fields import Field, table
from adapters.reading.keyed import kind
from adapters.reading.stable import by_table
from adapters.rows import Row
from hub.config.exchange import ExchangeOptions
from hub.connector import Stream

START = datetime(2026, 11, 2, tzinfo=UTC)


class Numbers:
    """Rows whose identities come in no order; each was changed in the hour of its number."""

    size: ClassVar[int] = 2
    key = "number"
    rows: ClassVar[Sequence[dict[str, Any]]] = [
        {
            "id": f"x{9 - number}",
            "number": number,
            "at": START.replace(hour=number),
            "names": {"de": str(number), "en": "?"},
        }
        for number in (1, 2, 3)
    ]

    def behind(self, _system: object, since: datetime | None, after: int) -> Sequence[Row]:
        return [row for row in self.rows if row["number"] > after and (since is None or row["at"] >= since)][:2]

    def first(self, _system: object) -> Sequence[Row]:
        return self.rows[:1]

    def latest(self, _system: object) -> str | None:
        return self.rows[-1]["at"].isoformat()

    def some(self, _system: object, ids: Sequence[str]) -> Sequence[Row]:
        return [row for row in self.rows if row["id"] in ids]


def test_everything_is_read_by_the_key_and_changes_within_a_window():
    shown = by_table(table("sku=id", name=Field("names.de")))
    stream = kind(Stream("products"), Numbers(), shown, lambda raw, _: {"sku": raw["id"]})
    options = ExchangeOptions.model_validate({"url": "https://x.example"})
    connector = Declared("x", options, object(), {"products": stream})
    full = list(connector.read("products", None, full=True))
    assert [each.id for page in full for each in page.documents] == ["x8", "x7", "x6"]
    assert full[0].documents[0].raw == {"id": "x8", "names": {"de": "1"}}
    checkpoint = list(connector.read("products", None, full=False))[-1].checkpoint
    again = connector.read("products", checkpoint, full=False)
    assert [each.id for page in again for each in page.documents] == ["x6"]
    assert [each.id for each in connector.fetch("products", ["x7"])] == ["x7"]
