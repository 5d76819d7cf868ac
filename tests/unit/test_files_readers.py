"""Which reader a file gets by its name, and what it is all the same."""

from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook

from adapters.files.format import Format
from adapters.files.readers import open_table
from adapters.files.rows import FileRefused

STOCK = Format.model_validate(
    {"entity": "stock", "files": "*", "columns": {"sku": "A", "location": "B", "on_hand": "C"}}
)


def save_xlsx(path: Path) -> None:
    Workbook().save(path)


def save_xls(path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("stock")
    book.save(str(path))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xml"])
@pytest.mark.parametrize("save", [save_xlsx, save_xls])
def test_a_sheet_that_is_called_a_text_says_so(tmp_path, save, ending):
    """Its titles were said to be missing, beside letters that nobody had written."""
    path = tmp_path / f"stock.{ending}"
    save(path)
    with pytest.raises(FileRefused, match="this is a sheet") as refused:
        open_table(path, path.name, STOCK)
    assert refused.value.cause == "not-text"
