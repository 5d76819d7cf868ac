"""What most vendors' webhooks have in common: a signature over the body as it came, and JSON. Pure."""

import base64
import hmac
from collections.abc import Mapping
from typing import Any, cast

import orjson

from hub.connector import Call
from hub.errors import Refused


def check_signature(call: Call, header: str, secret: str, *, form: str = "base64", prefix: str = "") -> None:
    """Refuse a call whose header is not the HMAC-SHA256 of its body with our secret.

    `form`: base64 or hex; `prefix`: what stands before it, e.g. `sha256=`. The comparison takes the same time for all.
    """
    given = call.headers.get(header.lower(), "")
    digest = hmac.digest(secret.encode(), call.body, "sha256")
    wanted = prefix + (base64.b64encode(digest).decode("ascii") if form == "base64" else digest.hex())
    if not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Refused(f"{header} is not the signature of the call with our secret" if given else f"{header} is missing")


def json_of(call: Call) -> Mapping[str, Any]:
    """Return the JSON object that is the body; Refused, if it is none."""
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        raise Refused("the call is not JSON") from None
    if not isinstance(body, Mapping):
        raise Refused("the call is no JSON object")
    return cast("Mapping[str, Any]", body)
