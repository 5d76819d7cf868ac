"""pydantic's errors in words for the user, each at the path in the file where it is to be mended."""

import inspect
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from hub.config.faults import Found, Path, guess, guess_or_list, show
from hub.config.syntax import as_list, as_table

Model = TypeVar("Model", bound=BaseModel)

_SINGLE_QUOTED = re.compile(r"'([^']*)'")


def validated(model: type[Model], data: Mapping[str, Any], path: Path, keys: tuple[str, ...]) -> Model | list[Found]:
    """Return the model that a table makes, or everything that is wrong with it.

    `keys`: those that the table may have, to be suggested in place of an unknown one.
    """
    try:
        # JSON's strict rules are TOML's: a number is not text, but a list may become a tuple, and text a path.
        return model.model_validate_json(json.dumps(data, default=_as_text), strict=True)
    except ValidationError as error:
        explained = [_explained(dict(one), model, data, path, keys) for one in error.errors(include_url=False)]
        return _one_each(explained)


def _one_each(found: list[Found]) -> list[Found]:
    """Join what was found at the same place: a value that may be of several types fails at each of them."""
    by_path: dict[Path, Found] = {}
    for one in found:
        other = by_path.get(one.path)
        by_path[one.path] = replace(other, message=f"{other.message}; and {one.message}") if other else one
    return list(by_path.values())


def _as_text(value: date | time) -> str:
    return value.isoformat()


def _explained(
    error: dict[str, Any], model: type[BaseModel], data: Mapping[str, Any], path: Path, keys: tuple[str, ...]
) -> Found:
    kind: str = error["type"]
    context: dict[str, Any] = error.get("ctx") or {}
    inner = _path_in(data, error["loc"], is_missing=kind == "missing")
    if kind == "missing":
        return Found((*path, *inner), "is missing", doubtful=True)
    if kind == "extra_forbidden":
        siblings = keys if len(inner) == 1 else tuple(_keys_at(model, inner[:-1]))
        return Found((*path, *inner), f"there is no such setting{guess_or_list(str(inner[-1]), siblings)}")
    if kind.startswith("union_tag"):
        return _wrong_sort(error, model, path, inner)
    if kind == "refused" and context["key"]:
        inner = (*inner, *context["key"])
    return Found((*path, *inner), _message(kind, context, error))


def _wrong_sort(error: dict[str, Any], model: type[BaseModel], path: Path, inner: Path) -> Found:
    """Explain that a table does not say of which sort it is, as the rest of its keys depends on that."""
    key = str(error["ctx"]["discriminator"]).strip("'")
    sorts = [each.model_fields[key].annotation for each in _models_at(model, inner) if key in each.model_fields]
    words = list(dict.fromkeys(word for sort in sorts for word in get_args(sort)))
    if error["type"] == "union_tag_not_found":
        return Found((*path, *inner, key), f"is missing; one of {', '.join(words)}")
    tag = str(error["ctx"]["tag"])
    return Found((*path, *inner, key), f"{show(tag)} is not one of {', '.join(words)}{guess(tag, words)}")


def _message(kind: str, context: dict[str, Any], error: dict[str, Any]) -> str:
    shown = show(error["input"])
    match kind:
        case "refused":
            message = context["message"]
        case "value_error" | "assertion_error":
            message = str(context["error"])
        case "literal_error" | "enum":
            words = _SINGLE_QUOTED.findall(str(context["expected"]))
            message = (
                f"{shown} is not {'one of ' * (len(words) > 1)}{_listed(words)}{guess(str(error['input']), words)}"
            )
        case "string_pattern_mismatch":
            message = f"{shown} does not have the form {context['pattern']}"
        case "string_too_short" | "too_short":
            message = "must not be empty" if context["min_length"] == 1 else f"needs at least {context['min_length']}"
        case "string_too_long" | "too_long":
            message = f"may have at most {context['max_length']} " + _counted(kind)
        case _ if kind in _BOUNDS:
            message = f"{shown} is {_BOUNDS[kind]} {next(iter(context.values()))}"
        case _:
            message = f"{shown} {_WRONG_TYPES[kind]}" if kind in _WRONG_TYPES else f"cannot be used: {error['msg']}"
    return message


def _listed(words: Collection[str]) -> str:
    """Return words one after the other; signs stand in quotes, as a comma would be lost among commas."""
    return " ".join(map(show, words)) if all(len(each) == 1 for each in words) else ", ".join(words)


def _counted(kind: str) -> str:
    return "characters" if kind.startswith("string") else "entries"


_BOUNDS = {
    "greater_than_equal": "less than",
    "greater_than": "not more than",
    "less_than_equal": "more than",
    "less_than": "not less than",
}

_TEXT = "is not text; write it in quotes"
_WHOLE = "is not a whole number; write it without quotes, as in 10"
_NUMBER = "is not a number; write it without quotes, as in 1.5"
_SWITCH = "is not true or false; write one of them, without quotes"
_LIST = 'is not a list; write it in brackets, as in ["one", "two"]'
_TABLE = "is not a table of settings"

_WRONG_TYPES = {
    "string_type": _TEXT,
    "path_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
}


def _path_in(data: Any, location: tuple[str | int, ...], *, is_missing: bool) -> Path:
    """Return the steps of pydantic's location that stand in the file; it also names alternatives of a type."""
    path: Path = ()
    for number, step in enumerate(location, 1):
        if step in _steps(data):
            data, path = data[step], (*path, step)
        elif is_missing and number == len(location):
            path = (*path, step)
    return path


def _steps(data: Any) -> Collection[str | int]:
    return as_table(data) or range(len(as_list(data) or ()))


def _keys_at(model: type[BaseModel], path: Path) -> Iterator[str]:
    """Yield the keys that a table within a model's data may have."""
    for inner in _models_at(model, path):
        yield from (field.alias or name for name, field in inner.model_fields.items())


def _models_at(model: type[BaseModel], path: Path) -> Iterator[type[BaseModel]]:
    if not path:
        yield model
        return
    for name, field in model.model_fields.items():
        if path[0] in (name, field.alias):
            for inner, used in _models_in(field.annotation, 1):
                yield from _models_at(inner, path[used:]) if used <= len(path) else ()


def _models_in(annotation: Any, used: int) -> Iterator[tuple[type[BaseModel], int]]:
    """Yield each model within a type, and how many steps of a path lead to it: one more for each list or table."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation, used
        return
    deeper = used + 1 if get_origin(annotation) in (dict, list, tuple, Mapping) else used
    for argument in get_args(annotation):
        yield from _models_in(argument, deeper)
