"""A short text that is the same as long as the content is."""

from hashlib import blake2b

import orjson

from hub.connector import Document

SIZE = 15
"""Bytes: two documents that differ are told apart."""


def digest(content: bytes) -> str:
    """Return the digest of some bytes."""
    return blake2b(content, digest_size=SIZE).hexdigest()


def of_document(document: Document, settings: bytes) -> str:
    """Return the digest of a document under a system's settings."""
    content = orjson.dumps(document.raw, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    return blake2b(settings + content, digest_size=SIZE).hexdigest()


def reference(system: str, entity: str, key: str) -> str:
    """Return the hub's own reference of a record in a system: always the same, at most 40 letters, digits, hyphens."""
    return f"hub-{digest(orjson.dumps([system, entity, key]))}"
