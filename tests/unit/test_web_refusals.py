"""Calls that are not taken are told, and cannot fill a disk."""

import structlog

from hub.web.refusals import EVERY, Refusals
from tests.contract.store_steps import StandingClock


def test_a_flood_of_forged_calls_is_a_line_a_minute_that_counts_them():
    clock = StandingClock()
    refusals = Refusals(clock)
    with structlog.testing.capture_logs() as lines:
        for _ in range(100):
            refusals.tell("webhook_refused", "shop", "X-Signature is missing", "nothing is fetched for it")
        clock.move(seconds=EVERY)
        refusals.tell("webhook_refused", "shop", "X-Signature is missing", "nothing is fetched for it")
    assert [(each["event"], each["system"], each["calls"]) for each in lines] == [
        ("webhook_refused", "shop", 1),
        ("webhook_refused", "shop", 100),
    ]


def test_one_systems_flood_does_not_hide_anothers_first_call():
    refusals = Refusals(StandingClock())
    with structlog.testing.capture_logs() as lines:
        for system in ("shop", "shop", "till"):
            refusals.tell("webhook_refused", system, "X-Signature is missing", "nothing is fetched for it")
    assert [each["system"] for each in lines] == ["shop", "till"]
