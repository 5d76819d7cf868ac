"""What must have become of every occurrence of every job, worked out anew from what operators did. Intervals only."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.simulation.database import Seen, instant
from tests.simulation.process import Pass
from tests.simulation.settings import JobPlan
from tests.simulation.world import Act

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GRACE = timedelta(minutes=1)


@dataclass(slots=True)
class Stretch:
    """A time in which a job was on, by one and the same schedule."""

    plan: JobPlan
    since: datetime
    latest: datetime
    """The latest time that the clock had shown by then: what lies before it has been dealt with already."""
    opened: int
    new: bool
    """The job was not there before: then its latest occurrence before this time runs at once."""
    closed: int | None = None

    def holds(self, seen: Seen) -> bool:
        """Tell whether something happened within this stretch."""
        return self.opened < seen.seq and (self.closed is None or seen.seq < self.closed)


def stretches(acts: Sequence[Act]) -> list[Stretch]:
    """Return the stretches of one job, from what was done to it."""
    found: list[Stretch] = []
    plan: JobPlan | None = None
    paused = known = False
    for act in acts:
        before, before_paused = plan, paused
        if act.what == "applied":
            plan = act.plan
            paused = paused and plan is not None
        else:
            paused = act.what == "paused"
        same = timing(before) == timing(plan) and before_paused == paused
        if not same and found and found[-1].closed is None:
            found[-1].closed = act.seq
        if not same and plan is not None and timing(plan) and not paused:
            found.append(Stretch(plan, act.at, act.latest, act.seq, new=not known))
        known = plan is not None
    return found


def timing(plan: JobPlan | None) -> object:
    """Return what a job's occurrences depend on; none: there are none."""
    if plan is None or plan.every is None or not plan.enabled:
        return None
    return (plan.every, plan.catchup, plan.coalesce, plan.overlap)


def check_job(job: str, acts: Sequence[Act], made: Sequence[Seen], passes: Sequence[Pass]) -> Iterator[str]:
    """Check one job. `made`: its scheduled runs as they were made, in order."""
    times: Counter[datetime] = Counter()
    left = list(made)
    for stretch in stretches(acts):
        within = [seen for seen in left if stretch.holds(seen)]
        left = [seen for seen in left if not stretch.holds(seen)]
        covered = [occurrence for seen in within for occurrence in answered(seen, stretch.plan)]
        # A schedule that is changed, or resumed, while the clock is set back begins from that time, and may come to
        # times that the one before has answered.
        times.update(each for each in covered if each > stretch.latest or stretch.latest == stretch.since)
        until = ticked_until(stretch, passes)
        for occurrence in grid(stretch.plan, stretch.latest, until):
            if occurrence not in covered:
                yield f"every occurrence is accounted for: {job} was due at {occurrence:%d %H:%M}, and there is no run"
        yield from _check_made(job, stretch, within)
    for seen in left:
        # A job that is new runs once at once; that run is made with the revision itself, just before it is in force.
        if seen.who != "operator":
            yield f"nothing is due that is not: {job} got run {seen.id} for {seen.scheduled_at} while it was off"
    for occurrence, number in times.items():
        if number > 1:
            yield f"no occurrence twice: {job} at {occurrence:%d %H:%M} is answered by {number} runs"


def _check_made(job: str, stretch: Stretch, made: Sequence[Seen]) -> Iterator[str]:
    for seen in made:
        at, due = instant(seen.at), instant(seen.scheduled_at or "")
        late = at - due
        limit = max(timedelta(minutes=stretch.plan.catchup), GRACE)
        if due > at or (due - EPOCH) % timedelta(minutes=stretch.plan.every or 1):
            yield f"nothing is due that is not: {job} has no occurrence at {due}, but run {seen.id} (made {at})"
        if min(answered(seen, stretch.plan)) <= stretch.since and not stretch.new:
            yield f"nothing is made up for when a job is resumed or changed: run {seen.id} of {job} stands for {due}"
        if seen.state == "skipped" and late < limit:
            yield f"nothing is missed in vain: run {seen.id} of {job} was only {late} late, {limit} are allowed"
        if seen.state == "waiting" and late > limit:
            yield f"nothing runs too late: run {seen.id} of {job} was made {late} after its time, {limit} are allowed"


def answered(seen: Seen, plan: JobPlan) -> list[datetime]:
    """Return the occurrences that a run stands for."""
    last = instant(seen.scheduled_at or "")
    return [last - number * timedelta(minutes=plan.every or 1) for number in range(seen.stands_for)]


def grid(plan: JobPlan, after: datetime, until: datetime | None) -> Iterator[datetime]:
    """Yield the occurrences after an instant, up to and including another."""
    every = timedelta(minutes=plan.every or 1)
    occurrence = EPOCH + ((after - EPOCH) // every + 1) * every
    while until is not None and occurrence <= until:
        yield occurrence
        occurrence += every


def ticked_until(stretch: Stretch, passes: Sequence[Pass]) -> datetime | None:
    """Return up to when a stretch's occurrences must have been seen: some scheduler's pass went through after it."""
    within = [
        each.began_at
        for each in passes
        if each.began > stretch.opened and (stretch.closed is None or each.ended < stretch.closed)
    ]
    return max(within, default=None)
