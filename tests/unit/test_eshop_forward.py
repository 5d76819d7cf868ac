"""Orders brought forward by steps, with what is told by notes."""

from collections.abc import Sequence

import pytest

from adapters.eshop import notes
from adapters.eshop.forward import Step, check_open, forward, in_turn, left, unless
from adapters.rows import Row
from adapters.writing.writes import Unfit
from hub.connector import Write


class Orders:
    """A list with one order, whose system is what was done."""

    size = 1

    def page(
        self, system: list[str], offset: int, size: int, mark: str | None = None, since: str | None = None
    ) -> tuple[Sequence[Row], int | None]:
        return [{"id": "1"}], 1

    def some(self, system: list[str], ids: Sequence[str]) -> list[Row]:
        return [{"id": id_} for id_ in ids if id_ == "1"]


def refuse(done: list[str], row: Row, write: Write) -> None:
    raise Unfit("no", "no")


BRING = forward(
    Orders(),
    {"shipped": lambda done, row, _: done.append(f"ship {row['id']}"), "cancelled": refuse},
    before=[lambda done, *_: done.append("before")],
    after=[lambda done, *_: done.append("after")],
)


def bring(id_: str, status: str | None) -> tuple[str, list[str]]:
    done: list[str] = []
    fields = {"status": status} if status else {}
    (written,) = BRING(done, [Write("k", fields, fields, id=id_)])
    return written.outcome, done


def test_the_steps_of_a_status_are_done_between_what_is_always_done():
    assert bring("1", "shipped") == ("done", ["before", "ship 1", "after"])
    assert bring("1", None) == bring("1", "processing") == ("done", ["before", "after"])


def test_what_is_refused_or_gone_says_so():
    assert bring("1", "cancelled") == ("refused", ["before"])
    assert bring("2", "shipped") == ("gone", [])


def test_what_is_in_no_parcel_yet_is_left():
    assert left([("a", 3), ("b", 1), ("c", 2)], [("a", 1), ("b", 1), ("a", 1)]) == {"a": 1, "c": 2}


def test_notes_tell_parcels_and_invoice_and_are_understood():
    parcels = [{"number": "1", "carrier": "DPD"}, {"number": "2"}, {"number": "1", "carrier": "DPD"}]
    told = notes.notes_of(parcels, "2026/17")
    assert told == ["Parcel: 1 (DPD)", "Parcel: 2", "Invoice: 2026/17"]
    assert notes.parcels_in(["hello", *told]) == [{"number": "1", "carrier": "DPD"}, {"number": "2", "carrier": None}]
    assert (notes.invoice_in([*told, "Invoice: 2026/18"]), notes.invoice_in(["hello"])) == ("2026/18", None)
    assert notes.notes_of([], None) == []


def test_a_step_that_is_done_is_left_out():
    done: list[str] = []
    step: Step[list[str]] = unless(lambda row: row["closed"], lambda system, row, _: system.append(row["id"]))
    for row in ({"id": "1", "closed": True}, {"id": "2", "closed": False}):
        step(done, row, Write("k", {}, {}))
    assert done == ["2"]


def test_steps_in_turn_are_one():
    done: list[str] = []
    in_turn(lambda *_: done.append("ship"), lambda *_: done.append("close"))(None, {}, Write("k", {}, {}))
    assert done == ["ship", "close"]


def test_an_order_that_is_cancelled_there_may_only_be_cancelled():
    check = check_open(lambda row: row["cancelled"])
    for cancelled, status in ((False, "shipped"), (True, "cancelled")):
        check(None, {"cancelled": cancelled}, Write("k", {"status": status}, {}))
    with pytest.raises(Unfit, match="it is cancelled in the shop"):
        check(None, {"cancelled": True}, Write("k", {"status": "shipped"}, {}))
