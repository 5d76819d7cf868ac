"""Systems that lead elsewhere than before: what the hub knows of one are numbers, which in another are other records."""

from typing import Any
from urllib.parse import urlsplit

from hub.app.renamed import last_table
from hub.config import Settings, SystemSettings
from hub.counting import counted
from hub.errors import Misconfigured
from hub.store import Tx, bindings

WHICH = ("database", "company", "environment")
"""Options that tell, besides the address, whose records those of a system are."""


def refuse_moved(tx: Tx, settings: Settings) -> None:
    """Raise Misconfigured where a name that the hub knows records by stands for another system, as it seems."""
    for name, each in settings.systems.items():
        table = last_table(tx, name)
        if (change := _change(table, each)) and (bound := bindings.count_all(tx, name)):
            raise Misconfigured(_in_words(name, bound, *change))


def _change(table: dict[str, Any], now: SystemSettings) -> tuple[str, str] | None:
    """Return what a system was and what it would be, in words; None: it is where it was, or was nowhere before."""
    told = [("kind", now.kind), ("connector", now.connector)]
    told += [(key, str(getattr(now.options, key, None))) for key in ("url", *WHICH)]
    for key, value in told:
        before = str(table.get(key, value))
        if _place(before) != _place(value):
            return f'{key} = "{before}"', f'"{value}"'
    return None


def _place(text: str) -> str:
    """Return what of an address tells one system from another; any other text as it is."""
    if "://" not in text:
        return text
    address = urlsplit(text)
    host = address.netloc.rpartition("@")[2].lower().removesuffix(":443").removesuffix(":80")
    return f"{host}{address.path.rstrip('/')}?{address.query}"


def _in_words(name: str, bound: int, before: str, now: str) -> str:
    return (
        f"[systems.{name}] had {before}, and has {now}: the hub knows {counted(bound, 'record')} of it by their numbers "
        "there, and would write to whatever has these numbers now. If it is the same system with the same records, which "
        "has moved, say so with --same; if it is another one (a new shop, a copy for tests), leave its records alone: "
        f"give it another name than {name}"
    )
