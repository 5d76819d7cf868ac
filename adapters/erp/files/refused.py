"""What the ERP would not take: files in its folder of errors, with its words beside them."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from adapters.erp.files.handing import Handing
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
        for path in sorted((handing.source / handing.files.errors).iterdir()):
            if path.name.endswith(handing.files.suffix) and not path.name.startswith(".") and path.is_file():
                yield path, _words(path)


def _words(path: Path) -> str:
    for beside in [path.with_name(path.name + end) for end in _BESIDE] + [path.with_suffix(end) for end in _BESIDE]:
        with suppress(OSError):
            if beside != path:
                with beside.open(encoding=detect(beside), errors="replace") as file:
                    return " ".join(file.read(LONGEST).split())
    return ""


def _unreadable(handing: Handing, folder: str, seen: str, path: Path, words: str) -> Unreadable:
    name = path.name.removesuffix(handing.files.suffix)
    entry = handing.ledger.get(name) or handing.ledger.get(_VERSION.sub("", name))
    said = f": {words}" if words else "; it says no reason"
    mend = f"mend it there, and put {path.name} back into {handing.files.folder}, or take it away"
    place = Place(folder, sheet=path.name, version=seen)
    return Unreadable(CAUSE, f"the ERP has not taken {path.name}{said} ({mend})", place, entry.key if entry else None)
