"""A product's pictures in a shop that keeps the names of files: ours are named for the address that they come from. Pure.

So the shop itself says which picture is which: what is there already is neither fetched nor sent again.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

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
    """Return a product's pictures as they shall stand: ours in their order, and behind them what others have added.

    `held`: what the shop has; `name`: of a row, the text that its file's name stands in. A row is there already, an
    address is still to be brought; ours that are left out are to go.
    """
    marks = [found[0] if (found := MARK.search(name(row))) else None for row in held]
    there = dict(zip(reversed(marks), reversed(held), strict=True))
    ours = [there.get(mark(each), each) for each in dict.fromkeys(wanted)]
    return ours + [row for row, its in zip(held, marks, strict=True) if its is None]
