"""A run's life at a worker: receive (decode, claim), carry out, settle. Single-threaded steps over many runs at a time.

Nothing here waits or makes threads: `worker.py` does, and so does the simulator, in whatever order it likes.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from hub import log
from hub.broker import Delivery, Publisher, invalid
from hub.broker import Fate as Sent
from hub.clock import Clock
from hub.config import JobSettings
from hub.errors import LeaseLost, Misconfigured, Refused, RunCancelled, TryLater
from hub.handler import Cancelled, Done, HandedOn, Handler, Hold, Later, Lost, Outcome, Snoozed, Work
from hub.handler import Refused as RefusedOutcome
from hub.messages import Result, RunDue, encode
from hub.store import DatabaseAway, Store, Tx, breakers, claims, jobs, outbox, runs
from hub.worker.decode import Decoded, sort
from hub.worker.hold import RunHold
from hub.worker.settle import decide, settlement

logger = log.get("worker")

CALM = timedelta(seconds=10)
"""Between two triggered runs of a job: a storm of triggers makes a run now and one every so often, each for many."""
MOST_SLICES = 10
"""A delivery that lasts longer than so many slices hangs: its page does not come to an end."""


class Duties(Protocol):
    """What a worker has been configured to do; may change while it works."""

    def jobs(self) -> Mapping[str, JobSettings]:
        """Return all jobs by name."""
        ...

    def handler(self, job: str) -> Handler | None:
        """Return what carries a job out; none if the job is not in the revision that this process goes by."""
        ...

    def breaker_failures(self, system: str) -> int:
        """Return after how many failures in a row a system is left alone."""
        ...


@dataclass(slots=True)
class Held:
    """A claimed run, and the delivery that brought it."""

    delivery: Delivery
    hold: RunHold
    began: float = 0.0
    took: float = 0.0
    """Seconds that carrying it out took."""


@dataclass(slots=True)
class Pipeline:
    """The steps of one worker process."""

    name: str
    store: Store
    publisher: Publisher
    duties: Duties
    clock: Clock
    acknowledge: Callable[[Sequence[Delivery]], None]
    lease: timedelta = timedelta(seconds=30)
    slice: timedelta = timedelta(minutes=3)
    stopping: Callable[[], bool] = bool
    to_post: Callable[[outbox.Unsent], None] = lambda _: None
    """Takes what a page has put into the outbox, to be posted soon; the relay posts what is left there."""
    held: dict[tuple[int, int], RunHold] = field(default_factory=dict[tuple[int, int], RunHold])
    unkept: deque[tuple[Delivery, str]] = field(default_factory=deque[tuple[Delivery, str]])
    """Invalid messages that could not be put into `hub.invalid` yet, with the reason; tried with each heartbeat."""
    triggered: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """When the latest triggered run of each job may begin, as far as this process has seen triggers."""
    resting: Mapping[str, breakers.Breaker] = field(default_factory=dict[str, breakers.Breaker])
    """Systems that have failed lately, as last seen in the database."""

    def receive(self, deliveries: Sequence[Delivery]) -> list[Held]:
        """Decode and claim; what is not to be carried out is answered and acknowledged. Raises DatabaseAway."""
        decoded = sort(deliveries, self.duties.jobs())
        self._keep_invalid(decoded.invalid)
        self._take_triggers(decoded)
        return self._claim(decoded)

    def _keep_invalid(self, found: Sequence[tuple[Delivery, str]]) -> None:
        if not found:
            return
        kept: list[Delivery] = []
        fates = self.publisher.publish([invalid(delivery, reason) for delivery, reason in found])
        for (delivery, reason), fate in zip(found, fates, strict=True):
            if fate is Sent.CONFIRMED:
                logger.warning("message_invalid", queue=delivery.queue, reason=reason, see="hub dead")
                kept.append(delivery)
            else:
                # Unacknowledged until then: if we end before, the broker delivers it again.
                self.unkept.append((delivery, reason))
        self.acknowledge(kept)

    def _take_triggers(self, decoded: Decoded) -> None:
        if not decoded.triggers:
            return
        with self.store.write() as tx:
            for wanted in coalesced(decoded, tx):
                runs.trigger(tx, replace(wanted, not_before=self._calm(wanted.job, tx.now)))
        self.acknowledge([delivery for delivery, _, _ in decoded.triggers])

    def _calm(self, job: str, now: datetime) -> datetime:
        """Return when a triggered run may begin: the first at once, the next after a pause in which others join it."""
        last = self.triggered.get(job)
        if last is None or last > now + CALM:  # set by a clock that was ahead
            self.triggered[job] = now
        elif last <= now:
            self.triggered[job] = max(now, last + CALM)
        return self.triggered[job]

    def _claim(self, decoded: Decoded) -> list[Held]:
        by_run = {_named(due): delivery for delivery, due in decoded.due}
        doubles = [delivery for delivery, due in decoded.due if by_run[_named(due)] is not delivery]
        awake = self._snooze(by_run)
        held: list[Held] = []
        if awake:
            with self.store.write() as tx:
                claimed, overlapped = claims.claim(tx, awake, self.name, self.lease)
                outbox.put(tx, [_skipped(each, self.name, tx) for each in overlapped if each.skipped])
                answered = {_named_by(each) for each in (*claimed, *overlapped)}
                _tell_of_others(tx, [each for each in awake if each not in answered])
            held = [self._hold(each, by_run[_named_by(each)]) for each in claimed]
        ours = {id(each.delivery) for each in held}
        self.acknowledge([*doubles, *(d for d in by_run.values() if id(d) not in ours)])
        return held

    def _snooze(self, named: Collection[claims.Named]) -> Collection[claims.Named]:
        """Put off what was delivered just before its system's breaker opened; returns the rest."""
        asleep = {each for each in named if self._rests(each.job)}
        if asleep:
            with self.store.write() as tx:
                claims.snooze(tx, asleep, tx.now + breakers.FIRST_REST)
                _tell_of_others(tx, asleep)
        return [each for each in named if each not in asleep]

    def _rests(self, job: str) -> bool:
        breaker = self.resting.get(job.partition(".")[0])
        return breaker is not None and breaker.opened_at is not None

    def _hold(self, claimed: claims.Claimed, delivery: Delivery) -> Held:
        until = self.clock.monotonic() + self.slice.total_seconds()
        hold = RunHold(
            claimed,
            self.store,
            self.clock,
            lease=self.lease,
            ends=lambda: self.stopping() or self.clock.monotonic() >= until,
            to_post=self.to_post,
        )
        self.held[claimed.id, claimed.generation] = hold
        return Held(delivery, hold)

    def carry_out(self, held: Held) -> Outcome:
        """Execute one claimed run; whatever goes wrong is an outcome."""
        claimed = held.hold.claimed
        handler = self.duties.handler(claimed.job) or unknown
        work = Work(
            run=claimed.id,
            generation=claimed.generation,
            job=claimed.job,
            system=claimed.system,
            cause=claimed.cause,
            scheduled_at=claimed.scheduled_at,
            scope=claimed.scope,
            plan=claimed.plan,
            counts=claimed.counts or {},
        )
        return execute(handler, work, held.hold)

    def settle(self, ended: Sequence[tuple[Held, Outcome]]) -> list[outbox.Unsent]:
        """Store how runs go on, with their results; then acknowledge. Returns what is to be posted.

        Raises DatabaseAway, and may then be called again with the same.
        """
        # In one order, whoever settles: of two workers that change the same breakers, jobs and triggered runs, in this
        # order as well, none may wait for the other in a circle. A job's name begins with its system's.
        in_order = sorted(ended, key=lambda each: each[0].hold.claimed.job)
        ours = [(held, outcome) for held, outcome in in_order if not isinstance(outcome, Lost)]
        settlements: list[claims.Settlement] = []
        settled: set[int] = set()
        if ours:
            with self.store.write() as tx:
                for held, outcome in ours:
                    self._judge(tx, held.hold.claimed.system, outcome)
                settlements = [self._settlement(tx, held.hold, outcome) for held, outcome in ours]
                settled = claims.settle(tx, settlements)
                self._make_again(tx, [(held.hold.claimed, o) for held, o in ours if held.hold.claimed.id in settled])
        for held, _ in ended:
            self.held.pop((held.hold.claimed.id, held.hold.claimed.generation), None)
        self.acknowledge([held.delivery for held, _ in ended])
        # Of a run that we lost and claimed again, only what we claimed last can have been ours to settle.
        latest = {each.id: each for each in sorted(settlements, key=lambda each: each.generation)}
        return [outbox.Unsent(s.id, s.generation, 0, s.job, s.result) for s in latest.values() if s.id in settled]

    def _make_again(self, tx: Tx, ended: Sequence[tuple[claims.Claimed, Outcome]]) -> None:
        """Make the runs that ended ones want to follow them."""
        for claimed, outcome in ended:
            job = self.duties.jobs().get(claimed.job)
            if isinstance(outcome, Done) and outcome.again is not None and job is not None:
                wanted = runs.NewRun(
                    job=job.name,
                    system=job.system,
                    cause="trigger",
                    not_before=outcome.again,
                    overlap=job.overlap,
                    reason=f"run {claimed.id} left something to be looked for",
                )
                runs.trigger(tx, wanted)

    def _settlement(self, tx: Tx, hold: RunHold, outcome: Outcome) -> claims.Settlement:
        claimed = hold.claimed
        job = self.duties.jobs().get(claimed.job)
        fate = decide(claimed, outcome, job, tx.now)
        if fate.outcome == "later":
            logger.warning(
                "run_failed",
                run=claimed.id,
                job=claimed.job,
                message=fate.message,
                next_attempt_at=str(fate.not_before),
            )
        elif fate.state == "dead":
            logger.error("run_dead", run=claimed.id, job=claimed.job, message=fate.message, see="hub dead")
            if job is not None and job.pause_on_failure:
                jobs.pause(tx, [claimed.job], "hub", f"run {claimed.id} failed: {fate.message}")
        return settlement(hold, fate, self.name, tx.now)

    def _judge(self, tx: Tx, system: str, outcome: Outcome) -> None:
        """Count for or against the system's breaker."""
        if isinstance(outcome, Later | RefusedOutcome) and outcome.system_away:
            if breakers.failed(tx, system, outcome.message, self.duties.breaker_failures(system)):
                logger.error("breaker_opened", system=system, message=outcome.message)
        elif isinstance(outcome, Done | HandedOn) and system in self.resting:
            breakers.reached(tx, system)

    def keep(self) -> None:
        """Prolong the leases of all that is held, and hear what was cancelled or lost; put aside what could not be."""
        self._keep_invalid([self.unkept.popleft() for _ in range(len(self.unkept))])
        holds = dict(self.held)
        if not holds:
            return
        with self.store.write() as tx:
            kept = claims.keep(tx, list(holds), self.lease)
        for pair, hold in holds.items():
            if pair in kept:
                hold.cancelled_by = kept[pair]
            elif pair in self.held:  # not settled meanwhile
                hold.lost = True
            self._tell_if_it_hangs(hold)

    def _tell_if_it_hangs(self, hold: RunHold) -> None:
        """Tell once of a run that holds its job for ever as long as nobody sees it: its lease goes on being prolonged."""
        if not hold.hangs and self.clock.now() - hold.began_at > MOST_SLICES * self.slice:
            hold.hangs = True
            told = {"run": hold.claimed.id, "job": hold.claimed.job, "since": str(hold.began_at)}
            mend = "its system does not answer, perhaps; a restart of this process frees the job"
            logger.error("run_hangs", process=self.name, **told, mend=mend)


