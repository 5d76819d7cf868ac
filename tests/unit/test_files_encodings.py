"""Which encoding a file has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.files.encodings import detect

POLISH = "Indeks;Nazwa\n1;Żółta łódź, gęślą jaźń\n2;Świetlówka śnieżna\n"
GERMAN = "Artikel;Name\n1;Grüne Tür für Öfen, Maß 5 m²\n2;Große Säge; 12,50 €\n"
CZECH = "Kód;Název\n1;Příliš žluťoučký kůň\n2;Šťavnaté jablko, 5 ks\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (POLISH, "utf-8"),
        (POLISH, "utf-8-sig"),
        (POLISH, "utf-16"),
        (POLISH, "utf-16-le"),
        (POLISH, "utf-16-be"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (GERMAN, "cp1252"),
        (GERMAN.replace("²", "").replace("€", "EUR"), "iso8859-15"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859-2"),
        ("only ascii;1\n", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_a_file_is_read_as_it_was_written(tmp_path, text, encoding):
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(encoding))
    assert path.read_bytes().decode(detect(path)).removeprefix("\ufeff") == text


def test_letters_that_come_late_are_seen(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"1;abc\n" * 400_000 + "2;śnieżna\n".encode("cp1250"))
    assert detect(path) == "cp1250"


def test_a_few_broken_bytes_do_not_make_utf_8_something_else(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes((POLISH * 5).encode() + b"3;\xff\xfe\n" + (POLISH * 5).encode())
    assert detect(path) == "utf-8"


@settings(max_examples=60)
@given(st.lists(st.sampled_from("ąćęłńóśźżŚŹĄ"), min_size=3, max_size=30), st.sampled_from(["cp1250", "iso8859-2"]))
def test_polish_letters_are_never_taken_for_others(tmp_path_factory, letters, encoding):
    text = " lampa ".join(letters)
    path = tmp_path_factory.mktemp("encodings") / "file.csv"
    path.write_bytes(text.encode(encoding))
    if any(letter in "ąśźŚŹĄ" for letter in letters):
        assert text.encode(encoding).decode(detect(path)) == text
