"""Records asked for together: the one on which the system or its connector breaks is found by halves (PAINS S18)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hub import log
from hub.connector import Document
from hub.errors import HubError, Refused
from hub.handler import Hold
from hub.messages import RecordOutcome
from hub.store import quarantine
from hub.sync.system import Flow

logger = log.get("sync")
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

BREAKS = "breaks"
"""The cause in quarantine of what a system breaks on that is well otherwise, or its connector."""
MOST_BROKEN = 3
"""Where so many break before one is answered, it is not the records that are at fault."""


def in_words(fault: Exception | None) -> str:
    """Return what went wrong, as shown to people."""
    return f"{type(fault).__name__}: {fault}" if fault and not isinstance(fault, HubError) else str(fault or "")


def taken_apart(
    asked: Sequence[Asked], ask: Callable[[Sequence[Asked]], Answer]
) -> tuple[list[Answer], list[tuple[Asked, str]]]:
    """Ask for all at once, by halves where that breaks; returns the answers, and what broke alone, with its fault.

    Raises what is about the system as a whole: TryLater, Refused where it does not let us in, or breaks on everything.
    """
    answers: list[Answer] = []
    broken: list[tuple[Asked, str]] = []
    parts = [asked] if asked else []
    while parts:
        part = parts.pop()
        try:
            answers.append(ask(part))
        except Exception as fault:
            if not _is_about_some(fault) or (len(part) == 1 and not answers and len(broken) + 1 >= MOST_BROKEN):
                raise
            if len(part) == 1:
                if not isinstance(fault, HubError):
                    logger.exception("asking_broke", asked=str(part[0]))
                broken.append((part[0], in_words(fault)))
            else:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
    return answers, broken


def _is_about_some(fault: Exception) -> bool:
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


def fetch(flow: Flow, ids: Sequence[str]) -> Fetched:
    """Fetch records by their identities. Raises TryLater or Refused."""
    answers, broken = taken_apart(ids, lambda some: flow.system.connector.fetch(flow.name, some))
    return Fetched([each for documents in answers for each in documents], dict(broken))


def fetch_or_aside(flow: Flow, ids: Sequence[str], run: int, hold: Hold, total: Counter[str]) -> Fetched:
    """Fetch records; what cannot be had waits in quarantine, and is tried once more by itself."""
    fetched = fetch(flow, ids)
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
