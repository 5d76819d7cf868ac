"""Numbers of things, as people read them."""

PLURALS = {"entry": "entries", "branch": "branches"}


def counted(number: int, what: str) -> str:
    """Return a number of things: `1 run`, `2,400 runs`."""
    return f"{number:,} {what if number == 1 else PLURALS.get(what, what + 's')}"
