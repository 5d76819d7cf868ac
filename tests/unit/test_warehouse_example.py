"""The files of `make demo` come in as examples/warehouse/README.md says."""

import os
import shutil
from collections import Counter
from pathlib import Path

from adapters.warehouse import FilesConnector, FilesOptions
from hub.config import load_file
from tests.unit.warehouse_samples import NOW, StandingClock, rows_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "warehouse"


def test_the_examples_come_in_as_their_readme_says(tmp_path):
    shutil.copytree(EXAMPLE / "incoming", tmp_path / "incoming")
    for path in (tmp_path / "incoming").iterdir():
        os.utime(path, (NOW.timestamp() - 60, NOW.timestamp() - 60))
    settings = load_file(EXAMPLE / "hub.toml", {("warehouse", "files"): FilesOptions})
    options = settings.systems["depot"].options
    assert isinstance(options, FilesOptions)
    source = FilesConnector("depot", options, tmp_path, StandingClock())
    come = {stream: rows_of(list(source.read(stream, None))) for stream in ("price-list", "stock", "products")}
    assert {stream: (len(good), len(bad)) for stream, (good, bad) in come.items()} == {
        "price-list": (2398, 14),
        "stock": (1871, 6),
        "products": (297, 3),
    }
    assert len({change.key for change in come["stock"][0]}) == 1870
    causes = {stream: dict(Counter(row.cause for row in bad)) for stream, (_, bad) in come.items()}
    assert causes == {
        "price-list": {"gtin-ruined": 9, "not-a-number": 5},
        "stock": {"unknown-location": 3, "negative": 1, "duplicate-key": 1, "ragged-row": 1},
        "products": {"gtin-check-digit": 1, "formula": 1, "missing-key": 1},
    }
    assert all(change.fields["valid_from"] == "2026-11-02" for change in come["price-list"][0])
    assert all(change.fields["currency"] == "PLN" for change in come["price-list"][0])
    assert any("ż" in change.fields["name"] for change in come["products"][0])
