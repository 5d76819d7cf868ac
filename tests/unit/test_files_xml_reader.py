"""XML, read a record at a time."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.files.header import Wanted
from adapters.files.rows import FileRefused
from adapters.files.xml_reader import open_xml

SKU = Wanted(("sku", "@id", "price/@currency", "price/net"), ("sku",))


def rows(tmp_path, content, record=None, wanted=SKU):
    path = tmp_path / "file.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(open_xml(path, record, wanted).rows)


def refusal(tmp_path, content, record=None, wanted=SKU):
    with pytest.raises(FileRefused) as refused:
        rows(tmp_path, content, record, wanted)
    return refused.value.cause


ONE = '<p id="7"><sku> 007 </sku><price currency="PLN"><net>1.5</net></price></p>'


@pytest.mark.parametrize(
    ("content", "record"),
    [
        (f"<all>{ONE}</all>", None),
        (f"<all>{ONE}</all>", "p"),
        (f"<a><head><sku>no</sku></head><all>{ONE}</all></a>", "all/p"),
        (f'<x:all xmlns:x="urn:x" xmlns="urn:y">{ONE}</x:all>', "p"),
    ],
)
def test_names_paths_and_attributes(tmp_path, content, record):
    read = rows(tmp_path, content, record)
    assert [(row.number, list(row.cells)) for row in read] == [(1, ["007", "7", "PLN", "1.5"])]


def test_the_declared_encoding_counts(tmp_path):
    for encoding in ("iso-8859-2", "windows-1250", "utf-16"):
        content = f'<?xml version="1.0" encoding="{encoding}"?><a><p><sku>żółć</sku></p></a>'.encode(encoding)
        assert rows(tmp_path, content, wanted=Wanted(("sku",)))[0].cells == ["żółć"]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE a [<!ENTITY lol "lol"><!ENTITY b "&lol;&lol;&lol;&lol;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://zly.example/a.dtd">',
        "<!DOCTYPE a>",
    ],
)
def test_document_types_and_entities_are_refused(tmp_path, head):
    assert refusal(tmp_path, f"{head}<a><p><sku>&lol;</sku></p></a>") == "xml-entities"


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("", "empty-file"),
        ("<a><p>", "file-damaged"),
        ("no xml", "file-damaged"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "file-damaged"),
        ("<a>" * 1000, "xml-too-deep"),
        ("<a><p>" + "<x/>" * 30_000 + "</p></a>", "xml-too-large"),
        ("<a><q><sku>1</sku></q></a>", "columns-missing"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, content, cause):
    assert refusal(tmp_path, content, "p" if cause == "columns-missing" else None) == cause


def test_a_key_that_never_comes_is_missed_at_once(tmp_path):
    assert refusal(tmp_path, "<a><p><name>x</name></p></a>") == "columns-missing"


def test_an_endless_text_costs_its_record(tmp_path):
    read = rows(tmp_path, "<a><p><sku>1</sku>" + "x" * 1_100_000 + "</p><p><sku>2</sku></p></a>")
    assert [row.broken.cause if row.broken else None for row in read] == ["too-long", None]


def test_a_list_without_records_is_empty(tmp_path):
    assert rows(tmp_path, "<all/>") == []


def test_records_are_read_in_constant_memory(tmp_path):
    path = tmp_path / "file.xml"
    with path.open("w", encoding="utf-8") as file:
        file.write("<all>")
        file.writelines(ONE + "\n" for _ in range(30_000))
        file.write("</all>")
    tracemalloc.start()
    count = sum(1 for _ in open_xml(path, "p", SKU).rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 2_000_000


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.text("<>/ap &;\"'=!-[]", max_size=60).map(str.encode))
def test_any_bytes_are_rows_or_a_refusal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("xml") / "file.xml"
    path.write_bytes(content)
    try:
        rows = list(open_xml(path, None, SKU).rows)
    except FileRefused:
        return
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("begun", ["<p id='", "<!-- ", "<?y "])
def test_a_tag_that_never_ends_is_refused_in_constant_memory(tmp_path, begun):
    path = tmp_path / "file.xml"
    path.write_bytes(b"<all>" + begun.encode() + b"y" * 20_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused, match="a tag or comment is longer than") as refused:
            list(open_xml(path, None, SKU).rows)
        assert (refused.value.cause, tracemalloc.get_traced_memory()[1] < 15_000_000) == ("xml-too-large", True)
    finally:
        tracemalloc.stop()


def test_a_list_without_records_is_empty_and_not_wrong(tmp_path):
    assert rows(tmp_path, "<shop></shop>", "p") == rows(tmp_path, "<shop/>") == []
