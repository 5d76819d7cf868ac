from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from hub.config import Reference, Secret, load, resolve
from hub.config.addresses import carries_password
from hub.errors import Misconfigured
from tests.unit.config_examples import CONNECTORS, DEPOT, SHOP, Shop, only_fault


class Holder(BaseModel):
    key: Secret | None = None


@pytest.mark.parametrize(
    "text", ["env:SHOP_KEY", "file:/run/secrets/key", "file:C:\\secrets\\key", "file:\\\\server\\share\\key"]
)
def test_a_reference_is_accepted_and_shown(text):
    key = Holder(key=text).key
    assert isinstance(key, Reference)
    assert repr(key) == f"Reference({text!r})"
    assert str(key) == key == text
    assert Holder.model_validate_json(Holder(key=text).model_dump_json()).key == text


@pytest.mark.parametrize(
    "text", ["s3cret", "", "ENV:X", "env:", "env:A B", "env:1A", "file:", "file:key", 5, ["env:A"]]
)
def test_anything_else_is_refused_and_not_shown(text):
    with pytest.raises(ValidationError) as raised:
        Holder(key=text)
    assert "s3cret" not in raised.value.errors()[0]["msg"]


def test_a_plain_secret_says_what_to_write_instead():
    line, place, message = only_fault(SHOP.replace("env:SHOP_PL_KEY", "ck_s3cret"))
    assert (line, place) == (6, "systems.shop-pl.key")
    assert message == ("a secret must not stand in this file; keep it elsewhere and write env:NAME or file:PATH here")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://hub:s3cret@db/hub",
        "postgresql+psycopg://hub:s3:c@ret@db/hub",
        "postgresql://db/hub?user=hub&password=s3cret",
        "amqps://u:s3/cr#et@host/hub",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_shown(address):
    assert carries_password(address)
    _, place, message = only_fault(f'[hub]\ndatabase = "{address}"')
    assert place == "hub.database"
    assert "env:NAME or file:PATH" in message
    assert "s3" not in message


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://hub@db:5432/hub",
        "sqlite:///C:/a@b/hub.db",
        "sqlite:///hub.db",
        "postgresql://db/hub?sslmode=require",
    ],
)
def test_an_address_without_a_password_is_accepted(address):
    assert load(f'[hub]\ndatabase = "{address}"', CONNECTORS).hub.database == address


def test_a_password_in_an_address_is_refused_under_any_key():
    line, place, message = only_fault(DEPOT.replace("sftp://hub@", "sftp://hub:s3cret@"))
    assert (line, place) == (5, "systems.depot.source")
    assert "contains a password" in message


def test_an_address_may_be_a_reference():
    hub = load('[hub]\ndatabase = "env:HUB_DATABASE"\nbroker = "file:/run/secrets/broker"', CONNECTORS).hub
    assert isinstance(hub.database, Reference)
    assert resolve(hub.database, {"HUB_DATABASE": "postgresql://hub:x@db/hub"}) == "postgresql://hub:x@db/hub"


def test_pydantic_itself_does_not_show_what_was_put_in():
    with pytest.raises(ValidationError) as raised:
        Shop(url="https://shop.example", key="s3cret", secret="s3cret")  # pyright: ignore[reportArgumentType]
    assert "s3cret" not in str(raised.value)


def test_a_reference_to_the_environment_is_resolved():
    assert resolve(Reference("env:KEY"), {"KEY": "value"}) == "value"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "env:KEY: the environment variable KEY is not set for this process"),
        ({"KEY": ""}, "env:KEY: the environment variable KEY is empty"),
    ],
)
def test_an_environment_without_the_value_is_told(environ, message):
    with pytest.raises(Misconfigured) as raised:
        resolve(Reference("env:KEY"), environ)
    assert str(raised.value) == message


@pytest.mark.parametrize("content", [b"value", b"value\n", b"value\r\n", b"\xef\xbb\xbfvalue\n"])
def test_a_file_is_resolved_without_its_line_end(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    assert resolve(Reference(f"file:{tmp_path / 'key'}")) == "value"


def test_a_key_of_several_lines_stays_whole(tmp_path):
    (tmp_path / "key").write_bytes(b" first\nsecond \n")
    assert resolve(Reference(f"file:{tmp_path / 'key'}")) == " first\nsecond "


@pytest.mark.parametrize(
    ("content", "part"),
    [(b"", "is empty"), (b"\n", "is empty"), (b"\xff\xfe\x00", "not UTF-8"), (b"s" * 70_000, "too much")],
)
def test_a_file_without_a_usable_value_is_told(tmp_path, content, part):
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(Misconfigured, match=part):
        resolve(Reference(f"file:{tmp_path / 'key'}"))


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(Misconfigured, match="no such file"):
        resolve(Reference(f"file:{tmp_path / 'key'}"))
    with pytest.raises(Misconfigured, match="folder"):
        resolve(Reference(f"file:{tmp_path}"))
    with pytest.raises(Misconfigured, match=r"cannot be read|no such file"):
        resolve(Reference("file:/a\0b"))


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    # Root may read everything, and Windows has rules of its own: the refusal is played.
    file = tmp_path / "key"
    file.write_text("s3cret", encoding="utf-8")

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "refused")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(Misconfigured) as raised:
        resolve(Reference(f"file:{file}"))
    assert str(raised.value) == f"file:{file}: this process may not read the file"


def test_a_text_that_is_no_reference_is_returned_as_it_is():
    assert resolve("amqp://host/hub") == "amqp://host/hub"
