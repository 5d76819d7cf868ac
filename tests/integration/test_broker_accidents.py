"""What hurts users of other systems on RabbitMQ, done to ours on a real one."""

import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import structlog

from hub.broker import Broker, Fate, Outgoing, Publisher, invalid, open_broker, topology
from hub.broker.topology import DEAD, DELIVERY_LIMIT, RUNLOG
from tests.contract.broker_steps import DEPOT, LIMIT, SHOP, SYSTEMS, Given, bodies, given, job, take
from tests.integration.broker_steps import foreign_channel, listed, set_memory_mark, wait_for_listing
from tests.servers.process import wait_until
from tests.servers.rabbitmq import Rabbit, RabbitServer

NAME = "hub adapter eshop @ host-1 (4021)"


@pytest.fixture
def broker(amqp_url: str) -> Iterator[Broker]:
    broker = open_broker(amqp_url, NAME)
    yield broker
    broker.close()


@pytest.fixture
def hub(broker: Broker) -> Given:
    return given(broker)


def publish_until_confirmed(hub: Given, messages: list[Outgoing]) -> None:
    publisher = hub.broker.publisher()
    while messages:
        fates = publisher.publish(messages)
        messages = [message for message, fate in zip(messages, fates, strict=True) if fate is not Fate.CONFIRMED]


def connected(hub: Given, limit: float) -> Publisher:
    """Open a publisher of little patience, and wait for its connection."""
    publisher = hub.broker.publisher(limit=limit)
    wait_until("the publisher to be connected", lambda: publisher.state().connected)
    return publisher


def test_j02_heartbeats_go_on_while_work_is_slow(hub: Given) -> None:
    hub.put(b"slow", b"next")
    consumer = hub.broker.consumer([SHOP], heartbeat=1, watch_every=60)
    held = take(consumer, 1)
    threading.Event().wait(4)  # the work; a broker that hears nothing for two heartbeats hangs up
    done = time.monotonic()
    consumer.ack(held)
    assert bodies(take(consumer, 1)) == [b"next"]
    assert consumer.state().connections == 1
    wait_until("the loop to come round", lambda: consumer.state().last_loop > done)


def test_j03_consumes_again_after_a_broker_restart(killable_rabbitmq: RabbitServer, hub: Given) -> None:
    consumer = hub.consumer(SHOP)
    hub.put(b"before")
    held = take(consumer, 1)
    killable_rabbitmq.kill()
    killable_rabbitmq.start()
    publish_until_confirmed(hub, [job(b"after")])
    assert bodies(take(consumer, 2)) == [b"before", b"after"]
    consumer.ack(held)  # of the connection that is gone: dropped
    assert consumer.state().connections >= 2  # a broker that has just come back may turn it away once more
    wait_for_listing(consumer, listed=True)


def test_j03_consumes_again_after_its_queue_was_deleted(amqp_url: str, hub: Given) -> None:
    consumer = hub.consumer(SHOP, DEPOT)
    hub.put(b"before")
    consumer.ack(take(consumer, 1))
    with foreign_channel(amqp_url) as channel:
        channel.queue_delete(SHOP)
    publish_until_confirmed(hub, [job(b"shop"), Outgoing("hub.triggers", "shop-pl.orders", b"trigger")])
    publish_until_confirmed(hub, [job(b"depot", "depot")])
    assert sorted(bodies(take(consumer, 3))) == [b"depot", b"shop", b"trigger"]
    wait_for_listing(consumer, listed=True)


def test_j03_what_a_virtual_host_had_is_made_anew_with_its_bindings(
    rabbitmq: Rabbit, amqp_url: str, hub: Given
) -> None:
    """An operator has deleted it, or a node came back empty: triggers must not be lost until a run is due again."""
    consumer = hub.consumer(SHOP)
    hub.put(b"before")
    consumer.ack(take(consumer, 1))
    name = urlsplit(amqp_url).path[1:]
    rabbitmq.drop_vhost(amqp_url)
    rabbitmq.api("PUT", f"/api/vhosts/{name}")
    rabbitmq.allow(rabbitmq.user, name)
    wait_until("a second connection", lambda: consumer.state().connections > 1)
    wait_for_listing(consumer, listed=True)
    assert hub.broker.publisher().publish([Outgoing("hub.triggers", "shop-pl.orders", b"trigger")]) == [Fate.CONFIRMED]
    assert bodies(take(consumer, 1)) == [b"trigger"]


