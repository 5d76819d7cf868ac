"""Describe the entities: a JSON Schema of each, and a page to read. `python -m hub.canonical.describe docs`."""

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from hub.canonical import documents, records
from hub.canonical.entity import ENTITIES, EntityModel

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HEAD = """# Records

What a product, a price, an order ... is inside the hub, whichever system it comes from. Made from the models in
`hub/canonical/` by `python -m hub.canonical.describe docs`; the same as JSON Schema stands in [schemas/](schemas/).

- All values are text, true or false, or made of these: money and quantities are decimal strings, never floats.
- A field that a system does not know is left out, and left alone; `null` says that there is no value.
- **bold**: there is no record without it.
- `BT-1` and the like are the terms of EN 16931.
"""


@cache
def meanings() -> Mapping[tuple[str, str], str]:
    """Return what each field means: (model, field) -> the text below it in the model.

    Read from the source instead of by pydantic, which would do it at each start of the program.
    """
    found: dict[tuple[str, str], str] = {}
    for module in (records, documents):
        for model in ast.parse(inspect.getsource(module)).body:
            if isinstance(model, ast.ClassDef):
                found |= {(model.name, field): text for field, text in _documented(model)}
    return found


def _documented(model: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(model.body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, " ".join(text.split())
            case _:
                pass


def schema_of(entity: EntityModel) -> dict[str, Any]:
    """Return the JSON Schema of an entity's records."""
    schema = entity.model.model_json_schema()
    for model in (schema, *schema.get("$defs", {}).values()):
        for name, field in model["properties"].items():
            kept = {key: value for key, value in field.items() if not _added(key, value, name)}
            model["properties"][name] = kept | {"description": meanings()[model["title"], name]}
    return {"$schema": _DIALECT, "$id": f"{entity.name}.json"} | schema


def _added(key: str, value: object, name: str) -> bool:
    """Tell what pydantic adds: null as default, which is not the same as left out, and the name as a title."""
    return key == "default" or (key == "title" and value == name.replace("_", " ").title())


def page() -> str:
    """Return the page about all entities, in Markdown."""
    schemas = {name: schema_of(entity) for name, entity in ENTITIES.items()}
    parts: dict[str, Any] = {}
    for schema in schemas.values():
        parts |= schema.get("$defs", {})
    entities = [_entity(ENTITIES[name], schema) for name, schema in schemas.items()]
    nested = [_section(f"### {name}", parts[name], {}) for name in sorted(parts)]
    return "\n".join([_HEAD, *entities, "## What they are made of\n", *nested]).rstrip() + "\n"


def _entity(entity: EntityModel, schema: Mapping[str, Any]) -> str:
    facts: list[str] = []
    if entity.more_key_fields:
        facts.append(f"{_listed(entity.more_key_fields)} belong to the key as well where a system has them.")
    if entity.ladder and not entity.natural:
        facts.append(f"An unknown one is matched by {_listed(entity.ladder)}, tried in turn.")
    if entity.forward:
        facts.append(f"{_listed(entity.forward)} only moves forward.")
    return _section(f"## {entity.name}", schema, entity.references, facts)


def _section(heading: str, schema: Mapping[str, Any], references: Mapping[str, str], facts: Sequence[str] = ()) -> str:
    required = schema.get("required", ())
    rows = [
        f"| {f'**{name}**' if name in required else name} "
        f"| {f'key of {references[name]}' if name in references else _type(field)} | {_cell(field['description'])} |"
        for name, field in schema["properties"].items()
    ]
    about = " ".join([schema["description"], *facts])
    return "\n".join([heading, "", about, "", "| Field | What it is | Meaning |", "|---|---|---|", *rows, ""])


def _type(field: Mapping[str, Any]) -> str:
    """Name what a value is: its standard, its words, or the records it is made of."""
    if "anyOf" in field:
        return _type(field["anyOf"][0])
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in field:
        return ", ".join(f"`{word}`" for word in field["enum"])
    match field["type"]:
        case "array":
            return f"list of {_type(field['items'])}"
        case "object":
            return f"names, each with {_type(field['additionalProperties'])}"
        case "boolean":
            return "true or false"
        case _:
            return field.get("title", "text")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def files() -> dict[str, str]:
    """Return what stands in docs/: path -> content."""
    schemas = {f"schemas/{name}.json": json.dumps(schema_of(entity), indent=2) for name, entity in ENTITIES.items()}
    return {"records.md": page()} | {path: text + "\n" for path, text in schemas.items()}


def main(folder: Path) -> None:
    """Write the descriptions into a folder."""
    for path, text in files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(*sys.argv[1:2] or ["docs"]))
