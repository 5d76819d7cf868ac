from datetime import timedelta

import pytest

from hub.counting import ago, counted


def test_numbers_of_things_have_their_thousands_set_apart():
    assert (counted(1, "row"), counted(2412, "row")) == ("1 row", "2,412 rows")
    assert (counted(1, "entry"), counted(0, "entry")) == ("1 entry", "0 entries")


@pytest.mark.parametrize(
    ("length", "said"),
    [(timedelta(seconds=-5), "0 s ago"), (timedelta(minutes=5), "5 min ago"), (timedelta(days=3), "3 d ago")],
)
def test_how_long_ago(length: timedelta, said: str):
    assert ago(length) == said
