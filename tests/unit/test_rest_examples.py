"""What the documentation and the examples describe is taken as it is."""

import re
from pathlib import Path

import pytest
from jmespath.functions import Functions

from adapters.rest.functions import RestFunctions
from hub.app.registry import OPTIONS
from hub.config import load

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "rest").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_can_be_applied(path):
    assert load(path.read_text(encoding="utf-8"), OPTIONS, source=path.name).systems


def test_the_worked_example_can_be_applied():
    text = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert list(load(example, OPTIONS).systems["shop"].options.streams()) == [
        "products",
        "prices",
        "stock",
        "orders",
        "parties",
    ]


def test_every_function_is_documented():
    text = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
    own = RestFunctions.FUNCTION_TABLE.keys() - Functions.FUNCTION_TABLE.keys()
    assert {name for name in own if not re.search(rf"`{name}[(`]", text)} == set()
