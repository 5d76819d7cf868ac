"""The frame of fake systems: what is ordered happens, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from adapters.asking.http import Api, Rejected
from hub.clock import SystemClock
from hub.errors import TryLater, Unanswered
from tests.contract.store_steps import StandingClock
from tests.fakes import faults
from tests.fakes.fake import Fake
from tests.fakes.records import Table
from tests.fakes.server import Asked, Fault, Reply, Server


class Counter(Fake):
    """It counts what is posted."""

    def __init__(self) -> None:
        self.posted: list[object] = []
        super().__init__()

    def refusal(self, asked: Asked) -> Reply | None:
        return None if asked.headers.get("accept") else Reply(401)

    def nothing_there(self, asked: Asked) -> Reply:
        return Reply(404, {"message": f"no route {asked.path}"})

    def post(self, asked: Asked, box: str) -> Reply:
        self.posted.append((box, asked.json))
        return Reply(201, {"box": box, "query": asked.query})

    routes = {"POST /boxes/{box}/": post}  # noqa: RUF012  # as a fake declares it


@pytest.fixture
def fake() -> Iterator[Counter]:
    fake = Counter()
    yield fake
    fake.close()


@pytest.fixture
def api(fake: Counter) -> Iterator[Api]:
    api = Api("box", fake.server.url, timeout=timedelta(seconds=1), clock=SystemClock(), sleep=lambda _: None)
    with closing(api):
        yield api


def test_requests_are_routed_and_noted(fake: Counter, api: Api):
    answer = api.send("POST", "boxes/a b/", {"x": 1}, {"q": "ż&"})
    assert (answer.status, answer.body) == (201, {"box": "a b", "query": {"q": "ż&"}})
    assert fake.posted == [("a b", {"x": 1})]
    assert [each.path for each in fake.server.seen(r"\APOST .*\n.*\"x\"")] == ["/boxes/a b/"]
    with pytest.raises(Rejected, match="no route /else"):
        api.get("else")


@pytest.mark.parametrize(
    ("fault", "error", "carried_out"),
    [
        (faults.lost_answer, Unanswered, 1),
        (faults.silent, Unanswered, 0),
        (faults.reset_after, Unanswered, 1),
        (faults.reset_before, Unanswered, 0),
        (faults.cut_short, Unanswered, 1),
        (faults.page(502), Unanswered, 0),
        (faults.page_after(504), Unanswered, 1),
        (faults.too_many("3600"), TryLater, 0),
        (faults.telling(400), Rejected, 0),
    ],
)
def test_a_fault_befalls_one_request(fake: Counter, api: Api, fault: Fault, error: type[Exception], carried_out: int):
    fake.server.misbehave(fault, to="POST /boxes/2")
    api.send("POST", "boxes/1/", {})
    with pytest.raises(error):
        api.send("POST", "boxes/2/", {})
    assert len(fake.posted) == 1 + carried_out
    api.send("POST", "boxes/2/", {})
    assert len(fake.posted) == 2 + carried_out


def test_faults_come_in_their_order_and_can_be_taken_back(fake: Counter, api: Api):
    fake.server.misbehave(faults.fine)
    fake.server.misbehave(faults.page(500), times=-1)
    api.send("POST", "boxes/1/", {})
    for _ in range(2):
        with pytest.raises(Unanswered):
            api.send("POST", "boxes/1/", {})
    fake.server.behave()
    api.send("POST", "boxes/1/", {})
    assert len(fake.posted) == 2
    assert len(fake.server.times()) == 4


def test_a_mistake_of_the_fake_itself_comes_to_light():
    def broken(_asked: Asked) -> Reply:
        raise KeyError("x")

    server = Server(broken)
    with closing(Api("box", server.url, clock=SystemClock(), sleep=lambda _: None)) as api, pytest.raises(TryLater):
        api.get("x")
    with pytest.raises(KeyError):
        server.close()


def test_marks_tell_the_truth_or_lie():
    clock = StandingClock()
    table = Table(clock, first=10)
    ids = [table.add({"n": number}).id for number in range(20)]
    assert ids[:2] == [10, 11]
    begun = clock.now()
    clock.move(seconds=1)
    assert table.change(10, {"n": 9}).modified > begun
    assert table.change(11, {"n": 9}, marked=False).modified == begun
    table.records[12].trashed = True
    table.remove(13)
    assert [each.id for each in table.there()][:4] == [10, 11, 14, 15]
    orders = [[each.id for each in table.in_any_order(table.there(), lambda each: each.modified)] for _ in range(5)]
    assert {order[-1] for order in orders} == {10}
    assert len({*map(tuple, orders)}) > 1
