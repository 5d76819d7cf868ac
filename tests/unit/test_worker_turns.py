"""Whose turn it is at a worker's threads."""

import queue
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from hub.worker.turns import Turns


class StandingClock:
    ahead = 0.0

    def now(self):
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self):
        return self.ahead


def run(system) -> Any:
    return SimpleNamespace(delivery=SimpleNamespace(queue=system), began=0.0)


def turns(threads, *waiting):
    clock = StandingClock()
    made = Turns(threads, clock)
    for each in waiting:
        made.put(each)
    return made, clock


def test_a_system_has_no_more_than_half_of_the_threads():
    slow, other = [run("slow") for _ in range(4)], run("other")
    waiting, _ = turns(4, *slow, other)
    assert [waiting.next() for _ in range(3)] == [slow[0], slow[1], other]
    waiting.ended(slow[0])
    assert waiting.next() is slow[2]


def test_two_systems_that_hang_leave_threads_for_a_third():
    first, second, third = ([run(name) for _ in range(4)] for name in ("first", "second", "third"))
    waiting, clock = turns(8, *first, *second)
    assert [waiting.next() for _ in range(6)] == [*first, *second[:2]]
    clock.ahead = 2.0
    assert waiting.full() == {"first": 0, "second": 2}
    for each in third:
        waiting.put(each)
    assert waiting.next() is third[0]


def test_a_run_that_ends_makes_room_for_another_system_and_for_its_own():
    """`ended` leaves one thread of the system that ended and one that waits: both find something."""
    one, other = [run("one") for _ in range(3)], [run("other") for _ in range(3)]
    waiting, _ = turns(6, one[0], one[1], other[0], other[1])
    for _ in range(4):
        waiting.next()
    waiting.put(one[2])
    waiting.put(other[2])
    got = queue.SimpleQueue()
    idle = [threading.Thread(target=lambda: got.put(waiting.next()), daemon=True) for _ in range(2)]
    for each in idle:
        each.start()
    waiting.ended(other[0])
    got.put(waiting.next())
    assert {id(got.get(timeout=30)) for _ in range(2)} == {id(one[2]), id(other[2])}
    waiting.close()


def test_a_lone_thread_serves_all_in_their_order():
    given = [run("slow"), run("other")]
    waiting, _ = turns(1, *given)
    assert waiting.next() is given[0]
    waiting.ended(given[0])
    assert waiting.next() is given[1]


def test_only_slow_runs_make_a_queue_full():
    waiting, clock = turns(2, run("slow"), run("slow"), run("other"))
    held = waiting.next()
    assert waiting.full() == {}
    clock.ahead = 2.0
    assert waiting.full() == {"slow": 1}
    assert held
    waiting.ended(held)
    assert waiting.full() == {}


def test_what_waits_when_all_is_closed_is_handed_on_whatever_its_share():
    given = [run("slow"), run("slow")]
    waiting, _ = turns(2, *given)
    waiting.next()
    got = []
    thread = threading.Thread(target=lambda: got.extend(iter(waiting.next, None)))
    thread.start()
    waiting.close()
    thread.join(30)
    assert got == [given[1]]
