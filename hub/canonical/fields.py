"""How one field of a model is checked: text by its own function, what is nested by pydantic."""

from collections.abc import Callable, Iterable, Iterator
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from hub.canonical.faults import fault_of
from hub.canonical.values import fault, shown

Check = Callable[[str], str]
"""Text -> canonical text; raises PydanticCustomError, whose type is the cause."""


def allows_nothing(field: FieldInfo) -> bool:
    """Tell whether a field may be empty."""
    return NoneType in get_args(field.annotation)


def is_boolean(field: FieldInfo) -> bool:
    """Tell whether a field is true or false."""
    return field.annotation is bool or bool in get_args(field.annotation)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models of the records that a field's type speaks of: `Address` of `Many[Address] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def text_check(field: FieldInfo) -> Check | None:
    """Return the check of a field that is one text, the same that the model runs; None for any other field."""
    return _of_type(field.annotation, field.metadata)


def _of_type(annotation: Any, metadata: Iterable[Any]) -> Check | None:
    """Find the validator in `Annotated[str, AfterValidator(check)]`, with or without `| None` around it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        return _of_type(inner, more)
    if annotation is str:
        return next(part.func for part in metadata if isinstance(part, AfterValidator))  # pyright: ignore[reportReturnType]  # ours all take and give text
    if origin is Literal:
        return _one_of(get_args(annotation))
    choices = [choice for choice in get_args(annotation) if choice is not NoneType]
    return _of_type(choices[0], ()) if len(choices) == 1 and NoneType in get_args(annotation) else None


def _one_of(words: tuple[str, ...]) -> Check:
    known = frozenset(words)

    def check(value: str) -> str:
        word = value.strip()
        if word not in known:
            raise fault("unknown-word", f"{shown(value)} is not one of {', '.join(words)}")
        return word

    return check


def nested_check(field: FieldInfo, name: str) -> Callable[[Any], Any]:
    """Return what checks a field with records, lists or tables in it, and gives plain data; it raises FieldFault.

    Members that say nothing are left out, so that a member without a value and no member at all are the same.
    """
    adapter = TypeAdapter[Any](field.rebuild_annotation(), config=ConfigDict(strict=True))

    def check(value: Any) -> Any:
        try:
            taken = adapter.validate_python(value)
        except ValidationError as error:
            raise fault_of(error.errors(include_url=False)[0], name) from None
        return adapter.dump_python(taken, mode="json", exclude_none=True)

    return check
