"""Lists over REST, of a system that notes what it is asked."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from adapters.reading.rest_lists import RestListing
from adapters.reading.walks import changed, found, listed
from adapters.rows import Row

AT = "2026-01-01T00:00:00Z"


@dataclass
class System:
    rows_: list[Row] = field(default_factory=lambda: [{"id": str(number), "at": AT} for number in range(3)])
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def rows(self, path: str, /, **params: Any) -> tuple[list[Row], int]:
        self.asked.append({"path": path, **params})
        wanted = params.get("id[]")
        shown = [row for row in self.rows_ if wanted is None or row["id"] in wanted]
        start = params.get("offset", 0)
        return shown[start : start + params["limit"]], len(shown)


LIST: RestListing[System] = RestListing("things", "id,at", chosen=lambda _: {"channel": "web"}, size=10, most=2)


def test_everything_is_asked_for_in_the_order_of_ids():
    system = System()
    shown = [row["id"] for rows, _ in listed(LIST).everything.walk(system, None) for row in rows]
    assert shown == ["0", "1", "2"]
    order = {"fields": "id,at", "order": "id", "offset": 0, "limit": 10}
    assert system.asked == [{"path": "things", **order, "channel": "web"}]


def test_what_has_changed_is_asked_for_in_the_order_of_its_mark():
    system = System()
    ((_, spot),) = changed(LIST, "at", timedelta(0)).walk(system, None)
    assert "at[$gte]" not in system.asked[0]
    list(changed(LIST, "at", timedelta(minutes=1)).walk(system, spot))
    assert (system.asked[1]["order"], system.asked[1]["at[$gte]"]) == ("at", "2025-12-31T23:59:00.000Z")


def test_some_are_asked_for_by_so_many_ids_and_each_once():
    system = System()
    rows = listed(LIST).some(system, ["0|EUR", "0|PLN", "1", "9", "2"])
    assert [row["id"] for row in rows] == ["0", "1", "2"]
    assert [each["id[]"] for each in system.asked] == [["0", "1"], ["9", "2"]]
    assert found(LIST)(System(), ["1", "1", "9"]) == {"1": {"id": "1", "at": AT}}
