"""OAuth 1.0a, with the examples of RFC 5849 and the rules of WooCommerce."""

from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.asking.auth.oauth1 import OAuth1, base_string, header, signed
from adapters.asking.http import Api
from hub.clock import SystemClock
from hub.errors import TryLater
from tests.unit.http_server import Reply, Server

KEY, SECRET = "dpf43f3p2l4k3l03", "kd94hf93k423kf44"
TOKEN, TOKEN_SECRET = "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00"


def test_the_text_that_is_signed_is_that_of_rfc_5849_section_3_4_1_1():
    oauth = {
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a",
    }
    form = [("c2", ""), ("a3", "2 q")]
    text = base_string("post", "http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", [*form, *oauth.items()])
    assert text == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1"
        "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


@pytest.mark.parametrize(
    ("url", "params"),
    [
        ("http://photos.example.net/photos", [("file", "vacation.jpg"), ("size", "original")]),
        ("http://photos.example.net/photos?size=original&file=vacation.jpg", []),
    ],
)
def test_the_signature_is_that_of_rfc_5849_section_1_2(url: str, params: list[tuple[str, str]]):
    more = {"token": TOKEN, "token_secret": TOKEN_SECRET}
    oauth = signed("GET", url, params, KEY, SECRET, "chapoH", 137131202, **more, algorithm="HMAC-SHA1")
    assert oauth["oauth_signature"] == "MdpQcU8iPSUjWoN/UDMsK2sui9I="
    assert header(oauth).startswith(f'OAuth oauth_consumer_key="{KEY}", oauth_nonce="chapoH"')
    assert header(oauth).endswith('oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"')


def test_the_one_legged_form_of_woocommerce():
    """Its page "Authentication over HTTP": no token, no version, and the secret with an ampersand as the key."""
    text = base_string(
        "GET",
        "http://www.example.com/wp-json/wc/v3/orders",
        [("oauth_signature_method", "HMAC-SHA1"), ("oauth_consumer_key", "abc123")],
    )
    assert text == (
        "GET&http%3A%2F%2Fwww.example.com%2Fwp-json%2Fwc%2Fv3%2Forders"
        "&oauth_consumer_key%3Dabc123%26oauth_signature_method%3DHMAC-SHA1"
    )
    oauth = signed("GET", "http://www.example.com/wp-json/wc/v3/orders", (), "abc123", "cs", "n", 1)
    assert {*oauth} == {
        "oauth_consumer_key",
        "oauth_nonce",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_signature",
    }
    assert oauth["oauth_signature_method"] == "HMAC-SHA256"


def test_a_port_that_is_not_the_schemes_own_is_signed():
    assert "%3A8080%2F" in base_string("GET", "http://shop.example:8080/x", ())
    assert "443" not in base_string("GET", "https://shop.example:443/x", ())


@pytest.mark.parametrize("in_header", [False, True])
def test_each_request_that_is_sent_has_a_nonce_of_its_own(in_header: bool):
    """WooCommerce refuses a nonce that comes twice, and a timestamp that is 15 minutes away."""
    server = Server(lambda _number, _asked: Reply(status=429, headers={"retry-after": "0"}))
    auth = OAuth1(KEY, SECRET, SystemClock(), in_header=in_header)
    with closing(server), closing(Api("shop", server.url, auth=auth, clock=SystemClock(), sleep=lambda _: None)) as api:
        with pytest.raises(TryLater) as caught:
            api.get("products", {"sku": "A+B c/ż", "page": 2})
        assert SECRET not in str(caught.value)
    seen: set[str] = set()
    for asked in server.asked:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        told = query
        if in_header:
            parts = asked.headers["authorization"].removeprefix("OAuth ").split(", ")
            told = {
                name: parse_qs(f"v={value[1:-1]}")["v"][0] for name, _, value in (each.partition("=") for each in parts)
            }
        seen.add(told["oauth_nonce"])
        own = [(name, value) for name, value in query.items() if not name.startswith("oauth_")]
        when = int(told["oauth_timestamp"])
        wanted = signed("GET", f"{server.url}/products", own, KEY, SECRET, told["oauth_nonce"], when)
        assert told["oauth_signature"] == wanted["oauth_signature"]
        assert abs(datetime.now(UTC).timestamp() - when) < 60
        assert (query["sku"], query["page"]) == ("A+B c/ż", "2")
    assert len(seen) == len(server.asked) == 4
