"""Orders brought forward by steps, with what is told by notes."""

from collections.abc import Sequence

from adapters.declared import Row
from adapters.eshop import notes
from adapters.eshop.forward import forward, left
from adapters.writes import Unfit
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
