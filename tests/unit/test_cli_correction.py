"""Rows of the quarantine as a file to be corrected."""

from pathlib import Path

import pytest

from adapters.files.format import Format
from adapters.files.readers import open_table
from hub.cli.correction import Correction, write
from hub.errors import Misconfigured

TITLES = ["SKU", "Location", "On hand"]


@pytest.fixture
def stock() -> Format:
    told = {"entity": "stock", "files": "stock*.csv", "encoding": "cp1252"}
    return Format.model_validate(told | {"columns": {"sku": "SKU", "location": "Location", "on_hand": "On hand"}})


@pytest.mark.parametrize("sku", ["LAMP", "ŻARÓWKA"])
def test_what_is_written_is_read_by_its_format_whatever_letters_it_has(tmp_path: Path, stock: Format, sku: str):
    path = tmp_path / "stock-again.csv"
    write(path, Correction(TITLES, [[sku, "A", "1"]], 0, 0), stock)
    assert [row.cells for row in open_table(path, path.name, stock).rows] == [[sku, "A", "1"]]


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path, stock: Format):
    path = tmp_path / "stock-again.csv"
    path.write_bytes(b"mine")
    with pytest.raises(Misconfigured, match="stays as it is"):
        write(path, Correction(TITLES, [["LAMP", "A", "1"]], 0, 0), stock)
    assert path.read_bytes() == b"mine"
