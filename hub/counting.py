"""Numbers of things, and how long ago something was, as people read them."""

from datetime import timedelta

PLURALS = {"entry": "entries", "branch": "branches"}


def counted(number: int, what: str) -> str:
    """Return a number of things: `1 run`, `2,400 runs`."""
    return f"{number:,} {what if number == 1 else PLURALS.get(what, what + 's')}"


def ago(length: timedelta) -> str:
    """Return how long ago something was, in its largest unit."""
    total = max(int(length.total_seconds()), 0)
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if total >= 2 * size:
            return f"{total // size} {unit} ago"
    return f"{total} s ago"
