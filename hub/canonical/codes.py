"""Standard code lists, as far as records need them. Lists that a library keeps are loaded when they are first asked for."""

from functools import cache

_NOT_PAID_WITH = """
    BOV CHE CHW CLF COU MXV USN UYI UYW XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX
"""
"""In ISO 4217 as well: units of account, metals, tests."""

_COINS = {0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF", 3: "BHD IQD JOD KWD LYD OMR TND"}
"""Decimals of the smallest coin -> currencies, where they are not two (ISO 4217, minor unit)."""

_DECIMALS: dict[str, int] = {code: decimals for decimals, codes in _COINS.items() for code in codes.split()}

_OTHER_COUNTRY_CODES = {"UK": "GB", "EL": "GR", "XK": "XK"}
"""Not in ISO 3166-1, but written: reserved for the United Kingdom, the European Union's for Greece and Kosovo."""

TAX_CATEGORIES = {
    "S": "standard rate",
    "Z": "zero rated",
    "E": "exempt",
    "AE": "reverse charge",
    "K": "intra-community supply",
    "G": "export",
    "O": "outside the scope of tax",
    "L": "Canary Islands",
    "M": "Ceuta and Melilla",
}
"""UNCL5305, as EN 16931 uses it."""

UNITS = {
    "H87": "piece pc pcs ea each szt sztuka stk stück stueck st ks kus",
    "C62": "one",
    "SET": "set kpl komplet zestaw satz sada",
    "PR": "pair para paar pár",
    "XPK": "package pack opak opakowanie op packung pkg balení",
    "XCT": "carton karton kart krabice",
    "XPX": "pallet pal paleta palette",
    "XRO": "roll rolka rolle role",
    "XBG": "bag worek beutel sack pytel",
    "XBO": "bottle butelka flasche láhev",
    "KGM": "kg kilogram kilogramm",
    "GRM": "g gram gramm",
    "TNE": "t tona tonne tuna",
    "MTR": "m metr meter mb",
    "CMT": "cm",
    "MMT": "mm",
    "MTK": "m2 m² qm",
    "MTQ": "m3 m³ cbm",
    "LTR": "l litr liter",
    "MLT": "ml",
    "HUR": "h godz godzina stunde std hod hour",
    "DAY": "day dzień tag den",
    "KWH": "kwh",
}
"""UN/ECE Recommendation 20 (and 21, with X): code -> words that companies write instead."""

UNIT_OF_WORD = {word: code for code, words in UNITS.items() for word in [code.lower(), *words.split()]}


@cache
def currencies() -> frozenset[str]:
    """Return the codes of ISO 4217, money in use."""
    return frozenset(entry["alpha_3"] for entry in _entries("currencies")) - frozenset(_NOT_PAID_WITH.split())


def decimals_of(currency: str | None) -> int:
    """Return how many decimals the smallest coin of a currency has."""
    return _DECIMALS.get(currency or "", 2)


@cache
def countries() -> dict[str, str]:
    """Return the codes of ISO 3166-1, of two and of three letters, each with that of two."""
    entries = _entries("countries")
    two = {entry["alpha_2"]: entry["alpha_2"] for entry in entries}
    three = {entry["alpha_3"]: entry["alpha_2"] for entry in entries}
    return two | three | _OTHER_COUNTRY_CODES


@cache
def languages() -> frozenset[str]:
    """Return the codes of ISO 639-1."""
    return frozenset(entry["alpha_2"] for entry in _entries("languages") if "alpha_2" in entry)


def _entries(list_name: str) -> list[dict[str, str]]:
    import pycountry  # noqa: PLC0415 - it takes as long to import as half of the hub, and not every command needs it

    return [dict(entry) for entry in getattr(pycountry, list_name)]
