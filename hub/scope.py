"""The records that a run was asked for: identities, each with or without the stream that it belongs to."""

from collections.abc import Iterable

PARTED = "\x1f"
"""Between stream and identity: no key holds a control character."""


def named(stream: str, ids: Iterable[str]) -> list[str]:
    """Return identities of a stream, as they stand in a run's scope."""
    return [f"{stream}{PARTED}{each}" for each in ids]


def of_stream(scope: Iterable[str], stream: str) -> list[str]:
    """Return the identities of a scope that concern a stream: its own, and those that name none."""
    parts = [each.rpartition(PARTED) for each in scope]
    return [identity for of, _, identity in parts if of in ("", stream)]
