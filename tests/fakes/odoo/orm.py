"""Records, domains, reading and writing as Odoo's ORM does it; of rights, those to write."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, cast

from tests.contract.store_steps import StandingClock
from tests.fakes.odoo.schema import INHERITS, MODELS, Column, columns
from tests.fakes.records import Record, Table

Values = dict[str, Any]
TIME = "%Y-%m-%d %H:%M:%S"
HTTP = {
    "MissingError": 404,
    "AccessError": 403,
    "AccessDenied": 403,
    "LockError": 409,
    "ValidationError": 422,
    "UserError": 422,
}
"""odoo/exceptions.py, as of version 19."""
EMPTY: Mapping[str, Any] = {"float": 0.0, "monetary": 0.0, "integer": 0}


class OdooError(Exception):
    """An exception of Odoo's, by its full name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.status = HTTP.get(name.rpartition(".")[2], 500)


def invalid(message: str) -> OdooError:
    return OdooError("odoo.exceptions.ValidationError", message)


class Orm:
    """One database."""

    def __init__(self, clock: StandingClock, version: int) -> None:
        self.tables = {model: Table(clock) for model in MODELS}
        self.columns = {model: columns(model, version) for model in MODELS}
        self.computed: dict[tuple[str, str], Callable[[Record, Mapping[str, Any]], Any]] = {}
        self.created: dict[str, Callable[[Record], None]] = {}
        """Model -> what is done with a new record: what it must have, and what it gets."""
        self.no_rights: set[tuple[str, str]] = set()
        """(model, operation) that the user's groups do not have (ir.model.access)."""
        self.rules: dict[str, Callable[[Record], bool]] = {}
        """Model -> which of its records the user may write (ir.rule)."""

    def column(self, model: str, name: str) -> Column:
        """Return a field, its own or inherited by delegation."""
        own = self.columns[model]
        inherited = self.columns[INHERITS[model][1]] if model in INHERITS else {}
        if name == "id":
            return Column("integer")
        if name not in own and name not in inherited:
            raise OdooError("builtins.ValueError", f"Invalid field '{name}' on model '{model}'")
        return own.get(name) or inherited[name]

    def value(self, model: str, record: Record, name: str, context: Mapping[str, Any]) -> Any:
        """Return a value as it is in Python: records by their ids."""
        if name == "id":
            return record.id
        if name in ("create_date", "write_date"):
            return record.created if name == "create_date" else record.modified
        if (model, name) in self.computed:
            return self.computed[model, name](record, context)
        column = self.column(model, name)
        if name not in self.columns[model]:
            way, other = INHERITS[model]
            return self.value(other, self.tables[other].records[record.values[way]], name, context)
        if column.type == "one2many":
            children = self.tables[column.relation].there()
            found = [each.id for each in children if each.values.get(column.inverse) == record.id]
            return [each for each in found if self.shown(column.relation, each, context)]
        if column.type == "many2many":
            return [each for each in record.values.get(name, []) if self.shown(column.relation, each, context)]
        return record.values.get(name, EMPTY.get(column.type, False))

    def shown(self, model: str, id_: int, context: Mapping[str, Any]) -> bool:
        """orm: Reserved Field names, active: what is archived is left out unless the context says otherwise."""
        table = self.tables[model].records
        return id_ in table and (context.get("active_test") is False or table[id_].values.get("active", True))

    def told(self, model: str, record: Record, name: str, context: Mapping[str, Any]) -> Any:
        """Return a value as `read` gives it: False for what is empty, [id, name] for a record, times without a zone."""
        value, column = self.value(model, record, name, context), self.column(model, name)
        if column.type == "many2one" and value:
            other = self.tables[column.relation].records[value].values
            return [value, other.get("name", f"{column.relation},{value}")]
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime(TIME)
        return False if value is None else value

    # Domains

    def search(self, model: str, domain: Sequence[Any], context: Mapping[str, Any]) -> list[Record]:
        """Return the records that a domain in prefix notation fits."""
        named = {leaf[0] for leaf in domain if not isinstance(leaf, str)}
        hidden = {**context, "active_test": False} if "active" in named else context
        rest = [each if isinstance(each, str) else list(each) for each in domain]
        tests: list[Callable[[Record], bool]] = []
        while rest:
            tests.append(self._term(model, rest, hidden))
        shown = [each for each in self.tables[model].there() if self.shown(model, each.id, hidden)]
        return [each for each in shown if all(test(each) for test in tests)]

    def _term(self, model: str, rest: list[Any], context: Mapping[str, Any]) -> Callable[[Record], bool]:
        first = rest.pop(0)
        if first in ("&", "|"):
            one, other = self._term(model, rest, context), self._term(model, rest, context)
            return (lambda r: one(r) or other(r)) if first == "|" else (lambda r: one(r) and other(r))
        path, operator, wanted = first
        return lambda record: self._fits(model, record, path.split("."), operator, wanted, context)

    def _fits(
        self, model: str, record: Record, path: Sequence[str], operator: str, wanted: Any, context: Mapping[str, Any]
    ) -> bool:
        value, column = self.value(model, record, path[0], context), self.column(model, path[0])
        if len(path) > 1:
            others = cast("list[int]", value if isinstance(value, list) else [value] if value else [])
            table = self.tables[column.relation].records
            there = [table[each] for each in others if each in table]
            return any(self._fits(column.relation, each, path[1:], operator, wanted, context) for each in there)
        if isinstance(value, datetime):
            if wanted is False:
                return operator == "!="
            wanted = datetime.strptime(wanted, TIME).replace(tzinfo=UTC)
        return bool(OPERATORS[operator](value, wanted))

    def read(
        self, model: str, domain: Sequence[Any], names: Sequence[str], order: str, limit: int | None, context: Values
    ) -> list[Values]:
        """search_read; of rows that are equal in the order, any may come first."""
        for name in names:
            self.column(model, name)
        rows = self.search(model, domain, context)
        for key in reversed(order.split(",")):
            name, _, way = key.strip().partition(" ")
            rows.sort(key=lambda each, by=name: self.value(model, each, by, context), reverse=way.lower() == "desc")
        return [
            {"id": each.id, **{name: self.told(model, each, name, context) for name in names}}
            for each in rows[: limit or None]
        ]

    # Writing

    def create(self, model: str, many: Iterable[Values]) -> list[int]:
        """Make all records, or none."""
        self._access(model, "create")
        return [self._create(model, dict(values)) for values in many]

    def _create(self, model: str, values: Values) -> int:
        own = {name: value for name, value in values.items() if not self._is_children(model, name)}
        record = self.tables[model].add({"active": True, **self._checked(model, own)})
        self._children(model, record, values)
        if model in self.created:
            self.created[model](record)
        self._rule(model, record)
        return record.id

    def _access(self, model: str, operation: str) -> None:
        if (model, operation) in self.no_rights:
            message = f"You are not allowed to {operation} '{model}' records."
            raise OdooError("odoo.exceptions.AccessError", message)

    def _rule(self, model: str, record: Record) -> None:
        if model in self.rules and not self.rules[model](record):
            raise OdooError("odoo.exceptions.AccessError", "Uh-oh! You have stumbled upon some top-secret records.")

    def write(self, model: str, ids: Sequence[int], values: Values) -> bool:
        """Change records."""
        self._access(model, "write")
        for id_ in ids:
            if id_ not in self.tables[model].records:
                message = f"Record does not exist or has been deleted.\n(Record: {model}({id_},), User: 2)"
                raise OdooError("odoo.exceptions.MissingError", message)
            self._rule(model, self.tables[model].records[id_])
            own = {name: value for name, value in values.items() if not self._is_children(model, name)}
            record = self.tables[model].change(id_, self._checked(model, own))
            self._children(model, record, values)
        return True

    def _is_children(self, model: str, name: str) -> bool:
        return self.column(model, name).type == "one2many"

    def _checked(self, model: str, values: Values) -> Values:
        return {name: self._stored(self.column(model, name), name, value) for name, value in values.items()}

    def _stored(self, column: Column, name: str, value: Any) -> Any:
        if column.type == "many2one" and value and value not in self.tables[column.relation].records:
            raise invalid(f"The operation cannot be completed: another model requires the record: {name}")
        if column.type == "many2many":
            assert all(len(command) == 3 and command[0] == 6 for command in value), (
                "the only command that is spoken here"
            )
            return [id_ for command in value for id_ in command[2]]
        if column.type in ("char", "text") and value and not isinstance(value, str):
            raise OdooError("builtins.TypeError", f"{name} takes text")
        if column.type == "datetime" and value:
            try:
                return datetime.strptime(value, TIME).replace(tzinfo=UTC)
            except ValueError as error:
                raise OdooError("builtins.ValueError", str(error)) from None
        return False if value is None or value == "" else value

    def _children(self, model: str, record: Record, values: Values) -> None:
        """orm: Fields, Command: [0, 0, values] makes a child, [1, id, values] changes one."""
        for name, commands in values.items():
            column = self.column(model, name)
            if column.type != "one2many":
                continue
            for command, id_, given in commands:
                if command == 0:
                    self._create(column.relation, {**given, column.inverse: record.id})
                else:
                    self.write(column.relation, [id_], given)

    def snapshot(self) -> dict[str, dict[int, Record]]:
        """Return all records as they are, for `restore`."""
        return {model: deepcopy(table.records) for model, table in self.tables.items()}

    def restore(self, records: dict[str, dict[int, Record]]) -> None:
        """Roll back."""
        for model, table in self.tables.items():
            table.records = records[model]


def _like(value: Any, pattern: str) -> bool:
    assert pattern.endswith("%"), "the only pattern that is spoken here"
    return str(value or "").startswith(pattern[:-1])


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda value, wanted: (value or False) == wanted,
    "!=": lambda value, wanted: (value or False) != wanted,
    ">": lambda value, wanted: value > wanted,
    ">=": lambda value, wanted: value >= wanted,
    "in": lambda value, wanted: value in wanted,
    "=like": _like,
}
