"""Makes the example files anew, always the same: for maintainers, it needs openpyxl.

    python examples/warehouse/make_files.py

What must come out of an import is written in README.md beside this file; the unit tests compare.
"""

import csv
import io
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Font

INCOMING = Path(__file__).parent / "incoming"
WHEN = datetime(2026, 11, 2, 6, 30, tzinfo=UTC)

CATEGORIES = {
    "Lampy sufitowe": ("Plafon", "Lampa wisząca", "Żyrandol"),
    "Lampy stojące": ("Lampa stojąca", "Lampa podłogowa"),
    "Kinkiety": ("Kinkiet", "Kinkiet łazienkowy"),
    "Żarówki LED": ("Żarówka LED E27", "Żarówka LED E14", "Świetlówka"),
    "Oprawy zewnętrzne": ("Słupek ogrodowy", "Naświetlacz"),
    "Przewody i kable": ("Przewód YDY 3x1,5", "Kabel ziemny", "Przedłużacz"),
    "Gniazda i wyłączniki": ("Gniazdo podwójne", "Wyłącznik schodowy", "Ściemniacz"),
    "Źródła zasilania": ("Zasilacz 12 V", "Akumulator żelowy"),
}
COLOURS = ("biała", "czarna", "złota", "mosiądz", "grafit", "dąb", "śnieżna", "łososiowa")
BRANDS = ("Świtanka", "Jaśminowa", "Łunea", "Zorzalit", "Gwiezdna Ćma")

PRODUCTS = 2_412
RUINED_GTINS = (37, 212, 388, 519, 760, 1_104, 1_390, 1_733, 2_205)
ON_REQUEST = (95, 611, 1_250, 1_871, 2_390)
STRAY_SEMICOLON = 1_500
WRONG_CHECK_DIGIT, FORMULA, NO_KEY = 41, 118, 233


def main() -> None:
    """Write the three files."""
    INCOMING.mkdir(exist_ok=True)
    products = make_products()
    write_prices(INCOMING / "prices_2026-11.xlsx", products)
    write_stock(INCOMING / "STAN_MAG1.csv", products)
    write_products(INCOMING / "produkty_2026-11-02.xml", products)


