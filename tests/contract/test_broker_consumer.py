"""What every consumer promises."""

import threading
from collections.abc import Iterator

import pytest

from hub.broker import Delivery, Fate, Outgoing, invalid, open_broker
from hub.broker.topology import INVALID
from tests.contract.broker_steps import DEPOT, LIMIT, SHOP, Given, bodies, given, take
from tests.servers.process import wait_until


@pytest.fixture(params=["embedded", "rabbitmq"])
def opened(request: pytest.FixtureRequest) -> Iterator[Given]:
    url = request.getfixturevalue("amqp_url") if request.param == "rabbitmq" else None
    broker = open_broker(url, f"hub test @ {request.param}")
    yield given(broker)
    broker.close()


class TestConsumer:
    def test_take_waits_for_the_first_message(self, opened: Given) -> None:
        consumer = opened.consumer(SHOP)
        taken: list[Delivery] = []
        taker = threading.Thread(target=lambda: taken.extend(consumer.take(5, LIMIT)))
        taker.start()
        opened.put(b"a")
        taker.join(LIMIT)
        assert bodies(taken) == [b"a"]

    def test_take_comes_back_empty_handed_in_time(self, opened: Given) -> None:
        assert opened.consumer(SHOP).take(5, 0.05) == []

    def test_take_keeps_to_its_limit(self, opened: Given) -> None:
        opened.put(b"a", b"b", b"c")
        consumer = opened.consumer(SHOP)
        assert bodies(take(consumer, 2)) == [b"a", b"b"]
        assert bodies(take(consumer, 1)) == [b"c"]

    def test_what_was_acknowledged_does_not_come_again(self, opened: Given) -> None:
        opened.put(b"a", b"b", b"c", b"d")
        consumer = opened.consumer(SHOP)
        a, b, c, d = take(consumer, 4)
        consumer.ack([c])  # out of order
        consumer.ack([a, d])
        consumer.ack([a, c])  # twice is harmless
        consumer.close()
        again = opened.consumer(SHOP)
        assert bodies(take(again, 1)) == [b.body]
        assert again.take(1, 0.2) == []

    def test_what_was_not_acknowledged_comes_again_in_order(self, opened: Given) -> None:
        opened.put(b"a", b"b", b"c")
        first = opened.consumer(SHOP)
        take(first, 2)
        first.close()
        again = take(opened.consumer(SHOP), 3)
        assert bodies(again) == [b"a", b"b", b"c"]
        assert again[0].redelivered

    def test_an_acknowledgement_from_before_is_dropped(self, opened: Given) -> None:
        opened.put(b"a")
        first = opened.consumer(SHOP)
        old = take(first, 1)
        first.close()
        second = opened.consumer(SHOP)
        new = take(second, 1)
        second.ack(old)
        opened.put(b"b")
        assert bodies(take(second, 1)) == [b"b"]  # still alive
        assert new[0].epoch != old[0].epoch
        second.close()
        assert bodies(take(opened.consumer(SHOP), 2)) == [b"a", b"b"]

    def test_prefetch_limits_what_is_held(self, opened: Given) -> None:
        opened.put(b"a", b"b", b"c")
        consumer = opened.consumer(SHOP, prefetch=2)
        held = take(consumer, 2)
        assert consumer.take(1, 0.2) == []
        consumer.ack(held[:1])
        assert bodies(take(consumer, 1)) == [b"c"]

    def test_one_queues_held_messages_do_not_stop_another(self, opened: Given) -> None:
        consumer = opened.consumer(SHOP, DEPOT, prefetch=1)
        opened.put(b"slow", b"slow too")
        take(consumer, 1)
        opened.put(b"quick", system="depot")
        assert bodies(take(consumer, 1)) == [b"quick"]

    def test_want_changes_the_queues(self, opened: Given) -> None:
        consumer = opened.consumer(SHOP)
        opened.put(b"shop")
        held = take(consumer, 1)
        consumer.want([DEPOT])
        opened.put(b"depot", system="depot")
        assert bodies(take(consumer, 1)) == [b"depot"]
        assert consumer.state().consuming == {DEPOT}
        opened.put(b"waits")
        assert consumer.take(1, 0.2) == []
        consumer.ack(held)  # held from before, still ours
        consumer.want([SHOP, DEPOT])
        assert bodies(take(consumer, 1)) == [b"waits"]

    def test_cancel_takes_no_more_and_keeps_acknowledging(self, opened: Given) -> None:
        opened.put(b"a", b"b", b"c")
        consumer = opened.consumer(SHOP)
        held = take(consumer, 1)
        consumer.cancel()
        assert consumer.take(1, 0.2) == []
        other = opened.consumer(SHOP)
        assert sorted(bodies(take(other, 2))) == [b"b", b"c"]  # given back at once
        consumer.ack(held)
        consumer.close()
        assert other.take(1, 0.2) == []

    def test_given_back_others_get_it(self, opened: Given) -> None:
        opened.put(b"a", b"b")
        draining = opened.consumer(SHOP)
        taken = take(draining, 2)
        draining.cancel()
        draining.give_back(taken[1:])
        other = opened.consumer(SHOP)
        assert bodies(take(other, 1)) == [b"b"]
        assert other.take(1, 0.2) == []

    def test_close_sends_the_acknowledgements_that_wait(self, opened: Given) -> None:
        opened.put(*[b"%d" % each for each in range(100)])
        consumer = opened.consumer(SHOP, prefetch=100)
        consumer.ack(take(consumer, 100))
        consumer.close()
        assert opened.consumer(SHOP).take(1, 0.3) == []

    def test_many_threads_take_and_acknowledge(self, opened: Given) -> None:
        sent = {b"%d" % each for each in range(400)}
        opened.put(*sent)
        consumer = opened.consumer(SHOP, prefetch=40)
        seen: list[bytes] = []

        def work() -> None:
            while taken := consumer.take(7, LIMIT):
                seen.extend(bodies(taken))
                consumer.ack(taken)

        workers = [threading.Thread(target=work) for _ in range(6)]
        for worker in workers:
            worker.start()
        wait_until("all to be taken", lambda: len(seen) >= len(sent))
        assert consumer.take(1, 0.2) == []
        assert consumer.state().connections == 1
        consumer.cancel()
        for worker in workers:
            worker.join(LIMIT)
        assert sorted(seen) == sorted(sent)

    def test_one_turn_at_a_time_without_a_thread(self, opened: Given) -> None:
        opened.put(b"a")
        consumer = opened.broker.consumer([SHOP], threaded=False)
        assert consumer.take(1, 0) == []
        turns = 0
        while not (taken := consumer.take(1, 0)):
            assert consumer.turn(0.5)
            turns += 1
            assert turns < 20
        consumer.ack(taken)
        assert consumer.turn(0)
        consumer.close()
        assert opened.consumer(SHOP).take(1, 0.2) == []

    def test_an_invalid_message_is_kept_with_its_reason(self, opened: Given) -> None:
        publisher = opened.broker.publisher()
        publisher.publish([Outgoing("hub.triggers", "shop-pl.orders", b"\xff\x00", "m-1", {"from": "shop"})])
        (bad,) = take(opened.consumer(SHOP), 1)
        assert publisher.publish([invalid(bad, "not JSON")]) == [Fate.CONFIRMED]
        (kept,) = take(opened.consumer(INVALID), 1)
        assert (kept.body, kept.message_id) == (b"\xff\x00", "m-1")
        assert dict(kept.headers) == {
            "hub-reason": "not JSON",
            "hub-queue": SHOP,
            "hub-exchange": "hub.triggers",
            "hub-routing-key": "shop-pl.orders",
            "hub-header-from": "shop",
        }
