"""How a run goes on after a delivery: pure, from its outcome to its row and its result."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.config import JobSettings
from hub.handler import Cancelled, Done, HandedOn, Later, Outcome, Refused, Snoozed
from hub.messages import Result, encode
from hub.store import claims
from hub.worker.hold import RunHold
from hub.worker.retry import retry_at

MOMENT = timedelta(seconds=2)
"""How long a run is put off that found the hub's own database away."""

LONGEST = 10_000
"""Characters of a message that are kept: a system may answer with a whole page, and a result has to fit into a message."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a run's row."""

    state: str
    outcome: str
    message: str | None = None
    failed: bool = False
    not_before: datetime | None = None


def decide(claimed: claims.Claimed, outcome: Outcome, job: JobSettings | None, now: datetime) -> Fate:
    """Return what becomes of the run."""
    fate = _decide(claimed, outcome, job, now)
    return replace(fate, message=fate.message and fate.message[:LONGEST])


def _decide(claimed: claims.Claimed, outcome: Outcome, job: JobSettings | None, now: datetime) -> Fate:
    match outcome:
        case Done(message):
            return Fate("done", "done", message)
        case HandedOn():
            return Fate("waiting", "handed-on", "goes on in the next slice", not_before=now)
        case Snoozed(message):
            return Fate("waiting", "later", message, not_before=now + MOMENT)
        case Cancelled(message):
            return Fate("cancelled", "cancelled", message)
        case Refused(message, _):
            return Fate("dead", "dead", message, failed=True)
        case Later(message, after):
            return _later(claimed, message, after, job, now)
        case _:
            raise AssertionError(f"{outcome} is not to be settled")


def _later(claimed: claims.Claimed, message: str, after: float | None, job: JobSettings | None, now: datetime) -> Fate:
    if job is None:
        return Fate("dead", "dead", message, failed=True)
    failures = claimed.failures + 1
    again = retry_at(
        attempt=failures,
        attempts=job.attempts or 1,
        now=now,
        first=job.retry_first,
        longest=job.retry_longest,
        seed=f"{claimed.job}:{claimed.id}",
        after=after,
    )
    if again is None:
        return Fate("dead", "dead", f"{message} (given up after {failures} attempts)", failed=True)
    return Fate("waiting", "later", message, failed=True, not_before=again)


def settlement(hold: RunHold, fate: Fate, worker: str, now: datetime) -> claims.Settlement:
    """Return the row's change and the result that goes out with it."""
    claimed = hold.claimed
    ended = fate.state != "waiting"
    result = Result.model_construct(
        version=1,
        kind="result",
        run=claimed.id,
        generation=claimed.generation,
        job=claimed.job,
        system=claimed.system,
        cause=claimed.cause,
        outcome=fate.outcome,
        attempt=claimed.failures + 1,
        worker=worker,
        scheduled_at=claimed.scheduled_at,
        started_at=hold.began_at,
        ended_at=now,
        counts=dict(hold.counts),
        message=fate.message,
        next_at=fate.not_before,
        lines=tuple(hold.lines),
    )
    return claims.Settlement(
        id=claimed.id,
        generation=claimed.generation,
        state=fate.state,
        failures=claimed.failures + fate.failed,
        message=fate.message,
        ended_at=now if ended else None,
        not_before=fate.not_before,
        result=encode(result).decode(),
        job=claimed.job,
    )
