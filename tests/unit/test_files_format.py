"""What a user may write, and what he is told when it is wrong."""

from pathlib import Path

import pytest

from adapters.warehouse import FilesOptions
from hub.config import Faults, load
from tests.unit.warehouse_samples import STOCK, format_of, stock_format

BEFORE = '[systems.depot]\nkind = "warehouse"\nconnector = "files"\nsource = "out"\n'
FORMAT = '[systems.depot.formats.stock]\nentity = "stock"\nfiles = "STAN_*.csv"\n'
COLUMNS = 'columns = { sku = "Indeks", location = "Magazyn", on_hand = "Stan" }\n'
CONNECTORS = {("warehouse", "files"): FilesOptions}


def fault_of(text):
    with pytest.raises(Faults) as caught:
        load(text, CONNECTORS)
    return str(caught.value)


def test_a_format_with_an_interval_is_a_job():
    settings = load(BEFORE + FORMAT + COLUMNS + 'every = "15m"\nbetween = "06:00-22:00"\n', CONNECTORS)
    assert settings.all_jobs()["depot.stock"].sync == ("stock",)
    off = load(BEFORE + FORMAT + COLUMNS + 'every = "15m"\nenabled = false\n', CONNECTORS)
    assert "depot.stock" not in off.all_jobs()
    assert "stock" in off.systems["depot"].options.streams()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FORMAT.replace('stock"', 'stok"') + COLUMNS, 'did you mean "stock"'),
        (FORMAT + COLUMNS.replace("on_hand", "on_hnad"), 'did you mean "on_hand"'),
        (FORMAT + COLUMNS.replace('location = "Magazyn", ', ""), "location is missing"),
        (FORMAT + COLUMNS.replace('"Magazyn"', "{ values = {} }"), 'column = "..." or value = "..."'),
        (FORMAT + COLUMNS.replace('"Magazyn"', '"Indeks"'), "used for two fields"),
        (FORMAT + COLUMNS + 'delimiter = ";;"', "cannot part columns"),
        (FORMAT + COLUMNS + 'encoding = "cp9999"', "not an encoding"),
        (FORMAT + COLUMNS + 'encoding = "utf-7"', "not an encoding"),
        (FORMAT + COLUMNS + 'date = "DD.MM"', "not a form of dates"),
        (FORMAT + COLUMNS + 'folder = "../secret"', "leads out of the source"),
        (FORMAT + COLUMNS + 'folder = "C:\\\\secret"', "leads out of the source"),
        (FORMAT + COLUMNS + 'key = ["sku"]', "location is missing"),
        (FORMAT + COLUMNS + 'key = ["sku", "location", "on_hand"]', "cannot tell stock apart"),
        (FORMAT + COLUMNS + 'decimal = ","\nthousands = ","', "is the decimal sign already"),
        (FORMAT + COLUMNS + 'header = "none"', "must be a number"),
        (FORMAT.replace("STAN_", "x/STAN_") + COLUMNS, "names a folder"),
        (FORMAT + COLUMNS + "heder = 3", 'did you mean "header"'),
        (FORMAT + COLUMNS + "page = 0", "is less than 1"),
    ],
)
def test_a_mistake_is_told_with_its_mend(text, told):
    assert told in fault_of(BEFORE + text)


@pytest.mark.parametrize("source", ["sftp://hub@depot.example/out", "s3://bucket/x", "file://server/share"])
def test_only_folders_of_this_machine_so_far(source):
    with pytest.raises(ValueError, match=r"folder|machine"):
        FilesOptions.model_validate({"source": source, "formats": {"stock": stock_format()}})


@pytest.mark.parametrize(
    ("source", "path"), [("out", "/base/out"), ("/srv/out", "/srv/out"), ("file:///srv/my%20out", "/srv/my out")]
)
def test_the_source_is_relative_to_the_file(source, path):
    options = FilesOptions.model_validate({"source": source, "formats": {"stock": stock_format()}})
    assert options.folder(Path("/base")) == Path(path)


def test_a_fixed_location_must_be_known():
    columns = STOCK | {"location": {"value": "MAG9"}}
    with pytest.raises(ValueError, match="MAG9"):
        FilesOptions.model_validate(
            {"source": "x", "locations": ["MAG1"], "formats": {"stock": stock_format(columns=columns)}}
        )


def test_fixed_values_are_checked_and_may_be_numbers_or_booleans():
    columns = {"sku": "A", "list": {"value": "web"}, "currency": {"value": "PLN"}, "tax_included": {"value": True}}
    settings = format_of(entity="prices", files="*", columns=columns | {"minimum_quantity": {"value": 1}})
    assert settings.columns["tax_included"].value == "true"
    with pytest.raises(ValueError, match="currency: "):
        format_of(entity="prices", files="*", columns=columns | {"currency": {"value": "zł"}})


def test_file_names_are_matched_without_regard_to_capitals():
    settings = format_of(**stock_format(files="STAN_*.csv"))
    assert settings.matches("stan_1.CSV")
    assert not settings.matches("STAN_1.csv.part")


def test_options_survive_being_stored():
    options = FilesOptions.model_validate({"source": "x", "formats": {"stock": stock_format(every="15m")}})
    assert FilesOptions.model_validate_json(options.model_dump_json()) == options


@pytest.mark.parametrize(
    ("one", "another", "told"),
    [
        ({"files": "a_*.csv"}, {"files": "A_*.csv"}, "would take each other's files"),
        ({"files": "a_*.csv"}, {"files": "*.csv", "folder": "."}, "would take each other's files"),
        ({"files": "a_*.csv"}, {"files": "b_*.csv"}, None),
        ({"files": "*.csv"}, {"files": "*.csv", "folder": "b"}, None),
        ({"files": "*.csv"}, {"files": "*.csv", "enabled": False}, None),
    ],
)
def test_two_formats_cannot_take_the_same_file(one, another, told):
    formats = {"one": stock_format(**one), "another": stock_format(**another)}
    refused = ""
    try:
        FilesOptions.model_validate({"source": "out", "formats": formats})
    except ValueError as fault:
        refused = str(fault)
    assert (told in refused) if told else not refused
