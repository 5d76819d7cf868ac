"""Deliveries, and what becomes of those that nobody understands."""

from types import SimpleNamespace
from typing import Any

from hub.broker.delivery import Delivery, delivery_of, invalid
from hub.broker.topology import INVALID
from hub.worker.decode import sort


def delivery(**headers: Any) -> Delivery:
    return Delivery("hub.eshop.a", "hub.triggers", "a.orders", b"\xff", True, headers, "id-1", 1, 1)


def test_an_invalid_message_keeps_body_and_origin() -> None:
    outgoing = invalid(delivery(source="shop"), "not JSON")
    assert (outgoing.exchange, outgoing.routing_key, outgoing.body) == ("", INVALID, b"\xff")
    assert (outgoing.headers["hub-exchange"], outgoing.headers["hub-routing-key"]) == ("hub.triggers", "a.orders")
    assert (outgoing.headers["hub-reason"], outgoing.headers["hub-header-source"]) == ("not JSON", "shop")


def test_j12_the_brokers_own_headers_do_not_go_along() -> None:
    outgoing = invalid(delivery(**{"x-death": [{"count": 3}], "hub-reason": "forged"}), "true reason")
    assert not any("x-death" in name for name in outgoing.headers)
    assert outgoing.headers["hub-reason"] == "true reason"


def test_headers_never_outgrow_a_frame() -> None:
    outgoing = invalid(delivery(**{f"h{number}": "x" * 100_000 for number in range(1000)}), "r" * 100_000)
    assert sum(len(name) + len(str(value)) for name, value in outgoing.headers.items()) < 30_000


def test_a_headers_name_is_no_longer_than_amqp_takes() -> None:
    outgoing = invalid(delivery(**{"名" * 85: "shop"}), "not JSON")
    assert max(len(name.encode()) for name in outgoing.headers) <= 255


def test_of_a_message_that_is_too_large_only_the_beginning_is_held() -> None:
    info = {"exchange": "hub.triggers", "routing_key": "a.orders"}
    body = b"{}" + b" " * 15_999_998
    message = SimpleNamespace(delivery_info=info, properties={}, body=body, delivery_tag=1)
    came = delivery_of(message, "hub.eshop.a", 1)
    assert (len(came.body), came.length) == (100_000, 16_000_000)
    # Its beginning alone would be a trigger.
    ((_, reason),) = sort([came], {}).invalid
    assert reason == "16,000,000 bytes are more than a message may have (1,000,000)"


def test_j15_what_amqp_takes_for_text_and_is_none_can_be_sent_on_and_stored() -> None:
    headers = {b"\xff": b"\xfe", "half": "\ud800", "count": 3}
    info = {"exchange": "hub.triggers", "routing_key": "a.\ud800"}
    properties = {"application_headers": headers, "message_id": "\udfff"}
    message = SimpleNamespace(delivery_info=info, properties=properties, body=b"{}", delivery_tag=1)
    came = delivery_of(message, "hub.eshop.a", 1)
    assert (came.routing_key, came.message_id) == ("a.?", "?")
    assert came.headers == {"\ufffd": "\ufffd", "half": "?", "count": 3}
    assert invalid(came, "no such job").headers["hub-header-half"] == "?"
