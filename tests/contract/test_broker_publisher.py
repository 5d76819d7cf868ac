"""What every publisher promises."""

import threading
from collections.abc import Iterator

import pytest

from hub.broker import Fate, Outgoing, open_broker
from hub.broker.topology import INVALID, JOBS, TRIGGERS
from tests.contract.broker_steps import DEPOT, SHOP, Given, bodies, given, job, take


@pytest.fixture(params=["embedded", "rabbitmq"])
def opened(request: pytest.FixtureRequest) -> Iterator[Given]:
    url = request.getfixturevalue("amqp_url") if request.param == "rabbitmq" else None
    broker = open_broker(url, f"hub test @ {request.param}")
    yield given(broker)
    broker.close()


class TestPublisher:
    def test_what_a_queue_takes_is_confirmed_and_arrives(self, opened: Given) -> None:
        publisher = opened.broker.publisher()
        message = Outgoing(JOBS, "shop-pl", b'{"run":1}', "run-1", {"hub-test": "yes", "count": 3})
        assert publisher.publish([message]) == [Fate.CONFIRMED]
        (delivery,) = take(opened.consumer(SHOP), 1)
        assert (delivery.queue, delivery.exchange, delivery.routing_key) == (SHOP, JOBS, "shop-pl")
        assert (delivery.body, delivery.message_id, delivery.redelivered) == (b'{"run":1}', "run-1", False)
        assert dict(delivery.headers) == {"hub-test": "yes", "count": 3}

    def test_a_topic_key_below_the_system_reaches_its_queue(self, opened: Given) -> None:
        fates = opened.broker.publisher().publish([Outgoing(TRIGGERS, "depot.stock", b"{}")])
        assert fates == [Fate.CONFIRMED]
        assert take(opened.consumer(DEPOT), 1)[0].routing_key == "depot.stock"

    def test_nobody_outside_can_trigger_the_hubs_own_jobs(self, opened: Given) -> None:
        fates = opened.broker.publisher().publish([Outgoing(TRIGGERS, "hub.prune", b"{}")])
        assert fates == [Fate.UNROUTABLE]

    def test_an_unroutable_message_is_told_from_its_neighbours(self, opened: Given) -> None:
        batch = [job(b"a"), job(b"b", "nobody"), job(b"c"), Outgoing("", "no-queue", b"d"), Outgoing("", INVALID, b"e")]
        fates = opened.broker.publisher().publish(batch)
        expected = [Fate.CONFIRMED, Fate.UNROUTABLE, Fate.CONFIRMED, Fate.UNROUTABLE, Fate.CONFIRMED]
        assert fates == expected
        assert bodies(take(opened.consumer(SHOP), 2)) == [b"a", b"c"]

    def test_unroutable_twins_are_each_told(self, opened: Given) -> None:
        batch = [job(b"same", "nobody"), job(b"same"), job(b"same", "nobody")] * 50
        fates = opened.broker.publisher().publish(batch)
        assert fates == [Fate.UNROUTABLE, Fate.CONFIRMED, Fate.UNROUTABLE] * 50

    def test_a_missing_exchange_leaves_the_publisher_alive(self, opened: Given) -> None:
        publisher = opened.broker.publisher()
        assert publisher.publish([Outgoing("no-exchange", "shop-pl", b"{}")]) == [Fate.UNROUTABLE]
        assert publisher.publish([job(b"after")]) == [Fate.CONFIRMED]
        assert bodies(take(opened.consumer(SHOP), 1)) == [b"after"]

    def test_a_big_batch_arrives_whole_and_in_order(self, opened: Given) -> None:
        sent = [str(number).encode() for number in range(5_000)]
        assert set(opened.broker.publisher().publish([job(body) for body in sent])) == {Fate.CONFIRMED}
        consumer = opened.consumer(SHOP)
        arrived: list[bytes] = []
        while len(arrived) < len(sent):
            deliveries = take(consumer, 1) + consumer.take(500, 0)
            consumer.ack(deliveries)
            arrived += bodies(deliveries)
        assert arrived == sent

    def test_many_threads_publish_at_once(self, opened: Given) -> None:
        publisher = opened.broker.publisher()
        fates: dict[int, list[Fate]] = {}

        def publish(number: int) -> None:
            fates[number] = publisher.publish([job(b"%d-%d" % (number, each)) for each in range(100)])

        threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert fates == {number: [Fate.CONFIRMED] * 100 for number in range(8)}
        arrived = bodies(take(opened.consumer(SHOP, prefetch=1000), 800))
        assert set(arrived) == {b"%d-%d" % (number, each) for number in range(8) for each in range(100)}

    def test_an_empty_batch_is_nothing(self, opened: Given) -> None:
        assert opened.broker.publisher().publish([]) == []

    def test_what_comes_after_close_is_not_confirmed(self, opened: Given) -> None:
        publisher = opened.broker.publisher()
        assert publisher.publish([job(b"before")]) == [Fate.CONFIRMED]
        assert publisher.state().connected
        publisher.close()
        assert publisher.publish([job(b"after")]) == [Fate.UNCONFIRMED]
        publisher.close()
