"""Delimited text, well written and not."""

import csv
import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.files.csv_reader import Dialect, open_csv
from adapters.files.header import Wanted
from adapters.files.rows import FileRefused

AB = Wanted(("A", "B"))


def rows(tmp_path, content, wanted=AB, **dialect):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(open_csv(path, Dialect(**dialect), wanted).rows)


def good(read):
    return [(row.number, list(row.cells)) for row in read if row.broken is None]


def causes(read):
    return [(row.number, row.broken.cause) for row in read if row.broken]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_by_the_titles(tmp_path, delimiter):
    text = f"a;b,c|d\nA{delimiter}B\n1{delimiter}x\n"
    assert good(rows(tmp_path, text)) == [(3, ["1", "x"])]


@pytest.mark.parametrize(("delimiter", "named"), [(",", ","), ("\t", "tab"), ("|", "|")])
def test_another_delimiter_than_the_one_that_is_said_is_named(tmp_path, delimiter, named):
    with pytest.raises(FileRefused) as refused:
        rows(tmp_path, f"A{delimiter}B\n1{delimiter}2\n", delimiter=";")
    assert str(refused.value).endswith(f'; its titles are there with delimiter = "{named}"')


def test_a_title_above_the_header_and_other_capitals_do_not_matter(tmp_path):
    assert good(rows(tmp_path, 'Stock list;;\n\n  a ;"B";C\n1;2;3\n')) == [(4, ["1", "2", "3"])]


def test_line_breaks_within_quotes_belong_to_the_field(tmp_path):
    assert good(rows(tmp_path, 'A;B\n1;"x\ny"\n2;z\n')) == [(2, ["1", "x\ny"]), (4, ["2", "z"])]


def test_a_quote_that_is_never_closed_costs_its_line_only(tmp_path):
    read = rows(tmp_path, 'A;B\n1;"abc\n2;def\n3;ghi\n')
    assert causes(read) == [(2, "unclosed-quote")]
    assert good(read) == [(3, ["2", "def"]), (4, ["3", "ghi"])]


def test_a_quote_that_finds_a_partner_far_below_costs_both_lines_only(tmp_path):
    read = rows(tmp_path, 'A;B\n1;"abc\n2;def\n3;"ghi"\n4;x"y\n')
    assert causes(read) == [(2, "unclosed-quote")]
    assert [number for number, _ in good(read)] == [3, 4, 5]


def test_rows_with_other_columns_than_the_header_are_put_aside(tmp_path):
    read = rows(tmp_path, "A;B\n1\n1;2;3\n1;2;\n1;2;;\n")
    assert causes(read) == [(2, "ragged-row"), (3, "ragged-row")]
    assert len(good(read)) == 2


def test_wrong_bytes_and_nul_cost_their_row(tmp_path):
    read = rows(tmp_path, b"A;B\n1;\xc5\xbc\n2;\xff\n3;\0\n4;x\n", encoding="utf-8")
    assert causes(read) == [(3, "wrong-encoding"), (4, "control-character")]
    assert [cells for _, cells in good(read)] == [["1", "ż"], ["4", "x"]]


def test_an_absurdly_long_line_costs_itself(tmp_path):
    read = rows(tmp_path, "A;B\n1;" + "x" * 2_500_000 + "\n2;y\n3;" + "z" * 200_000 + "\n4;w\n")
    assert [cause for _, cause in causes(read)] == ["too-long", "too-long"]
    assert [cells for _, cells in good(read)] == [["2", "y"], ["4", "w"]]


def test_too_many_columns(tmp_path):
    assert causes(rows(tmp_path, "A;B\n" + ";" * 3000 + "\n", wanted=AB)) == [(2, "too-many-columns")]


def test_a_file_full_of_lone_quotes_does_not_take_for_ever(tmp_path):
    text = "A;B\n" + '1;"x\n' + "2;yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n" * 700
    read = rows(tmp_path, text)
    assert len(causes(read)) == 1
    for line in ('1;"x\n', '1;"";"\n', '"\n', '1;"x""\n', '"";";";"\n'):
        assert len(causes(rows(tmp_path, "A;B\n" + line * 20_000))) > 9_000
    openers = ('1;"x\n' + "2;y\n" * 600) * 100
    assert len(causes(rows(tmp_path, "A;B\n" + openers))) == 100


