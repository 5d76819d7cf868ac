"""Rules of a run's life: what may become of it, when, and by whom; and that nothing is left of it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation import occurrences
from tests.simulation.database import Seen
from tests.simulation.settings import TRIGGERED

if TYPE_CHECKING:
    from tests.simulation.hub import SimHub

ENDED = frozenset(["done", "cancelled", "skipped", "dead"])


def nothing_stuck(hub: "SimHub") -> Iterator[str]:
    """Everything that is due is done in the end; nothing waits for ever."""
    named = False
    for row in hub.database.ask(
        "SELECT id, job, state, generation, not_before, published_at, blocked, message FROM run "
        "WHERE state IN ('waiting', 'running', 'dead')"
    ):
        named = True
        yield f"nothing is stuck: run {row.id} of {row.job} is still {row.state}: {tuple(row)}"
    for name, queue in hub.served_queues():
        if queue:
            named = True
            yield f"nothing is stuck: {len(queue)} messages in {name}, the first is {queue[0]}"
    for row in hub.database.ask("SELECT run, generation, part, made_at FROM outbox"):
        named = True
        yield f"nothing is stuck: a result is still in the outbox: {tuple(row)}"
    for consumer in hub.broker.consumers:
        if consumer.held():
            named = True
            yield f"nothing is stuck: {consumer.held()} deliveries are never acknowledged, by {consumer.owner}"
    if not named:
        yield "nothing is stuck: the hub never came to rest"


def steps_allowed(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """A run changes only as its life allows, and only by who holds it."""
    latest = ""
    cancelled: set[int] = set()
    for each in seen:
        latest = max(latest, each.at)  # a clock that was set back makes nothing undone
        told = f"run {each.id} of {each.job}, generation {each.generation}, by {each.who}"
        if each.generation_before is not None and each.generation < each.generation_before:
            yield f"a generation never falls: {told}"
        if each.published and not _confirmed_before(each, hub):
            yield f"marked only when confirmed: {told} was marked as published, and no broker had it"
        if each.pages and each.who != each.worker:
            yield f"whoever has lost a run changes nothing: {told} stored a page while {each.worker} held the run"
        if each.state_before != each.state:
            if each.id in cancelled and each.state_before is not None:
                yield f"what is cancelled never runs again: {told} went from {each.state_before} to {each.state}"
            yield from _state_allowed(each, hub, latest, told)
        if each.state == "cancelled":
            cancelled.add(each.id)


def _state_allowed(each: Seen, hub: "SimHub", latest: str, told: str) -> Iterator[str]:
    if each.state == "running" and each.not_before > latest:
        yield f"nothing runs before its time: {told} was claimed at {each.at}, not before {each.not_before}"
    rescued = each.who.startswith(("scheduler", "up"))
    if each.state_before == "running" and each.who != each.worker and not rescued:
        yield f"whoever has lost a run changes nothing: {told} settled what {each.worker} held"
    if each.state_before in ENDED and each.id not in hub.world.replayed:
        yield f"what has ended has ended: {told} went from {each.state_before} to {each.state}"


def _confirmed_before(each: Seen, hub: "SimHub") -> bool:
    confirmed = hub.observer.published.get((each.id, each.generation))
    return confirmed is not None and confirmed < each.seq


def one_at_a_time(seen: list[Seen]) -> Iterator[str]:
    """Two exclusive runs of a job are never carried out at the same time."""
    held: dict[str, set[int]] = defaultdict(set)
    for each in seen:
        if each.overlap == "allow":
            continue
        if each.state == "running":
            held[each.job].add(each.id)
            if len(held[each.job]) > 1:
                yield f"one run of a job at a time: {each.job} had runs {sorted(held[each.job])} under way at {each.at}"
        else:
            held[each.job].discard(each.id)


def occurrences_answered(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """Every occurrence is done, or left out for a reason that its policy allows, exactly once."""
    made = [each for each in seen if each.state_before is None and each.scheduled_at is not None]
    for job in sorted({act.job for act in hub.world.acts}):
        acts = [act for act in hub.world.acts if act.job == job]
        ours = [each for each in made if each.job == job]
        yield from occurrences.check_job(job, acts, ours, hub.observer.passes)
    done = Counter(each.id for each in seen if each.state == "done" and each.state_before != "done")
    for number, times in done.items():
        if times > 1:
            yield f"nothing is done twice: run {number} was carried out to its end {times} times"
    yield from _skipped_for_a_reason(seen)
    yield from _cancelled_by_somebody(seen, hub)


def _skipped_for_a_reason(seen: list[Seen]) -> Iterator[str]:
    begun: dict[str, set[int]] = defaultdict(set)
    for each in seen:
        if each.state_before == "waiting" and each.state == "skipped" and not begun[each.job] - {each.id}:
            yield f"nothing is skipped in vain: run {each.id} of {each.job} was, though no other was under way"
        if each.overlap == "allow":
            continue
        if each.state == "running":
            begun[each.job].add(each.id)
        elif each.state in ENDED:
            begun[each.job].discard(each.id)


def _cancelled_by_somebody(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    for each in seen:
        asked = each.who == "operator" or each.id in hub.world.cancelled
        if each.state == "cancelled" and not asked and _stands(each, hub):
            yield f"nothing is cancelled by itself: run {each.id} of {each.job} was, by {each.who}"


def _stands(each: Seen, hub: "SimHub") -> bool:
    """Tell whether a run's job was configured and switched on when this was seen: what waits for another is cancelled."""
    applied = [act for act in hub.world.acts if act.what == "applied" and act.job == each.job and act.seq < each.seq]
    plan = applied[-1].plan
    return plan is not None and plan.enabled


def triggers_answered(seen: list[Seen], hub: "SimHub") -> Iterator[str]:
    """For every trigger a run begins after it came, and is done."""
    counted = Counter(job for _, job in hub.world.triggers)
    stands_for: Counter[str] = Counter()
    for row in hub.database.ask(
        "SELECT job, sum(stands_for) AS n FROM run WHERE reason IS NOT NULL OR cause = 'trigger' GROUP BY job"
    ):
        stands_for[row.job] = row.n
    last_begun: dict[str, int] = {}
    for each in seen:
        if each.state == "running" and each.state_before == "waiting":
            last_begun[each.job] = each.seq
    for job, number in counted.items():
        if stands_for[job] < number:
            yield f"every trigger is answered: {number} for {job} came, its runs stand for {stands_for[job]}"
    for came, job in hub.world.triggers:
        if job == TRIGGERED and last_begun.get(job, 0) < came:
            yield f"every trigger is answered: one for {job} came, and no run began after it"
