"""The entities by name: their models, keys and references, and the check of each field, ready for a million rows."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic_core import PydanticCustomError

from hub.canonical.documents import Invoice, OpenItem, Order, Payment, Return, Shipment
from hub.canonical.faults import FieldFault, wrong_type
from hub.canonical.fields import Check, allows_nothing, is_boolean, nested_check, text_check
from hub.canonical.records import Party, Price, Product, Record, StockLevel


@dataclass(frozen=True)
class EntityModel:
    """One entity: `products`, `prices`, `orders` ..."""

    name: str
    model: type[Record]
    key_fields: tuple[str, ...] = ()
    """Together they tell one record from another; none: the hub gives the key."""
    more_key_fields: tuple[str, ...] = ()
    """They belong to the key as well where a source has them."""
    essential: tuple[str, ...] = ()
    """A source that has the field, but no value in it, has said nothing."""
    references: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field -> the entity of the record whose key stands in it."""
    ladder: tuple[str, ...] = ()
    """The fields by which an unknown record may be matched, tried in turn."""
    forward: tuple[str, ...] = ()
    """Fields whose value only moves forward: see `moves_forward`."""
    dispensable: tuple[str, ...] = ()
    """Fields that people fill in as they like: a value that cannot be taken keeps no record out, but stays out itself."""

    @property
    def natural(self) -> bool:
        """Whether records bring their key with them."""
        return bool(self.key_fields)

    def key(self, values: Mapping[str, Any], names: Container[str]) -> str:
        """Return the natural key that a record's values make; empty where the hub gives it.

        `names` says which of `more_key_fields` take part. What says nothing more (no value, a minimum quantity of
        one) is left away at the end, so that sources with and without the field agree.
        """
        parts: list[str] = [values[name] for name in self.key_fields]
        if self.more_key_fields:
            more = [(values.get(name) or "") if name in names else "" for name in self.more_key_fields]
            parts += ["" if part in ("0", "1") else part for part in more]
            while not parts[-1]:
                parts.pop()
        return natural_key(parts)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of all fields."""
        return frozenset(self.model.model_fields)

    @cached_property
    def required(self) -> frozenset[str]:
        """The names of the fields without which there is no record."""
        return frozenset(name for name, info in self.model.model_fields.items() if info.is_required())

    @cached_property
    def checks(self) -> Mapping[str, Check | None]:
        """The check of each field that is one value, the same that the model runs; None for what is true or false.

        Calling these one by one costs half of making a model for each row.
        """
        checks = {name: text_check(info) for name, info in self.model.model_fields.items()}
        return {name: check for name, check in checks.items() if check or is_boolean(self.model.model_fields[name])}

    def valid(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return these fields in canonical form, JSON-ready; raises FieldFault for the first that cannot be taken.

        Only those given are looked at. Text without a character says the same as None where a field may be empty.
        """
        taken: dict[str, Any] = {}
        checks = self._text_checks
        for name, value in fields.items():
            check = checks.get(name)
            try:
                if check is not None and type(value) is str and value and not value.isspace():
                    taken[name] = check(value)
                else:
                    taken[name] = self._valid_other(name, value)
            except PydanticCustomError as error:
                raise FieldFault(error.type, error.message(), name) from None
        return taken

    def _valid_other(self, name: str, value: Any) -> Any:
        if name not in self.fields:
            raise FieldFault("unknown-field", f"{self.name} have no field {name}", name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if name in self._may_be_empty:
                return None
            if value is None:
                raise FieldFault("missing-field", f"{name} is empty", name)
        check = self._text_checks.get(name)
        if check is not None:
            if not isinstance(value, str):
                raise wrong_type(value, "text", name)
            return check(str(value))
        if name in self._nested_checks:
            return self._nested_checks[name](value)
        if not isinstance(value, bool):
            raise wrong_type(value, "true or false", name)
        return value

    @cached_property
    def _text_checks(self) -> Mapping[str, Check]:
        return {name: check for name, check in self.checks.items() if check is not None}

    @cached_property
    def _nested_checks(self) -> Mapping[str, Callable[[Any], Any]]:
        return {
            name: nested_check(info, name) for name, info in self.model.model_fields.items() if name not in self.checks
        }

    @cached_property
    def _may_be_empty(self) -> frozenset[str]:
        return frozenset(name for name, info in self.model.model_fields.items() if allows_nothing(info))


def natural_key(values: Iterable[str]) -> str:
    """Join key values by a vertical bar; a bar inside a value is written with a backslash before it."""
    return "|".join([_escaped(value) if "|" in value or "\\" in value else value for value in values])


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")


_ORDER_AND_PARTY = {"party": "parties", "order": "orders"}

ENTITIES: dict[str, EntityModel] = {
    entity.name: entity
    for entity in (
        EntityModel("products", Product, ("sku",), ladder=("sku", "gtin")),
        EntityModel(
            "prices",
            Price,
            ("sku", "list", "currency"),
            ("minimum_quantity", "valid_from"),
            essential=("amount",),
            references={"sku": "products"},
        ),
        EntityModel("stock", StockLevel, ("sku", "location"), essential=("on_hand",), references={"sku": "products"}),
        EntityModel("parties", Party, ladder=("vat_id", "email", "phone"), dispensable=("vat_id",)),
        EntityModel("orders", Order, references={"party": "parties"}, forward=("status",), dispensable=("vat_id",)),
        EntityModel("invoices", Invoice, references=_ORDER_AND_PARTY),
        EntityModel("payments", Payment, references=_ORDER_AND_PARTY | {"invoice": "invoices"}),
        EntityModel("open-items", OpenItem, references={"party": "parties", "invoice": "invoices"}),
        EntityModel("shipments", Shipment, references={"order": "orders"}),
        EntityModel("returns", Return, references={"order": "orders"}),
    )
}
"""By the word that stands in hub.toml as `entity`."""
