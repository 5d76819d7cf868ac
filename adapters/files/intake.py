"""One file, from its first row that is not stored yet to its move to done/ or failed/."""

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from adapters.files.checkpoint import Checkpoint, Underway
from adapters.files.format import Format
from adapters.files.pages import Batch, batches, translated
from adapters.files.readers import open_table
from adapters.files.rows import FileRefused
from adapters.files.taking import DONE, FAILED, Folder, Taken, digest, shown_name
from adapters.files.translate import translator
from adapters.files.trial import OutOfMemory
from hub.clock import Clock
from hub.connector import Page, Place, Unreadable
from hub.errors import TryLater

MOST_KILLED = 5
"""So often in a row may what reads a file be killed before the file is put aside."""

Pages = Generator[Page, None, Checkpoint]


@dataclass
class Intake:
    """The taking in of one file."""

    folder: Folder
    taken: Taken
    format: Format
    locations: frozenset[str]
    clock: Clock
    moves: bool
    """False: everything is only looked at."""
    digest: str = field(init=False, default="")
    """Of what the file holds and how it is read: the same file under a mended format is another one."""

    def pages(self, done: Checkpoint) -> Pages:
        """Yield the file's pages after the checkpoint `done`; return the checkpoint after it. Raises TryLater."""
        try:
            look = self._look()
            changed = look[1] / 1e9
            self.digest = f"{digest(self.taken.path)}/{self._reading()}"
            known = done.file if self._is(done.file) else None
            if known and known.closing and self.taken.left_over:
                self._finish(known.closing, known.reason)
                return done.closed()
            if known is None or known.closing:
                if done.has_taken(self.taken.name, self.digest, changed):
                    yield self._page(done, Batch(notes=[f"{self._name} was taken already: the same file came again"]))
                    self._finish(DONE)
                    return done
                if changed < done.newest:
                    yield self._page(done, Batch(notes=[f"{self._name} is older than a file that was taken before it"]))
                done = replace(done.at(self.taken.name, self.digest, 0), newest=max(done.newest, changed))
            return (yield from self._read(done, look))
        except OSError as error:
            why = error.strerror.lower() if error.strerror else str(error)
            raise TryLater(f"{self._name} cannot be read: {why}") from None

    def _is(self, file: Underway | None) -> bool:
        return file is not None and (file.name, file.digest) == (self.taken.name, self.digest)

    def _read(self, done: Checkpoint, look: tuple[int, int]) -> Pages:
        rows = done.file.rows if done.file else 0
        try:
            for page, last in self._translated(rows):
                rows += page.rows
                if last and self._look() != look:
                    raise TryLater(f"{self._name} changed while it was read; it is read again")
                at = self._at(done, rows, last=last)
                yield self._page(at, page.batch, total=page.total, completes=self._place() if last else None)
                self._still_ours()
        except OutOfMemory as fault:
            return (yield from self._killed(done.killed(), fault))
        except FileRefused as refusal:
            return (yield from self._give_up(done, rows, refusal))
        self._finish(DONE)
        return self._at(done, rows, last=True).closed()

    def _at(self, done: Checkpoint, rows: int, *, last: bool) -> Checkpoint:
        step = done.closing if last else done.at
        return step(self.taken.name, self.digest, rows)

    def _translated(self, skip: int) -> "Iterator[tuple[_PageOfRows, bool]]":
        """Yield the pages from row `skip` on, and whether it is the last one."""
        table = open_table(self.taken.path, self.taken.name, self.format)
        translate = translator(self.format, table, self._place(), self.locations)
        skipped = sum(1 for _ in islice(table.rows, skip))
        for rows, last in batches(table.rows, self.format.page):
            batch = translated(rows, translate)
            if last:
                batch.notes += table.notes
                if not skipped and not rows:
                    batch.notes.append(f"{self._name} has no rows below its header")
            yield _PageOfRows(batch, len(rows), table.total), last
            skipped += len(rows)

    def _killed(self, done: Checkpoint, fault: OutOfMemory) -> Pages:
        """Count that what reads the file was killed, and read it later; give it up if that goes on: others wait behind it."""
        assert done.file is not None, "one is at hand"
        if done.file.killed < MOST_KILLED:
            yield self._page(done, Batch())  # what is counted is stored
            raise fault
        mend = "it is damaged, or this machine has too little memory for it: save it again, as XLSX if possible"
        refusal = FileRefused("reader-killed", f"{fault}, {done.file.killed} times in a row: {mend}")
        return (yield from self._give_up(done, done.file.rows, refusal))

    def _give_up(self, done: Checkpoint, rows: int, refusal: FileRefused) -> Pages:
        """Put the file as a whole into quarantine and move it to failed/."""
        taken = f" (rows before were taken: {rows:,})" if rows else ""
        reason = f"{refusal}{taken}"
        told = f"the file was not taken, and lies in {FAILED}/: {reason}"
        batch = Batch(unreadable=[Unreadable(refusal.cause, told, self._place())])
        failing = done.failing(self.taken.name, self.digest, rows, reason)
        yield self._page(failing, batch)
        self._finish(FAILED, reason)
        return failing.closed()

    def _page(
        self, done: Checkpoint, batch: Batch, *, total: int | None = None, completes: Place | None = None
    ) -> Page:
        return Page(
            self.format.entity,
            batch.changes,
            batch.unreadable,
            done.stored(),
            self.format.policy,
            completes,
            batch.notes,
            total,
        )

    def _finish(self, where: str, reason: str | None = None) -> None:
        if self.moves:
            self.folder.finish(self.taken, where, self.clock.now(), reason)

    def _place(self) -> Place:
        return Place(self.taken.name, version=self.digest)

    def _still_ours(self) -> None:
        if not self.taken.path.exists():
            raise TryLater(f"{self._name} was taken over by another run")

    def _look(self) -> tuple[int, int]:
        seen = self.taken.path.stat()
        return seen.st_size, seen.st_mtime_ns

    def _reading(self) -> str:
        """Return what the way of reading depends on, in short."""
        settings = self.format.model_dump_json(exclude={"page", "every", "cron", "enabled"}, exclude_defaults=True)
        return hashlib.sha256(f"{settings}{sorted(self.locations)}".encode()).hexdigest()[:8]

    @property
    def _name(self) -> str:
        return shown_name(self.taken.name)


@dataclass(frozen=True, slots=True)
class _PageOfRows:
    batch: Batch
    rows: int
    total: int | None
