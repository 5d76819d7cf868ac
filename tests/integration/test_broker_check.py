"""Declaring, and what `hub check` says, on a real RabbitMQ."""

from urllib.parse import urlsplit

import pytest

from hub.broker import Fate, Outgoing, open_broker, topology
from hub.errors import Misconfigured, TryLater
from tests.contract.broker_steps import DEPOT, SHOP, SYSTEMS, given, job, take
from tests.integration.broker_steps import foreign_channel, listed
from tests.peers.faults import Faults, Link
from tests.servers.process import free_ports, wait_until
from tests.servers.rabbitmq import Rabbit

NAME = "hub check @ host-1"


def test_declaring_twice_is_the_same_as_once(rabbitmq: Rabbit, amqp_url: str) -> None:
    broker = open_broker(amqp_url, NAME)
    broker.declare(topology(SYSTEMS[:1]))
    broker.declare(topology(SYSTEMS))
    broker.declare(topology(SYSTEMS))
    queues = {queue["name"]: queue for queue in listed(rabbitmq, amqp_url, "queues")}
    for wanted in topology(SYSTEMS).queues:
        assert queues[wanted.name]["arguments"] == dict(wanted.arguments)
        assert queues[wanted.name]["durable"]
    bound = {
        (each["source"], each["routing_key"], each["destination"]) for each in listed(rabbitmq, amqp_url, "bindings")
    }
    for wanted in topology(SYSTEMS).queues:
        assert {(each.exchange, each.key, wanted.name) for each in wanted.bindings} <= bound


def test_a_queue_with_other_arguments_is_named_with_its_mend(amqp_url: str) -> None:
    with foreign_channel(amqp_url) as channel:
        channel.queue_declare(SHOP, durable=True, arguments={"x-queue-type": "quorum", "x-delivery-limit": 3})
    broker = open_broker(amqp_url, NAME)
    with pytest.raises(Misconfigured, match=rf"{SHOP} has another x-d[a-z-]+ than .*rabbitmqctl delete_queue {SHOP}"):
        broker.declare(topology(SYSTEMS))
    wrong = [finding for finding in broker.inspect(topology(SYSTEMS)) if not finding.good]
    assert any(SHOP in finding.message and SHOP in (finding.mend or "") for finding in wrong)


def test_check_sees_what_is_missing_and_makes_nothing(rabbitmq: Rabbit, amqp_url: str) -> None:
    broker = open_broker(amqp_url, NAME)
    summary, *rest = broker.inspect(topology(SYSTEMS))
    assert not summary.good
    assert len(rest) == len(topology(SYSTEMS).queues)
    assert listed(rabbitmq, amqp_url, "queues") == []
    broker.declare(topology(SYSTEMS))
    (summary,) = broker.inspect(topology(SYSTEMS))
    assert summary.good
    assert summary.message.startswith("RabbitMQ ")
    assert "6 queues as declared" in summary.message


def test_check_names_the_user_who_could_trigger_any_job(rabbitmq: Rabbit, amqp_url: str) -> None:
    shop = urlsplit(rabbitmq.new_user(amqp_url, configure="^$", write="^hub\\.triggers$", read="^$")).username
    vhost = urlsplit(amqp_url).path[1:]
    broker = open_broker(amqp_url, NAME)
    broker.declare(topology(SYSTEMS))
    found = [finding for finding in broker.inspect(topology(SYSTEMS), rabbitmq.management) if not finding.good]
    assert [f"user {shop}:" in finding.message for finding in found] == [True]
    assert (found[0].mend or "").startswith(f"rabbitmqctl set_topic_permissions -p {vhost} {shop} hub.triggers")
    limit = {"exchange": "hub.triggers", "write": "^shop-pl\\.", "read": ""}
    rabbitmq.api("PUT", f"/api/topic-permissions/{vhost}/{shop}", limit)
    assert all(finding.good for finding in broker.inspect(topology(SYSTEMS), rabbitmq.management))


def test_check_says_why_there_is_no_connection_and_keeps_the_password(amqp_url: str) -> None:
    parts = urlsplit(amqp_url)
    nobody = parts._replace(netloc=f"{parts.username}:wrong-secret@{parts.hostname}:{parts.port}").geturl()
    (finding,) = open_broker(nobody, NAME).inspect(topology(SYSTEMS))
    assert "does not let us in" in finding.message
    assert "wrong-secret" not in f"{finding}"
    with pytest.raises(Misconfigured) as raised:
        open_broker(nobody, NAME).declare(topology(SYSTEMS))
    assert "wrong-secret" not in str(raised.value)


