"""The end of a product's or category's address in a shop. Pure."""

import re
from collections.abc import Container
from hashlib import blake2b


def handle(text: str) -> str:
    """Return a text in small letters of any alphabet, digits and hyphens."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")


def apart(text: str, taken: Container[str]) -> str:
    """Return the handle of a text; with a digest of it behind, if it is taken by another, or nothing is left of it."""
    plain = handle(text)
    if plain and plain not in taken:
        return plain
    return f"{plain}-{blake2b(text.encode(), digest_size=4).hexdigest()}".lstrip("-")


def slug(text: str) -> str:
    """Return a text in small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "product"
