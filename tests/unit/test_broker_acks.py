"""Acknowledging with few frames, and never what is not ours to acknowledge."""

from hypothesis import given
from hypothesis import strategies as st

from hub.broker.acks import Unacknowledged


def held(count: int, *, multiple: bool = True) -> Unacknowledged:
    unacknowledged = Unacknowledged(multiple=multiple)
    for tag in range(1, count + 1):
        unacknowledged.delivered(tag)
    return unacknowledged


def test_all_up_to_a_tag_are_one_frame() -> None:
    assert held(5).acknowledge([3, 1, 2]) == [(3, True)]


def test_a_gap_is_not_acknowledged_along() -> None:
    unacknowledged = held(5)
    assert unacknowledged.acknowledge([1, 3, 4]) == [(1, False), (3, False), (4, False)]
    assert unacknowledged.acknowledge([2]) == [(2, False)]
    assert unacknowledged.acknowledge([5]) == [(5, False)]


def test_twice_is_once() -> None:
    unacknowledged = held(2)
    assert unacknowledged.acknowledge([1, 1]) == [(1, False)]
    assert unacknowledged.acknowledge([1]) == []


def test_without_multiple_each_has_its_own_frame() -> None:
    assert held(2, multiple=False).acknowledge([2, 1]) == [(2, False), (1, False)]


@given(
    st.integers(1, 12).flatmap(lambda count: st.tuples(st.just(count), st.permutations(range(1, count + 1)))), st.data()
)
def test_a_broker_that_takes_the_frames_literally_ends_with_the_same(
    order: tuple[int, list[int]], data: st.DataObject
) -> None:
    count, tags = order
    unacknowledged, at_broker = held(count), set(range(1, count + 1))
    while tags:
        size = data.draw(st.integers(1, len(tags)))
        batch, tags = tags[:size], tags[size:]
        for tag, multiple in unacknowledged.acknowledge(batch):
            assert tag in at_broker  # an unknown tag closes the channel
            at_broker -= {each for each in at_broker if each <= tag} if multiple else {tag}
        assert at_broker == set(tags)
    assert len(unacknowledged) == 0