def test_j03_consumes_again_when_the_broker_has_forgotten_the_consumer(hub: Given) -> None:
    consumer = hub.broker.consumer([SHOP], watch_every=0.1, threaded=False)
    assert consumer.turn(0)
    assert consumer._link
    consumer._link._subscriptions[SHOP]._channel.basic_cancel(NAME)  # as if nobody had told us
    assert consumer.state().listed
    while consumer.turn(0.2):  # until the watchdog asks
        pass
    assert not consumer.state().listed
    assert consumer.turn(0)
    assert (consumer.state().listed, consumer.state().connections) == (True, 2)


def test_j10_first_publish_after_a_restart_is_not_lost(killable_rabbitmq: RabbitServer, hub: Given) -> None:
    publisher = hub.broker.publisher(limit=4 * LIMIT)
    assert publisher.publish([job(b"before")]) == [Fate.CONFIRMED]
    killable_rabbitmq.kill()
    killable_rabbitmq.start()
    assert publisher.publish([job(b"first")]) == [Fate.CONFIRMED]
    assert bodies(take(hub.consumer(SHOP), 2)) == [b"before", b"first"]


def test_j10_nothing_confirmed_is_lost_when_the_broker_is_killed_while_publishing(
    killable_rabbitmq: RabbitServer, hub: Given
) -> None:
    publisher = hub.broker.publisher(limit=4 * LIMIT)
    confirmed: set[bytes] = set()
    under_way = threading.Event()

    def publish() -> None:
        for number in range(200):
            batch = [job(b"%d-%d" % (number, each)) for each in range(100)]
            fates = publisher.publish(batch)
            confirmed.update(message.body for message, fate in zip(batch, fates, strict=True) if fate is Fate.CONFIRMED)
            if number == 5:
                under_way.set()

    thread = threading.Thread(target=publish)
    thread.start()
    assert under_way.wait(LIMIT)
    killable_rabbitmq.kill()
    killable_rabbitmq.start()
    thread.join()
    assert len(confirmed) >= 100 * 190
    consumer, missing = hub.consumer(SHOP, prefetch=1000), set(confirmed)
    while missing:
        deliveries = take(consumer, 1) + consumer.take(1000, 0)
        missing.difference_update(bodies(deliveries))
        consumer.ack(deliveries)


def test_j10_an_absent_broker_leaves_messages_unconfirmed_in_time(killable_rabbitmq: RabbitServer, hub: Given) -> None:
    publisher = connected(hub, limit=0.5)
    hub.put(b"before")
    killable_rabbitmq.kill()
    began = time.monotonic()
    assert publisher.publish([job(b"lost"), job(b"too")]) == [Fate.UNCONFIRMED, Fate.UNCONFIRMED]
    assert time.monotonic() - began < LIMIT
    state = publisher.state()
    assert not state.connected
    assert state.problem
    killable_rabbitmq.start()
    publish_until_confirmed(hub, [job(b"after")])
    assert bodies(take(hub.consumer(SHOP), 2)) == [b"before", b"after"]  # what nobody waited for was not sent later


def test_j11_publish_does_not_hang_under_a_memory_alarm(killable_rabbitmq: RabbitServer, hub: Given) -> None:
    publisher = connected(hub, limit=1)
    hub.put(b"before")
    set_memory_mark(killable_rabbitmq, "0")
    try:
        began = time.monotonic()
        assert publisher.publish([job(b"blocked")]) == [Fate.UNCONFIRMED]
        assert publisher.publish([job(b"not sent")]) == [Fate.UNCONFIRMED]
        assert time.monotonic() - began < LIMIT
        assert "memory" in (publisher.state().blocked or "")
    finally:
        set_memory_mark(killable_rabbitmq, "absolute 512MiB")
    while publisher.publish([job(b"after")]) != [Fate.CONFIRMED]:
        pass
    assert publisher.state().blocked is None
    arrived = bodies(take(hub.consumer(SHOP), 3))
    assert (arrived[0], arrived[1], set(arrived[2:])) == (b"before", b"blocked", {b"after"})


def test_j12_nothing_is_delayed(rabbitmq: Rabbit, amqp_url: str, hub: Given) -> None:
    hub.put(b"fresh")
    (delivery,) = take(hub.consumer(SHOP), 1)
    assert not any(name.startswith("x-") for name in delivery.headers)
    assert not any(name.startswith("x-") for name in invalid(delivery, "?").headers)
    names = {name for queue in listed(rabbitmq, amqp_url, "queues") for name in queue["arguments"]}
    assert names
    assert not {name for name in names if "ttl" in name or "expires" in name or "delay" in name}
    assert {exchange["type"] for exchange in listed(rabbitmq, amqp_url, "exchanges")} <= {
        *("direct", "topic", "fanout", "headers", "x-local-random")
    }


