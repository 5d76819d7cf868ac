"""Takes over runs whose worker is gone. Not a job like others: it is what frees the jobs that hang."""

from datetime import datetime, timedelta

from hub import log
from hub.messages import Result, encode
from hub.store import Store, claims

logger = log.get("rescue")

MOST = 500
"""Runs looked at in one pass."""
MOST_CRASHES = 5
"""A run that has taken its worker down this often in a row, without a page of progress, is dead."""
REST = timedelta(seconds=5)
"""Before a run that has taken its worker down more than once is tried again; longer each time."""


def rescue(store: Store) -> int:
    """Hand lapsed runs on anew, or give them up; returns how many."""
    with store.read() as tx:
        if not claims.lapsed(tx, 1):
            return 0
    with store.write() as tx:
        gone = claims.lapsed(tx, MOST)
        for run in gone:
            not_before, message = decide(run, tx.now)
            result = _result(run, not_before, message, tx.now)
            claims.take_back(tx, run, not_before, message, result)
            logger.warning("run_rescued", run=run.id, job=run.job, message=message, next_attempt_at=str(not_before))
    return len(gone)


def decide(run: claims.Lapsed, now: datetime) -> tuple[datetime | None, str]:
    """Return when the run is tried again (none: never), and why."""
    crashes = run.crashes + 1
    if crashes >= MOST_CRASHES:
        return None, f"given up: its worker was lost {crashes} times in a row (the last was {run.worker})"
    return now + REST * (crashes - 1), f"its worker was lost ({run.worker}); handed on"


def _result(run: claims.Lapsed, not_before: datetime | None, message: str, now: datetime) -> str:
    result = Result(
        run=run.id,
        generation=run.generation,
        job=run.job,
        system=run.system,
        cause=run.cause,
        outcome="lost" if not_before else "dead",
        attempt=run.failures + 1,
        worker=run.worker,
        scheduled_at=run.scheduled_at,
        started_at=run.started_at,
        ended_at=now,
        counts={},
        message=message,
        next_at=not_before,
    )
    return encode(result).decode()
