"""Jobs of the configuration in force: due once, paused until resumed, changed without being undone."""

from datetime import datetime, timedelta
from threading import Event

from hub.store import Store, jobs
from tests.contract.store_steps import LATEST, START, StandingClock, together

HOUR = timedelta(hours=1)


def job(name: str, due: datetime | None = START, *, enabled: bool = True, **settings: object) -> jobs.Job:
    return jobs.Job(name, name.partition(".")[0], "eshop", settings, enabled, due)


def put(store: Store, *given: jobs.Job) -> None:
    with store.write() as tx:
        jobs.put(tx, given)


def due(store: Store, most: int = 100) -> list[str]:
    with store.read() as tx:
        return [each.name for each in jobs.due(tx, tx.now, most)]


def one(store: Store, name: str) -> jobs.Job:
    with store.read() as tx:
        return jobs.find(tx, [name])[0]


def test_jobs_are_stored_and_changed_whole(store: Store):
    put(store, job("shop.b", every="5m"), job("shop.a"))
    put(store, job("shop.b", START + HOUR, every="10m", enabled=False))
    with store.read() as tx:
        assert jobs.find(tx) == [job("shop.a"), job("shop.b", START + HOUR, every="10m", enabled=False)]
        assert jobs.find(tx, []) == []


def test_the_longest_due_come_first_and_what_is_not_due_stays(store: Store, clock: StandingClock):
    put(
        store,
        job("shop.late", START - HOUR),
        job("shop.now"),
        job("shop.soon", START + HOUR),
        job("shop.never", None),
        job("shop.off", enabled=False),
    )
    assert due(store) == ["shop.late", "shop.now"]
    assert due(store, 1) == ["shop.late"]
    clock.move(hours=1)
    assert due(store) == ["shop.late", "shop.now", "shop.soon"]


def test_a_job_that_was_moved_on_is_not_due_again(store: Store):
    put(store, job("shop.a"), job("shop.b"))
    with store.write() as tx:
        jobs.move_on(tx, {"shop.a": START + HOUR, "shop.b": None, "shop.unknown": START})
        jobs.move_on(tx, {})
    assert due(store) == []
    assert (one(store, "shop.a").next_due, one(store, "shop.b").next_due) == (START + HOUR, None)


def test_a_paused_job_is_not_due_and_says_why(store: Store):
    put(store, job("shop.a"), job("shop.b"))
    with store.write() as tx:
        assert jobs.pause(tx, ["shop.a", "shop.unknown"], "anna", "stock-taking") == 1
        assert jobs.pause(tx, ["shop.a"], "piotr", None) == 0
    paused = one(store, "shop.a")
    assert (paused.paused_at, paused.paused_by, paused.paused_note) == (START, "anna", "stock-taking")
    assert due(store) == ["shop.b"]


def test_b04_a_new_configuration_does_not_wake_a_paused_job(store: Store):
    put(store, job("shop.a"))
    with store.write() as tx:
        jobs.pause(tx, ["shop.a"], "anna", None)
    put(store, job("shop.a", every="1m"))
    assert due(store) == []
    assert one(store, "shop.a").paused_by == "anna"


def test_j08_a_resumed_job_does_not_make_up_for_what_it_missed(store: Store, clock: StandingClock):
    put(store, job("shop.a"), job("shop.b"))
    with store.write() as tx:
        jobs.pause(tx, ["shop.a"], "anna", None)
    clock.move(hours=48)
    with store.write() as tx:
        assert jobs.resume(tx, {"shop.a": clock.now() + HOUR}) == 1
    assert due(store) == ["shop.b"]
    assert one(store, "shop.a") == job("shop.a", clock.now() + HOUR)


def test_a_job_that_is_configured_no_more_is_forgotten(store: Store):
    put(store, job("shop.a"), job("shop.b"))
    with store.write() as tx:
        jobs.remove(tx, ["shop.a"])
        jobs.remove(tx, [])
        assert [each.name for each in jobs.find(tx)] == ["shop.b"]


def test_b04_a_tick_does_not_undo_a_schedule_that_changes_at_the_same_moment(store: Store):
    """The tick has read the old schedule; were the job not its own meanwhile, it would set the old next occurrence."""
    put(store, job("shop.a", every="5m"))
    read = Event()

    def tick() -> None:
        with store.write() as tx:
            found = jobs.due(tx, tx.now, 10)
            read.set()
            jobs.move_on(tx, {each.name: START + HOUR for each in found})

    def apply() -> None:
        assert read.wait(LATEST)
        put(store, job("shop.a", START + 9 * HOUR, every="9h"))

    assert together(tick, apply) == [None, None]
    assert one(store, "shop.a").next_due == START + 9 * HOUR


def test_a_tick_leaves_alone_what_another_scheduler_is_working_on(postgres_store: Store):
    put(postgres_store, job("shop.a"))
    with postgres_store.write() as tx:
        assert [each.name for each in jobs.due(tx, tx.now, 10)] == ["shop.a"]
        assert due(postgres_store) == []
    assert due(postgres_store) == ["shop.a"]


def test_two_who_change_the_same_jobs_do_not_wait_in_a_circle(store: Store):
    some = [job(f"shop.{n}") for n in range(200)]
    assert together(lambda: put(store, *some), lambda: put(store, *some[::-1])) == [None, None]
