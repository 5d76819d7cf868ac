"""docs/asyncapi.yaml says what the code does."""

from pathlib import Path

import orjson
import pytest
import yaml
from pydantic import BaseModel

from hub import messages
from hub.broker.topology import topology
from hub.messages import LogLine, RecordOutcome, RecordsDone, Result, RunDue, Trigger, decode

DOCUMENT = yaml.safe_load((Path(__file__).parents[2] / "docs" / "asyncapi.yaml").read_text("utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
MODELS: list[type[BaseModel]] = [Trigger, RunDue, Result, RecordsDone, RecordOutcome, LogLine]


def types_of(schema) -> set[str]:
    """The JSON types that a property may have, however the schema spells it."""
    if "anyOf" in schema:
        return set().union(*(types_of(each) for each in schema["anyOf"]))
    if "$ref" in schema:
        return {"object"}
    found = schema.get("type", "string" if isinstance(schema.get("const"), str) else None)
    return set(found) if isinstance(found, list) else {found}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_document_describes_each_message_as_the_code_has_it(model):
    ours, theirs = model.model_json_schema(), SCHEMAS[model.__name__]
    assert set(theirs["properties"]) == set(ours["properties"])
    assert sorted(theirs["required"]) == sorted(ours.get("required", []))
    assert theirs.get("additionalProperties", True) == ours.get("additionalProperties", True)
    for name, property_ in ours["properties"].items():
        described = theirs["properties"][name]
        assert types_of(described) == types_of(property_), name
        for limit in ("const", "enum", "minLength", "maxLength", "minimum", "exclusiveMaximum", "maxItems", "default"):
            inner = next((each for each in property_.get("anyOf", []) if each.get("type") != "null"), property_)
            if limit in described:
                assert described[limit] == inner.get(limit), (name, limit)


@pytest.mark.parametrize("name", list(DOCUMENT["components"]["messages"]))
def test_the_examples_are_messages(name):
    message = DOCUMENT["components"]["messages"][name]
    model = getattr(messages, message["payload"]["$ref"].rpartition("/")[2])
    for example in message["examples"]:
        decoded = decode(orjson.dumps(example["payload"]), model)
        assert orjson.loads(messages.encode(decoded)).items() >= {"version": 1}.items()


def test_the_channels_are_the_exchanges():
    assert {channel["address"] for channel in DOCUMENT["channels"].values()} == {
        exchange.name for exchange in topology([]).exchanges
    }
    assert str(messages.LARGEST // 1_000_000) + ",000,000" in DOCUMENT["info"]["description"]
