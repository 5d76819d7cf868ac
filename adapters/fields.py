"""Tables that say of which of a system's fields each of ours is made: what is asked for, and what it then says. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast


def as_it_is(value: Any) -> Any:
    """Return the value itself."""
    return value


def emptied(value: Any) -> Any:
    """Return the value itself; of nothing, the text by which systems empty a field."""
    return "" if value is None else value


def or_none(value: Any) -> Any:
    """Return the value itself; of one that is empty, nothing."""
    return value or None


@dataclass(frozen=True, slots=True)
class Field:
    """One of our fields, made of one of theirs."""

    path: str
    """Dots lead through relations; empty: the record itself. `OURS:THEIRS` is what is asked for under a name of ours."""
    make: Callable[[Any], Any] = as_it_is
    """Their value -> ours; of what is not there, nothing is made. A path through several records leads to a list."""
    asks: str = ""
    """What `make` needs of the record, or the records, that the path leads to: paths, parted by blanks."""


Table = Mapping[str, Field]
"""By our names."""


def asked(table: Table) -> str:
    """Return all paths of a table, parted by blanks."""
    paths = " ".join(below(field.path, field.asks) for field in table.values())
    return " ".join(dict.fromkeys(paths.split()))


def below(path: str, paths: str) -> str:
    """Return paths, parted by blanks, that go on behind another."""
    return " ".join(within(path, each) for each in paths.split() or [""])


def within(path: str, rest: str) -> str:
    """Return a path that goes on behind another."""
    return ".".join(part for part in (path, rest) if part)


def told(table: Table, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record says, by our names."""
    return {name: value_of(field, raw) for name, field in table.items()}


def value_of(field: Field, raw: Mapping[str, Any]) -> Any:
    """Return what a record says for one field."""
    value = at(raw, field.path)
    return None if value is None else field.make(value)


def written(table: Table, ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a system is told, by a table of its fields and the ways to ours, less what there is nothing of."""
    return {name: value for name, value in told(table, ours).items() if value is not None}


def backwards(table: Table) -> dict[str, Field]:
    """Return a table for writing: of the fields that are read as they are, from where they are read."""
    plain = {name: field for name, field in table.items() if field.make is as_it_is and "." not in field.path}
    return {field.path: Field(name) for name, field in plain.items()}


def at(raw: Any, path: str) -> Any:
    """Return what a path leads to; nothing, if there is nothing on the way. Lists within lists become one."""
    for step in path.split(".") if path else ():
        if isinstance(raw, list):
            found = [each for row in cast("list[Any]", raw) if (each := at(row, step)) is not None]
            raw = [each for some in found for each in (cast("list[Any]", some) if isinstance(some, list) else [some])]
        elif raw is not None:
            raw = raw.get(step.partition(":")[0])
    return raw


def tree(paths: str) -> dict[str, Any]:
    """Return paths, parted by blanks, as what stands below what: `a.b a.c` is `{"a": {"b": {}, "c": {}}}`."""
    found = dict[str, Any]()
    for path in paths.split():
        below_it = found
        for step in path.split("."):
            below_it = below_it.setdefault(step, {})
    return found


def picked(raw: Any, wanted: Mapping[str, Any]) -> Any:
    """Return a record with nothing but what a `tree` of paths leads to; what is not there is None."""
    if isinstance(raw, list):
        return [picked(each, wanted) for each in cast("list[Any]", raw)]
    if not wanted or not isinstance(raw, Mapping):
        return raw
    record = cast("Mapping[str, Any]", raw)
    return {step: picked(record.get(step), rest) for step, rest in wanted.items()}


def missing(raw: Any, wanted: Mapping[str, Any], path: str = "") -> str | None:
    """Return the first way of a `tree` of paths that a record, or one of several, has no field for; none, if all are there."""
    if isinstance(raw, list):
        return next(filter(None, (missing(each, wanted, path) for each in cast("list[Any]", raw))), None)
    if not isinstance(raw, Mapping):
        return None
    record = cast("Mapping[str, Any]", raw)
    if absent := [step for step in wanted if step not in record]:
        return within(path, absent[0])
    return next(filter(None, (missing(record[step], rest, within(path, step)) for step, rest in wanted.items())), None)


def part(path: str, table: Table) -> Field:
    """Return a field that is a record of its own."""
    return Field(path, lambda raw: told(table, raw), asked(table))


def parts(path: str, table: Table, only: str = "", *, where: Callable[[Any], bool] = bool) -> Field:
    """Return a field that is a list of records; `only`: paths that `where` needs to choose among them."""
    return Field(path, lambda rows: [told(table, row) for row in rows if where(row)], f"{only} {asked(table)}")


def of_type(path: str, *types: str) -> Callable[[Iterable[Mapping[str, Any]]], Any]:
    """Return a `make` that chooses among records that have a `type`: what the first of the first type has at `path`."""

    def choose(rows: Iterable[Mapping[str, Any]]) -> Any:
        found = {row["type"]: at(row, path) for row in reversed([*rows])}
        return next((found[each] for each in types if each in found), None)

    return choose


def active(children: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those that are in use: systems that delete nothing switch it off."""
    return [each for each in children if each["active"]]


def in_use(path: str, make: Callable[[list[Mapping[str, Any]]], Any], asks: str) -> Field:
    """Return a field that is made of those children that are in use."""
    return Field(path, lambda children: make(active(children)), f"{asks} active")


def parts_in_use(path: str, table: Table) -> Field:
    """Return a field that is a list of those children that are in use."""
    return in_use(path, lambda rows: [told(table, row) for row in rows], asked(table))


def first(make: Callable[[Any], Any]) -> Callable[[Iterable[Any]], Any]:
    """Return a `make` for several records: what comes of the first of which anything comes."""
    return lambda rows: next((made for row in rows if (made := make(row))), None)


def table(names: str = "", **more: Field) -> dict[str, Field]:
    """Return a table; `names`: fields taken as they are, `OURS=PATH`, or `OURS`, if theirs has that name, or gets it."""
    pairs = [each.partition("=") for each in names.split()]
    return {ours.partition(":")[0]: Field(path or ours) for ours, _, path in pairs} | more


def words(**theirs: str) -> dict[str, str]:
    """Return their word -> ours; of each of ours, all of theirs are given, parted by blanks."""
    return {word: ours for ours, several in theirs.items() for word in several.split()}


def fixed(value: Any) -> Field:
    """Return a field that says the same of every record."""
    return Field("", lambda _: value)


def given(table: Table, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is set in a system, by its names: only what is made of those of our fields that are given.

    `table`: the other way round, each of theirs made of one of ours; `make` also gets the nothing of a field that is
    emptied.
    """
    return {theirs: field.make(fields[field.path]) for theirs, field in table.items() if field.path in fields}