def make_products() -> list[dict[str, Any]]:
    """Invent the company's products, a category after the other."""
    dice = random.Random(20261102)  # noqa: S311 - the same each time is the point
    products: list[dict[str, Any]] = []
    names = list(CATEGORIES)
    for number in range(PRODUCTS):
        category = names[number * len(names) // PRODUCTS]
        kind = dice.choice(CATEGORIES[category])
        products.append(
            {
                "sku": f"{number * 7 + 1:06d}" if number % 3 else f"LM-{number:05d}",
                "gtin": gtin(f"590{dice.randrange(10**9):09d}" if number % 11 else f"00{dice.randrange(10**10):010d}"),
                "name": f"{kind} {dice.choice(BRANDS)} {dice.choice(COLOURS)} {dice.randrange(10, 99)}",
                "category": category,
                "price": dice.randrange(499, 249_900),
                "weight": dice.randrange(50, 12_000),
                "on_hand": dice.choice((0, 1, 2, 5, 12, 40, 144, 1_250)),
                "reserved": dice.choice((0, 0, 0, 1, 2)),
            }
        )
    return products


def gtin(twelve: str) -> str:
    """Add the check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def polish(hundredths: int) -> str:
    """Write an amount as a Polish clerk does: 1 249,00."""
    return f"{hundredths // 100:,}".replace(",", "\u00a0") + f",{hundredths % 100:02d}"


def write_prices(path: Path, products: list[dict[str, Any]]) -> None:
    """Write the price list: title above the header, merged cells, numbers as numbers and as text."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Cennik"
    bold = Font(bold=True)
    sheet["A1"] = "Cennik hurtowy, listopad 2026"
    sheet["A2"] = "Ceny netto; wa\u017cny od 02.11.2026"
    sheet.merge_cells("A1:F1")
    sheet.merge_cells("A2:F2")
    for column, title in enumerate(("Indeks", "EAN", "Nazwa towaru", "Cena\nnetto", "Waluta", "Ważna od"), 1):
        sheet.cell(4, column, title).font = bold
    row, category, began = 5, None, 0
    for number, product in enumerate(products):
        if product["category"] != category:
            close_group(sheet, began, row - 1)
            category = product["category"]
            sheet.cell(row, 1, category).font = bold
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
            row, began = row + 1, row + 1
            sheet.cell(began, 5, "PLN")
        price_row(sheet, row, number, product)
        row += 1
    close_group(sheet, began, row - 1)
    sheet.column_dimensions["C"].width = 48
    book.properties.created = book.properties.modified = WHEN.replace(tzinfo=None)
    save_the_same(book, path)


def close_group(sheet: Any, first: int, last: int) -> None:
    """Merge the currency over a category's rows, as people do who write it once."""
    if 0 < first < last:
        sheet.merge_cells(start_row=first, start_column=5, end_row=last, end_column=5)


def price_row(sheet: Any, row: int, number: int, product: dict[str, Any]) -> None:
    """Write one product's line, mistakes included."""
    sheet.cell(row, 1, product["sku"])
    code: Any = product["gtin"] if number % 4 or product["gtin"].startswith("0") else int(product["gtin"])
    sheet.cell(row, 2, "5,90123E+12" if number in RUINED_GTINS else code)
    sheet.cell(row, 3, product["name"])
    price: Any = polish(product["price"]) if number % 5 == 0 else product["price"] / 100
    sheet.cell(row, 4, "na zapytanie" if number in ON_REQUEST else price)
    if number % 2:
        sheet.cell(row, 6, "02.11.2026")
    else:
        sheet.cell(row, 6, datetime(2026, 11, 2, tzinfo=UTC).date()).number_format = "dd.mm.yyyy"


def save_the_same(book: Workbook, path: Path) -> None:
    """Save a book without the time of day in it, so that the same content is the same file."""
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w") as kept:
        for part in made.namelist():
            content = made.read(part)
            if part == "docProps/core.xml":  # saving sets the time of the last change
                begin, end = content.index(b"<dcterms:modified"), content.index(b"</dcterms:modified>")
                content = content[:begin] + content[end + len(b"</dcterms:modified>") :]
            kept.writestr(zipfile.ZipInfo(part, WHEN.timetuple()[:6]), content, zipfile.ZIP_DEFLATED, compresslevel=9)


def write_stock(path: Path, products: list[dict[str, Any]]) -> None:
    """Write the stock list of an older ERP: cp1250, semicolons, decimal commas, and six mistakes."""
    rows = [
        [
            product["sku"],
            product["name"],
            "MAG1" if number % 4 else "MAG2",
            polish(product["on_hand"] * 100) + "0",
            f"{product['reserved']},000",
            "szt." if product["category"] != "Przewody i kable" else "m",
        ]
        for number, product in enumerate(products[:1_875])
    ]
    for number in (140, 722, 1_300):
        rows[number][2] = "MAG9"
    rows[410][4] = "-2,000"
    rows.insert(900, [*rows[880][:3], "99,000", *rows[880][4:]])  # the same key with another quantity
    rows.insert(905, list(rows[904]))  # word for word again
    with path.open("w", encoding="cp1250", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(("Indeks", "Nazwa", "Magazyn", "Stan", "Rezerwacja", "J.m."))
        for number, row in enumerate(rows):
            if number == STRAY_SEMICOLON:
                row[1] = "Przewód YDY 3x1,5; krążek"
                file.write(";".join(row) + "\r\n")  # a semicolon that nobody put in quotes
            else:
                writer.writerow(row)


def write_products(path: Path, products: list[dict[str, Any]]) -> None:
    """Write the product list of a supplier: XML in ISO-8859-2, and three mistakes."""
    lines = [
        '<?xml version="1.0" encoding="ISO-8859-2"?>',
        '<katalog dostawca="Hurtownia Świetlna Łuna" data="2026-11-02">',
    ]
    for number, product in enumerate(products[:300]):
        sku, code, name = product["sku"], product["gtin"], product["name"]
        if number == WRONG_CHECK_DIGIT:
            code = code[:-1] + str((int(code[-1]) + 1) % 10)
        if number == FORMULA:
            name = '=HYPERLINK("http://zly.example";"Lampa")'
        if number == NO_KEY:
            sku = ""
        lines += [
            f'  <produkt aktywny="{"nie" if number % 17 == 0 else "tak"}">',
            f"    <indeks>{sku}</indeks>",
            f"    <ean>{code}</ean>",
            f"    <nazwa>{escape(name)}</nazwa>",
            f"    <grupa>{escape(product['category'])}</grupa>",
            f'    <logistyka><waga jednostka="kg">{product["weight"] / 1000:.3f}</waga><jm>szt</jm></logistyka>',
            '    <vat kategoria="S">23</vat>',
            "  </produkt>",
        ]
    lines.append("</katalog>")
    path.write_bytes("\n".join(lines).encode("iso8859-2") + b"\n")


if __name__ == "__main__":
    main()
