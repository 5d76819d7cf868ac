"""What comes over the wire is understood, or kept with the reason; it never ends who reads it."""

import pytest

from hub.errors import InvalidMessage
from hub.messages import RunDue, decode


@pytest.mark.parametrize(
    ("run", "generation", "place"),
    [("99999999999999999999", "1", "run"), ("1", "2147483648", "generation"), ("-1", "1", "run"), ("true", "1", "run")],
)
def test_j15_a_number_that_no_column_holds_is_invalid_and_ends_no_worker(run: str, generation: str, place: str):
    with pytest.raises(InvalidMessage, match=f"^{place}: "):
        decode(f'{{"version": 1, "run": {run}, "generation": {generation}, "job": "shop.orders"}}', RunDue)
