"""Takes a system's changes into the records, page by page: a page, its checkpoint and its outcomes are one transaction."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing

from hub.connector import Connector, Page
from hub.handler import Done, HandedOn, Handler, Hold, Outcome, PageReport, Work
from hub.store import Tx, checkpoints, quarantine, records
from hub.store.checkpoints import Checkpoint
from hub.sync.page import caught, compare

READ_TO_END = " was read to its end"
"""Ends the log line that names a source; `hub up` looks for it."""


def puller(connector: Callable[[], Connector], streams: Sequence[str]) -> Handler:
    """Return the handler that pulls some streams of a system, one after the other."""

    def pull(work: Work, hold: Hold) -> Outcome:
        total = Counter(work.counts)
        source = connector()
        for stream in streams:
            if not _pull_stream(source, stream, work, hold, total):
                return HandedOn()
        return Done(summary(total))

    return pull


def _pull_stream(source: Connector, stream: str, work: Work, hold: Hold, total: Counter[str]) -> bool:
    """Pull one stream to its end; returns whether it got there before the slice was over."""
    with hold.reading() as tx:
        seen = checkpoints.get(tx, work.system, stream)
    with closing(source.read(stream, seen.value)) as pages:
        for page in pages:
            seen = _store(page, stream, seen, work, hold, total)
            if hold.over():
                return False
    return True


def _store(page: Page, stream: str, seen: Checkpoint, work: Work, hold: Hold, total: Counter[str]) -> Checkpoint:
    with hold.page() as (tx, report):
        store_page(tx, page, report, system=work.system, stream=stream, run=work.run)
        moved = checkpoints.move(tx, work.system, stream, page.checkpoint, seen)
    total.update(report.counts)
    for note in page.notes:
        hold.tell(note)
    if page.completes is not None:
        hold.tell(f"{page.completes.source}{READ_TO_END}")
    return moved


def store_page(tx: Tx, page: Page, report: PageReport, *, system: str, stream: str, run: int) -> None:
    """Store what a page brings: records, quarantine, outcomes."""
    if page.changes:
        latest = records.take_turn(tx, page.entity)
        compared = compare(tx, page)
        writes = [records.Write(key, fields) for key, fields in compared.writes.items()]
        records.write(tx, page.entity, writes, system=system, run=run, latest=latest)
    else:
        compared = compare(tx, page)
    if quarantine.any_open(tx, system, stream):
        quarantine.resolve(tx, system, stream, compared.agreed)
    quarantine.put(tx, caught(page, compared, system=system, stream=stream, run=run))
    if page.completes is not None:
        quarantine.supersede(tx, system, stream, page.completes.source, page.completes.version or "")
    report.entity = page.entity
    report.counts = dict(compared.counts)
    report.records = compared.outcomes


def summary(total: Counter[str]) -> str:
    """Return counts in words; a run that did nothing says so."""
    if not total:
        return "there was nothing to do: no new file or change was found"
    return ", ".join(f"{count:,} {name}" for name, count in sorted(total.items(), key=lambda each: -each[1]))
