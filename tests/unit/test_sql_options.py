"""What may be said of a database in hub.toml, and how a mistake is told."""

from typing import Any

import pytest

from hub.app.registry import OPTIONS
from hub.config import Fault, Faults, load

HEAD = '[systems.erp]\nkind = "erp"\nconnector = "sql"\nurl = "postgresql://hub@erp.example/erp"\n'
STREAM = '[systems.erp.streams.products]\ntable = "article"\nkey = "id"\nfields = { sku = "sku" }\n'


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(Faults) as caught:
        load(text, OPTIONS)
    return list(caught.value.faults)


def test_little_is_enough() -> None:
    options: Any = load(HEAD + STREAM, OPTIONS).systems["erp"].options
    assert [*options.streams()] == ["products"]
    assert options.described["products"].key == ("id",)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('fields = { skuu = "sku" }', 'products have no field "skuu"; did you mean "sku"?'),
        ('fields = { name = "name" }', "products are told apart by sku"),
        ('query = "SELECT 1"', "one of them"),
        ('writes = ["name"]', "needs both"),
        ('writes = ["name"]\nupdate = "UPDATE a SET b = :nam"', 'there is no value :nam; did you mean "name"?'),
        ('entity = "product"', 'there are no "product"; did you mean "products"?'),
        ('fields = { sku = "a b" }', "cannot be understood"),
        ('find = ["gtin"]', "gtin is looked for in a column"),
        ('fields = { sku = "sku", name = "unescape(name)" }\nfind = ["name"]', "name is looked for in a column"),
        ('until = "SELECT 1"', "about the column changed, which is not given"),
        ("tabel = 1", 'there is no such setting; did you mean "table"?'),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_mend(line: str, message: str) -> None:
    key = line.partition(" ")[0]
    kept = [each for each in STREAM.splitlines() if not each.startswith(f"{key} =")]
    [fault] = faults_of("\n".join([HEAD, *kept, line]))
    assert fault.place.startswith("systems.erp.streams.products")
    assert fault.line
    assert message in fault.message


def test_a_colon_in_a_query_is_told_how_to_be_written() -> None:
    [fault] = faults_of(HEAD + STREAM.replace('table = "article"', "query = \"SELECT ':x' AS id\""))
    assert r"write \\:x for the text" in fault.message
    written = STREAM.replace('table = "article"', r"""query = "SELECT '\\:x' AS id" """)
    assert load(HEAD + written, OPTIONS).systems["erp"]


def test_streams_are_suggested_for_what_is_nearly_that() -> None:
    faults = faults_of(HEAD + STREAM.replace(".streams.", ".stream."))
    assert any('did you mean "streams"?' in fault.message for fault in faults)


def test_an_order_that_nothing_would_keep_from_being_made_twice_is_refused() -> None:
    text = """[systems.erp.streams.orders]
table = "sale"
key = "id"
fields = { number = "number" }
writes = ["number"]
create = "INSERT INTO sale (number) VALUES (:number)"
"""
    [fault] = faults_of(HEAD + text)
    assert "reference" in fault.message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://hub:secret@erp.example/erp",
        "mssql+pyodbc:///?odbc_connect=DRIVER%3D%7Bx%7D%3BUID%3Dhub%3BPWD%3Dsecret",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_shown(url: str) -> None:
    faults = faults_of(HEAD.replace("postgresql://hub@erp.example/erp", url) + STREAM)
    assert [fault.place for fault in faults] == ["systems.erp.url"]
    assert "secret" not in str(faults[0]).replace("secrets", "")


def test_an_address_of_a_database_that_is_not_known_is_refused() -> None:
    [fault] = faults_of(HEAD.replace("postgresql:", "postgres:") + STREAM)
    assert 'did you mean "postgresql"?' in fault.message


@pytest.mark.parametrize(
    "line", ['until = "SELECT max(id) FROM a WHERE b < :now"', 'returning = "SELECT id FROM a WHERE b = :refrence"']
)
def test_a_query_names_only_values_that_there_are(line: str) -> None:
    create = 'reference = "ref"\nwrites = ["sku"]\ncreate = "INSERT INTO a VALUES (:sku)"\n'
    [fault] = faults_of(HEAD + STREAM + create + line)
    assert fault.message.count(":now" if "now" in line else ":refrence") >= 1
