"""A webhook call: verified as it came, noted once, and turned into a trigger. The record itself is fetched by the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus
from typing import Protocol

from hub import log, scope
from hub.clock import SystemClock
from hub.config import JobSettings
from hub.connector import Call, Hint, Hooks
from hub.errors import Misconfigured, Refused
from hub.store import Store, Tx, runs, webhooks
from hub.web.refusals import Refusals

logger = log.get("webhooks")

REPLAY = timedelta(days=4)
"""Events that are older are not taken: which ones have come is known for five days at least (`hub.retention_days`), and
no vendor tries for so long."""
GATHERED = timedelta(seconds=1)
"""A run waits so long for more calls to join it."""
_refusals = Refusals(SystemClock())


@dataclass(frozen=True, slots=True)
class Registered:
    """A system that may call."""

    hooks: Hooks
    secret: str = field(repr=False)
    before: str | None = field(default=None, repr=False)
    """The secret that is being replaced, with which some calls are still signed."""


class Desk(Protocol):
    """What is known of systems and jobs; may change while calls are taken."""

    def registered(self, system: str) -> Registered | None:
        """Return how a system calls; none if it may not. Raises Misconfigured."""
        ...

    def jobs(self) -> Mapping[str, JobSettings]:
        """Return all jobs by name."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told."""

    status: HTTPStatus
    message: str


def answer(store: Store, desk: Desk, system: str, call: Call) -> Answer:
    """Take a call. Raises DatabaseAway: then nothing was taken, and the system calls again."""
    try:
        caller = desk.registered(system)
    except Misconfigured as fault:
        _refusals.tell("webhook_not_taken", system, str(fault), "the system calls again, or its job finds it")
        return Answer(HTTPStatus.SERVICE_UNAVAILABLE, "not now")
    if caller is None:
        return Answer(HTTPStatus.NOT_FOUND, "no webhooks are taken here")
    try:
        hints = _verified(caller, call)
    except Refused as refused:
        _refusals.tell("webhook_refused", system, str(refused), "nothing is fetched for it")
        return Answer(HTTPStatus.UNAUTHORIZED, "the signature is not ours")
    if not hints:
        return Answer(HTTPStatus.OK, "heard")
    with store.write() as tx:
        new = _new(tx, system, call, hints)
        for job, wanted in _by_job(new, system, desk.jobs()):
            runs.trigger(tx, _run(job, wanted, tx.now))
    logger.info("webhook_taken", system=system, hints=len(hints), new=len(new))
    return Answer(HTTPStatus.ACCEPTED, "taken" if new else "known")


def _verified(caller: Registered, call: Call) -> Sequence[Hint]:
    """Return what a call says that is signed with either secret; raises Refused."""
    try:
        return caller.hooks.hints(call, caller.secret)
    except Refused:
        if caller.before is None:
            raise
        return caller.hooks.hints(call, caller.before)


def _new(tx: Tx, system: str, call: Call, hints: Sequence[Hint]) -> list[Hint]:
    """Return what is said for the first time; what happened too long ago to tell is left to the scheduled runs."""
    body = blake2b(call.body, digest_size=16).hexdigest()
    recent = [each for each in hints if each.at is None or each.at > tx.now - REPLAY]
    return [each for each in recent if webhooks.take(tx, system, f"{each.stream} {each.event or body}")]


def _by_job(
    hints: Sequence[Hint], system: str, jobs: Mapping[str, JobSettings]
) -> list[tuple[JobSettings, Sequence[Hint]]]:
    """Return which job answers which hints: of several, the one that does the least beside it."""
    found: dict[str, list[Hint]] = {}
    for each in hints:
        able = [job for job in jobs.values() if job.system == system and job.enabled and each.stream in job.sync]
        if able:
            found.setdefault(min(able, key=lambda job: (len(job.sync), job.name)).name, []).append(each)
        else:
            logger.info("webhook_unused", system=system, stream=each.stream, message="no job takes this stream")
    return [(jobs[name], found[name]) for name in sorted(found)]


def _run(job: JobSettings, hints: Sequence[Hint], now: datetime) -> runs.NewRun:
    everything = any(not each.ids for each in hints)
    named = [key for each in hints for key in scope.named(each.stream, each.ids)]
    return runs.NewRun(
        job=job.name,
        system=job.system,
        cause="trigger",
        not_before=now + GATHERED,
        stands_for=len(hints),
        overlap=job.overlap,
        reason="webhook",
        scope=None if everything else list(dict.fromkeys(named)),
    )
