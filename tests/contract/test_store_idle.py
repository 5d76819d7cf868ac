"""When a hub that is at work has nothing to do now: what `hub up --until-idle` waits for."""

from typing import Any

import sqlalchemy as sa
import sqlalchemy.event

from hub.store import Store, Tx, interventions, jobs, overview, pruning, results, runs
from tests.contract.store_steps import START, StandingClock, begun, new, scheduled, settle
from tests.contract.test_store_jobs import HOUR, job, put
from tests.contract.test_store_results import result


def under_way(store: Store) -> int:
    with store.read() as tx:
        return overview.under_way(tx)


def test_jobs_and_runs_that_are_due_are_work(store: Store):
    assert under_way(store) == 0
    put(store, job("shop.now"), job("shop.soon", START + HOUR))
    assert under_way(store) == 1
    (held,) = begun(store, new("shop.asked"))
    assert under_way(store) == 2
    settle(store, held)
    assert under_way(store) == 1


def test_a_job_whose_run_is_made_between_two_looks_is_no_idleness(postgres_store: Store, clock: StandingClock):
    class Interrupted(Tx):
        """A transaction of which the scheduler ticks after the first statement."""

        ticked = False

        def execute(self, statement: sa.Executable, parameters: Any = None) -> sa.CursorResult[Any]:
            found = super().execute(statement, parameters)
            if not self.ticked:
                self.ticked = True
                with postgres_store.write() as tx:
                    runs.make(tx, [scheduled("shop.now")])
                    jobs.move_on(tx, {"shop.now": START + HOUR})
            return found

    put(postgres_store, job("shop.now"))
    with postgres_store.read() as tx:
        assert overview.under_way(Interrupted(tx.connection, clock)) > 0
    assert under_way(postgres_store) == 1


def test_a_run_that_was_put_off_for_the_hubs_own_fault_did_not_go_well(store: Store, clock: StandingClock):
    (held,) = begun(store, scheduled())
    settle(store, held, "waiting")
    with store.write() as tx:
        results.store(tx, [result(held.id, outcome="later", ended_at=clock.now())])
        assert [each.id for each in overview.gone_wrong(tx, START, held.id)] == [held.id]


def test_a_hub_that_is_up_reads_no_more_however_many_runs_have_ended(migrated_sqlite: str, clock: StandingClock):
    """It looks five times a second, its scheduler every few seconds, pruning once for each thousand rows, people often."""
    store = Store(migrated_sqlite, clock)
    read: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        plan = connection.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        read.extend(step[3] for step in plan)

    with store.read() as tx:
        sqlalchemy.event.listen(store.engine, "before_cursor_execute", explain)
        overview.under_way(tx)
        overview.running(tx, 3)
        interventions.cancel_removed(tx, published=False)
        interventions.cancel_removed(tx, published=True)
        overview.neglected(tx, START)
        overview.dead_numbers(tx)
        pruning.prune(tx, START, 1000, history_before=START)
    assert any("ix_run_lease" in step for step in read)
    walked = [step for step in read if step.startswith(("SCAN run", "SCAN quarantine")) and " INDEX ix_" not in step]
    assert walked == []
    store.close()
