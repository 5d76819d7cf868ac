"""Values of databases as documents, keys and marks have them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
import pytest

from adapters.sql.marks import earlier
from adapters.sql.plain import identity, is_set, key_values, packed, plain, unpacked
from adapters.sql.shape import converted, reading, writing
from adapters.sql.texts import parameters
from hub.canonical import ENTITIES

WARSAW = ZoneInfo("Europe/Warsaw")
AT = datetime(2026, 7, 1, 12, 0, 0, 500_000)  # noqa: DTZ001 - as a column without a time zone gives it


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("ABC   ", "ABC"),
        (Decimal("12.5000"), "12.5000"),
        (Decimal("1E+3"), "1000"),
        (0.1, "0.1"),
        (19.989999771118164, "19.99"),  # of single precision
        (0.10000000149011612, "0.1"),
        (16777217.0, "16777217"),
        (1e300, "1" + "0" * 300),
        (float("nan"), "nan"),
        (7, "7"),
        (True, True),
        (None, None),
        (AT, "2026-07-01T12:00:00.500000"),
        (AT.replace(tzinfo=timezone(timedelta(hours=2))), "2026-07-01T10:00:00.500000+00:00"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "0001-01-01T00:00:00+02:00"),
        (date(2026, 7, 1), "2026-07-01"),
        (b"\x00\x07", "0007"),
        (["a ", Decimal(1)], ["a", "1"]),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_values_are_told_exactly(value: Any, told: Any):
    assert plain(value) == told


@pytest.mark.parametrize(
    "value", [1, "1", Decimal("1.50"), AT, AT.replace(tzinfo=UTC), date(2026, 7, 1), b"\x00\xff", UUID(int=3), None]
)
def test_marks_survive_a_checkpoint(value: Any):
    back = unpacked(orjson.loads(orjson.dumps(packed(value))))
    assert (type(back), back) == (type(value), value)


@pytest.mark.parametrize(
    "key", [(1,), ("a|b\\", "c"), ("A1\t",), ("A1\u00a0",), (Decimal("1.5"), 2), (UUID(int=5),), (b"\x01",), ("007",)]
)
def test_keys_survive_as_one_text(key: tuple[Any, ...]):
    assert key_values(identity(key), key) == key


def test_what_cannot_be_a_key_is_none():
    assert key_values("abc", (1,)) is None
    assert key_values("1|2", (1,)) is None


@pytest.mark.parametrize(
    ("mark", "before"),
    [
        (5000, 4000),
        (Decimal(5000), Decimal(4000)),
        ((5000).to_bytes(8), (4000).to_bytes(8)),
        (b"\x00\x01", b"\x00\x00"),
        (AT, AT - timedelta(minutes=2)),
        (date(2026, 7, 1), date(2026, 6, 30)),
        ("2026-07-01 12:00:00.5", "2026-07-01 11:58:00"),
        ("2026-07-01T12:00:00Z", "2026-07-01T11:58:00"),
        (datetime(2026, 10, 25, 2, 40), datetime(2026, 10, 25, 1, 38)),  # noqa: DTZ001
        (datetime(2026, 10, 25, 3, 1), datetime(2026, 10, 25, 1, 59)),  # noqa: DTZ001
        (datetime(2026, 10, 25, 3, 3), datetime(2026, 10, 25, 3, 1)),  # noqa: DTZ001
        (datetime.min, datetime.min),  # noqa: DTZ901
        (date.min, date.min),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00"),  # MySQL's
    ],
)
def test_marks_are_taken_back_by_the_overlap(mark: Any, before: Any):
    assert earlier(mark, timedelta(minutes=2), 1000, WARSAW) == before


@pytest.mark.parametrize(
    ("flag", "gone"),
    [("T", True), ("N", False), (0, False), (1, True), (None, False), (AT, True), ("0000-00-00 00:00:00", False)],
)
def test_flags_say_whether_a_record_is_gone(flag: Any, gone: bool):
    assert is_set(flag) is gone


def test_what_a_row_says_is_read_by_what_the_field_is():
    model = ENTITIES["prices"].model
    told = {"valid_from": "2026-01-01T00:00:00", "tax_included": "1", "amount": "5"}
    assert converted(model, told, reading(WARSAW)) == {"valid_from": "2026-01-01", "tax_included": True, "amount": "5"}


def test_what_is_written_has_the_databases_types_within_lists_too():
    order = {"placed_at": "2026-07-01T10:00:00Z", "lines": [{"quantity": "2.50", "sku": "007"}]}
    [told, away] = [converted(ENTITIES["orders"].model, order, writing(WARSAW, naive=naive)) for naive in (True, False)]
    assert told == {"placed_at": datetime(2026, 7, 1, 12), "lines": [{"quantity": Decimal("2.50"), "sku": "007"}]}  # noqa: DTZ001
    assert away["placed_at"] == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_casts_and_quoted_colons_name_no_values():
    assert parameters("SELECT :a, b::text, TO_CHAR(c, 'HH24:MI'), '\\:d'") == {"a"}
