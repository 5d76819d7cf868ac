"""What RabbitMQ's pages say, judged."""

import base64
from contextlib import closing
from typing import Any

import pytest

from hub.broker.address import parse
from hub.broker.management import Pages, alarms, may_write, open_triggers
from tests.unit.http_server import Reply, Server


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


def test_the_password_goes_nowhere_else_when_the_pages_lead_elsewhere() -> None:
    with closing(Server(lambda _number, _asked: Reply(body=b"[]"))) as other:
        moved = Reply(302, headers={"location": f"{other.url}/api/nodes"})
        with closing(Server(lambda _number, _asked: moved)) as pages:
            assert Pages(pages.url, parse("amqp://hub:geheim@localhost/hub")).get("/api/nodes") == []
        assert "authorization" in pages.asked[0].headers
        assert "authorization" not in other.asked[0].headers


@pytest.mark.parametrize("pages", ["", "hub:100%2541@"])
def test_a_password_with_a_per_cent_sign_is_sent_as_it_is(pages: str) -> None:
    with closing(Server(lambda _number, _asked: Reply(body=b"[]"))) as server:
        url = server.url.replace("://", f"://{pages}")
        Pages(url, parse("amqp://hub:100%2541@localhost/hub")).get("/api/nodes")
        _, told = server.asked[0].headers["authorization"].split()
        assert base64.b64decode(told) == b"hub:100%41"
