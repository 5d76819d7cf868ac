"""Numbers as people give them: by which something is listed, how many, how long."""

from collections.abc import Callable

from hub.errors import Misconfigured

LARGEST = 2**63 - 1
"""Of what is numbered, as large as databases count."""


def whole(text: str, least: int = 0, most: int = LARGEST) -> int | None:
    """Return a whole number from `least` to `most`, written in digits; None for anything else."""
    text = text.lstrip("0") or text[:1]
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    return int(text) if least <= int(text) <= most else None


def listed(what: str, where: str, most: int = LARGEST) -> Callable[[str], int]:
    """Return what reads a number by which things are listed: it raises Misconfigured, and says where they are.

    `what`: what one of them is called; `where`: the command that lists them.
    """

    def read(text: str) -> int:
        return _known(whole(str(text), 0, most), f"{text} is no {what}; {where} shows what there is")

    return read


def within(name: str, least: int, most: int) -> Callable[[str], int]:
    """Return what reads an option's number: it raises Misconfigured, and says from where to where it may go."""

    def read(text: str) -> int:
        told = f"{name} {text}: it is a whole number from {least:,} to {most:,}"
        return _known(whole(str(text), least, most), told)

    return read


def _known(number: int | None, otherwise: str) -> int:
    if number is None:
        raise Misconfigured(otherwise)
    return number
