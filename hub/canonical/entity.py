"""The entities by name: their models, keys, and the check of each field, ready for a million rows."""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator

from hub.canonical.records import Price, Product, Record, StockLevel

Check = Callable[[str], str]
"""Text -> canonical text; raises PydanticCustomError, whose type is the cause."""


@dataclass(frozen=True)
class EntityModel:
    """One entity: `products`, `prices`, `stock`."""

    name: str
    model: type[Record]
    key_fields: tuple[str, ...]
    """Together they tell one record from another."""
    more_key_fields: tuple[str, ...] = ()
    """They belong to the key as well where a source has them."""
    essential: tuple[str, ...] = ()
    """A source that has the field, but no value in it, has said nothing."""

    def key(self, values: Mapping[str, Any], names: Container[str]) -> str:
        """Return the natural key that a record's values make.

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
    def checks(self) -> Mapping[str, Check | None]:
        """Each field's check, the same that the model runs; None for what is true or false.

        Calling these one by one costs half of making a model for each row.
        """
        return {name: _check(field.metadata, field.annotation) for name, field in self.model.model_fields.items()}


def natural_key(values: Iterable[str]) -> str:
    """Join key values by a vertical bar; a bar inside a value is written with a backslash before it."""
    return "|".join([_escaped(value) if "|" in value or "\\" in value else value for value in values])


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")


def _check(metadata: Iterable[Any], annotation: Any) -> Check | None:
    """Find the validator in `Annotated[str, AfterValidator(check)]`, with or without `| None` around it."""
    for part in metadata:
        if isinstance(part, AfterValidator):
            return part.func  # pyright: ignore[reportReturnType]  # our own validators all take and give text
    for choice in get_args(annotation):
        if get_origin(choice) is Annotated:
            return _check(choice.__metadata__, None)
    return None


ENTITIES: dict[str, EntityModel] = {
    entity.name: entity
    for entity in (
        EntityModel("products", Product, ("sku",)),
        EntityModel(
            "prices", Price, ("sku", "list", "currency"), ("minimum_quantity", "valid_from"), essential=("amount",)
        ),
        EntityModel("stock", StockLevel, ("sku", "location"), essential=("on_hand",)),
    )
}
"""By the word that stands in hub.toml as `entity`."""
