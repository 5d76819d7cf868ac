"""What stands in the file of an order."""

import json
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from adapters.erp.files import forms
from adapters.erp.files.expressions import FileFunctions, roots
from adapters.erp.files.order_files import OrderFiles
from adapters.writing.writes import Unfit

ORDER = {
    "number": "1001",
    "reference": "hub-1",
    "customer": None,
    "name": 'Bracia "Łoś" & Spółka <sp. z o.o.>',
    "note": "]]>\x0b zwykła; treść",
    "placed_at": "2026-03-29T00:30:00Z",
    "tax_included": True,
    "payment": {"method": "transfer"},
    "lines": [
        {"id": "1", "sku": "007", "name": "A;B", "quantity": "2", "unit_price": "1119.005"},
        {"id": "2", "name": "Usługa", "quantity": "1.5", "unit_price": "8"},
    ],
}


def filled(**told: Any) -> bytes:
    files = OrderFiles.model_validate(told)
    tables = {"payment": {"transfer": "przelew"}}
    return forms.filled(files, ORDER, FileFunctions(tables.__getitem__, files.decimal))


TEMPLATE = """
<z:ZAM xmlns:z="urn:zam" nr="{number}" klient="{name}">
  <NAZWA>{name}</NAZWA><UWAGI>{note}</UWAGI><KLIENT>{customer}</KLIENT>
  <CENY hub-if="tax_included && payment.method == 'transfer'">{tax_included && 'brutto' || 'netto'}</CENY>
  <RABAT hub-if="discounts">x</RABAT>
  <POZ hub-each="lines" lp="{position}"><KOD hub-if="sku">{sku}</KOD><N>{order.number}: {name}</N>
    <C>{decimal(unit_price, `2`)}</C></POZ>
  <DATA>{date_as(placed_at, 'Europe/Warsaw', '%d.%m.%Y %H:%M')}</DATA>
</z:ZAM>
"""


def test_xml_keeps_the_erps_own_names_and_escapes_what_is_put_in():
    content = filled(type="xml", template=TEMPLATE, decimal=",")
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert b'<z:ZAM xmlns:z="urn:zam" nr="1001"' in content
    assert b"hub-" not in content.replace(b"hub-1", b"")
    root = fromstring(content)
    assert root.get("klient") == root.findtext("NAZWA") == ORDER["name"]
    assert root.findtext("UWAGI") == "]]> zwykła; treść", "what XML has no place for is left out"
    assert (root.findtext("KLIENT"), root.findtext("CENY"), root.find("RABAT")) == ("", "brutto", None)
    lines = [
        (line.get("lp"), line.findtext("KOD"), line.findtext("N"), line.findtext("C")) for line in root.iter("POZ")
    ]
    assert lines == [("1", "007", "1001: A;B", "1119,01"), ("2", None, "1001: Usługa", "8,00")]
    assert root.findtext("DATA") == "29.03.2026 01:30"


def test_a_line_without_a_name_has_not_the_buyers():
    """Records leave out what says nothing; the order has a name as well, which stood in the line's place."""
    order = {"name": "Ana", "lines": [{"id": "1", "quantity": "1"}], "shipping": [{"amount": "9.99"}]}
    each = "[lines, shipping[].{name: name, quantity: '1'}][]"
    files = OrderFiles(type="csv", each=each, columns={"name": "name", "who": "order.name", "n": "quantity"})
    content = forms.filled(files, order, FileFunctions({}.__getitem__, "."))
    assert content.decode().splitlines()[1:] == [";Ana;1", ";Ana;1"]


def test_xml_in_another_encoding_writes_what_it_does_not_have_as_references():
    content = filled(type="xml", template="<a><b>{name} \N{SNOWMAN}</b></a>", encoding="cp1250")
    assert b'encoding="windows-1250"' in content, "as the register of encodings has it, not Python"
    assert "Łoś".encode("cp1250") in content
    assert b"&#9731;" in content


