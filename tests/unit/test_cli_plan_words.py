"""A plan in words."""

from typing import Literal

from hub.cli.plan_page import page
from hub.cli.plan_words import examples, overview
from hub.errors import HubError, TryLater
from hub.store.history import Conflict
from hub.sync.planned import Action, StreamPlan, SystemPlan
from tests.contract.store_steps import StandingClock


def plan(*actions: Action) -> SystemPlan:
    return SystemPlan("shop", [StreamPlan("parties", "parties", list(actions))])


def action(outcome: str, key: str = "jan", direction: Literal["in", "out"] = "in", **more) -> Action:
    return Action("parties", direction, "parties", key, outcome, **more)


LOST = Conflict(
    system="shop",
    entity="parties",
    key="jan",
    field="phone",
    lost_by="shop",
    values={"base": "+481", "stands": "+482", "lost": "+483"},
    run=-1,
)


def rows(*actions: Action, everything: bool = False):
    return [row for _, found in examples(plan(*actions), {}, everything=everything) for row in found]


def test_s26_whose_value_would_be_kept_aside_is_shown():
    ((sign, record, name, value, why),) = rows(action("conflict", lost=[LOST]))
    assert (sign.strip(), record, name) == ("!", "party jan", "phone")
    assert value == 'hub "+482"  shop "+483"'
    assert why == "(erp owns it: shop's would be kept aside)"


def test_a_change_is_shown_with_before_and_after():
    ((sign, _, name, value, why),) = rows(action("told", direction="out", changes={"name": ("Jan", "Jan Kowalski")}))
    assert (sign.strip(), name, value, why) == ("~", "name", '"Jan" -> "Jan Kowalski"', "(erp owns it)")


def test_five_of_each_outcome_are_shown_unless_all_are_wanted():
    many = [action("new", str(number), changes={"name": (None, "x")}) for number in range(12)]
    assert len(rows(*many)) == 5
    assert len(rows(*many, everything=True)) == 12


def test_counts_add_up():
    found = overview(plan(action("new", "1"), action("new", "2"), action("conflict", lost=[LOST])), "oscar")
    assert found == ["  from shop would come", "  parties   2 new   1 conflict"]


def test_what_the_page_says_is_escaped():
    hostile = action("new", "<script>alert(1)</script>", changes={"name": (None, "<img src=x>")})
    text = "".join(page(plan(hostile), "oscar", {}, StandingClock().now()))
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;img src=x&gt;" in text


def test_what_is_only_skipped_is_nothing_to_do():
    assert plan(action("skipped")).does == []
    assert plan(action("skipped")).id == plan().id


def page_of(*actions: Action, fault: HubError | None = None) -> str:
    unread = [StreamPlan("orders", "orders", fault=fault)] if fault else []
    planned = SystemPlan("shop", [*plan(*actions).streams, *unread])
    return "".join(page(planned, "oscar", {}, StandingClock().now()))


def test_the_page_says_how_to_do_only_what_can_be_done():
    assert f"Nothing was changed. Do it: <code>hub apply-plan {plan(action('new')).id}</code>" in page_of(action("new"))
    assert "Nothing was changed. There is nothing to do.</p>" in page_of(action("skipped"))
    for actions in ([action("new")], []):
        text = page_of(*actions, fault=TryLater("the shop is away"))
        assert "Nothing was changed. It cannot be done: not everything could be planned.</p>" in text
        assert "<td>orders</td><td>cannot be planned: the shop is away</td><td></td><td></td>" in text
        assert "apply-plan" not in text


def test_the_page_forbids_its_browser_to_load_or_run_anything():
    text = "".join(page(plan(), "oscar", {}, StandingClock().now()))
    assert text.index("default-src 'none'") < text.index("<style>") < text.index("<body>")
