"""What is in flight: confirms come in any order, one by one or many at once; returns come before them."""

from hub.broker.confirms import Confirms, Sending
from hub.broker.publisher import Fate, Outgoing

C, U, R, N = Fate.CONFIRMED, Fate.UNROUTABLE, Fate.REFUSED, Fate.UNCONFIRMED


def sent(*bodies: bytes) -> tuple[Confirms, Sending]:
    confirms, sending = Confirms(), Sending([Outgoing("x", "key", body) for body in bodies])
    for index in range(len(bodies)):
        confirms.sent(sending, index)
    return confirms, sending


def test_one_by_one_in_any_order() -> None:
    confirms, sending = sent(b"a", b"b", b"c")
    confirms.confirmed(2, C, multiple=False)
    confirms.confirmed(3, R, multiple=False)
    assert not sending.over.is_set()
    confirms.confirmed(1, C, multiple=False)
    assert sending.over.is_set()
    assert sending.fates == [C, C, R]


def test_many_at_once_leave_the_settled_alone() -> None:
    confirms, sending = sent(b"a", b"b", b"c", b"d")
    confirms.confirmed(2, R, multiple=False)
    confirms.confirmed(3, C, multiple=True)
    assert sending.fates == [C, R, C, N]
    assert len(confirms) == 1
    confirms.confirmed(4, C, multiple=True)
    assert sending.over.is_set()


def test_a_returned_message_is_unroutable_although_confirmed() -> None:
    confirms, sending = sent(b"a", b"b", b"c")
    confirms.returned("x", "key", b"b")
    confirms.confirmed(3, C, multiple=True)
    assert sending.fates == [C, U, C]


def test_returned_twins_are_found_in_the_order_of_sending() -> None:
    confirms, sending = sent(b"a", b"b", b"a", b"a")
    confirms.returned("x", "key", b"a")
    confirms.returned("x", "key", b"a")
    confirms.confirmed(4, C, multiple=True)
    assert sending.fates == [U, C, U, C]


def test_an_unknown_return_or_confirm_changes_nothing() -> None:
    confirms, sending = sent(b"a")
    confirms.returned("x", "other", b"a")
    confirms.confirmed(7, C, multiple=False)
    assert sending.fates == [N]
    confirms.confirmed(1, C, multiple=False)
    assert sending.fates == [C]


def test_what_is_lost_with_the_channel_is_settled() -> None:
    confirms, sending = sent(b"a", b"b")
    confirms.confirmed(1, C, multiple=False)
    confirms.lost(lambda message: U if message.body == b"b" else N)
    assert sending.fates == [C, U]
    assert sending.over.is_set()
    assert len(confirms) == 0
