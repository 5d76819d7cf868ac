"""A small storm: real systems, a hub that is killed, and an account that comes out even (issue 3, Done when 2 and 3)."""

from pathlib import Path

import pytest

from tests.storm.__main__ import weather
from tests.storm.phases import Figures


@pytest.mark.timeout(600)
def test_every_order_is_one_sale_whatever_is_killed(tmp_path: Path) -> None:
    """And a second sync with nothing changed writes nothing."""
    figures = Figures()
    found = weather(tmp_path / "hub", products=30, orders=12, seed=1, pause=(0.1, 0.4), figures=figures)
    assert found == []
    assert figures.told["storm"]["blows"] > 0
    assert figures.told["nothing changed, everything compared"]["records"] > 0
