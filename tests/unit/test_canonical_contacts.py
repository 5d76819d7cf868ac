"""Countries, languages, VAT ids, addresses of mail and web, phone numbers, instants."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from hub.canonical import codes, contacts, values

ALL = (
    contacts.country,
    contacts.language,
    contacts.vat_id,
    contacts.email,
    contacts.phone,
    contacts.web_address,
    values.instant,
    values.signed_amount,
    values.signed_quantity,
)


@pytest.mark.parametrize(
    ("check", "given_", "kept"),
    [
        (contacts.country, " pl", "PL"),
        (contacts.country, "DEU", "DE"),
        (contacts.country, "UK", "GB"),
        (contacts.country, "XK", "XK"),
        (contacts.language, "PL", "pl"),
        (contacts.language, "de_at", "de-AT"),
        (contacts.language, "zh_Hans", "zh-Hans"),
        (contacts.language, "es-419", "es-419"),
        (contacts.vat_id, "PL 526-025-02-74", "PL5260250274"),
        (contacts.vat_id, "fr 40.303.265.045", "FR40303265045"),
        (contacts.vat_id, "GR 094259216", "EL094259216"),
        (contacts.vat_id, "EL094259216", "EL094259216"),
        (contacts.vat_id, "XI980780684", "XI980780684"),
        (contacts.vat_id, "GB 980 7806 84", "GB980780684"),
        (contacts.vat_id, "CHE-107.787.577 IVA", "CHE107787577IVA"),
        (contacts.vat_id, "US 12-345", "US12345"),
        (contacts.vat_id, "526-025-02-74", "5260250274"),
        (contacts.email, " Jan.Kowalski@Sklep.Example ", "jan.kowalski@sklep.example"),
        (contacts.email, "o'neil+shop@a-b.example", "o'neil+shop@a-b.example"),
        (contacts.phone, "+48 (0) 600-100-200", "+48600100200"),
        (contacts.phone, "0048 600 100 200", "+48600100200"),
        (contacts.phone, "600  100\t200", "600 100 200"),
        (contacts.phone, "+48 600 ext. 5", "+48 600 ext. 5"),
        (contacts.phone, "ask at the desk", "ask at the desk"),
        (contacts.phone, "+", "+"),
        (contacts.web_address, "https://shop.example/a.jpg?x=1", "https://shop.example/a.jpg?x=1"),
        (contacts.web_address, "http://localhost:9000/a.jpg", "http://localhost:9000/a.jpg"),
        (values.instant, "2026-11-21T20:16:00.799Z", "2026-11-21T20:16:00.799Z"),
        (values.instant, "2026-11-21t20:16:00.000000z", "2026-11-21T20:16:00Z"),
        (values.instant, "2026-11-21 21:16+01:00", "2026-11-21T20:16:00Z"),
        (values.instant, "2026-11-21T20:16:00.123456789Z", "2026-11-21T20:16:00.123456Z"),
        (values.signed_amount, "-10", "-10.00"),
        (values.signed_amount, "-0.00", "0.00"),
        (values.signed_quantity, "-1.50", "-1.5"),
    ],
)
def test_values_have_one_form(check, given_, kept):
    assert check(given_) == kept
    assert check(kept) == kept


@pytest.mark.parametrize(
    ("check", "given_", "cause"),
    [
        (contacts.country, "ZZ", "unknown-country"),
        (contacts.country, "Polska", "unknown-country"),
        (contacts.language, "polski", "unknown-language"),
        (contacts.language, "xx", "unknown-language"),
        (contacts.language, "pl-ZZ", "unknown-country"),
        (contacts.vat_id, "PL5260250275", "bad-vat-id"),
        (contacts.vat_id, "DE12345678", "bad-vat-id"),
        (contacts.vat_id, "brak", "bad-vat-id"),
        (contacts.vat_id, "0000000000", "bad-vat-id"),
        (contacts.vat_id, "--", "bad-vat-id"),
        (contacts.email, "jan", "bad-email"),
        (contacts.email, "jan@localhost", "bad-email"),
        (contacts.email, "jan@@sklep.example", "bad-email"),
        (contacts.email, "a@b.example, c@d.example", "bad-email"),
        (contacts.email, "jan@sklep..example", "bad-email"),
        (contacts.phone, "1" * 101, "too-long"),
        (contacts.web_address, "shop.example/a.jpg", "bad-web-address"),
        (contacts.web_address, "ftp://shop.example/a.jpg", "bad-web-address"),
        (contacts.web_address, "http://shop.example:99999/", "bad-web-address"),
        (contacts.web_address, "https://shop.example/a b.jpg", "bad-web-address"),
        (values.instant, "2026-11-21T20:16:00", "bad-instant"),
        (values.instant, "2026-02-30T00:00:00Z", "bad-instant"),
        (values.instant, "0001-01-01T00:00:00+01:00", "bad-instant"),
        (values.instant, "21.11.2026", "bad-instant"),
    ],
)
def test_what_is_refused_has_a_fixed_cause(check, given_, cause):
    with pytest.raises(PydanticCustomError) as caught:
        check(given_)
    assert caught.value.type == cause


def test_a_number_kept_apart_from_its_country_gets_its_letters():
    assert contacts.vat_id_in("526-025-02-74", "PL") == "PL5260250274"
    assert contacts.vat_id_in("PL 5260250274", "PL") == "PL5260250274"
    assert contacts.vat_id_in("094259216", "GR") == "EL094259216"
    assert contacts.vat_id_in("5260250274", None) == "5260250274"
    assert contacts.vat_id_in("", "PL") == ""


def test_lists_of_codes_are_the_librarys():
    assert {"PLN", "EUR", "JPY", "XOF", "XCG"} <= codes.currencies()
    assert not {"XAU", "XXX", "CLF"} & codes.currencies()
    assert {code for code in codes.countries().values() if len(code) != 2} == set()
    assert len(codes.languages()) > 180
    assert [codes.decimals_of(currency) for currency in ("PLN", "JPY", "KWD", None)] == [2, 0, 3, 2]


@given(st.datetimes(timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m)))))
def test_s11_an_instant_is_the_same_wherever_it_was_told(moment):
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    taken = values.instant(moment.isoformat())
    assert taken.endswith("Z")
    assert datetime.fromisoformat(taken) == expected
    assert values.instant(expected.isoformat()) == taken


@given(st.text(max_size=40) | st.text(alphabet="+0123456789 ()-./PLDEGR@.:http", max_size=40))
def test_any_text_is_either_taken_once_and_for_all_or_refused(text):
    for check in ALL:
        try:
            taken = check(text)
        except PydanticCustomError:
            continue
        assert check(taken) == taken


@given(st.sampled_from(sorted(contacts._IN_VIES)), st.text(alphabet="0123456789ABCXYZ +*", max_size=14))
def test_any_vat_id_of_the_union_is_either_right_or_refused(letters, rest):
    try:
        taken = contacts.vat_id(letters + rest)
    except PydanticCustomError:
        return
    assert contacts.vat_id(taken) == taken


@given(st.from_regex(contacts.USUAL_WEB_ADDRESS, fullmatch=True))
def test_a_usual_web_address_is_one_that_a_closer_look_would_take(address):
    parts = urlsplit(address)
    assert (parts.scheme in {"http", "https"}, bool(parts.hostname), parts.port) == (True, True, None)
    assert " " not in address
    assert contacts.web_address(address) == address
