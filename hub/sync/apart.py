"""Records asked for together: the one on which the system or its connector breaks is found by halves (PAINS S18)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from hub import log
from hub.connector import Document, Exchange
from hub.errors import HubError, Refused, TryLater
from hub.handler import Hold
from hub.messages import RecordOutcome
from hub.store import DatabaseAway, quarantine
from hub.sync.system import Flow

logger = log.get("sync")
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

BREAKS = "breaks"
"""The cause in quarantine of what a system breaks on that is well otherwise, or its connector."""
MOST_BROKEN = 3
"""Where so many break before one is answered, it is not the records that are at fault."""
MOST_UNANSWERED = 10
"""Where so many in a row end in an error of the system, although others were answered, it has gone away meanwhile."""


def in_words(fault: Exception | None) -> str:
    """Return what went wrong, as shown to people."""
    return f"{type(fault).__name__}: {fault}" if fault and not isinstance(fault, HubError) else str(fault or "")


def is_well(connector: Exchange) -> bool:
    """Tell whether a system answers, so that what it just broke on may be about a record."""
    return not any(each.away for each in connector.check())


def taken_apart(
    asked: Sequence[Asked], ask: Callable[[Sequence[Asked]], Answer], connector: Exchange, *, again: bool = False
) -> tuple[list[Answer], list[tuple[Asked, str]]]:
    """Ask for all at once, by halves where that breaks; returns the answers, and what broke alone, with its fault.

    Raises what is about the system as a whole: TryLater if it is not well, Refused where it does not let us in, or what
    breaks on everything. `again`: what breaks has done so before, or others were just answered; then the records are at
    fault in any case, and where many break, the rest is not asked for and counts as broken.
    """
    answers: list[Answer] = []
    broken: list[tuple[Asked, str]] = []
    parts, in_a_row, well = [asked] if asked else [], 0, cache(lambda: is_well(connector))
    while parts:
        part = parts.pop()
        try:
            answers.append(ask(part))
        except Exception as fault:
            in_a_row += len(part) == 1
            enough = len(part) == 1 and _is_enough(fault, in_a_row, any_answered=bool(answers))
            if not _is_about_some(fault, well) or (enough and not again):
                raise
            if len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
                continue
            if not isinstance(fault, HubError):
                logger.exception("asking_broke", asked=str(part[0]))
            broken.append((part[0], in_words(fault)))
            if enough:
                left = f"not asked for after {in_a_row} others broke, the last with: {in_words(fault)}"
                return answers, broken + [(each, left) for some in parts for each in some]
        else:
            in_a_row = 0
    return answers, broken


def _is_enough(fault: Exception, in_a_row: int, *, any_answered: bool) -> bool:
    """Tell whether so many have broken one after the other that it is not about them."""
    most = MOST_UNANSWERED if any_answered else MOST_BROKEN
    return in_a_row >= most and (isinstance(fault, TryLater) or not any_answered)


def _is_about_some(fault: Exception, well: Callable[[], bool]) -> bool:
    if isinstance(fault, TryLater):
        return fault.after is None and not isinstance(fault, DatabaseAway) and well()
    return not fault.system_away if isinstance(fault, Refused) else not isinstance(fault, HubError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Records as a system has them now."""

    documents: Sequence[Document]
    broken: Mapping[str, str]
    """Identity -> why it cannot be had, although it may be there."""

    def gone(self, asked: Sequence[str]) -> set[str]:
        """Return which of those that were asked for are not there any more."""
        return {*asked} - {each.id for each in self.documents} - self.broken.keys()


def fetch(flow: Flow, ids: Sequence[str], *, again: bool = False) -> Fetched:
    """Fetch records by their identities; `again` as in `taken_apart`. Raises TryLater or Refused."""
    connector = flow.system.connector
    answers, broken = taken_apart(ids, lambda some: connector.fetch(flow.name, some), connector, again=again)
    return Fetched([each for documents in answers for each in documents], dict(broken))


def fetch_or_aside(
    flow: Flow, ids: Sequence[str], run: int, hold: Hold, total: Counter[str], *, again: bool = False
) -> Fetched:
    """Fetch records; what cannot be had waits in quarantine, and is tried once more by itself."""
    fetched = fetch(flow, ids, again=again)
    if not fetched.broken:
        return fetched
    system, stream, entity = flow.system.name, flow.name, flow.stream.entity
    with hold.page() as (tx, report):
        known = quarantine.by_identity(tx, system, stream, [f"id:{each}" for each in fetched.broken])
        for identity, fault in fetched.broken.items():
            first = f"id:{identity}" not in known or known[f"id:{identity}"].cause != BREAKS
            why = f"{system} answers, but not for this record: {fault}" + ("; tried once more" if first else "")
            caught = quarantine.Caught(
                system=system,
                stream=stream,
                identity=f"id:{identity}",
                entity=entity,
                key=None,
                cause=BREAKS,
                message=why,
                place={"source": f"{system} {entity} {identity}"},
                raw={},
                external_id=identity,
                again=first,
                run=run,
            )
            quarantine.put(tx, [caught])
            report.records.append(RecordOutcome(key=identity, outcome="quarantined", cause=BREAKS))
        report.entity, report.counts = entity, {"quarantined": len(fetched.broken)}
    total.update({"quarantined": len(fetched.broken)})
    return fetched
