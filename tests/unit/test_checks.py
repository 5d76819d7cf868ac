"""What `hub check` says of a system that was looked at."""

from adapters.asking.checks import AWAY, looked
from adapters.asking.http import Rejected
from hub.errors import TryLater


def refuse() -> str:
    raise Rejected("closed", status=403)


def be_away() -> str:
    raise TryLater("nobody there")


def test_a_good_look_is_its_words():
    [finding] = looked("shop", lambda: "all there")
    assert (finding.good, finding.message) == (True, "all there")


def test_the_mend_is_named_for_what_it_helps():
    [refused] = looked("shop", refuse, "open it", Rejected)
    [away] = looked("shop", be_away, "open it", Rejected)
    assert (refused.good, refused.mend) == (False, "open it")
    assert (away.good, away.message, away.mend) == (False, "nobody there", AWAY)


def test_a_key_is_not_what_helps_where_nobody_answers():
    [away] = looked("shop", be_away, "make a new key")
    assert away.mend == AWAY


def test_an_address_that_is_not_there_is_told_as_such():
    def ask() -> str:
        raise Rejected("No route was found.", status=404)

    [gone] = looked("shop", ask, "mend url")
    assert (gone.message, gone.mend) == ("shop answered 404: No route was found.", "mend url")
