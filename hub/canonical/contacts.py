"""How somebody is known and reached: country, language, VAT id, e-mail, phone, web address. Text -> canonical form."""

import re
from urllib.parse import urlsplit

from stdnum import vatin
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from hub.canonical.codes import countries, languages
from hub.canonical.values import fault, shown, text

LONGEST_PHONE = 100
LONGEST_EMAIL = 254
LONGEST_WEB_ADDRESS = 2_000

_LANGUAGE = re.compile(r"([a-z]{2})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?")
_SEPARATORS = re.compile(r"[\s.\-/\u2010-\u2015\u2212]+")
_VAT_ID = re.compile(r"(?=.*[1-9])[A-Z0-9+*]{4,20}")
_IN_VIES = frozenset(state.upper() for state in eu_vat.MEMBER_STATES) | {"EL", "EU", "IM"}
"""EU and IM: one-stop-shop numbers."""
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\s@<>()\[\],;:\\\".]{1,63}\.)+[^\s@<>()\[\],;:\\\".]{2,63}")
_INTERNATIONAL = re.compile(r"(?:\+|00)[0-9\s().\-/]*[0-9][0-9\s().\-/]*", re.ASCII)
_NO_DIGITS = re.compile(r"[^0-9]")
USUAL_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]*[A-Za-z0-9](?:/[!-~]*)?")
"""What needs no closer look: urlsplit takes most of the time that a product with pictures takes."""
_NOT_SHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def country(value: str) -> str:
    """Return a country's code of two letters (ISO 3166-1); that of three letters is understood too."""
    code = countries().get(value.strip().upper())
    if code is None:
        raise fault("unknown-country", f"{shown(value)} is not a country of ISO 3166-1, such as PL or DE")
    return code


def language(value: str) -> str:
    """Return a language (ISO 639-1), where given with its script or region: `pl`, `de-AT`, `zh-Hans`."""
    found = _LANGUAGE.fullmatch(value.strip().replace("_", "-").lower())
    if found is None or found[1] not in languages():
        raise fault("unknown-language", f"{shown(value)} is not a language of ISO 639-1, such as pl or de-AT")
    code, script, region = found.groups()
    parts = [code, script.capitalize() if script else None, _region(region) if region else None]
    return "-".join(part for part in parts if part)


def _region(value: str) -> str:
    return value if value.isdigit() else country(value)


def vat_id(value: str) -> str:
    """Return a VAT id in capitals, without blanks, dots and dashes; Greece is EL, as VIES has it.

    Refused is what cannot be one, such as "none" or zeros: by that, strangers would be taken for the same party. One
    that begins with the letters of a member state of the European Union must be right. Any other is taken as it
    is, one without a country's letters too: see `vat_id_in`.
    """
    number = _SEPARATORS.sub("", value).upper()
    if not _VAT_ID.fullmatch(number):
        raise fault("bad-vat-id", f"{shown(value)} is not a VAT id, such as PL5260250274")
    if number.startswith("GR"):
        number = "EL" + number[2:]
    try:
        return eu_vat.validate(number) if number[:2] in _IN_VIES else _normalised(number)
    except ValidationError as error:
        reason = str(error).rstrip(".").lower()
        raise fault("bad-vat-id", f"{number} is not a VAT id of {number[:2]}: {reason}") from None


def _normalised(number: str) -> str:
    try:
        return vatin.validate(number)
    except ValidationError:
        return number


def vat_id_in(value: str, country_code: str | None) -> str:
    """Return a tax number with the letters of its country in front, for systems that keep the two apart. Checks nothing."""
    number = _SEPARATORS.sub("", value).upper()
    letters = {"GR": "EL"}.get(country_code or "", country_code or "")
    return number if not number or number[:2].isalpha() else letters + number


def email(value: str) -> str:
    """Return an e-mail address in small letters: mailboxes that differ by capitals only are the same to us."""
    address = value.strip().lower()
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address) or not address.isprintable():
        raise fault("bad-email", f"{shown(value)} is not an e-mail address")
    return address


def phone(value: str) -> str:
    """Return an international phone number as + and digits; any other as it was written, but for repeated blanks."""
    number = _NOT_SHOWN.sub(" ", value).strip()
    if len(number) > LONGEST_PHONE:
        raise fault("too-long", f"{len(number):,} characters are more than the {LONGEST_PHONE} that fit")
    if not _INTERNATIONAL.fullmatch(number):
        return number
    digits = _NO_DIGITS.sub("", number.replace("(0)", ""))
    return "+" + digits.removeprefix("00") if digits.strip("0") else number


def web_address(value: str) -> str:
    """Return an http or https address as it was written."""
    if len(value) <= LONGEST_WEB_ADDRESS and USUAL_WEB_ADDRESS.fullmatch(value):
        return value
    address = text(value, LONGEST_WEB_ADDRESS)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in address or not address.isprintable():
        raise fault("bad-web-address", f"{shown(value)} is not a web address, such as https://shop.example/lamp.jpg")
    return address
