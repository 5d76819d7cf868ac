"""Numbers as people give them."""

import pytest

from hub.cli.numbers import LARGEST, listed, whole, within
from hub.errors import Misconfigured


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("0", 0), ("0012", 12), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), ("9" * 5000, None)],
)
def test_a_number_is_as_large_as_databases_count(text: str, number: int | None):
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", "x", "-1", "+1", "1.0", "1e3", " 1", "1_000", "²"])
def test_what_is_no_whole_number_is_none(text: str):
    assert whole(text) is None


def test_what_is_meant_is_said():
    with pytest.raises(Misconfigured, match=r"^x is no run; hub runs shows what there is$"):
        listed("run", "hub runs")("x")
    with pytest.raises(Misconfigured, match=r"^--most 1001: it is a whole number from 1 to 1,000$"):
        within("--most", 1, 1000)("1001")
    assert within("--most", 1, 1000)("1000") == 1000
