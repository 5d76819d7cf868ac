"""Asking a system on this machine over HTTP, in JSON."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from typing import Any

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy on the way to this machine


def ask(
    url: str, body: object = None, *, method: str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[Any, Message]:
    """Return the answer's JSON and headers; a body makes it a POST. Raises urllib's HTTPError with the reason."""
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json", **(headers or {})},
    )
    try:
        with DIRECT.open(request, timeout=60) as answer:
            text = answer.read()
            return (json.loads(text) if text else None), answer.headers
    except urllib.error.HTTPError as refusal:
        refusal.add_note(f"{url}: {refusal.read().decode(errors='replace')}")
        raise


def answers(url: str) -> bool:
    """Tell whether somebody answers with less than a 500; raises OSError if nobody does."""
    try:
        with DIRECT.open(url, timeout=10):
            return True
    except urllib.error.HTTPError as refusal:
        return refusal.code < 500
