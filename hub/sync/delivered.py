"""What becomes of a delivery beside its records: rows that could not be read, and what waited from the one before."""

from collections import Counter
from dataclasses import replace

from hub.connector import Page
from hub.handler import PageReport
from hub.store import Tx, quarantine
from hub.sync import reserving, scanning
from hub.sync.page import caught, compare
from hub.sync.system import Flow


def settle(tx: Tx, flow: Flow, page: Page, run: int, report: PageReport, total: Counter[str]) -> None:
    """Store what of a page could not be read; close what has come in well since, or has been delivered anew."""
    system, stream = flow.system.name, flow.name
    if quarantine.any_open(tx, system, stream):
        quarantine.resolve(tx, system, stream, [each.id for each in page.documents])
    compared = compare(tx, page)
    quarantine.put(tx, caught(page, compared, system=system, stream=stream, run=run))
    report.entity = page.entity
    report.counts = dict(Counter(report.counts) + compared.counts)
    report.records += compared.outcomes
    total.update(compared.counts)
    if page.completes is not None:
        quarantine.supersede(tx, system, stream, page.completes.source, page.completes.version or "")
        reserving.delivered(tx, flow)
        _note_delivered(tx, flow, run)


def _note_delivered(tx: Tx, flow: Flow, run: int) -> None:
    """Note that there has been a delivery: before the first, nobody knows what the system has."""
    scan, seen = scanning.stands(tx, flow, to_move=True)
    if scan.ended is None:
        scanning.move(tx, flow, replace(scan, ended=tx.now, run=run), seen)
