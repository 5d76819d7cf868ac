"""Signatures of webhook calls, and what signed ones say."""

import base64
import hashlib
import hmac

import pytest

from adapters.webhooks import SignedHooks, check_signature, json_of
from hub.connector import Call, Hint
from hub.errors import Refused

SECRET = "gdy wiosna"
BODY = '{"id": 7, "name": "Łódź"}'.encode()
HEADER = "X-Shop-Signature"


def signature(body: bytes = BODY, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def call(value: str, body: bytes = BODY) -> Call:
    return Call({HEADER.lower(): value}, body)


def test_a_signature_of_the_body_as_it_came_is_good():
    check_signature(call(signature()), HEADER, SECRET)


def test_a_signature_in_hexadecimal_is_good():
    digest = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    check_signature(call(digest), HEADER, SECRET, form="hex")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="empty"),
        pytest.param(signature(secret="another"), id="of another secret"),
        pytest.param(signature(BODY.replace(b" ", b"")), id="of the same JSON written otherwise"),
        pytest.param(signature()[:-4], id="cut short"),
        pytest.param("podpis ręczny", id="not even ASCII"),
    ],
)
def test_a_forged_call_is_refused_and_the_secret_not_shown(given: str):
    with pytest.raises(Refused) as refused:
        check_signature(call(given), HEADER, SECRET)
    assert SECRET not in str(refused.value)


def test_a_call_without_the_header_is_refused():
    with pytest.raises(Refused, match="is missing"):
        check_signature(Call({}, BODY), HEADER, SECRET)


@pytest.mark.parametrize("body", [b"webhook_id=7", b"", b"[1]", b"\xff"])
def test_what_is_no_json_object_is_refused(body: bytes):
    with pytest.raises(Refused):
        json_of(Call({}, body))


HOOKS = SignedHooks(
    {"order/new": "orders"},
    HEADER,
    lambda call: call.headers["topic"],
    lambda _, said: [str(said["id"])],
    registered=list,
    register=lambda *_: None,
    event=lambda call: call.headers["event"],
    is_ping=lambda call: call.body == b"ping",
)


def test_a_signed_call_says_which_record_is_meant_and_which_event_it_is():
    signed = Call({HEADER.lower(): signature(), "topic": "order/new", "event": "e1"}, BODY)
    assert HOOKS.hints(signed, SECRET) == [Hint("orders", ("7",), "e1")]


def test_what_is_not_registered_is_refused_though_it_is_signed():
    with pytest.raises(Refused, match="'shop/closed' is not one of those that are registered"):
        HOOKS.hints(Call({HEADER.lower(): signature(), "topic": "shop/closed"}, BODY), SECRET)


def test_nothing_of_a_forged_call_is_looked_at():
    with pytest.raises(Refused, match="is not the signature"):
        HOOKS.hints(Call({HEADER.lower(): signature(secret="another")}, b"no JSON, and no topic"), SECRET)


def test_a_ping_says_nothing_and_need_not_be_signed():
    assert HOOKS.hints(Call({}, b"ping"), SECRET) == ()