def test_j13_a_message_that_always_comes_back_ends_in_hub_dead(hub: Given) -> None:
    hub.put(b"kills its worker")
    consumer, dead = hub.consumer(SHOP), hub.consumer(DEAD)
    times = 0
    while not (kept := dead.take(1, 0)):
        taken = consumer.take(1, 0.1)
        times += len(taken)
        assert times <= DELIVERY_LIMIT + 1
        consumer.give_back(taken)
    assert (bodies(kept), times) == ([b"kills its worker"], DELIVERY_LIMIT + 1)
    assert kept[0].headers["x-first-death-queue"] == SHOP


def test_j13_what_lies_in_hub_dead_is_never_dropped(hub: Given) -> None:
    assert hub.broker.publisher().publish([Outgoing("", DEAD, b"kept")]) == [Fate.CONFIRMED]
    consumer = hub.consumer(DEAD)
    for _ in range(2 * DELIVERY_LIMIT):
        consumer.give_back(take(consumer, 1))
    assert bodies(take(consumer, 1)) == [b"kept"]


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        (b"\x80\x04not a pickle", {"content_type": "application/x-python-serialize", "content_encoding": "binary"}),
        (b"{truncated", {"content_type": "application/json", "content_encoding": "utf-8"}),
        (b"z\xff\xfe", {"content_type": "no/such", "headers": {"compression": "application/x-gzip"}}),
        (b"", {"content_encoding": "no-such-encoding"}),
        (b"latin-1", {"message_id": b"Bestellung f\xfcr"}),
    ],
)
def test_j15_a_malformed_message_is_taken_as_raw_bytes(
    amqp_url: str, hub: Given, body: bytes, properties: dict[str, Any]
) -> None:
    import pika  # noqa: PLC0415  # a foreign client

    with foreign_channel(amqp_url) as channel:
        channel.basic_publish("hub.triggers", "shop-pl.orders", body, pika.BasicProperties(**properties))
    first = hub.consumer(SHOP)
    assert bodies(take(first, 1)) == [body]
    first.close()
    assert bodies(take(hub.consumer(SHOP), 1)) == [body]  # nobody has acknowledged it behind our back


def test_j19_no_control_queues_exist(rabbitmq: Rabbit, amqp_url: str, hub: Given) -> None:
    consumer = hub.consumer(SHOP, RUNLOG)
    hub.put(b"a")
    consumer.ack(take(consumer, 1))
    wanted = topology(SYSTEMS)
    assert {each["name"] for each in listed(rabbitmq, amqp_url, "queues")} == {each.name for each in wanted.queues}
    ours = {each["name"] for each in listed(rabbitmq, amqp_url, "exchanges")} - {""}
    assert {name for name in ours if not name.startswith("amq.")} == {each.name for each in wanted.exchanges}


def test_j20_state_tells_when_the_broker_no_longer_lists_the_consumer(amqp_url: str, broker: Broker) -> None:
    with foreign_channel(amqp_url) as channel:
        channel.queue_declare("not-ours", durable=True)
        consumer = broker.consumer(["not-ours"], watch_every=0.2)
        wait_for_listing(consumer, listed=True)
        channel.queue_delete("not-ours")
        wait_for_listing(consumer, listed=False)
        assert "not-ours" in (consumer.state().problem or "")
        channel.queue_declare("not-ours", durable=True)
        wait_for_listing(consumer, listed=True)


def test_why_the_broker_hung_up_is_told(rabbitmq: Rabbit, amqp_url: str, hub: Given) -> None:
    vhost = unquote(urlsplit(amqp_url).path[1:])
    shown = f"/api/vhosts/{quote(vhost, safe='')}/connections"
    consumer = hub.consumer(SHOP)
    wait_for_listing(consumer, listed=True)
    wait_until("RabbitMQ's pages to show the connection", lambda: bool(rabbitmq.api("GET", shown)))
    with structlog.testing.capture_logs() as said:
        for each in rabbitmq.api("GET", shown):
            rabbitmq.api("DELETE", f"/api/connections/{quote(each['name'], safe='')}")
        wait_until("another connection", lambda: consumer.state().connections == 2)
    (told,) = [each["error"] for each in said if each["event"] == "consumer_disconnected"]
    assert "CONNECTION_FORCED" in told


def test_j20_state_tells_that_there_is_no_broker(killable_rabbitmq: RabbitServer, hub: Given) -> None:
    consumer = hub.consumer(SHOP)
    wait_for_listing(consumer, listed=True)
    killable_rabbitmq.kill()
    wait_for_listing(consumer, listed=False)
    assert not consumer.state().connected
    killable_rabbitmq.start()
    wait_for_listing(consumer, listed=True)
