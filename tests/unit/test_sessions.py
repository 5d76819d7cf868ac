"""A session that ends some day."""

import threading

import pytest

from adapters.asking.http import KeyRefused
from adapters.asking.sessions import Session


class Office:
    """Knows the latest token only."""

    def __init__(self) -> None:
        self.logins = 0
        self.known = ""

    def log_in(self) -> str:
        self.logins += 1
        self.known = f"token-{self.logins}"
        return self.known

    def ask(self, token: str) -> str:
        if token != self.known:
            raise KeyRefused("who are you", status=401)
        return "answer"


def test_it_logs_in_when_that_is_needed_and_again_when_the_session_has_ended():
    office = Office()
    session = Session(office.log_in)
    assert [session.carry_out(office.ask), session.carry_out(office.ask), office.logins] == ["answer", "answer", 1]
    office.known = "ended"
    assert (session.carry_out(office.ask), office.logins) == ("answer", 2)


def test_all_threads_log_in_once():
    office, together = Office(), threading.Barrier(4)
    session = Session(office.log_in)
    session.carry_out(office.ask)
    office.known = "ended"

    def ask(token: str) -> str:
        if token == "token-1":
            together.wait(5)
        return office.ask(token)

    threads = [threading.Thread(target=session.carry_out, args=(ask,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(10)
    assert (office.logins, session.token) == (2, "token-2")


def test_what_a_new_session_may_not_do_either_is_refused():
    office = Office()

    def refuse(_: str) -> str:
        raise KeyRefused("not you", status=403)

    with pytest.raises(KeyRefused, match="not you"):
        Session(office.log_in).carry_out(refuse)
    assert office.logins == 2
