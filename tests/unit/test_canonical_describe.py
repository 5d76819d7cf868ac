"""The descriptions in docs/ are what the models say."""

import re
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest

from hub.canonical import ENTITIES, describe, field_types

DOCS = Path(__file__).parents[2] / "docs"
FILES = describe.files()


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_description_is_up_to_date(path):
    assert (DOCS / path).read_text(encoding="utf-8") == FILES[path], "mend: python -m hub.canonical.describe docs"


def test_no_description_is_left_of_an_entity_that_is_gone():
    assert {f"schemas/{path.name}" for path in (DOCS / "schemas").iterdir()} == set(FILES) - {"records.md"}


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_every_field_is_documented(entity):
    schema = describe.schema_of(entity)
    for model in (schema, *schema.get("$defs", {}).values()):
        assert model["description"]
        for name, field in model["properties"].items():
            assert field["description"].endswith("."), f"{model['title']}.{name}"
    assert set(schema["properties"]) == entity.fields
    assert set(schema.get("required", ())) == entity.required


SAMPLES = {
    "identifier": "A-1",
    "GTIN (GS1)": "5901234123457",
    "text of one line": "Lampa",
    "text": "a\nb",
    "decimal, not negative": "0.5",
    "decimal": "-0.5",
    "money, not negative": "1",
    "money": "-1",
    "per cent": "8.5",
    "currency (ISO 4217)": "pln",
    "unit (UN/ECE Rec 20 and 21)": "szt.",
    "tax category (UNCL5305)": "ae",
    "date (ISO 8601)": "2026-11-02",
    "instant in UTC (RFC 3339)": "2026-11-21T21:16:00.799+01:00",
    "country (ISO 3166-1 alpha-2)": "POL",
    "language (ISO 639-1)": "de_at",
    "VAT id (VIES)": "PL 526-025-02-74",
    "e-mail address": "Jan@Sklep.example",
    "phone number": "0048600100200",
    "web address": "https://shop.example/a.jpg",
}


CHECKS = {
    part.json_schema["title"]: (check.func, part.json_schema.get("pattern", ""))
    for kind in vars(field_types).values()
    if get_origin(kind) is Annotated and get_args(kind)[0] is str
    for check, part in [get_args(kind)[1:]]
}


def described_texts(schema):
    if schema.get("type") == "string" and "enum" not in schema:
        yield schema
    for inner in schema.values() if isinstance(schema, dict) else ():
        for part in inner if isinstance(inner, list) else [inner]:
            if isinstance(part, dict):
                yield from described_texts(part)


@pytest.mark.parametrize("standard", CHECKS)
def test_what_a_check_lets_through_is_what_the_schema_describes(standard):
    check, pattern = CHECKS[standard]
    assert re.search(pattern, check(SAMPLES[standard]))


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_every_text_says_by_which_standard_it_is_written(entity):
    for text in described_texts(describe.schema_of(entity)):
        if "title" in text:  # pydantic leaves them away below the names of a table
            assert text.get("pattern", "") == CHECKS[text["title"]][1]
