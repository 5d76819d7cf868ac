"""Records within a record, from the cells of one row."""

import pytest
from pydantic import ValidationError

from adapters.files.format import Format
from adapters.files.nested import folded, nested_checks
from hub.canonical import ENTITIES

ORDER = ENTITIES["orders"].model


def test_one_record_of_a_list_and_one_that_stands_alone():
    flat = {"status": "shipped", "tracking.number": "0035", "tracking.carrier": "DPD", "payment.state": "paid"}
    short = {"short_shipped.sku": "A-1", "short_shipped.sent": "2"}
    assert folded(ORDER, flat | short) == {
        "status": "shipped",
        "short_shipped": [{"sku": "A-1", "sent": "2"}],
        "tracking": [{"number": "0035", "carrier": "DPD"}],
        "payment": {"state": "paid"},
    }


def test_what_says_nothing_makes_no_record():
    assert folded(ORDER, {"status": "shipped", "tracking.number": None}) == {"status": "shipped"}


def test_what_fits_into_a_cell_has_the_check_of_the_model():
    checks = nested_checks(ORDER)
    assert checks["billing_address.country"] is not None
    assert "lines.quantity" in checks
    assert not [name for name in checks if name.count(".") > 1]


def test_a_table_within_the_columns_is_a_record_within_and_a_mistake_stays_one():
    def columns(**given: object) -> Format:
        return Format.model_validate({"entity": "products", "files": "*", "columns": {"sku": "Kod", **given}})

    assert {*columns(gtins={"gtin": "EAN opak."}).columns} == {"sku", "gtins.gtin"}
    with pytest.raises(ValidationError, match=r"columns\.name\.colum\b"):
        columns(name={"colum": "Nazwa"})
