"""Any number of schedulers and workers: none of them is needed, and none is too many."""

import threading
from collections import Counter
from datetime import timedelta

from hub.broker.topology import RUNLOG
from hub.handler import Done
from hub.messages import Result, decode
from hub.store import jobs
from hub.worker import Worker
from scheduler import Leader, Steps
from tests.integration.spine import LIMIT, QUEUE


def scheduler(spine, name):
    leader = Leader(spine.store, name, spine.clock)
    return Steps(spine.store, spine.broker.publisher(), leader, spine.clock)


def test_b06_another_scheduler_takes_over_and_two_at_once_do_no_harm(spine):
    carried_out = Counter()
    lock = threading.Lock()

    def count(work, _hold):
        with lock:
            carried_out[work.job, work.scheduled_at] += 1
        return Done()

    due = spine.clock.now().replace(microsecond=0) - timedelta(seconds=2)
    names = [f"shop.job-{number}" for number in range(40)]
    for name in names:
        spine.add_job(name, count, every=timedelta(days=1))
    with spine.store.write() as tx:
        jobs.move_on(tx, dict.fromkeys(names, due))
    results = spine.broker.consumer([RUNLOG], 1000)
    consumers = [spine.consumer, spine.broker.consumer([QUEUE], 20)]
    workers = [
        Worker(spine.pipeline(f"worker-{number}", acknowledge=consumer.ack), consumer, threads=2, prefetch=20)
        for number, consumer in enumerate(consumers)
    ]
    for worker in workers:
        worker.start()
    first, second = scheduler(spine, "one"), scheduler(spine, "two")
    first.once()
    assert second.once() is False
    assert not second.leader.leads()
    # Before the clock jumps: a run that is under way then would be rescued, and rightly carried out once more.
    seen: set[tuple[int, int]] = set()
    while len(seen) < len(names):
        more = results.take(100, LIMIT)
        assert more, f"{len(seen)} of {len(names)} results came"
        seen |= {(result.run, result.generation) for each in more if (result := decode(each.body, Result))}
    # The first one is gone without a word; and a third believes, against the lease, that it leads as well.
    spine.clock.ahead += timedelta(minutes=1)
    with spine.store.write() as tx:
        jobs.move_on(tx, dict.fromkeys(names, due))
    threads = [threading.Thread(target=each.once) for each in (second, first)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    for worker in workers:
        assert worker.stop(LIMIT)
    assert set(carried_out.values()) == {1}
    assert {job for job, _ in carried_out} == set(names)
