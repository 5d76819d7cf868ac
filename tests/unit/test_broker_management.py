"""What RabbitMQ's pages say, judged."""

from typing import Any

import pytest

from hub.broker.management import alarms, may_write, open_triggers


def permission(user: str, write: str) -> dict[str, Any]:
    return {"user": user, "vhost": "hub", "configure": "", "write": write, "read": ""}


def topic(user: str, write: str, exchange: str = "hub.triggers") -> dict[str, Any]:
    return {"user": user, "vhost": "hub", "exchange": exchange, "write": write, "read": ""}


@pytest.mark.parametrize("limits", [[], [topic("shop", ".*")], [topic("shop", "^shop", "other")]])
def test_a_user_without_a_topic_limit_could_trigger_any_job(limits: list[dict[str, Any]]) -> None:
    (finding,) = open_triggers("hub", [permission("hub", ".*"), permission("shop", "^hub\\.triggers$")], limits, "hub")
    assert "user shop:" in finding.message
    assert finding.mend == "rabbitmqctl set_topic_permissions -p hub shop hub.triggers '^shop\\.' ''"


@pytest.mark.parametrize(
    ("write", "limits"), [("^hub\\.triggers$", [topic("shop", "^shop\\.")]), ("", []), ("^hub\\.jobs$", [])]
)
def test_a_limited_user_is_no_finding(write: str, limits: list[dict[str, Any]]) -> None:
    assert open_triggers("hub", [permission("shop", write)], limits, "hub") == []


def test_a_pattern_we_cannot_read_counts_as_allowed() -> None:
    assert may_write("(?<unreadable", "hub.triggers")


def test_alarms_are_findings() -> None:
    nodes = [{"name": "a", "mem_alarm": True, "disk_free_alarm": False}, {"name": "b", "disk_free_alarm": True}]
    assert [("memory" in each.message, "disk" in each.message) for each in alarms(nodes)] == [
        *((True, False), (False, True))
    ]