def _named(due: RunDue) -> claims.Named:
    return claims.Named(due.run, due.generation, due.job)


def _named_by(row: claims.Claimed | claims.Overlapped) -> claims.Named:
    return claims.Named(row.id, row.generation, row.job)


def _tell_of_others(tx: Tx, unclaimed: Collection[claims.Named]) -> None:
    """Tell of messages that speak of another job's run: nothing is done for them, and they do not come again."""
    for message, job in claims.of_another_job(tx, unclaimed).items():
        told = {"run": message.id, "generation": message.generation, "job": message.job, "job_of_the_run": job}
        why = "the message is older than the database, which was restored from a backup, perhaps"
        logger.warning("message_of_another_run", **told, message=why, next="it is put away, and nothing is done for it")


def unknown(work: Work, hold: Hold) -> Outcome:
    """Answer for a job that this process does not know: it may be newer than the revision that the process goes by."""
    with hold.reading() as tx:
        configured = jobs.find(tx, [work.job])
    if configured:
        return Snoozed(f"{work.job} is new: it waits until this process has taken up the revision that it stands in")
    return RefusedOutcome(f"{work.job} is configured no more")


def execute(handler: Handler, work: Work, hold: RunHold) -> Outcome:
    """Call a handler; errors become outcomes by what happens next."""
    try:
        hold.check()
        return handler(work, hold)
    except LeaseLost as lost:
        logger.warning("lease_lost", run=work.run, job=work.job, message=str(lost))
        return Lost()
    except RunCancelled as cancelled:
        return Cancelled(str(cancelled))
    except DatabaseAway as away:
        return Snoozed(str(away))
    except TryLater as later:
        return Later(str(later), later.after, later.system_away)
    except (Refused, Misconfigured) as refused:
        return RefusedOutcome(str(refused), refused.system_away)
    except Exception as fault:
        logger.exception("run_broke", run=work.run, job=work.job)
        hold.tell(f"{type(fault).__name__}: {fault}", "error")
        return Later(f"unexpected: {type(fault).__name__}: {fault}", system_away=False)