def test_missing_titles_are_named_with_what_was_probably_meant(tmp_path):
    with pytest.raises(FileRefused) as refused:
        rows(tmp_path, "Indeks;Stan mag.;Cena\n1;2;3\n", wanted=Wanted(("Indeks", "Stan mag")))
    assert refused.value.cause == "columns-missing"
    assert '"Stan mag." meant?' in str(refused.value)


def test_a_title_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(FileRefused) as refused:
        rows(tmp_path, "A;B;A\n1;2;3\n")
    assert refused.value.cause == "columns-ambiguous"


def test_a_file_without_header_has_columns_by_letter(tmp_path):
    read = rows(tmp_path, "1;2\n3;4\n", wanted=Wanted(("A", "2"), row=0))
    assert good(read) == [(1, ["1", "2"]), (2, ["3", "4"])]


def test_an_empty_file_is_refused_and_a_header_alone_is_not(tmp_path):
    with pytest.raises(FileRefused) as refused:
        rows(tmp_path, "")
    assert refused.value.cause == "empty-file"
    assert rows(tmp_path, "A;B\n") == []


CELLS = st.text(
    st.characters(codec="cp1250", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\";,|\n\t'"), max_size=12
)


@settings(max_examples=150)
@given(
    data=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1250"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_what_is_written_is_read_back(tmp_path_factory, data, delimiter, ending, encoding, quoting):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerow(["A", "B"])
    writer.writerows(data)
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    content = buffer.getvalue().encode(encoding)
    if encoding == "cp1250":
        with suppress(UnicodeDecodeError):  # what is UTF-8 as well is read as that
            assume(content.decode("utf-8") == buffer.getvalue())
    path.write_bytes(content)
    told = None if encoding != "cp1250" else encoding  # which of several fits cannot be known from random letters
    read = list(open_csv(path, Dialect(told, delimiter), AB).rows)
    assert [tuple(row.cells) for row in read] == [row for row in data if any(map(str.strip, row)) or len(row) > 1]


@settings(max_examples=150)
@given(st.binary(max_size=400) | st.text('A;B"\n\r', max_size=60).map(str.encode))
def test_any_bytes_are_rows_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_bytes(b"A;B\n" + content)
    try:
        read = list(open_csv(path, Dialect(), AB).rows)
    except FileRefused:
        return
    assert len(read) <= len(content) + 1
    numbers = [row.number for row in read]
    assert numbers == sorted(set(numbers))


def test_300_000_rows_are_read_in_constant_memory(tmp_path):
    path = tmp_path / "file.csv"
    with path.open("w", encoding="cp1250") as file:
        file.write("A;B\n")
        file.writelines(f"{number:08d};Lampa stojąca\n" for number in range(300_000))
    tracemalloc.start()
    count = sum(1 for _ in open_csv(path, Dialect(), AB).rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 300_000
    assert peak < 6_000_000


@pytest.mark.parametrize(("written", "named"), [("utf-8", "cp1250"), ("utf-8-sig", "cp1250"), ("utf-16", "utf-16-le")])
def test_an_encoding_that_is_named_does_not_ruin_what_is_certainly_written_otherwise(tmp_path, written, named):
    assert good(rows(tmp_path, "A;B\n1;żółw\n".encode(written), encoding=named)) == [(2, ["1", "żółw"])]


@pytest.mark.parametrize(("text", "named"), [("żółw", "iso8859-2"), ("лампа", "utf-16-be"), ("лампа", "cp1251")])
def test_an_encoding_that_is_named_is_taken_where_nothing_is_certain(tmp_path, text, named):
    assert good(rows(tmp_path, f"A;B\n1;{text}\n".encode(named), encoding=named)) == [(2, ["1", text])]
