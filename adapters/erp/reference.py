"""The hub's reference among an ERP's texts. Pure."""

from collections.abc import Iterable

OURS = "hub:"
"""Before the hub's reference, where it stands among other texts."""


def reference_in(texts: Iterable[str | None]) -> str | None:
    """Return the hub's reference, if one of these texts is it."""
    return next((text.removeprefix(OURS) for text in texts if text and text.startswith(OURS)), None)
