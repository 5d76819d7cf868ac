"""What comes over the wire is understood, or kept with the reason; it never ends who reads it."""

from typing import Any

import pytest

from hub.errors import InvalidMessage
from hub.messages import LARGEST, RecordOutcome, RecordsDone, RunDue, decode, encode, in_messages


@pytest.mark.parametrize(
    ("run", "generation", "place"),
    [("99999999999999999999", "1", "run"), ("1", "2147483648", "generation"), ("-1", "1", "run"), ("true", "1", "run")],
)
def test_j15_a_number_that_no_column_holds_is_invalid_and_ends_no_worker(run: str, generation: str, place: str):
    with pytest.raises(InvalidMessage, match=f"^{place}: "):
        decode(f'{{"version": 1, "run": {run}, "generation": {generation}, "job": "shop.orders"}}', RunDue)


@pytest.mark.parametrize("letter", ["", "a", '"', "\x01", "😀", "\udcff"])
@pytest.mark.parametrize("length", [1, 1_000, 50_000])
def test_records_are_portioned_in_their_order_so_that_each_portion_fits_into_a_message(letter: str, length: int):
    text = letter * length
    records = [
        RecordOutcome(key=text, outcome="quarantined", cause=text, place=f"{n}{text}")
        for n in range(max(60_000 // length, 2))
    ]
    portions = in_messages(records)
    assert [record for portion in portions for record in portion] == records
    for portion in portions:
        told: dict[str, Any] = {
            "run": 2**63 - 1,
            "generation": 2**31 - 1,
            "part": 2**31 - 1,
            "job": "\x01" * 200,
            "entity": "categories",
        }
        counts = {"quarantined": 2**62, "identical": 2**62}
        assert len(encode(RecordsDone.model_validate(told | {"counts": counts, "records": portion}))) <= LARGEST


def test_of_a_record_that_fits_into_no_message_the_beginnings_are_kept():
    ((record,),) = in_messages([RecordOutcome(key="ż" * 1_000_000, outcome="new", place="row 3")])
    assert record == RecordOutcome(key="ż" * 10_000, outcome="new", place="row 3")
