"""Prices and stock of products that are there."""

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.asking.http import Rejected
from adapters.eshop import putting
from hub.connector import Write

Sent = list[list[tuple[str, Any]]]
THERE = {"1": {"id": "1", "level": 5}, "2": {"id": "2", "level": 0}, "3": {"id": "3", "level": 1}}


def rows(_: Sent, ids: Sequence[str]) -> dict[str, Any]:
    return {id_: THERE[id_] for id_ in ids if id_ in THERE}


def send(sent: Sent, pairs: Sequence[tuple[Write, Any]]) -> None:
    """Set all or none; whoever has the id 3 is refused."""
    if any(row["id"] == "3" for _, row in pairs):
        raise Rejected("no", status=400)
    sent.append([(write.key, row["level"]) for write, row in pairs])


def write(id_: str, **record: Any) -> Write:
    return Write(id_, {}, {"sku": f"S{id_}", **record}, links={"products": {f"S{id_}": id_}})


def test_each_is_sent_with_what_the_shop_has():
    sent: Sent = []
    done = list(putting.stock(rows, send)(sent, [write("1"), write("2")]))
    assert [(each.outcome, each.id) for each in done] == [("done", "1"), ("done", "2")]
    assert sent == [[("1", 5), ("2", 0)]]


def test_a_price_is_known_by_its_product_and_currency():
    (done,) = putting.prices(rows, send)([], [write("1", currency="EUR", amount="1")])
    assert done.id == "1|EUR"


def test_s18_what_is_gone_or_refused_stops_no_other():
    sent: Sent = []
    writes = [write("1"), write("3"), write("9"), write("2")]
    outcomes = {each.key: each.outcome for each in putting.stock(rows, send)(sent, writes)}
    assert outcomes == {"1": "done", "2": "done", "3": "refused", "9": "gone"}
    assert [each for some in sent for each in some] == [("1", 5), ("2", 0)]


@pytest.mark.parametrize("later", [{"minimum_quantity": "5"}, {"valid_from": "2027-01-01"}, {"valid_to": "2027-01-01"}])
def test_a_price_that_is_not_everybodys_is_not_even_sent(later: dict[str, str]):
    sent: Sent = []
    (refused,) = putting.prices(rows, send)(sent, [write("1", currency="EUR", amount="1", **later)])
    assert (refused.cause, sent) == ("price-not-possible", [])
