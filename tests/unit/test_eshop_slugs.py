"""Addresses of products and categories."""

from adapters.eshop.slugs import apart, handle, slug


def test_an_address_is_made_of_letters_digits_and_hyphens():
    assert (slug("Lampa 1/A"), slug("Świeca"), slug("--")) == ("lampa-1-a", "wieca", "product")


def test_letters_of_any_alphabet_stay_in_a_handle():
    assert (handle("Świece > Ä_1"), handle("&")) == ("świece-ä-1", "")


def test_a_handle_that_is_free_stays_as_it_is_and_another_is_told_apart():
    assert apart("A > Sale", {"b-sale"}) == "a-sale"
    first, second = apart("A Sale", {"a-sale"}), apart("A & Sale", {"a-sale"})
    assert first.startswith("a-sale-")
    assert first == apart("A Sale", {"a-sale"}) != second
    assert handle(first) == first
    assert handle(apart("&", set())) == apart("&", set()) != ""
