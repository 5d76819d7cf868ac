"""What `hub systems try` says of a record that cannot be taken."""

import pytest

from hub.app.trying import Tried
from hub.cli.try_reading import why


@pytest.mark.parametrize(
    ("cause", "column", "message", "said"),
    [
        ("missing-field", "lines.1.id", "lines.1.id is missing", "missing-field  lines.1.id is missing"),
        ("bad-instant", "placed_at", '"x" is not a time', 'bad-instant  placed_at: "x" is not a time'),
        ("missing-field", "id", "the identity is empty", "missing-field  id: the identity is empty"),
        ("not-understood", None, "the connector broke", "not-understood  the connector broke"),
    ],
)
def test_the_field_at_fault_is_named_once(cause: str, column: str | None, message: str, said: str):
    assert why(Tried("orders", "1", {}, cause, message, column)) == said
