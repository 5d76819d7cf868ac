"""The pages name every key of hub.toml: those of hubs, systems, jobs and formats with their defaults, a connector's own."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from adapters.files.format import Format
from hub.app.registry import OPTIONS
from hub.config.durations import duration_text
from hub.config.exchange import ExchangeOptions, RangeSettings
from hub.config.schedules import ScheduleSettings
from hub.config.settings import HubSettings, JobSettings, SystemSettings

DOCS = Path(__file__).parents[2] / "docs"
GIVEN_OTHERWISE = {"name", "system", "options"}


def rows(page: str, heading: str) -> dict[str, str]:
    """Key -> its row, in the part of a page below a heading."""
    part = (DOCS / page).read_text(encoding="utf-8").partition(f"# {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return {name: line for line in lines for name in line.split("|")[1].replace("`", "").replace(" ", "").split(",")}


@pytest.mark.parametrize(
    ("page", "heading", "model"),
    [
        ("settings.md", "[hub]", HubSettings),
        ("settings.md", "[systems.NAME]", SystemSettings),
        ("settings.md", "[systems.NAME]", ExchangeOptions),
        ("settings.md", "[systems.NAME.range]", RangeSettings),
        ("settings.md", '[jobs."SYSTEM.WHAT"]', JobSettings),
        ("schedules.md", "Schedules", ScheduleSettings),
        ("import-formats.md", "Keys of a format", Format),
    ],
)
def test_every_key_is_on_the_page_with_its_default(page: str, heading: str, model: type[BaseModel]):
    told = rows(page, heading)
    schedule = set(ScheduleSettings.model_fields) if model in (JobSettings, Format) else set[str]()
    for name, field in model.model_fields.items():
        if name in GIVEN_OTHERWISE | schedule:
            continue
        assert name in told
        if isinstance(field.default, timedelta):
            assert f"`{duration_text(field.default)}`" in told[name]
        elif isinstance(field.default, bool):
            assert f"`{str(field.default).lower()}`" in told[name]
        elif isinstance(field.default, int | str) and field.default:
            assert re.search(f'`"?{re.escape(str(field.default))}"?`', told[name])


@pytest.mark.parametrize(
    ("entity", "columns"),
    [
        ("products", {"sku": "A"}),
        ("prices", {"sku": "A", "list": "B", "currency": "C"}),
        ("stock", {"sku": "A", "location": "B"}),
    ],
)
def test_every_field_that_a_column_can_hold_is_on_the_page(entity: str, columns: dict[str, str]):
    accepted = Format.model_validate({"entity": entity, "files": "*.csv", "columns": columns}).checks
    assert set(accepted) == set(re.findall(r"`([\w.]+)`", rows("import-formats.md", "Columns")[entity])) - {entity}


def page_of(connector: str) -> str:
    """What the pages, or the parts of pages, say to which a connector's row in docs/connectors.md leads."""
    index = (DOCS / "connectors.md").read_text(encoding="utf-8")
    (row,) = (line for line in index.splitlines() if line.startswith(f"| `{connector}` |"))
    found = ""
    for page, anchor in re.findall(r"\(([\w/-]+\.md)(?:#([\w-]+))?\)", row):
        parts = re.split(r"^## ", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
        headed = [part for part in parts if part.partition("\n")[0].lower().replace(" ", "-") == anchor]
        assert headed or not anchor, f"{page} has no part {anchor}"
        found += "".join(headed or parts)
    return found


def own_keys(model: type[BaseModel]) -> Iterator[str]:
    """The keys of a table and of those within it, but for those of every system with records of its own."""
    shared = ExchangeOptions.model_fields if issubclass(model, ExchangeOptions) else {}
    for name, field in model.model_fields.items():
        if name not in shared or field.default != shared[name].default:
            yield field.alias or name
            for inner in models_in(field.annotation):
                yield from own_keys(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


@pytest.mark.parametrize(("kind", "connector"), OPTIONS)
def test_every_key_of_a_connector_is_on_its_page(kind: str, connector: str):
    page, keys = page_of(connector), set(own_keys(OPTIONS[kind, connector])) - {"url"}  # which every example has
    assert not {key for key in keys if not re.search(rf"`{key}\b|\b{key} = |\.{key}\b", page)}
