"""Tokens of systems: sealed, one renewal at a time over all processes, stored before they are used (PAINS S23)."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa

from adapters.asking.auth.oauth2 import OAuth2
from adapters.asking.auth.oauth2_settings import OAuth2Settings
from adapters.asking.http import Api
from hub.app.vault import MemoryVault, StoredVault
from hub.clock import SystemClock
from hub.errors import Misconfigured, Refused, TryLater
from hub.store import Store, leases
from hub.store.schema import token
from hub.tokens import Tokens, Vault
from tests.contract.store_steps import together
from tests.unit.http_server import Asked, Reply, Server

KEY, OTHER = "A" * 43 + "=", "B" * 43 + "="
ENDS = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
FIRST = Tokens("access-1", ENDS, "refresh-1", "login")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KEY": KEY, "BOTH": f"{OTHER} {KEY}", "OTHER": OTHER, "SHORT": "abc"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CLIENT_SECRET", "the-client-secret")
    monkeypatch.setenv("REFRESH", "refresh-0")


def vault_of(store: Store, key: str = "env:KEY") -> StoredVault:
    return StoredVault(store, key, SystemClock())


@pytest.fixture(params=[None, "migrated_sqlite", "emptied_postgres"], ids=["memory", "sqlite", "postgresql"])
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    if request.param is None:
        yield MemoryVault()
        return
    store = Store(request.getfixturevalue(request.param))
    yield vault_of(store)
    store.close()


def test_tokens_come_back_as_they_were_put(vault: Vault):
    assert vault.get("shop") is None
    vault.put("shop", FIRST)
    assert vault.get("shop") == FIRST
    assert vault.get("other") is None


def test_what_has_not_ended_is_returned_and_nobody_asks(vault: Vault):
    vault.put("shop", FIRST)
    assert vault.renew("shop", "access-0", lambda _: pytest.fail("asked")) == FIRST


def test_what_has_ended_is_replaced_by_what_is_given_for_it(vault: Vault):
    vault.put("shop", FIRST)
    given: list[Tokens | None] = []
    second = Tokens("access-2", None, "refresh-2")
    assert vault.renew("shop", "access-1", lambda known: (given.append(known), second)[1]) == second
    assert given == [FIRST]
    assert vault.get("shop") == second


def test_a_refusal_leaves_everything_as_it_was(vault: Vault):
    def refuse(_: Tokens | None) -> Tokens:
        raise Refused

    vault.put("shop", FIRST)
    with pytest.raises(Refused):
        vault.renew("shop", "access-1", refuse)
    assert vault.get("shop") == FIRST
    assert vault.renew("shop", "access-1", lambda _: Tokens("access-2")).access == "access-2"


def test_many_threads_ask_once(vault: Vault):
    asked: list[int] = []

    def ask(_: Tokens | None) -> Tokens:
        asked.append(1)
        return Tokens("access-1")

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: vault.renew("shop", "", ask).access, range(16)))
    assert (got, len(asked)) == (["access-1"] * 16, 1)


def test_the_database_holds_no_token_in_plain(timed_store: Store):
    vault_of(timed_store).put("shop", FIRST)
    with timed_store.read() as tx:
        (sealed,) = tx.execute(sa.select(token.c.sealed)).scalars()
    assert not any(secret in sealed for secret in ("access-1", "refresh-1"))
    assert "access-1" not in repr(FIRST)
    assert "refresh-1" not in repr(FIRST)


def test_a_key_is_changed_by_putting_the_new_one_in_front(timed_store: Store):
    vault_of(timed_store).put("shop", FIRST)
    assert vault_of(timed_store, "env:BOTH").get("shop") == FIRST
    vault_of(timed_store, "env:BOTH").put("shop", FIRST)
    assert vault_of(timed_store, "env:OTHER").get("shop") == FIRST


@pytest.mark.parametrize(("key", "says"), [("env:OTHER", "another key"), ("env:SHORT", "hub systems key")])
def test_a_wrong_key_is_said_with_the_mend(timed_store: Store, key: str, says: str):
    vault_of(timed_store).put("shop", FIRST)
    with pytest.raises(Misconfigured, match=says):
        vault_of(timed_store, key).get("shop")


def test_who_waits_too_long_for_another_process_tries_later(timed_store: Store):
    with timed_store.write() as tx:
        leases.take(tx, "token shop", "another process", timedelta(minutes=3))
    waited: list[float] = []

    class Clock(SystemClock):
        def monotonic(self) -> float:
            return sum(waited)

    vault = StoredVault(timed_store, "env:KEY", Clock(), sleep=waited.append)
    with pytest.raises(TryLater, match="another process"):
        vault.renew("shop", "", lambda _: FIRST)
    assert sum(waited) == pytest.approx(30, abs=1)


def test_s23_tokens_that_could_not_be_stored_are_not_lost(timed_store: Store, monkeypatch: pytest.MonkeyPatch):
    """The server has taken the old refresh token: what it gave for it is all there is."""
    vault, real = vault_of(timed_store), timed_store.write
    second = Tokens("access-2", None, "refresh-2")

    def ask(_: Tokens | None) -> Tokens:
        monkeypatch.setattr(timed_store, "write", lambda: (_ for _ in ()).throw(TryLater("away")))
        return second

    vault.put("shop", FIRST)
    with pytest.raises(TryLater):
        vault.renew("shop", "access-1", ask)
    monkeypatch.setattr(timed_store, "write", real)
    with timed_store.write() as tx:
        tx.execute(sa.text("DELETE FROM lease"))
    assert vault.renew("shop", "access-1", lambda _: pytest.fail("asked again")) == second
    assert vault_of(timed_store).get("shop") == second


def test_s23_a_new_login_is_not_replaced_by_what_could_not_be_stored_of_the_last(
    timed_store: Store, monkeypatch: pytest.MonkeyPatch
):
    vault, real = vault_of(timed_store), timed_store.write
    anew = Tokens("access-3", None, "refresh-3")

    def ask(_: Tokens | None) -> Tokens:
        monkeypatch.setattr(timed_store, "write", lambda: (_ for _ in ()).throw(TryLater("away")))
        return Tokens("access-2", None, "refresh-2")

    vault.put("shop", FIRST)
    with pytest.raises(TryLater):
        vault.renew("shop", "access-1", ask)
    monkeypatch.setattr(timed_store, "write", real)
    with timed_store.write() as tx:
        tx.execute(sa.text("DELETE FROM lease"))
    vault_of(timed_store).put("shop", anew)  # hub systems connect, in a process of its own
    known: list[Tokens | None] = []
    fourth = Tokens("access-4", None, "refresh-4")
    assert vault.renew("shop", "access-3", lambda each: known.append(each) or fourth) == fourth
    assert known == [anew]


class Rotating:
    """An authorisation server and the interface behind it: each refresh token is taken once, only the last access
    token counts."""

    def __init__(self) -> None:
        self.number, self.ended, self.refused = 0, False, 0
        self.bodies: list[dict[str, list[str]]] = []
        self.stored: list[Tokens | None] = []
        self.look: Callable[[], Tokens | None] = lambda: None
        """What is stored at the moment."""
        self._lock = threading.Lock()

    def __call__(self, _: int, asked: Asked) -> Reply:
        with self._lock:
            if asked.path == "/token":
                return self._give(parse_qs(asked.body.decode()))
            if self.ended or asked.headers.get("authorization") != f"Bearer access-{self.number}":
                return Reply(401, b'{"error": "expired"}')
            self.stored.append(self.look())
            return Reply(body=b'{"good": true}')

    def _give(self, form: dict[str, list[str]]) -> Reply:
        self.bodies.append(form)
        if form["refresh_token"] != [f"refresh-{self.number}"]:
            self.refused += 1
            return Reply(400, b'{"error": "invalid_grant", "error_description": "used before"}')
        self.number, self.ended = self.number + 1, False
        told = {"access_token": f"access-{self.number}", "refresh_token": f"refresh-{self.number}", "expires_in": 3600}
        return Reply(body=json.dumps(told | {"token_type": "bearer"}).encode())


@pytest.fixture
def rotating() -> Iterator[tuple[Rotating, Server]]:
    script = Rotating()
    server = Server(script)
    yield script, server
    server.close()


def api_of(server: Server, vault: Vault, **more: object) -> Api:
    told = {"type": "oauth2", "grant": "refresh-token", "client_id": "hub", "client_secret": "env:CLIENT_SECRET"}
    settings = OAuth2Settings.model_validate(
        told | {"token_url": f"{server.url}/token", "refresh_token": "env:REFRESH"} | more
    )
    clock = SystemClock()
    return Api("shop", server.url, auth=OAuth2("shop", settings, vault, clock), clock=clock)


def test_s23_two_processes_renew_a_rotating_token_once_and_store_it_before_they_use_it(
    timed_store: Store, rotating: tuple[Rotating, Server]
):
    """Each vault is what a process has: only the database lies between them."""
    script, server = rotating
    script.look = lambda: vault_of(timed_store).get("shop")
    one, other = (api_of(server, vault_of(timed_store)) for _ in range(2))
    for rounds in range(1, 4):
        answers = together(lambda: one.get("/things").body, lambda: other.get("/things").body)
        assert answers == [{"good": True}] * 2
        assert (script.number, script.refused, len(script.bodies)) == (rounds, 0, rounds)
        script.ended = True
    used = [(tokens.access, tokens.refresh) for tokens in script.stored if tokens]
    assert used == [(f"access-{n}", f"refresh-{n}") for n in (1, 1, 2, 2, 3, 3)]


def test_a_process_that_starts_anew_goes_on_with_the_last_refresh_token(
    timed_store: Store, rotating: tuple[Rotating, Server]
):
    script, server = rotating
    assert api_of(server, vault_of(timed_store)).get("/things").body == {"good": True}
    assert api_of(server, vault_of(timed_store)).get("/things").body == {"good": True}
    assert (script.number, script.refused) == (1, 0)


def test_a_new_login_is_taken_up_by_who_is_at_work(timed_store: Store, rotating: tuple[Rotating, Server]):
    script, server = rotating
    api = api_of(server, vault_of(timed_store))
    api.get("/things")
    script.number = 2  # what another login was given
    vault_of(timed_store).put("shop", Tokens("access-2", None, "refresh-2"))
    assert api.get("/things").body == {"good": True}
    assert len(script.bodies) == 1


def test_a_login_that_has_ended_is_said_with_the_mend_and_without_secrets(
    timed_store: Store, rotating: tuple[Rotating, Server]
):
    script, server = rotating
    script.number = 1
    with pytest.raises(Refused, match=r"log in anew.*\[systems\.shop\.auth\]") as caught:
        api_of(server, vault_of(timed_store)).get("/things")
    assert "refresh-0" not in str(caught.value)
    assert "the-client-secret" not in str(caught.value)


def test_a_refresh_token_that_was_entered_anew_counts_at_once(
    timed_store: Store, rotating: tuple[Rotating, Server], monkeypatch: pytest.MonkeyPatch
):
    script, server = rotating
    vault_of(timed_store).put("shop", Tokens("old", None, "an ended login's", "another login"))
    assert api_of(server, vault_of(timed_store)).get("/things").body == {"good": True}
    assert script.bodies[0]["refresh_token"] == ["refresh-0"]


def test_rotating_tokens_without_a_place_to_keep_them_are_refused(rotating: tuple[Rotating, Server]):
    with pytest.raises(Misconfigured, match="token_key"):
        api_of(rotating[1], MemoryVault())
