"""Instants and texts as both databases take them."""

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store.types import iso, json_text, storable

instants = st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Europe/Warsaw"), ZoneInfo("Australia/Lord_Howe")]))
within_reach = instants.filter(lambda at: 1 < at.year < 9999)


def test_an_instant_is_utc_with_microseconds():
    at = datetime(2026, 11, 2, 7, 5, tzinfo=timezone(timedelta(hours=1)))
    assert iso(at) == "2026-11-02T06:05:00.000000Z"


@given(within_reach, within_reach)
def test_texts_sort_as_instants_do(one: datetime, other: datetime):
    assert (iso(one) < iso(other)) == (one.astimezone(UTC) < other.astimezone(UTC))


@given(within_reach)
def test_an_instant_comes_back_the_same(at: datetime):
    assert datetime.fromisoformat(iso(at)) == at.astimezone(UTC)
    assert len(iso(at)) == 27


def test_the_two_instants_of_a_fold_are_two_texts():
    fold = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert iso(fold) == "2026-10-25T00:30:00.000000Z"
    assert iso(fold.replace(fold=1)) == "2026-10-25T01:30:00.000000Z"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        iso(datetime(2026, 11, 2, 6, 0))  # noqa: DTZ001


def test_instants_and_mappings_within_json():
    at = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
    assert json_text({"at": at, "some": MappingProxyType({"a": [at]})}) == (
        '{"at":"2026-11-02T06:00:00.000000Z","some":{"a":["2026-11-02T06:00:00.000000Z"]}}'
    )


def test_what_is_not_json_is_a_fault_of_ours():
    with pytest.raises(TypeError):
        json_text({"a": {1, 2}})


@given(st.text(st.sampled_from(["\0", "\\", "u", "0", "\N{WAVY DASH}", '"', "n"]), max_size=12))
def test_json_loses_nothing_but_nul(text: str):
    assert orjson.loads(json_text([text, {text: text}])) == [storable(text), {storable(text): storable(text)}]
    assert "\\u0000" not in json_text([text]).replace("\\\\", "")
    assert "\0" not in storable(text)
