"""A product's pictures in a shop that keeps the names of files: ours are named for the address that they come from. Pure.

So the shop itself says which picture is which: what is there already is neither fetched nor sent again.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from adapters.eshop import sources
from adapters.pictures import Picture
from adapters.rows import Row

MARK = re.compile(r"hub-[0-9a-f]{20}")


def mark(address: str) -> str:
    """Return the name that stands for an address."""
    return f"hub-{hashlib.sha256(address.encode()).hexdigest()[:20]}"


def marked(picture: Picture, address: str) -> Picture:
    """Return a picture that is named for the address that it comes from."""
    return replace(picture, name=f"{mark(address)}.{picture.type.rpartition('/')[2]}")


def arranged(wanted: Sequence[str], held: Sequence[Row], name: Callable[[Row], str]) -> list[str | Row]:
    """Return a product's pictures as they shall stand: see `sources`; `name`: of a row, the text that its file's name stands in."""
    found = {mark(each): each for each in wanted}
    return sources.arranged(found, held, lambda row: its[0] if (its := MARK.search(name(row))) else None)
