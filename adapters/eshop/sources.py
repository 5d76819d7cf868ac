"""Pictures of ours in a shop are known again by a mark there, such as a tag, that says where they came from. Pure."""

from collections.abc import Iterable

from adapters.writing.writes import Unfit


def marks(addresses: Iterable[str], begins: str, longest: int) -> dict[str, str]:
    """Return mark -> address of each picture, once; Unfit, if the shop cannot keep one of them.

    `begins`: what marks of ours begin with; `longest`: the letters that the shop keeps.
    """
    found = {begins + address: address for address in addresses}
    if too_long := [address for mark, address in found.items() if len(mark) > longest]:
        raise Unfit("no-picture", f"the shop can keep no image with so long an address: {too_long[0]}")
    return found


def sources(shown: Iterable[str | None], begins: str) -> list[str]:
    """Return where pictures came from, in the order in which their marks are shown; those without are not ours."""
    return [mark.removeprefix(begins) for mark in shown if mark and mark.startswith(begins)]
