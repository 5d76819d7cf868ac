"""Odoo as an ERP of models: what is asked of a record is followed through its relations, a request for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, cast

from adapters.asking.answers import no_data, rows_in
from adapters.asking.connecting import connected
from adapters.asking.http import KeyRefused, Rejected
from adapters.erp.models import Conditions, Model
from adapters.erp.odoo.calls import Calls, calls_of, says_no
from adapters.erp.odoo.options import OdooOptions
from adapters.fields import within
from adapters.rows import Row
from adapters.writing.bulk import portions
from adapters.writing.writes import forbidden
from hub.clock import Clock
from hub.config import resolve

MARK = "write_date"
"""Shown in whole seconds, in UTC, although the database keeps more."""
TIME = "%Y-%m-%d %H:%M:%S"
AT_ONCE = 1000
"""Related records that are asked for at once, by their numbers."""
BUTTONS = {"cancel": "action_cancel"}


class Odoo:
    """One company in one Odoo database. Raises what `Api` raises."""

    def __init__(self, name: str, options: OdooOptions, clock: Clock) -> None:
        self.name, self.options = name, options
        self._api = connected(name, options, clock, refuses=says_no)
        self._fields: dict[str, Mapping[str, Row]] = {}

    @cached_property
    def _calls(self) -> Calls:
        options = self.options
        return calls_of(self._api, options.interface, options.database, options.user, resolve(options.key))

    def _call(
        self, model: str, method: str, ids: Sequence[int] | None = None, *, repeatable: bool = False, **given: Any
    ) -> Any:
        """Call a method; its context says in whose company and language.

        To a record rule and to missing rights on the model Odoo says no alike, with an AccessError in the user's language.
        """
        try:
            return self._called(model, method, ids, repeatable, given)
        except KeyRefused as fault:
            if repeatable:  # it only reads, and of records that are kept from it Odoo says nothing
                raise
            raise forbidden(fault, lambda: self._may(model, "create" if method == "create" else "write")) from None

    def _may(self, model: str, operation: str) -> bool:
        """Tell whether the user has the right to this with the model at all ("Security in Odoo", Access Rights).

        Of no record, `has_access` tells just that (odoo/orm/models.py); it is there from version 18 on.
        """
        try:
            return bool(self._called(model, "has_access", [], True, {"operation": operation}))
        except Rejected:
            asked = {"operation": operation, "raise_exception": False}
            return bool(self._called(model, "check_access_rights", None, True, asked))

    def _called(
        self, model: str, method: str, ids: Sequence[int] | None, repeatable: bool, given: Mapping[str, Any]
    ) -> Any:
        language = {"lang": self.options.language} if self.options.language else {}
        context = {"allowed_company_ids": [self.options.company], "tz": "UTC"} | language | given.get("context", {})
        return self._calls.call(model, method, {**given, "context": context}, ids, repeatable=repeatable)

    def fields(self, model: str) -> Mapping[str, Row]:
        """Return the `type` and `relation` of a model's fields, those of this version and these modules; asked for once."""
        if model not in self._fields:
            known = self._call(model, "fields_get", repeatable=True, attributes=["type", "relation"])
            if not isinstance(known, Mapping) or MARK not in known:
                raise no_data(self.name)
            self._fields[model] = known
        return self._fields[model]

    def search(
        self, model: Model, only: Conditions = (), *, limit: int = 0, hidden: bool = False, **context: Any
    ) -> list[Row]:
        """Return a model's records of which this holds too; `hidden`: those that are archived as well.

        Of what a field leads to, that is a record or a list of records; of no more than their numbers, those. What is
        empty is None. Fields that this Odoo does not have are left out.
        """
        context |= {"active_test": not hidden}
        asked = {"domain": [*model.only, *only], "order": model.order} | ({"limit": limit} if limit else {})
        return self._read(model.name, _tree(model.fields.split()), asked, context)

    def _read(self, model: str, tree: Row, asked: Row, context: Mapping[str, Any]) -> list[Row]:
        known = self.fields(model)
        tree = {name: below for name, below in tree.items() if name in known and name != "id"}
        rows = self._rows(model, {**asked, "fields": ["id", *tree]}, context)
        columns = {
            name: self._column(known[name], below, [row[name] for row in rows], context) for name, below in tree.items()
        }
        return [
            {"id": row["id"], **{name: column[at] for name, column in columns.items()}} for at, row in enumerate(rows)
        ]

    def _rows(self, model: str, asked: Row, context: Mapping[str, Any]) -> list[Any]:
        return rows_in(self.name, self._call(model, "search_read", repeatable=True, context=context, **asked))

    def _column(self, kind: Row, below: Row, values: Sequence[Any], context: Mapping[str, Any]) -> list[Any]:
        """Return one field's values in all rows: Odoo writes False for what is empty, and [number, name] for a record."""
        if kind["type"] == "many2one":
            numbers = [value[0] if value else None for value in values]
            there = self._related(kind, below, [each for each in numbers if each], context) if below else {}
            return [each and there.get(each) for each in numbers] if below else numbers
        if kind["type"] in ("one2many", "many2many"):
            there = self._related(kind, below, [each for value in values for each in value], context) if below else {}
            return [[there[each] for each in value if each in there] if below else value for value in values]
        return list(values) if kind["type"] == "boolean" else [None if value is False else value for value in values]

    def _related(self, kind: Row, below: Row, ids: Iterable[int], context: Mapping[str, Any]) -> dict[int, Row]:
        groups = portions(sorted({*ids}), AT_ONCE)
        asked = [{"domain": [["id", "in", some]], "order": "id ASC"} for some in groups]
        return {row["id"]: row for each in asked for row in self._read(kind["relation"], below, each, context)}

    def since(self, mark: datetime, relatives: Iterable[str]) -> Conditions:
        """Return what holds for records that have changed then or later, themselves or what these ways lead to."""
        when = mark.astimezone(UTC).strftime(TIME)
        leaves = [[within(way, MARK), ">=", when] for way in ("", *relatives)]
        return [*["|"] * (len(leaves) - 1), *leaves]

    def latest(self, models: Iterable[str]) -> str | None:
        """Return the latest change mark that there is in these models, as RFC 3339 text."""
        asked: dict[str, Any] = {
            "domain": [[MARK, "!=", False]],
            "order": f"{MARK} DESC, id DESC",
            "limit": 1,
            "fields": [MARK],
        }
        hidden = {"active_test": False}
        rows = [row for each in models for row in self._rows(each, asked, hidden)]
        return max((f"{row[MARK].replace(' ', 'T')}+00:00" for row in rows), default=None)

    def create(self, model: str, values: Sequence[Mapping[str, Any]]) -> list[int]:
        """Create records, all or none; children are given as Odoo's commands, such as `[0, 0, {...}]`."""
        made: Any = self._call(model, "create", vals_list=list(values)) if values else []
        if not isinstance(made, list):
            raise no_data(self.name, repeatable=False)
        return cast("list[int]", made)

    def change(self, model: str, id_: int, values: Mapping[str, Any]) -> None:
        """Change one record."""
        self._call(model, "write", [id_], vals=dict(values))

    def press(self, model: str, button: str, ids: Sequence[int]) -> Sequence[int]:
        """Press a button of all these records, or of none; Rejected if it asks a question, for people, instead."""
        method = BUTTONS.get(button, button)
        answer = self._call(model, method, ids, context={"disable_cancel_warning": True})
        if method == "action_cancel" and isinstance(answer, dict):
            raise Rejected("Odoo asks a question before it cancels this; cancel it there", status=HTTPStatus.CONFLICT)
        return ids


def _tree(paths: Iterable[str]) -> dict[str, Any]:
    """Return paths by their steps: `a.b a.c d` is {a: {b, c}, d}."""
    tree: dict[str, Any] = {}
    for path in paths:
        below = tree
        for step in path.split("."):
            below = below.setdefault(step, {})
    return tree
