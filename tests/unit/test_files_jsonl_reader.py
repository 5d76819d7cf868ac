"""JSON lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.files.header import Wanted
from adapters.files.jsonl_reader import open_jsonl
from adapters.files.rows import ExactNumber, FileRefused

WANTED = Wanted(("sku", "price.net"), ("sku",))


def rows(tmp_path, content):
    path = tmp_path / "file.jsonl"
    path.write_bytes(content)
    return list(open_jsonl(path, WANTED).rows)


def test_values_come_as_exact_text(tmp_path):
    read = rows(
        tmp_path,
        b'\xef\xbb\xbf{"sku": "007", "price": {"net": 12.50}}\n\n'
        b'{"sku": 5901234567890, "price.net": true}\n{"sku": 12345678901234567890123, "price": null}\n',
    )
    assert [(row.number, list(row.cells)) for row in read] == [
        (1, ["007", "12.5"]),
        (3, ["5901234567890", "true"]),
        (4, ["1.2345678901234568e+22", ""]),
    ]
    assert type(read[1].cells[0]) is ExactNumber


@pytest.mark.parametrize(
    "line", [b"{", b"[1]", b'"x"', b'{"sku": "\xff"}', b'{"sku": [1]}', b'{"sku": {"a": 1}}', b"[" * 100_000, b"NaN"]
)
def test_s18_a_bad_line_costs_itself_only(tmp_path, line):
    read = rows(tmp_path, b'{"sku": "1"}\n' + line + b'\n{"sku": "2"}\n')
    assert [row.broken.cause if row.broken else row.cells[0] for row in read] == ["1", "bad-json", "2"]


def test_an_absurdly_long_line_costs_itself(tmp_path):
    read = rows(tmp_path, b'{"sku": "1"}\n{"sku": "' + b"x" * 2_500_000 + b'"}\n{"sku": "2"}\n')
    assert [row.broken.cause if row.broken else row.cells[0] for row in read] == ["1", "too-long", "2"]


def test_a_key_that_never_comes_is_missed_at_once(tmp_path):
    with pytest.raises(FileRefused) as refused:
        rows(tmp_path, b'{"SKU": "1"}\n')
    assert refused.value.cause == "columns-missing"


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("jsonl") / "file.jsonl"
    path.write_bytes(content)
    try:
        rows = list(open_jsonl(path, WANTED).rows)
    except FileRefused:
        return
    assert all(row.number >= 1 for row in rows)