def test_no_broker_is_something_to_try_later() -> None:
    (port,) = free_ports(1)
    broker = open_broker(f"amqp://hub:wrong-secret@127.0.0.1:{port}/hub", NAME)
    (finding,) = broker.inspect(topology(SYSTEMS))
    assert "cannot be reached" in finding.message
    assert finding.mend
    with pytest.raises(TryLater, match="cannot be reached") as raised:
        broker.declare(topology(SYSTEMS))
    assert "wrong-secret" not in f"{finding}{raised.value}"


def test_a_connection_that_is_lost_while_declaring_is_something_to_try_later(amqp_url: str) -> None:
    port = urlsplit(amqp_url).port or 0
    with Link(port) as link:
        broker = open_broker(amqp_url.replace(f":{port}/", f":{link.port}/"), NAME)
        link.set(Faults(lose_answers=1, to=b"hub.dead"))
        with pytest.raises(TryLater, match="cannot be reached"):
            broker.declare(topology(SYSTEMS))
        assert link.lost == 1
        broker.declare(topology(SYSTEMS))


def test_who_only_works_off_a_queue_needs_no_other_right(rabbitmq: Rabbit, amqp_url: str) -> None:
    owner = open_broker(amqp_url, NAME)
    given(owner).put(b"a")
    url = rabbitmq.new_user(amqp_url, configure="^$", write="^$", read="^hub\\.eshop\\.")
    worker = open_broker(url, NAME)
    consumer = worker.consumer([SHOP, DEPOT])
    consumer.ack(take(consumer, 1))
    state = consumer.state()
    assert (state.consuming, state.listed) == ({SHOP}, False)  # DEPOT is not theirs to read; SHOP goes on
    assert worker.publisher().publish([job(b"no"), Outgoing("hub.results", "x", b"no")]) == [
        *(Fate.REFUSED, Fate.UNCONFIRMED)
    ]
    worker.close()
    owner.close()


def test_a_connection_bears_our_name(rabbitmq: Rabbit, amqp_url: str) -> None:
    broker = open_broker(amqp_url, "hub adapter eshop @ host-1 (4021)")
    hub = given(broker)
    consumer = hub.consumer(SHOP)
    hub.put(b"a")
    take(consumer, 1)

    def tags() -> set[str]:
        return {each["consumer_tag"] for each in listed(rabbitmq, amqp_url, "consumers")}

    def names() -> set[str]:
        shown = [each for each in rabbitmq.api("GET", "/api/connections") if each.get("vhost") == vhost]
        return {each["client_properties"].get("connection_name") for each in shown if "client_properties" in each}

    vhost = urlsplit(amqp_url).path[1:]
    wait_until("the consumer to be shown", lambda: bool(tags()))
    assert tags() == {"hub adapter eshop @ host-1 (4021)"}
    wait_until("its connection to be shown", lambda: bool(names()))  # by other statistics, at another moment
    assert names() == {"hub adapter eshop @ host-1 (4021)"}
    broker.close()


def test_the_queue_of_a_system_that_is_gone_is_told_and_removed_when_nothing_is_in_it(
    rabbitmq: Rabbit, amqp_url: str
) -> None:
    broker = open_broker(amqp_url, NAME)
    given(broker).put(b"asked for in vain")
    former = [queue for queue in topology(SYSTEMS).queues if queue.name in (SHOP, DEPOT)]
    told = {each.message: each.mend or "" for each in broker.tidy(former, remove=False)}
    assert list(told) == [
        f"queue {SHOP} has 1 message, and its system is gone",
        f"queue {DEPOT} has 0 messages, and its system is gone",
    ]
    assert f"rabbitmqctl delete_queue {SHOP}" in told[f"queue {SHOP} has 1 message, and its system is gone"]
    removed = [each.message for each in broker.tidy(former, remove=True) if each.good]
    assert removed == [f"queue {DEPOT} is removed: its system is gone"]
    consumer = broker.consumer([SHOP])
    consumer.ack(take(consumer, 1))
    wait_until("nothing to be left", lambda: "0 messages" in next(iter(broker.tidy(former, remove=True))).message)
    (taken,) = broker.tidy(former, remove=True)
    assert "somebody consumes it still" in taken.message
    bound = [each for each in listed(rabbitmq, amqp_url, "bindings") if each["source"] and each["destination"] == SHOP]
    assert bound == []
    consumer.close()
    (removed,) = broker.tidy(former, remove=True)
    assert removed.good
    assert not {SHOP, DEPOT} & {queue["name"] for queue in listed(rabbitmq, amqp_url, "queues")}
    broker.declare(topology(SYSTEMS))
    assert broker.publisher().publish([job(b"back again")]) == [Fate.CONFIRMED]
    broker.close()
