"""Categories by their paths."""

from adapters.eshop.categories import Categories

ROWS = [
    {"id": "2", "name": "Desk", "above": "1"},
    {"id": "1", "name": "Lamps", "above": None},
    {"id": "3", "name": "Lost", "above": "9"},
]


def test_paths_lead_through_the_tree():
    tree = Categories(ROWS, "above", lambda *_: "none is made")
    assert tree.paths == {"1": "Lamps", "2": "Lamps > Desk", "3": "Lost"}
    assert tree.id_of("Lamps > Desk") == "2"


def test_what_is_missing_is_made_once_from_above():
    made: list[tuple[str, str, str | None]] = []

    def make(name: str, path: str, parent: str | None) -> str:
        made.append((name, path, parent))
        return f"new{len(made)}"

    tree = Categories(ROWS, "above", make)
    assert [tree.id_of("Lamps > Floor > Tall"), tree.id_of("Lamps > Floor > Tall")] == ["new2", "new2"]
    assert made == [("Floor", "Lamps > Floor", "1"), ("Tall", "Lamps > Floor > Tall", "new1")]
    assert tree.paths["new2"] == "Lamps > Floor > Tall"


def test_of_two_with_one_path_the_last_counts():
    double = [{"id": "1", "name": "Lamps", "above": None}, {"id": "2", "name": "Lamps", "above": None}]
    assert Categories(double, "above", lambda *_: "").id_of("Lamps") == "2"


def test_those_that_there_are_are_told_by_their_paths():
    tree = Categories(ROWS, "above", lambda *_: "none is made")
    assert tree.known(["1", "2", "9"]) == ["Lamps", "Lamps > Desk"]
