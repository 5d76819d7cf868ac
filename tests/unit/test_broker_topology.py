"""The exchanges and queues, as data."""

from hub.broker.topology import DEAD, INVALID, JOBS, MAINTENANCE, RUNLOG, TRIGGERS, queue_of, topology

SYSTEMS = [("eshop", "shop-pl"), ("warehouse", "depot")]


def keys(name: str) -> set[tuple[str, str]]:
    queue = topology(SYSTEMS).queue(name)
    assert queue
    return {(each.exchange, each.key) for each in queue.bindings}


def test_each_system_has_a_queue_and_so_has_the_hub_itself() -> None:
    names = {queue.name for queue in topology(SYSTEMS).queues}
    assert names == {"hub.eshop.shop-pl", "hub.warehouse.depot", "hub.maintenance.hub", RUNLOG, INVALID, DEAD}
    assert topology([MAINTENANCE]) == topology([])


def test_a_system_gets_its_runs_and_the_triggers_below_its_name() -> None:
    assert keys(queue_of("eshop", "shop-pl")) == {(JOBS, "shop-pl"), (TRIGGERS, "shop-pl.#")}


def test_outsiders_cannot_trigger_the_hubs_own_jobs() -> None:
    assert keys(queue_of(*MAINTENANCE)) == {(JOBS, "hub")}


def test_j13_every_queue_has_a_limit_and_none_can_lose() -> None:
    for queue in topology(SYSTEMS).queues:
        arguments = queue.arguments
        assert arguments["x-queue-type"] == "quorum"
        assert arguments["x-overflow"] == "reject-publish"
        if queue.name in (DEAD, INVALID):
            assert int(arguments["x-delivery-limit"]) > 1_000_000
            assert "x-dead-letter-exchange" not in arguments
        else:
            assert (arguments["x-dead-letter-exchange"], arguments["x-dead-letter-routing-key"]) == ("", DEAD)
            assert arguments["x-dead-letter-strategy"] == "at-least-once"
