"""The connector `files` of an ERP: lists of files come in, orders go out as files, and what became of them comes back."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.erp.files import checks, forms
from adapters.erp.files.expressions import FileFunctions, Scope, text_of
from adapters.erp.files.handing import Handing
from adapters.erp.files.ledger import Entry, digest
from adapters.erp.files.options import ErpFilesOptions
from adapters.erp.files.order_files import ORDERS, OrderFiles
from adapters.erp.files.refused import refused
from adapters.files.delivery import Delivery
from adapters.writing.writes import Unfit, one_by_one
from hub.canonical import ENTITIES
from hub.clock import Clock
from hub.connector import Change, Document, Finding, Page, Place, Stream, Write, Written

LATE = 10.0
"""Seconds: a file is renamed or it is not; somebody may only have stopped in between."""
LONGEST_NAME = 100
CANCELLED = "cancelled"
_NEVER_IN_NAMES = frozenset('<>:"/\\|?*')
"""Which no file system that Windows reads has in names."""
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]
)
"""What Windows takes for a device, whatever ending is behind it ("Naming Files, Paths, and Namespaces")."""


class ErpFilesConnector:
    """Exchanges files with one ERP. Threads share it."""

    hooks = None
    """Folders call nobody."""

    def __init__(self, name: str, options: ErpFilesOptions, base_folder: Path, clock: Clock) -> None:
        """`base_folder`: that of hub.toml."""
        self.name, self.options, self._base, self._clock = name, options, base_folder, clock
        self._entities = {stream: each.entity for stream, each in options.formats.items()} | (
            {ORDERS: ORDERS} if options.orders else {}
        )
        self.streams: Mapping[str, Stream] = {name: self._stream(name) for name in options.streams()}
        """What comes by a format, and orders, if they go out."""

    def _stream(self, name: str) -> Stream:
        orders = self.options.orders if name == ORDERS else None
        return Stream(
            self._entities[name],
            reads=name in self.options.formats or (orders is not None and orders.errors is not None),
            writes=orders.writes if orders else frozenset(),
            create="intent" if orders else "never",
            late=LATE,
            asked=False,
        )

    @property
    def _handing(self) -> Handing | None:
        files = self.options.orders
        return Handing(self.options.folder(self._base), files) if files else None

    def check(self) -> list[Finding]:
        """Look at the folders and at what lies in them."""
        return checks.findings(self.name, self.options, self._base, self._clock)

    def read(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:  # noqa: ARG002 - what is delivered is all there is
        """Take what has come, the longest unchanged file first, and yield it."""
        return self._pages(stream, since or {}, moves=True)

    def peek(self, stream: str, since: Mapping[str, Any] | None, *, full: bool) -> Generator[Page, None, None]:  # noqa: ARG002
        """Yield the same from where the files lie, and move nothing."""
        return self._pages(stream, since or {}, moves=False)

    def _pages(self, stream: str, since: Mapping[str, Any], *, moves: bool) -> Generator[Page, None, None]:
        seen: str | None = since.get("errors")
        if stream == ORDERS and (handing := self._handing) and handing.files.errors:
            now, unreadable = refused(handing)
            if now != seen:
                seen = now
                place = Place(handing.files.errors, version=now)
                yield Page(ORDERS, (), unreadable, {**since, "errors": now}, completes=place)
        if stream not in self.options.formats:
            return
        for page in self._delivery(stream, moves=moves).pages(since.get("files")):
            documents = [Document(each.key, each.fields) for each in page.changes]
            yield replace(page, changes=(), documents=documents, checkpoint={"files": page.checkpoint, "errors": seen})

    def unmounted(self, stream: str, since: Mapping[str, Any] | None) -> str | None:
        """Say that a stream's folder is not the one from which files were taken before; None if all is well."""
        comes = stream in self.options.formats
        return self._delivery(stream, moves=False).unmounted((since or {}).get("files")) if comes else None

    def _delivery(self, stream: str, *, moves: bool) -> Delivery:
        return Delivery(self.name, stream, self.options, self._base, self._clock, moves)

    def fetch(self, stream: str, ids: Sequence[str]) -> list[Document]:
        """Return the orders that were handed out: of what became of them, only the ERP's files tell."""
        handing = self._handing if stream == ORDERS else None
        return [Document(each, {}) for each in ids if handing and handing.known(each)]

    def translate(self, stream: str, document: Document) -> Change:
        """Return what a row says: it was read by its format."""
        entity = ENTITIES[self._entities[stream]]
        key = document.id if entity.natural else ""
        return Change(key, document.raw, Place(f"{self.name} {stream} {document.id}"))

    def find(self, stream: str, wanted: Sequence[Write]) -> Mapping[str, Sequence[str]]:
        """Return which orders were handed out; what has no name is refused when it is written."""
        return {each.key: [*self._found(each)] if stream == ORDERS else [] for each in wanted}

    def _found(self, write: Write) -> Iterator[str]:
        try:
            name, handing = self._name(write), self._handing
        except Unfit:
            return
        entry = handing.known(name) if handing else None
        if entry and entry.reference in ("", write.reference):
            yield name

    def write(self, stream: str, writes: Sequence[Write]) -> Iterable[Written]:  # noqa: ARG002 - only orders go out
        """Hand orders out, one by one."""
        handing = self._handing
        assert handing is not None, "nothing else is written"
        return one_by_one(writes, lambda each: self._hand_out(handing, each))

    def _hand_out(self, handing: Handing, write: Write) -> Written:
        name = write.id or self._name(write)
        content = forms.filled(handing.files, self._scope(write), self._functions)
        known = handing.known(name)
        new = known is None and write.id is None
        entry = handing.hand_out(name, write.reference, write.key, content) if new else known
        if entry is not None and write.id is None and entry.reference not in ("", write.reference):
            raise Unfit("name-taken", f"{name} is what order {entry.key} is called already; let `name` tell them apart")
        if not new and (entry is None or not self._brought_up_to_date(handing, entry, write, content)):
            raise _changed(name, entry, write)
        return Written(write.key, "done", name, Document(name, {}))

    @staticmethod
    def _brought_up_to_date(handing: Handing, entry: Entry, write: Write, content: bytes) -> bool:
        """Hand the order out once more where that is wanted; returns whether the ERP has it as it is now."""
        ours = replace(entry, reference=write.reference, key=write.key)
        handing.finish(ours)
        same = ours.last.digest == digest(content)
        if not same and handing.files.changes == "version":
            handing.hand_again(ours, content)
            return True
        return same and not (write.id and write.record.get("status") == CANCELLED)

    def _name(self, write: Write) -> str:
        files: OrderFiles | None = self.options.orders
        name = text_of(files.name, self._scope(write), self._functions) if files else ""
        if not name or len(name) > LONGEST_NAME or name[0] in ".~ " or name[-1] in ". " or not name.isprintable():
            raise Unfit("unfit-name", f"{name!r} is no name for a file, and so not for the order")
        if name.partition(".")[0].casefold() in _DEVICES:
            raise Unfit(
                "unfit-name", f"{name} cannot be a file's name: it is a device to Windows; let `name` add to it"
            )
        if bad := sorted(_NEVER_IN_NAMES & {*name}):
            raise Unfit("unfit-name", f"{name} cannot be a file's name for its {' '.join(bad)}: let `name` replace it")
        return name

    @staticmethod
    def _scope(write: Write) -> Scope:
        customer = write.links.get("parties", {}).get(write.record.get("party") or "")
        return {**write.record, "reference": write.reference, "customer": customer}

    @property
    def _functions(self) -> FileFunctions:
        return FileFunctions(
            self.options.words.__getitem__, self.options.orders.decimal if self.options.orders else "."
        )


def _changed(name: str, entry: Entry | None, write: Write) -> Unfit:
    done = f"then: hub quarantine discard (it was handed out as {entry.last.file if entry else name})"
    if write.record.get("status") == CANCELLED:
        return Unfit("cancelled-after", f"it was cancelled after the ERP was handed it: cancel it there, {done}")
    changed = ", ".join(sorted(write.fields.keys() - {"status"}))
    return Unfit("changed-after", f"{changed} changed after the ERP was handed it: see to it there, {done}")
