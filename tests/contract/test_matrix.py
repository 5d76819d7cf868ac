"""What the documentation says of connectors is what their tests say."""

from pathlib import Path

import pytest

from hub.app.registry import TYPES
from hub.config.exchange import ExchangeOptions
from tests.contract.matrix import ROWS, cell, contracts, written

DOCS = Path(__file__).parents[2] / "docs"
CONTRACTS = [*contracts()]
EXCHANGES = sorted({name for (_, name), each in TYPES.items() if issubclass(each.options, ExchangeOptions)})


def test_the_matrix_of_the_documentation_is_current():
    page = (DOCS / "connectors.md").read_text(encoding="utf-8")
    assert written(page) == page, "python -m tests.contract.matrix docs"


@pytest.mark.parametrize("row", ROWS)
def test_every_accident_is_tested_or_cannot_happen(row: str):
    assert CONTRACTS
    assert [name for name, contract, module in CONTRACTS if not cell(row, contract, module)] == []


def test_a_reason_stands_only_where_nothing_is_tested():
    for name, contract, module in CONTRACTS:
        assert {*contract.excused} <= {*ROWS}, name
        for row, reason in contract.excused.items():
            assert cell(row, contract, module) == reason, f"{name}: {row} is tested"


@pytest.mark.parametrize("connector", EXCHANGES)
def test_every_connector_is_in_the_index_once(connector: str):
    rows = (DOCS / "connectors.md").read_text(encoding="utf-8").splitlines()
    assert len([row for row in rows if row.startswith(f"| `{connector}` |")]) == 1
