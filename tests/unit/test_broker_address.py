"""A broker's address."""

import pytest

from hub.broker import open_broker
from hub.broker.address import parse
from hub.errors import Misconfigured


def test_all_parts_are_read() -> None:
    address = parse("amqps://hub:s%40crt@mq.example/company%2Fhub?server_name_indication=other.example")
    assert (address.host, address.port, address.tls, address.server_name) == ("mq.example", 5671, True, "other.example")
    assert (address.user, address.password, address.virtual_host) == ("hub", "s@crt", "company/hub")


def test_what_is_left_out_is_rabbitmqs_own_default() -> None:
    address = parse("amqp://")
    assert (address.host, address.port, address.tls) == ("localhost", 5672, False)
    assert (address.user, address.password, address.virtual_host) == ("guest", "guest", "/")


def test_the_password_is_never_shown() -> None:
    address = parse("amqp://hub:topsecret@mq.example/hub")
    assert "topsecret" not in f"{address} {address!r}"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("amqp://hub:topsecret@mq.example/hub?verify=none", "verify"),
        ("amqps://hub:topsecret@mq.example/hub?cacertfile=no-such.pem", "no-such.pem"),
        ("amqp://hub:topsecret@mq.example:port/hub", "amqps://user"),
        ("amqp://hub:topsecret@[::1/hub", "amqps://user"),
        ("amqp//hub:topsecret@mq.example", "amqps://user"),
        ("hub:topsecret@mq.example", "amqps://user"),
        ("amqp://hub:a@topsecret/b@mq.example/hub", "%2F"),
        ("amqp://hub:a@topsecret#b@mq.example/hub", "%23"),
        ("amqp://hub:a@topsecret?b@mq.example/hub", "%3F"),
        ("amqp://hub:topsecret#b@mq.example/hub", "%23"),
        ("http://hub:topsecret@mq.example:15672", "amqp or amqps"),
    ],
)
def test_a_mistake_is_named_without_the_password(url: str, named: str) -> None:
    with pytest.raises(Misconfigured, match=named) as raised:
        open_broker(url, "test")
    assert "topsecret" not in str(raised.value)


def test_a_password_with_an_at_sign_is_understood_as_it_is() -> None:
    address = parse("amqp://hub:top@secret@mq.example/hub")
    assert (address.host, address.password) == ("mq.example", "top@secret")