@pytest.mark.parametrize(
    ("encoding", "start"),
    [
        ("utf-8-sig", b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>'),
        ("latin2", b'<?xml version="1.0" encoding="iso-8859-2"?>'),
    ],
)
def test_xml_names_its_encoding_as_others_know_it(encoding: str, start: bytes):
    content = filled(type="xml", template="<a>{name}</a>", encoding=encoding)
    assert content.startswith(start)
    assert fromstring(content).text == ORDER["name"]


def test_the_same_order_gives_the_same_bytes():
    assert filled(type="xml", template=TEMPLATE) == filled(type="xml", template=TEMPLATE)


CSV = {
    "type": "csv",
    "each": "lines",
    "columns": {"Nr": "order.number", "Kod": "sku", "Nazwa": "name", "Ile": "decimal(quantity)"},
}


def test_csv_has_a_row_a_line_and_quotes_what_would_part_columns():
    text = filled(**CSV, encoding="cp1250", decimal=",").decode("cp1250")
    assert text == 'Nr;Kod;Nazwa;Ile\r\n1001;007;"A;B";2\r\n1001;;Usługa;1,5\r\n'


def test_csv_without_header_and_with_one_row():
    assert (
        filled(type="csv", header=False, columns={"Nr": "number", "B": "tax_included"}, delimiter=",")
        == b"1001,true\r\n"
    )


def test_what_an_encoding_does_not_have_is_refused_not_changed():
    with pytest.raises(Unfit, match="'Ł' cannot be written in ascii") as caught:
        filled(type="csv", columns={"N": "name || number"}, encoding="ascii")
    assert caught.value.cause == "not-in-encoding"


def test_json_is_the_template_with_what_its_expressions_say():
    template = {
        "nr": "number",
        "zapl": "lookup('payment', payment.method)",
        "poz": "lines[].{kod: sku, ile: to_number(quantity)}",
    }
    assert json.loads(filled(type="json", template=template)) == {
        "nr": "1001",
        "zapl": "przelew",
        "poz": [{"kod": "007", "ile": 2}, {"kod": None, "ile": 1.5}],
    }


@pytest.mark.parametrize(
    ("expression", "why"),
    [("lines", "several things"), ("decimal(name)", "is not a number"), ("lookup('x', name)", "no table")],
)
def test_what_cannot_be_worked_out_is_refused_with_its_expression(expression: str, why: str):
    with pytest.raises(Unfit, match=why) as caught:
        filled(type="csv", columns={"X": expression})
    assert caught.value.cause == "not-mapped"


def test_the_fields_that_go_out_are_those_the_file_speaks_of():
    files = OrderFiles.model_validate({"type": "xml", "template": TEMPLATE})
    assert files.writes == {"number", "name", "note", "tax_included", "payment", "discounts", "lines", "placed_at"}
    assert OrderFiles.model_validate(CSV).writes == {"number", "name", "lines"}
    assert roots("lines[?sku].{a: quantity} | [0]") == {"lines"}
    assert roots("join('-', [channel, order.number]) || payment.method") == {"channel", "number", "payment"}


def test_a_status_goes_out_again_only_where_another_version_can_tell_it():
    told = {"type": "json", "template": {"nr": "number", "stan": "status"}}
    assert OrderFiles.model_validate(told).writes == {"number"}
    assert OrderFiles.model_validate({**told, "changes": "version"}).writes == {"number", "status"}


@pytest.mark.parametrize(
    ("told", "mend"),
    [
        ({"type": "csv", "each": "lines", "columns": {"C": "decimal(unit_prise)"}}, 'did you mean "unit_price"'),
        ({"type": "csv", "each": "linse", "columns": {"C": "sku"}}, 'did you mean "lines"'),
        ({"type": "json", "template": {"a": ["numbre"]}}, 'did you mean "number"'),
        ({"type": "xml", "template": "<a b='{totals.gross}'><c hub-if='ntoe'/></a>"}, 'did you mean "note"'),
        ({"type": "json", "template": {"a": "number"}, "name": "refrence"}, 'did you mean "reference"'),
    ],
)
def test_a_name_that_no_order_has_is_refused(told, mend):
    with pytest.raises(ValueError, match=mend):
        OrderFiles.model_validate(told)


def test_names_deep_in_an_order_are_known():
    expression = "[sort_by(lines, &sku)[].name, map(&amount, discounts), shipping.tax, customer || reference]"
    files = OrderFiles.model_validate({"type": "json", "template": {"a": expression}})
    assert files.writes >= {"lines", "discounts", "shipping"}


def test_a_file_without_a_line_is_none():
    files = OrderFiles.model_validate({"type": "csv", "each": "lines", "columns": {"K": "sku"}})
    with pytest.raises(Unfit) as refused:
        forms.filled(files, {**ORDER, "lines": []}, FileFunctions({}.__getitem__, "."))
    assert refused.value.cause == "nothing-in-it"
