"""What the ERP would not take: files in its folder of errors, with its words beside them."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

from adapters.erp.files.handing import Handing
from adapters.erp.files.ledger import Entry
from adapters.files.encodings import detect
from hub.connector import Place, Unreadable

CAUSE = "refused-by-erp"
LONGEST = 2_000
"""Characters of the ERP's words."""
_BESIDE = (".txt", ".log", ".err", ".error", ".reason.txt")
_VERSION = re.compile(r"_v\d+$")


def refused(handing: Handing) -> tuple[str, list[Unreadable]]:
    """Return what lies among the errors, each with the ERP's words, and a version that moves when that changes."""
    found = list(_found(handing))
    seen = hashlib.sha256(repr([(path.name, words) for path, words in found]).encode()).hexdigest()[:16]
    place = handing.files.errors or ""
    return seen, [_unreadable(handing, place, seen, path, words) for path, words in found]


def _found(handing: Handing) -> Iterator[tuple[Path, str]]:
    if handing.files.errors is None:
        return
    with suppress(FileNotFoundError, NotADirectoryError):  # the check tells
        folder = handing.source / handing.files.errors
        lying = sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.is_file())
        names = {path.name.casefold(): path for path in lying}
        orders = [path for path in lying if _cut(path.name, handing.files.suffix) is not None]
        beside: dict[Path, list[Path]] = {}
        for order in orders:
            beside[order] = [names[name] for name in _names_beside(order) if names.get(name, order) != order]
            yield order, next((words for each in beside[order] if (words := _words(each))), "")
        known = {*orders, *chain.from_iterable(beside.values())}
        # The ERP keeps its words only, or calls the order otherwise.
        yield from ((path, _words(path)) for path in lying if path not in known and _is_missing(handing, path))


def _is_missing(handing: Handing, path: Path) -> bool:
    """Tell whether the order that a file is called by lies nowhere: words stay behind when it was mended and put back.

    Without an archive nobody can tell whether it was taken since.
    """
    entry, archive = _entry(handing, path), handing.files.archive
    if entry is None or archive is None:
        return False
    names = (entry.last.file, entry.last.file.upper(), entry.last.file.lower())
    return not any(
        (handing.source / folder / name).exists() for folder in (handing.files.folder, archive) for name in names
    )


def _cut(name: str, ending: str) -> str | None:
    """Return a name without its ending, whose capitals do not count: programs on Windows change them."""
    return name[: -len(ending)] if name.casefold().endswith(ending.casefold()) else None


def _names_beside(order: Path) -> list[str]:
    """Return what the file with the ERP's words may be called, in small letters."""
    return [(stem + end).casefold() for stem in (order.name, order.stem) for end in _BESIDE]


def _words(path: Path) -> str:
    with suppress(OSError), path.open(encoding=detect(path), errors="replace") as file:
        return " ".join(file.read(LONGEST).split())
    return ""


def _entry(handing: Handing, path: Path) -> Entry | None:
    """Return what was handed out by a file's name: the order's, or that with another ending."""
    names = {path.name} | {cut for end in _BESIDE if (cut := _cut(path.name, end))}
    names |= {cut for name in names if (cut := _cut(name, handing.files.suffix))}
    entries = (handing.ledger.get(each) for name in sorted(names) for each in (name, _VERSION.sub("", name)))
    return next(filter(None, entries), None)


def _unreadable(handing: Handing, folder: str, seen: str, path: Path, words: str) -> Unreadable:
    entry = _entry(handing, path)
    said = f": {words}" if words else "; it says no reason"
    mend = f"mend it there, and put {path.name} back into {handing.files.folder}, or take it away"
    place = Place(folder, sheet=path.name, version=seen)
    return Unreadable(CAUSE, f"the ERP has not taken {path.name}{said} ({mend})", place, entry.key if entry else None)
