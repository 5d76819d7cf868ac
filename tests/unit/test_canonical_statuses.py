"""An order's status only moves forward."""

from itertools import product
from typing import get_args

import pytest

from hub.canonical import goes_on_after_all, moves_forward
from hub.canonical.field_types import OrderStatus

STATUSES = get_args(OrderStatus)
STEPS = [status for status in STATUSES if status != "cancelled"]


@pytest.mark.parametrize(("old", "new"), list(product(STATUSES, STATUSES)))
def test_s10_a_late_report_never_sets_an_order_back(old, new):
    if old in {"completed", "cancelled"}:
        expected = False
    elif new == "cancelled":
        expected = True
    else:
        expected = STEPS.index(new) > STEPS.index(old)
    assert moves_forward(old, new) is expected


def test_s10_two_statuses_never_move_into_each_other():
    for old, new in product(STATUSES, STATUSES):
        assert not (moves_forward(old, new) and moves_forward(new, old))


def test_an_order_without_a_status_takes_any_and_never_loses_it():
    assert all(moves_forward(None, status) for status in STATUSES)
    assert not any(moves_forward(status, None) for status in STATUSES)


def test_only_what_was_cancelled_goes_on_after_all():
    assert {old for old in (None, *STATUSES) if goes_on_after_all(old, "confirmed")} == {"cancelled"}
    assert not goes_on_after_all("cancelled", "cancelled")
    assert not goes_on_after_all("cancelled", None)
