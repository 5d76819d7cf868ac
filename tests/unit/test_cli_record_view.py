"""What happened to a record, as sentences."""

from hub.cli.record_view import in_words
from hub.store.history import Event


def test_what_was_left_out_is_said_with_the_reason():
    detail = {"vat_id": "X is not a VAT id"}
    event = Event(entity="parties", key="k", system="shop", what="left-out", detail=detail, run=7)
    assert in_words(event) == "shop: left out vat_id (X is not a VAT id) (run 7)"