def coalesced(decoded: Decoded, tx: Tx) -> Iterable[runs.NewRun]:
    """Return one wanted run for each job that was triggered, in the order of the jobs' names."""
    wanted: dict[str, runs.NewRun] = {}
    for _, job, asked in decoded.triggers:
        before = wanted.get(job.name)
        everything = not asked.keys or (before is not None and before.scope is None)
        earlier: Sequence[str] = (before.scope or ()) if before else ()
        keys = list(dict.fromkeys([*earlier, *asked.keys]))
        wanted[job.name] = runs.NewRun(
            job=job.name,
            system=job.system,
            cause="trigger",
            not_before=tx.now,
            stands_for=(before.stands_for if before else 0) + 1,
            overlap=job.overlap,
            reason=asked.reason or (before.reason if before else None),
            scope=None if everything or len(keys) > runs.MOST_KEYS else keys,
        )
    return [wanted[name] for name in sorted(wanted)]


def _skipped(run: claims.Overlapped, worker: str, tx: Tx) -> outbox.Unsent:
    result = Result(
        run=run.id,
        generation=run.generation,
        job=run.job,
        system=run.system,
        cause=run.cause,
        outcome="skipped",
        attempt=1,
        worker=worker,
        scheduled_at=run.scheduled_at,
        started_at=None,
        ended_at=tx.now,
        counts={},
        message=claims.STILL_OPEN,
    )
    return outbox.Unsent(run.id, run.generation, 0, run.job, encode(result).decode())
