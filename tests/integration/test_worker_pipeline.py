"""A run's life at a worker, step by step: what is stored when something goes wrong between two steps."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from hub.broker import Outgoing
from hub.broker.topology import INVALID, JOBS, RUNLOG, TRIGGERS, queue_of
from hub.connector import Stream
from hub.errors import Refused, TryLater
from hub.handler import Cancelled, Done, HandedOn, Later, Lost, Snoozed
from hub.messages import RecordOutcome, RecordsDone, Result, RunDue, decode, encode
from hub.posting import post
from hub.runlog import store_batch
from hub.store import DatabaseAway, breakers, interventions, jobs, letters, outbox, records, runs
from hub.store import results as run_log
from hub.store.records import Write
from hub.sync import exchanger
from hub.worker.pipeline import CALM
from scheduler.rescue import MOST_CRASHES, rescue
from scheduler.scheduler import Steps
from tests.contract.tables import Hub, Tables
from tests.integration.spine import LIMIT, QUEUE

LEASE = timedelta(seconds=30)


def done(_work, _hold):
    return Done("all of it")


def write_page(hold, key, value="1", counts=None):
    with hold.page() as (tx, report):
        latest = records.take_turn(tx, "products")
        run = hold.claimed.id
        records.write(tx, "products", [Write(key, {"value": value})], system="shop", run=run, latest=latest)
        report.entity = "products"
        report.counts = counts or {"new": 1}


def record_versions(spine):
    with spine.store.read() as tx:
        return {each.key: each.version for each in records.find(tx, "products")}


def results(spine):
    with spine.store.read() as tx:
        return [decode(each.body, Result) for each in outbox.waiting(tx, 100) if each.part == 0]


def test_a_run_is_carried_out_and_its_result_goes_out(spine):
    spine.add_job("shop.orders", done)
    number = spine.make("shop.orders")
    assert spine.relay() == 1
    assert spine.deliver(spine.pipeline()) == [Done("all of it")]
    run = spine.run(number)
    assert (run.state, run.message, run.worker) == ("done", "all of it", None)
    (result,) = results(spine)
    assert (result.run, result.outcome, result.attempt, result.message) == (number, "done", 1, "all of it")


def test_a_run_of_a_job_that_the_process_does_not_know_yet_waits_until_it_does(spine):
    spine.add_job("shop.orders", done)
    number = spine.make("shop.orders")
    handlers, spine.handlers = spine.handlers, {}
    spine.relay()
    assert isinstance(spine.deliver(spine.pipeline())[0], Snoozed)
    spine.handlers = handlers
    with spine.store.write() as tx:
        interventions.hurry(tx, number)
    spine.relay()
    assert spine.deliver(spine.pipeline()) == [Done("all of it")]
    assert (spine.run(number).state, spine.run(number).failures) == ("done", 0)


def test_a_run_of_a_job_that_was_taken_out_is_refused(spine):
    spine.add_job("shop.orders", done)
    number = spine.make("shop.orders")
    spine.handlers = {}
    with spine.store.write() as tx:
        jobs.remove(tx, ["shop.orders"])
    spine.relay()
    spine.deliver(spine.pipeline())
    assert (spine.run(number).state, spine.run(number).message) == ("dead", "shop.orders is configured no more")


def test_a_message_that_is_older_than_the_restored_database_begins_no_run(spine):
    spine.add_job("shop.orders", done)
    spine.add_job("shop.stock", done)
    number = spine.make("shop.stock")
    older = RunDue(run=number, generation=1, job="shop.orders")
    spine.publisher.publish([Outgoing(exchange=JOBS, routing_key="shop", body=encode(older), message_id="1")])
    with structlog.testing.capture_logs() as told:
        assert spine.deliver(spine.pipeline()) == []
    (line,) = told
    assert (line["event"], line["run"], line["job"]) == ("message_of_another_run", number, "shop.orders")
    assert line["job_of_the_run"] == "shop.stock"
    assert spine.run(number).state == "waiting"
    # Its own message comes beside the other one: neither is taken for a double of the other.
    spine.publisher.publish([Outgoing(exchange=JOBS, routing_key="shop", body=encode(older), message_id="1")])
    assert spine.relay() == 1
    spine.publisher.publish([Outgoing(exchange=JOBS, routing_key="shop", body=encode(older), message_id="1")])
    assert spine.deliver(spine.pipeline(), 3) == [Done("all of it")]


def test_j01_long_work_is_cut_into_slices_that_go_on_at_the_checkpoint(spine):
    def three_pages(_work, hold):
        for page in range(len(stored), 3):
            write_page(hold, f"page-{page}")
            stored.append(page)
            if hold.over():
                return HandedOn()
        return Done()

    stored: list[int] = []
    spine.add_job("shop.orders", three_pages)
    number = spine.make("shop.orders")
    outcomes = []
    for _ in range(4):
        assert spine.relay() == 1
        # A slice of no length: each page is handed on with a message of its own, and no delivery is held for long.
        outcomes += spine.deliver(spine.pipeline(slice=timedelta(0)))
    assert outcomes == [HandedOn(), HandedOn(), HandedOn(), Done()]
    assert spine.run(number).state == "done"
    assert spine.run(number).counts == {"new": 3}
    assert record_versions(spine) == {"page-0": 1, "page-1": 1, "page-2": 1}
    assert [each.outcome for each in results(spine)] == ["handed-on", "handed-on", "handed-on", "done"]


def test_the_outcome_of_a_run_in_slices_is_that_of_the_whole_run(spine):
    hub = Hub(spine.store, full_every=timedelta(0))
    erp = hub.add("shop", "erp", Tables({"products": Stream("products", delta=False)}, size=3))
    for number in range(10):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    spine.add_job("shop.orders", exchanger(lambda: hub.systems["shop"], ["products"]))
    assert _in_slices(spine) == ("10 new", {"new": 10})
    erp.put("products", "1", name="Better lamp")
    assert _in_slices(spine) == ("9 identical, 1 update", {"identical": 9, "update": 1})


def test_the_outcome_of_a_run_that_was_tried_again_is_that_of_the_whole_run(spine, monkeypatch):
    def breaks_off(stream, since, *, full):
        yield next(read(stream, since, full=full))
        raise TryLater("503")

    hub = Hub(spine.store)
    erp = hub.add("shop", "erp", Tables({"products": Stream("products")}, size=3))
    for number in range(5):
        erp.put("products", str(number), sku=f"A{number}", name="Lamp")
    spine.add_job("shop.orders", exchanger(lambda: hub.systems["shop"], ["products"]))
    read = erp.read
    monkeypatch.setattr(erp, "read", breaks_off)
    number = spine.make("shop.orders")
    spine.relay()
    assert isinstance(spine.deliver(spine.pipeline())[0], Later)
    monkeypatch.undo()
    with spine.store.write() as tx:
        interventions.hurry(tx, number)
    spine.relay()
    spine.deliver(spine.pipeline())
    # The last one of the first page is read once more: changes are asked for from its mark on.
    assert (spine.run(number).message, spine.run(number).counts) == ("5 new, 1 identical", {"new": 5, "identical": 1})


def _in_slices(spine):
    """Carry out a run, each page in a slice of its own; returns what it came to."""
    number = spine.make("shop.orders")
    while (run := spine.run(number)).ended_at is None:
        assert spine.relay() == 1
        (outcome,) = spine.deliver(spine.pipeline(slice=timedelta(0)))
        assert isinstance(outcome, HandedOn | Done)
    assert len([each for each in results(spine) if each.run == number]) > 3
    return run.message, run.counts


def test_j04_a_run_that_was_due_while_the_broker_was_away_goes_out_later(spine):
    spine.add_job("shop.orders", done)
    spine.make("shop.orders")
    spine.publisher.close()
    assert spine.relay() == 0
    back = Steps(spine.store, spine.broker.publisher(), spine.leader, spine.clock)
    assert back.once() is False
    assert spine.deliver(spine.pipeline()) == [Done("all of it")]


def test_j07_a_leader_that_was_paused_distrusts_its_lease(spine):
    other = type(spine.leader)(spine.store, "other", spine.clock)
    assert spine.leader.leads()
    assert not other.leads()
    spine.clock.ahead += timedelta(minutes=1)
    assert other.leads()
    assert not spine.leader.leads()


def test_j09_a_job_does_not_overlap_itself(spine):
    spine.add_job("shop.orders", done)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = (spine.make("shop.orders", at=start + timedelta(minutes=n)) for n in (0, 1))
    spine.relay()
    pipeline = spine.pipeline()
    (held,) = pipeline.receive(spine.take(2))
    assert held.hold.claimed.id == first
    skipped = spine.run(second)
    assert skipped.state == "skipped"
    assert "still under way" in skipped.message
    assert [each.outcome for each in results(spine)] == ["skipped"]


def test_a_triggered_run_waits_for_the_open_one_instead_of_being_left_out(spine):
    spine.add_job("shop.orders", done)
    spine.make("shop.orders")
    triggered = spine.make("shop.orders", cause="trigger")
    spine.relay()
    pipeline = spine.pipeline()
    (held,) = pipeline.receive(spine.take(2))
    assert spine.run(triggered).blocked
    assert spine.relay() == 0
    pipeline.settle([(held, Done())])
    assert spine.relay() == 1
    spine.deliver(pipeline)
    assert spine.run(triggered).state == "done"


def test_j13_a_run_that_keeps_killing_its_worker_is_given_up(spine):
    spine.add_job("shop.orders", done)
    number = spine.make("shop.orders")
    for _ in range(MOST_CRASHES):
        spine.clock.ahead += timedelta(minutes=5)
        spine.relay()
        assert len(spine.pipeline().receive(spine.take())) == 1
        spine.clock.ahead += timedelta(minutes=5)
        assert rescue(spine.store) == 1
    run = spine.run(number)
    assert (run.state, run.crashes) == ("dead", MOST_CRASHES)
    assert [each.outcome for each in results(spine)] == ["lost"] * (MOST_CRASHES - 1) + ["dead"]


def test_j18_a_run_whose_worker_is_gone_is_rescued_and_the_late_one_changes_nothing(spine):
    spine.add_job("shop.orders", done)
    number = spine.make("shop.orders")
    spine.relay()
    late = spine.pipeline("late")
    (held,) = late.receive(spine.take())
    spine.clock.ahead += timedelta(minutes=1)
    assert rescue(spine.store) == 1
    spine.relay()
    (new,) = spine.pipeline("other").receive(spine.take())

    def work(_work, hold):
        write_page(hold, "k")
        return Done()

    spine.handlers["shop.orders"] = work
    assert late.carry_out(held) == Lost()
    late.settle([(held, Lost())])
    assert record_versions(spine) == {}
    assert spine.run(number).state == "running"
    other = spine.pipeline("other")
    other.settle([(new, other.carry_out(new))])
    assert record_versions(spine) == {"k": 1}
    assert spine.run(number).state == "done"


def test_a_settle_that_comes_twice_settles_once(spine):
    spine.add_job("shop.orders", done)
    spine.make("shop.orders")
    spine.relay()
    pipeline = spine.pipeline()
    (held,) = pipeline.receive(spine.take())
    assert len(pipeline.settle([(held, Done())])) == 1
    # The answer to the first was lost, say: the worker cannot know, and tries again.
    assert pipeline.settle([(held, Done())]) == []
    assert len(results(spine)) == 1


@pytest.mark.parametrize("cause", ["trigger", "schedule"])
def test_a_message_that_is_delivered_twice_is_carried_out_once(spine, cause):
    carried_out = []
    spine.add_job("shop.orders", lambda work, _hold: carried_out.append(work.run) or Done())
    number = spine.make("shop.orders", cause=cause)
    spine.relay()
    (delivery,) = spine.take()
    spine.publisher.publish([Outgoing(JOBS, "shop", delivery.body)])
    pipeline = spine.pipeline()
    held = pipeline.receive([delivery, *spine.take()])
    pipeline.settle([(each, pipeline.carry_out(each)) for each in held])
    spine.publisher.publish([Outgoing(JOBS, "shop", delivery.body)])
    assert pipeline.receive(spine.take()) == []
    assert carried_out == [number]


def test_a_failure_is_tried_again_later_and_given_up_after_its_attempts(spine):
    def away(_work, _hold):
        raise TryLater("the shop does not answer")

    spine.add_job("shop.orders", away)
    number = spine.make("shop.orders")
    for failures in (1, 2, 3):
        spine.relay()
        assert spine.deliver(spine.pipeline()) == [Later("the shop does not answer")]
        assert spine.run(number).failures == failures
        spine.clock.ahead += timedelta(hours=1)
    run = spine.run(number)
    assert run.state == "dead"
    assert run.message == "the shop does not answer (given up after 3 attempts)"
    assert [each.outcome for each in results(spine)] == ["later", "later", "dead"]


def test_a_dead_run_is_replayed_with_all_its_attempts(spine):
    def refuse(_work, _hold):
        raise Refused("the shop says no")

    spine.add_job("shop.orders", refuse)
    number = spine.make("shop.orders")
    spine.relay()
    spine.deliver(spine.pipeline())
    assert spine.run(number).state == "dead"
    spine.handlers["shop.orders"] = done
    with spine.store.write() as tx:
        assert interventions.replay(tx, [number], "ann") == [number]
    spine.relay()
    spine.deliver(spine.pipeline())
    assert spine.run(number).state == "done"


def test_a_fault_of_ours_is_no_traceback_but_a_failure_with_its_history(spine):
    spine.add_job("shop.orders", lambda _work, _hold: 1 / 0)
    number = spine.make("shop.orders")
    spine.relay()
    spine.deliver(spine.pipeline())
    assert spine.run(number).message == "unexpected: ZeroDivisionError: division by zero"
    assert results(spine)[0].lines[0].level == "error"


@pytest.mark.parametrize("fault", [OSError, TryLater, Refused])
def test_a_fault_that_names_a_file_in_another_encoding_ends_only_its_own_run(spine, fault):
    def fail(_work, hold):
        hold.tell("no file b\udcfcro.csv", "warning")
        raise fault("no file b\udcfcro.csv")

    spine.add_job("shop.orders", fail, attempts=1, pause_on_failure=True)
    number = spine.make("shop.orders")
    spine.relay()
    spine.deliver(spine.pipeline())
    assert spine.run(number).state == "dead"
    assert "no file b?ro.csv" in spine.run(number).message
    assert results(spine)[0].lines[0].text == "no file b?ro.csv"


def test_a_result_is_never_larger_than_a_message_may_be(spine):
    """The run log would put it aside as invalid, and nobody could see what the run came to."""

    def speak(_work, hold):
        for _ in range(2000):
            hold.tell("\x01" * 5_000)
        raise Refused("<p>" * 1_000_000)

    spine.add_job("shop.orders", speak)
    number = spine.make("shop.orders")
    spine.relay()
    spine.deliver(spine.pipeline())
    (result,) = results(spine)
    assert (result.run, result.outcome) == (number, "dead")
    assert result.message
    assert result.message.startswith("<p><p>")
    assert spine.run(number).message == result.message
    assert "were kept" in result.lines[-1].text


@pytest.mark.parametrize(
    ("records", "letters_of_a_key"),
    [(10_000, 90), (300, 5_000), (2, 1_000_000)],
    ids=["many", "with long keys", "too long for any message"],
)
@pytest.mark.parametrize("letter", ["a", "ż", "\x01", "\udcff"], ids=["ASCII", "UTF-8", "escaped", "no UTF-8"])
def test_what_became_of_the_records_of_a_page_of_any_size_comes_to_the_run_log(
    spine, letter, records, letters_of_a_key
):
    """The run log would put aside as invalid what is larger than a message may be."""
    found = [
        RecordOutcome(
            key=f"{number}|{letter * letters_of_a_key}", outcome="quarantined", cause="c", place=f"row {number}"
        )
        for number in range(records)
    ]

    def work(_work, hold):
        for page in (found, found[:1]):
            with hold.page() as (_, report):
                report.entity, report.counts, report.records = "products", {"quarantined": len(page)}, page
        return Done()

    spine.add_job("shop.orders", work)
    number = spine.make("shop.orders")
    spine.relay()
    unsent: list[outbox.Unsent] = []
    spine.deliver(spine.pipeline(to_post=unsent.append))
    with spine.store.read() as tx:
        assert {each for each in outbox.waiting(tx, 1000) if each.part} == set(unsent)
    pages = [decode(each.body.encode(), RecordsDone) for each in unsent]
    assert [page.part for page in pages] == list(range(1, len(pages) + 1))
    assert [page.counts for page in pages if page.counts] == [{"quarantined": records}, {"quarantined": 1}]
    consumer = spine.broker.consumer([RUNLOG], 1000)
    for _ in range(2):
        post(spine.store, spine.publisher, unsent)
    stored = 0
    while stored < 2 * len(unsent):
        stored += store_batch(spine.store, consumer.take(1000, LIMIT), consumer.ack)
    with spine.store.read() as tx:
        assert letters.find(tx) == []
        told = run_log.records(tx, number, most=20_000)
    assert [each["place"] for each in told] == [each.place for each in (*found, found[0])]
    assert {each["key"].partition("|")[0] for each in told} == {str(number) for number in range(records)}


def test_pause_on_failure_pauses_the_job(spine):
    def refuse(_work, _hold):
        raise Refused("no")

    spine.add_job("shop.orders", refuse, pause_on_failure=True)
    spine.make("shop.orders")
    spine.relay()
    spine.deliver(spine.pipeline())
    waiting = spine.make("shop.orders")
    assert spine.relay() == 0
    assert spine.run(waiting).state == "waiting"


def test_a_run_that_hangs_is_told_once(spine):
    """Its lease goes on being prolonged, as its process lives: nobody else would say so."""
    spine.add_job("shop.orders", done)
    number = spine.make("shop.orders")
    spine.relay()
    pipeline = spine.pipeline(slice=timedelta(minutes=1))
    pipeline.receive(spine.take())
    with structlog.testing.capture_logs() as said:
        for minutes in (9, 2, 2):
            spine.clock.ahead += timedelta(minutes=minutes)
            pipeline.keep()
    assert [(each["event"], each["run"], each["job"]) for each in said] == [("run_hangs", number, "shop.orders")]


def test_j16_a_run_that_hung_and_was_cancelled_does_not_hang_once_more(spine):
    begun = []
    spine.add_job("shop.orders", lambda work, _hold: begun.append(work.run) or Done())
    number = spine.make("shop.orders")
    spine.relay()
    assert spine.pipeline("hangs").receive(spine.take())
    with spine.store.write() as tx:
        assert interventions.cancel(tx, number, "anna") == "running"
    spine.clock.ahead += 2 * LEASE
    rescue(spine.store)
    spine.clock.ahead += timedelta(minutes=5)
    spine.relay()
    spine.deliver(spine.pipeline("restarted"))
    assert (spine.run(number).state, begun) == ("cancelled", [])


def test_j16_a_cancelled_run_stops_at_its_next_page_and_stays_cancelled(spine):
    def work(_work, hold):
        write_page(hold, "first")
        with spine.store.write() as tx:
            assert interventions.cancel(tx, hold.claimed.id, "ann") == "running"
        write_page(hold, "second")
        return Done()

    spine.add_job("shop.orders", work)
    number = spine.make("shop.orders")
    spine.relay()
    assert spine.deliver(spine.pipeline()) == [Cancelled("cancelled by ann")]
    assert record_versions(spine) == {"first": 1}
    spine.clock.ahead += timedelta(hours=1)
    with spine.store.write() as tx:
        assert runs.recall_all(tx) == 0
    assert rescue(spine.store) == 0
    assert spine.run(number).state == "cancelled"


@pytest.mark.parametrize("fault", [TryLater("down"), Refused("who are you?", system_away=True)])
def test_the_breaker_opens_after_failures_in_a_row_and_what_was_delivered_is_put_off(spine, fault):
    def away(_work, _hold):
        raise fault

    spine.add_job("shop.orders", away, overlap="allow", attempts=1)
    numbers = [spine.make("shop.orders", cause="manual") for _ in range(4)]
    spine.relay()
    pipeline = spine.pipeline()
    spine.deliver(pipeline, 3)
    with spine.store.read() as tx:
        pipeline.resting = breakers.find(tx)
    assert pipeline.resting["shop"].opened_at is not None
    assert spine.deliver(pipeline) == []
    last = spine.run(numbers[-1])
    assert (last.state, last.failures) == ("waiting", 0)


def test_what_is_refused_by_a_system_that_answers_opens_no_breaker(spine):
    def refused(_work, _hold):
        raise Refused("you may not see the prices")

    spine.add_job("shop.prices", refused, overlap="allow")
    for _ in range(4):
        spine.make("shop.prices", cause="manual")
    spine.relay()
    spine.deliver(spine.pipeline(), 4)
    with spine.store.read() as tx:
        assert breakers.find(tx) == {}


def test_a_run_that_is_done_may_have_its_job_run_once_more(spine):
    asked = []

    def looks_for_something(work, _hold):
        asked.append(work.scope)
        return Done(again=spine.clock.now() + timedelta(minutes=2)) if len(asked) == 1 else Done()

    spine.add_job("shop.orders", looks_for_something)
    spine.make("shop.orders", scope=["1001"])
    spine.relay()
    pipeline = spine.pipeline()
    assert [each.message for each in spine.deliver(pipeline)] == [None]
    assert spine.relay() == 0
    spine.clock.ahead += timedelta(minutes=2)
    assert spine.relay() == 1
    spine.deliver(pipeline)
    assert asked == [["1001"], None]
    assert spine.relay() == 0


def test_a_trigger_from_outside_runs_its_job_and_a_storm_of_them_coalesces(spine):
    asked = []
    spine.add_job("shop.orders", lambda work, _hold: asked.append(work.scope) or Done())
    storm = [Outgoing(TRIGGERS, "shop.orders", b'{"version": 1, "keys": ["1001", "1002"]}')] * 500
    spine.publisher.publish(storm)
    pipeline = spine.pipeline()
    for _ in range(5):
        assert pipeline.receive(spine.take(100)) == []
    assert spine.relay() == 1
    spine.deliver(pipeline)
    spine.publisher.publish([Outgoing(TRIGGERS, "shop.orders", b"")])  # the documented message at its shortest
    assert pipeline.receive(spine.take()) == []
    assert spine.relay() == 0  # so soon after the other it waits a moment, for others to join it
    spine.clock.ahead += CALM
    assert spine.relay() == 1
    spine.deliver(pipeline)
    assert asked == [["1001", "1002"], None]


def test_triggers_wait_for_no_clock_that_was_ahead(spine):
    spine.add_job("shop.orders", done)
    pipeline = spine.pipeline()
    for ahead in (timedelta(hours=3), timedelta(0)):
        spine.clock.ahead = ahead
        spine.publisher.publish([Outgoing(TRIGGERS, "shop.orders", b"{}")])
        assert pipeline.receive(spine.take()) == []
        assert spine.relay() == 1
        spine.deliver(pipeline)


@pytest.mark.parametrize(
    ("exchange", "key", "body", "reason"),
    [
        (JOBS, "shop", b"\xff\xfe nothing", "JSON"),
        (JOBS, "shop", b'{"version": 2, "run": 1, "generation": 1, "job": "shop.orders"}', "version"),
        (JOBS, "shop", b'{"version": 1, "run": "1; DROP TABLE run"}', "run"),
        (JOBS, "shop", b'{"version": 1, "run": 9223372036854775808, "generation": 1, "job": "shop.orders"}', "run"),
        (JOBS, "shop", b'{"version": 1, "run": 1, "generation": 2147483648, "job": "shop.orders"}', "generation"),
        (TRIGGERS, "shop.nothing", b"{}", "there is no job shop.nothing"),
        (TRIGGERS, "shop.closed", b"{}", "triggers = true"),
        (TRIGGERS, "shop.orders", b'{"job": "shop.closed"}', "must be the same"),
        (TRIGGERS, "shop.orders", b'{"run": 1, "generation": 1, "keys": 7}', "keys"),
    ],
)
def test_j15_a_message_nobody_understands_is_kept_with_the_reason(spine, exchange, key, body, reason):
    spine.add_job("shop.orders", done)
    spine.add_job("shop.closed", done, triggers=False)
    spine.publisher.publish([Outgoing(exchange, key, body)])
    assert spine.pipeline().receive(spine.take()) == []
    invalid = spine.broker.consumer([INVALID], 10)
    (kept,) = invalid.take(1, LIMIT)
    assert kept.body == body
    assert reason in kept.headers["hub-reason"]


def test_a_trigger_cannot_pass_for_a_run(spine):
    carried_out = []
    spine.add_job("shop.orders", lambda work, _hold: carried_out.append(work.run) or Done())
    number = spine.make("shop.orders")
    forged = f'{{"version": 1, "run": {number}, "generation": 1, "job": "shop.orders"}}'.encode()
    spine.publisher.publish([Outgoing(TRIGGERS, "shop.orders", forged)])
    assert spine.pipeline().receive(spine.take()) == []
    assert spine.run(number).state == "waiting"
    assert carried_out == []


def test_j14_a_drain_hands_on_at_the_next_page_and_settles(spine):
    entered, release = threading.Event(), threading.Event()

    def pages(_work, hold):
        write_page(hold, "one")
        entered.set()
        assert release.wait(LIMIT)
        return HandedOn() if hold.over() else Done()

    spine.add_job("shop.orders", pages)
    number = spine.make("shop.orders")
    spine.relay()
    worker = spine.worker()
    worker.start()
    assert entered.wait(LIMIT)
    stopped: list[bool] = []
    stopping = threading.Thread(target=lambda: stopped.append(worker.stop(LIMIT)))
    stopping.start()
    spine.consumer.cancel()
    while not worker.stopping():
        assert entered.wait(1)
    release.set()
    stopping.join(2 * LIMIT)
    assert stopped == [True]
    run = spine.run(number)
    assert (run.state, run.generation, run.failures) == ("waiting", 2, 0)


def test_a_system_that_hangs_leaves_others_of_its_kind_their_threads(spine):
    began, release, served = threading.Event(), threading.Event(), threading.Event()

    def hang(_work, _hold):
        began.set()
        assert release.wait(LIMIT)
        return Done()

    def serve(_work, _hold):
        served.set()
        return Done()

    for number in range(5):
        spine.add_job(f"shop.job-{number}", hang)
        spine.make(f"shop.job-{number}")
    spine.add_job("other.orders", serve)
    spine.consumer.want([QUEUE, queue_of("eshop", "other")])
    spine.relay()
    worker = spine.worker()
    worker.start()
    assert began.wait(LIMIT)
    spine.make("other.orders")
    spine.relay()
    spine.clock.ahead += timedelta(seconds=2)
    answered = served.wait(LIMIT / 3)
    release.set()
    assert worker.stop(LIMIT)
    assert answered
    assert {spine.run(number).state for number in range(1, 6)} <= {"done", "waiting"}


def test_a_panic_of_a_library_is_a_failure_like_others(spine):
    """Libraries that are written in Rust panic with what is no Exception; the thread would be gone without a word."""

    class PanicError(BaseException):
        pass

    def panic(_work, _hold):
        raise PanicError("index out of bounds")

    settled = threading.Event()
    spine.add_job("shop.orders", panic)
    number = spine.make("shop.orders")
    spine.relay()
    worker = spine.worker(acknowledge=lambda ended: ended and settled.set())
    worker.start()
    assert settled.wait(LIMIT)
    assert spine.run(number).message == "unexpected: PanicError: index out of bounds"
    assert worker.stop(LIMIT)
    assert not worker.broken.is_set()


def test_a_worker_carries_out_many_runs_and_posts_their_results(spine):
    spine.add_job("shop.orders", done, overlap="allow")
    numbers = [spine.make("shop.orders", cause="manual") for _ in range(200)]
    spine.relay()
    results_consumer = spine.broker.consumer(["hub.runlog"], 1000)
    worker = spine.worker()
    worker.start()
    seen: set[int] = set()
    while len(seen) < len(numbers):
        more = results_consumer.take(500, LIMIT)
        assert more, f"{len(seen)} of {len(numbers)} results came"
        seen |= {decode(each.body, Result).run for each in more}
    assert worker.stop(LIMIT)
    assert seen == set(numbers)
    with spine.store.read() as tx:
        assert outbox.count(tx) == 0
    assert {spine.run(number).state for number in numbers} == {"done"}


def test_a_database_that_is_away_for_a_moment_costs_no_attempt(spine):
    def work(_work, hold):
        if not tried:
            tried.append(1)
            raise DatabaseAway
        return Done()

    tried: list[int] = []
    spine.add_job("shop.orders", work, attempts=1)
    number = spine.make("shop.orders")
    spine.relay()
    assert spine.deliver(spine.pipeline()) == [Snoozed("The database does not answer.")]
    assert (spine.run(number).state, spine.run(number).failures) == ("waiting", 0)
    spine.clock.ahead += timedelta(seconds=5)
    spine.relay()
    spine.deliver(spine.pipeline())
    assert spine.run(number).state == "done"
