"""Bugs that somebody might make, planted on purpose: the checker must find every one of them."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Bug:
    """A planted bug."""

    name: str
    what: str
    """What is done wrong, in a sentence."""
    patch: Patch


BUGS: dict[str, Bug] = {}


def planted(name: str | None) -> AbstractContextManager[Any]:
    """Return the context in which a bug is in the running code; none: the code as it is."""
    return BUGS[name].patch() if name else nullcontext()
