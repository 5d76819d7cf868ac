"""Sheets as people make them, and as nobody should."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdsTable
from odf.table import TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from adapters.files import archive, sheet_errors, sheet_reader
from adapters.files.header import Wanted
from adapters.files.rows import ExactNumber, FileRefused
from adapters.files.sheet_reader import open_sheet

AB = Wanted(("A", "B"))
PLENTY = 100_000_000


def workbook():
    """Return a new workbook, and its only sheet."""
    made = Workbook()
    assert isinstance(made.active, Worksheet)
    return made, made.active


def book(path, rows, **more):
    made, sheet = workbook()
    for row in rows:
        sheet.append(row)
    for merged in more.get("merged", ()):
        sheet.merge_cells(merged)
    made.save(path)
    return path


def spreadsheet():
    """Return a new OpenDocument, and what its sheets are put into."""
    made: Any = OpenDocumentSpreadsheet()  # its stub does not know `spreadsheet`
    return made, made.spreadsheet


def cells(table):
    return [list(row.cells) for row in table.rows]


def refusal(path, wanted=AB, sheet=None, most=PLENTY):
    with pytest.raises(FileRefused) as refused:
        list(open_sheet(path, sheet, wanted, most).rows)
    return refused.value.cause


def test_s24_numbers_come_as_exact_text_and_text_keeps_its_zeros(tmp_path):
    values = [5901234567890, "00123", 12.5, 0.1 + 0.2, 123456789012345678, 1e-7]
    path = book(tmp_path / "a.xlsx", [["A", "B"], *([value, "x"] for value in values)])
    read = [row[0] for row in cells(open_sheet(path, None, AB, PLENTY))]
    assert read == ["5901234567890", "00123", "12.5", "0.3", "1.23456789012346e+17", "0.0000001"]
    assert [type(value) is ExactNumber for value in read] == [True, False, True, True, True, True]


def test_dates_and_booleans(tmp_path):
    half_past_eight = datetime(2026, 11, 2, 8, 30, tzinfo=UTC).replace(tzinfo=None)  # sheets know no zone
    path = book(tmp_path / "a.xlsx", [["A", "B"], [date(2026, 11, 2), True], [half_past_eight, False]])
    assert cells(open_sheet(path, None, AB, PLENTY)) == [["2026-11-02", "true"], ["2026-11-02 08:30:00", "false"]]


def test_a_formula_that_has_failed_is_no_empty_cell(tmp_path):
    made, other = workbook()
    other.append(["other", "sheet"])
    other.append(["#N/A", "#N/A"])
    sheet = made.create_sheet("Ceny & <stany>")
    for row in (["", "A", "B"], ["", "1", "#N/A"], ["", "#DIV/0!", "x"], ["", "2", "3"]):
        sheet.append(row)
    made.save(tmp_path / "a.xlsx")
    read = cells(open_sheet(tmp_path / "a.xlsx", "Ceny & <stany>", AB, PLENTY))
    assert [row[1:] for row in read] == [["1", "#N/A"], ["#DIV/0!", "x"], ["2", "3"]]


def ods(path, *sheets):
    """Store sheets of cells as LibreOffice writes them: name, and XML of its rows."""
    document = OpenDocumentSpreadsheet()
    document.save(str(path))
    with zipfile.ZipFile(path) as old:
        parts = {each: old.read(each) for each in old.namelist()}
    begin, body, end = parts["content.xml"].decode().partition("<office:spreadsheet/>")
    assert body
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets)
    spaces = {
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    declared = " ".join(f'xmlns:{name}="{space}"' for name, space in spaces.items())
    parts["content.xml"] = f"{begin}<office:spreadsheet {declared}>{tables}</office:spreadsheet>{end}".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def test_a_formula_that_has_failed_in_an_ods_is_no_empty_cell(tmp_path):
    def text(shown, more=""):
        return f'<table:table-cell office:value-type="string"{more}><text:p>{shown}</text:p></table:table-cell>'

    def failed(shown, more=""):
        return text(shown, f' table:formula="of:=1/0" office:string-value="" calcext:value-type="error"{more}')

    old = '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>Err:502</text:p></table:table-cell>'
    rows = [
        text("A") + text("B") + text("C"),
        failed("#N/A") + text("x") + failed("#HODNOTA!"),
        '<table:table-cell table:number-columns-repeated="2"/>' + failed("#ЗНАЧЕН!"),
        failed("#DIV/0!", ' table:number-columns-repeated="2"') + old,
    ]
    other = f"<table:table-row>{failed('#REF!')}</table:table-row>"
    told = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    last = f'<table:table-row table:number-rows-repeated="2">{text("y")}{failed("#NUM!")}{text("z")}</table:table-row>'
    path = ods(tmp_path / "a.ods", ("other", other), ("Ceny", told + last))
    assert cells(open_sheet(path, "Ceny", AB, PLENTY)) == [
        ["#N/A", "x", "#HODNOTA!"],
        ["", "", "#VALUE!"],
        ["#DIV/0!", "#DIV/0!", "Err:502"],
        ["y", "#NUM!", "z"],
        ["y", "#NUM!", "z"],
    ]


def test_a_formula_that_has_failed_in_an_xls_is_no_empty_cell(tmp_path):
    made = xlwt.Workbook()
    made.add_sheet("other").row(1).set_cell_error(0, "#REF!")
    sheet = made.add_sheet("Zażółć")
    for column, name in enumerate(("A", "B")):
        sheet.write(0, column, name)
    sheet.row(1).set_cell_error(0, 0x2A)
    sheet.write(1, 1, 1)
    sheet.write(2, 0, False)
    sheet.row(2).set_cell_error(1, "#DIV/0!")
    sheet.write(3, 0, "x")
    sheet.write(3, 1, xlwt.Formula("1/0"))
    path = tmp_path / "a.xls"
    made.save(str(path))
    content = path.read_bytes()
    # xlwt computes nothing, and says that the formula gives nothing; Excel says which error it gives.
    nothing, error = bytes([3, 0, 0, 0, 0, 0, 255, 255]), bytes([2, 0, 0x1D, 0, 0, 0, 255, 255])
    assert content.count(nothing) == 1
    path.write_bytes(content.replace(nothing, error))
    read = cells(open_sheet(path, "Zażółć", AB, PLENTY))
    assert read == [["#N/A", "1"], ["false", "#DIV/0!"], ["x", "#NAME?"]]


def test_a_failed_formula_is_found_with_its_formula_and_across_two_pieces(tmp_path, monkeypatch):
    path = book(tmp_path / "a.xlsx", [["A", "B"], *(["x", "#REF!"] for _ in range(300))])
    formula = b'<c r="B2" s="1" t="e"><f>VLOOKUP(A2,C:D,2,"&lt;")</f><v>#REF!</v></c>'
    with zipfile.ZipFile(path) as old:
        parts = {each: old.read(each).replace(b'<c r="B2" t="e"><v>#REF!</v></c>', formula) for each in old.namelist()}
    assert formula in parts["xl/worksheets/sheet1.xml"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    monkeypatch.setattr(sheet_errors, "PIECE", 100)
    monkeypatch.setattr(sheet_errors, "LONGEST_CELL", 200)
    assert cells(open_sheet(path, None, AB, PLENTY)) == [["x", "#REF!"]] * 300


def test_rows_and_columns_are_counted_as_the_spreadsheet_shows_them(tmp_path):
    made, sheet = workbook()
    sheet["C3"], sheet["D3"] = "A", "B"
    sheet["C5"], sheet["D5"] = "1", "2"
    made.save(tmp_path / "a.xlsx")
    table = open_sheet(tmp_path / "a.xlsx", None, AB, PLENTY)
    assert [(row.number, row.cells) for row in table.rows] == [(5, ["", "", "1", "2"])]
    by_letter = open_sheet(tmp_path / "a.xlsx", None, Wanted(("C", "D"), row=0), PLENTY)
    assert by_letter.titles[2:] == ("C", "D")


def test_merged_cells_are_filled_down_and_headings_passed_over(tmp_path):
    rows = [["Price list"], ["A", "B", "C"], ["Lamps"], ["1", "PLN", "x"], ["2", None, "y"], [None], ["3", "EUR", "z"]]
    path = book(tmp_path / "a.xlsx", rows, merged=["A1:C1", "A3:C3", "B4:B6"])
    table = open_sheet(path, None, AB, PLENTY)
    assert table.total == 4
    assert cells(table) == [["1", "PLN", "x"], ["2", "PLN", "y"], ["3", "EUR", "z"]]
    assert table.notes == ["1 heading (merged over columns) passed over, rows 3"]


def test_a_sheet_is_found_by_name_or_number(tmp_path):
    made, first = workbook()
    first.append(["X"])
    second = made.create_sheet("Cennik")
    second.append(["A", "B"])
    second.append(["1", "2"])
    made.save(tmp_path / "a.xlsx")
    assert cells(open_sheet(tmp_path / "a.xlsx", "Cennik", AB, PLENTY)) == [["1", "2"]]
    assert cells(open_sheet(tmp_path / "a.xlsx", 2, AB, PLENTY)) == [["1", "2"]]
    assert refusal(tmp_path / "a.xlsx", sheet="Ceny") == "sheet-missing"
    assert refusal(tmp_path / "a.xlsx", sheet=3) == "sheet-missing"
    assert refusal(tmp_path / "a.xlsx") == "columns-missing"


def test_xls_and_ods_are_read_alike(tmp_path):
    old = xlwt.Workbook()
    sheet = old.add_sheet("S")
    for column, values in enumerate((["A", "007", 5901234567890], ["B", "ż", 1.5])):
        for row, value in enumerate(values):
            sheet.write(row, column, value)
    old.save(str(tmp_path / "a.xls"))
    document, sheets = spreadsheet()
    table = OdsTable(name="S")
    for values in (("A", "B"), ("007", "ż"), (5901234567890, 1.5)):
        row = TableRow()
        for value in values:
            is_number = not isinstance(value, str)
            kind = {"valuetype": "float", "value": value} if is_number else {"valuetype": "string"}
            cell = TableCell(**kind)
            cell.addElement(P(text=str(value)))
            row.addElement(cell)
        table.addElement(row)
    sheets.addElement(table)
    document.save(str(tmp_path / "a.ods"))
    expected = [["007", "ż"], ["5901234567890", "1.5"]]
    assert cells(open_sheet(tmp_path / "a.xls", None, AB, PLENTY)) == expected
    assert cells(open_sheet(tmp_path / "a.ods", None, AB, PLENTY)) == expected


def test_what_is_no_sheet_says_so(tmp_path):
    for content, cause in (
        (b"", "empty-file"),
        (b"<html><table>", "not-a-sheet"),
        (b"A;B\n1;2\n", "not-a-sheet"),
        (b"PK\x03\x04" + b"x" * 100, "file-damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "file-damaged"),
    ):
        path = tmp_path / "a.xls"
        path.write_bytes(content)
        assert refusal(path) == cause


def test_a_truncated_sheet_is_damaged(tmp_path):
    path = book(tmp_path / "a.xlsx", [["A", "B"], ["1", "2"]])
    content = path.read_bytes()
    for length in (10, 300, len(content) // 2, len(content) - 5):
        path.write_bytes(content[:length])
        assert refusal(path) == "file-damaged"


def rezipped(path, changes):
    """Write the archive anew with some parts changed."""
    buffer = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, changes.get(part) or old.read(part))
        for part in changes.keys() - set(old.namelist()):
            new.writestr(part, changes[part])
    return path


def test_a_zip_bomb_is_refused_while_it_is_small(tmp_path):
    path = rezipped(book(tmp_path / "a.xlsx", [["A", "B"]]), {"xl/media/bomb.bin": b"\0" * 12_000_000})
    assert path.stat().st_size < 30_000
    assert refusal(path) == "archive-bomb"
    assert refusal(path, most=5_000_000) == "archive-bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path):
    path = rezipped(book(tmp_path / "a.xlsx", [["A", "B"]]), {"xl/media/bomb.bin": b"\0" * 12_000_000})
    content = path.read_bytes()
    size = (12_000_000).to_bytes(4, "little")
    assert content.count(size) >= 1
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    assert refusal(path) == "archive-bomb"


def test_a_cell_at_the_far_end_of_the_sheet_is_refused_before_memory_is_reserved(tmp_path):
    made, sheet = workbook()
    sheet["A1"], sheet["B1"] = "A", "B"
    sheet["XFD1048576"] = "!"
    made.save(tmp_path / "a.xlsx")
    assert refusal(tmp_path / "a.xlsx") == "archive-bomb"


def test_absurdly_repeated_cells_of_ods_are_refused(tmp_path):
    document, sheets = spreadsheet()
    table = OdsTable(name="S")
    row = TableRow(numberrowsrepeated=1_000_000)
    cell = TableCell(valuetype="string", numbercolumnsrepeated=16_000)
    cell.addElement(P(text="x"))
    row.addElement(cell)
    table.addElement(row)
    sheets.addElement(table)
    document.save(str(tmp_path / "a.ods"))
    assert refusal(tmp_path / "a.ods") == "archive-bomb"


def test_empty_formatted_rows_to_the_end_of_an_ods_are_no_bomb(tmp_path):
    document, sheets = spreadsheet()
    table = OdsTable(name="S")
    for values in (("A", "B"), ("1", "2")):
        row = TableRow()
        for value in values:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
            row.addElement(cell)
        table.addElement(row)
    rest = TableRow(numberrowsrepeated=1_048_574)
    rest.addElement(TableCell(numbercolumnsrepeated=16_384))
    table.addElement(rest)
    sheets.addElement(table)
    document.save(str(tmp_path / "a.ods"))
    assert cells(open_sheet(tmp_path / "a.ods", None, AB, PLENTY)) == [["1", "2"]]


def test_a_panic_of_the_reader_is_a_damaged_file():
    class PanicException(BaseException):
        pass

    assert isinstance(sheet_reader._panic(PanicException()), FileRefused)
    assert isinstance(sheet_reader._panic(KeyboardInterrupt()), KeyboardInterrupt)


def test_a_damaged_xls_does_not_take_the_process_with_it(tmp_path):
    old = xlwt.Workbook()
    sheet = old.add_sheet("S")
    for row in range(30):
        sheet.write(row, 0, "A")
        sheet.write(row, 1, "B" if row == 0 else "żółw")
    old.save(str(tmp_path / "good.xls"))
    content = (tmp_path / "good.xls").read_bytes()
    cell = content.index(b"\xfd\x00\x0a\x00")  # the record of a cell's text; after its length come row and column
    path = tmp_path / "a.xls"
    path.write_bytes(content[: cell + 4] + b"\xff" * 4 + content[cell + 8 :])
    assert refusal(path) == "file-damaged"


def test_parts_beyond_number_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_PARTS", 3)
    assert refusal(book(tmp_path / "a.xlsx", [["A", "B"]])) == "archive-bomb"


SHEET = "xl/worksheets/sheet1.xml"
TITLES = '<row r="1"><c t="str" r="A1"><v>A</v></c><c t="str" r="B1"><v>B</v></c></row>'
FAR = '<row><c t="str" r="XFD1048576"><v>x</v></c></row>'


def sheet_of(*rows):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f"<worksheet xmlns='{main}'><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([FAR], id="where it stands is not said first"),
        pytest.param([FAR.replace("<c ", "<c x='>' ")], id="a sign that ends a tag, within a value"),
        pytest.param([FAR.replace("<c ", "<c" + " " * 2_000_000)], id="a tag of two megabytes"),
        pytest.param([FAR.replace("<c ", "<x-y:c xmlns:x-y='x' ").replace("/c>", "/x-y:c>")], id="a prefix"),
        pytest.param([FAR.replace("<c ", "<c x=\"r='A1' \" ")], id="another place within a value"),
        pytest.param(
            ["<row>" + "<c><v>1</v></c>" * 16_384 + "</row>", "<row r='1048576'><c><v>1</v></c></row>"],
            id="only rows say where they stand",
        ),
    ],
)
def test_far_cells_that_hide_from_the_first_look_do_not_take_the_process_with_them(tmp_path, rows):
    path = rezipped(book(tmp_path / "a.xlsx", [["A", "B"]]), {SHEET: sheet_of(TITLES, *rows)})
    assert refusal(path) == "file-damaged"


def test_a_sheet_that_is_written_unlike_others_is_read(tmp_path):
    rows = TITLES.replace(' r="A1"', "").replace(' r="B1"', ""), "<row r='2'><c><v>1</v></c><c><v>2</v></c></row>"
    path = rezipped(book(tmp_path / "a.xlsx", [["A", "B"]]), {SHEET: sheet_of(*rows)})
    assert cells(open_sheet(path, None, AB, PLENTY)) == [["1", "2"]]


def test_a_sheet_that_lies_elsewhere_in_the_file_is_looked_into(tmp_path):
    path = book(tmp_path / "a.xlsx", [["A", "B"]])
    with zipfile.ZipFile(path) as made:
        relations = made.read("xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"media/picture.png")
    assert b"picture" in relations
    far = FAR.replace('t="str" r="XFD1048576"', 'r="XFD1048576" t="str"')
    rezipped(path, {"xl/_rels/workbook.xml.rels": relations, "xl/media/picture.png": sheet_of(TITLES, far)})
    assert refusal(path) == "archive-bomb"


def test_a_binary_workbook_is_refused(tmp_path):
    path = rezipped(book(tmp_path / "a.xlsx", [["A", "B"]]), {"xl/workbook.bin": b"x"})
    assert refusal(path) == "not-a-sheet"


def test_merged_cells_without_end_are_refused(tmp_path):
    merged = "<mergeCells count='101'>" + "<mergeCell ref='A1:A10001'/>" * 101 + "</mergeCells>"
    made = sheet_of(TITLES).replace(b"</sheetData>", b"</sheetData>" + merged.encode())
    assert refusal(rezipped(book(tmp_path / "a.xlsx", [["A", "B"]]), {SHEET: made})) == "archive-bomb"


FILLED = "<table:table-cell office:value-type='float' office:value='1'{}/>"
MANY = " table:number-columns-repeated='20000'"


def ods_of(path, rows):
    """Write an ODS with these rows in its table."""
    made, sheets = spreadsheet()
    sheets.addElement(OdsTable(name="S"))
    made.save(str(path))
    with zipfile.ZipFile(path) as saved:
        content = saved.read("content.xml").decode()
    filled = content.replace('<table:table table:name="S"/>', f'<table:table table:name="S">{rows}</table:table>')
    assert filled != content
    return rezipped(path, {"content.xml": filled.encode()})


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        pytest.param(f"<table:table-cell{MANY}/>{FILLED.format('')}", "archive-bomb", id="empty ones before it"),
        pytest.param(FILLED.replace("office:value-type='float' ", "").format(MANY), "archive-bomb", id="no type"),
        pytest.param(FILLED.format(" x='>'" + MANY), "archive-bomb", id="a sign that ends a tag, within a value"),
        pytest.param(
            FILLED.format(MANY.replace("table", "x").replace("20000", "1") + MANY), "archive-bomb", id="twice"
        ),
        pytest.param(FILLED.format(" " * 2_000_000 + MANY), "file-damaged", id="a tag of two megabytes"),
        pytest.param(FILLED.format(MANY.replace("2", "+2")), "file-damaged", id="a number with a sign"),
    ],
)
def test_repeated_cells_that_hide_are_refused(tmp_path, cells, cause):
    row = f"<table:table-row table:number-rows-repeated='1000000'>{cells}</table:table-row>"
    assert refusal(ods_of(tmp_path / "a.ods", row)) == cause


def test_the_rows_before_a_filled_one_and_all_tables_count(tmp_path):
    one = f"<table:table-row>{FILLED.format(MANY)}</table:table-row>"
    empty = "<table:table-row table:number-rows-repeated='1500'><table:table-cell/></table:table-row>"
    assert refusal(ods_of(tmp_path / "a.ods", one + empty + one)) == "archive-bomb"
    half = "<table:table-column/>".join([one] * 600)
    both = f"{half}</table:table><table:table table:name='T'>{half}"
    assert refusal(ods_of(tmp_path / "a.ods", both)) == "archive-bomb"


def test_a_hidden_sheet_is_read_only_where_it_is_named(tmp_path):
    made, hidden = workbook()
    shown = made.create_sheet("Now")
    hidden.title, hidden.sheet_state, made.active = "Old", "hidden", 1
    for sheet, value in ((hidden, "old"), (shown, "new")):
        for row in (["A", "B"], ["1", value]):
            sheet.append(row)
    made.save(path := tmp_path / "a.xlsx")
    assert cells(open_sheet(path, None, AB, PLENTY)) == [["1", "new"]]
    assert cells(open_sheet(path, "Old", AB, PLENTY)) == cells(open_sheet(path, 1, AB, PLENTY)) == [["1", "old"]]
