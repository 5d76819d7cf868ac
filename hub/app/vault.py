"""Where the tokens of systems are kept: sealed in the database, or in memory where no key for that is given."""

import threading
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import uuid4

import orjson

from hub.clock import Clock
from hub.config import resolve
from hub.errors import Misconfigured, TryLater
from hub.store import Store, leases, tokens
from hub.store.tokens import Sealed
from hub.tokens import Tokens, Vault

LEASE = timedelta(minutes=3)
"""How long one process may take to get tokens; a process that died meanwhile holds the others up for so long."""
PATIENCE = 30.0
"""Seconds that another waits for it."""
NEW_KEY = "hub systems key"
"""The command that makes one."""
ENDS = ("expires_at", "refresh_expires_at")
_LOOK_AGAIN = 0.1
_NEVER = threading.Event()

Ask = Callable[[Tokens | None], Tokens]


def new_key() -> str:
    """Return a key that seals tokens: 32 random bytes in base64."""
    return b64encode(token_bytes(32)).decode()


def open_vault(store: Store, key: str | None, clock: Clock) -> Vault:
    """Return the vault of a hub; `key`: a reference to what seals it, none: tokens stay in memory."""
    return StoredVault(store, key, clock) if key else MemoryVault()


class MemoryVault:
    """Keeps tokens as long as the process lives: enough where a new login needs nobody."""

    def __init__(self) -> None:
        self._kept: dict[str, Tokens] = {}
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def check(self) -> None:
        """Raise Misconfigured: nothing outlives this process."""
        raise Misconfigured(
            "token_key is missing in [hub]: tokens that change have to be kept, sealed by it; "
            f'token_key = "env:HUB_TOKEN_KEY", and there the output of: {NEW_KEY}'
        )

    def get(self, system: str) -> Tokens | None:
        """Return a system's tokens."""
        return self._kept.get(system)

    def put(self, system: str, fresh: Tokens) -> None:
        """Keep the tokens of a new login."""
        self._kept[system] = fresh

    def renew(self, system: str, ended: str, ask: Ask) -> Tokens:
        """Return other tokens than the ended ones; see the port."""
        with self._turns[system]:
            known = self.get(system)
            if known is None or known.access == ended:
                known = ask(known)
                self.put(system, known)
            return known


class StoredVault:
    """Keeps tokens in the database, sealed by a key that is not in it."""

    def __init__(self, store: Store, key: str, clock: Clock, sleep: Callable[[float], object] = _NEVER.wait) -> None:
        """`key`: a reference to it, read when it is used."""
        self._store, self._key, self._clock, self._sleep = store, key, clock, sleep
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._unstored: dict[tuple[str, Sealed | None], Tokens] = {}
        """What was got for which tokens when the database was away: who comes next stores it instead of asking anew."""

    def check(self) -> None:
        """Look whether the key is there; see the port."""
        self._seal()

    def get(self, system: str) -> Tokens | None:
        """Return a system's tokens."""
        sealed = self._sealed(system)
        return sealed and self._opened(system, sealed)

    def put(self, system: str, fresh: Tokens) -> None:
        """Keep the tokens of a new login."""
        text = self._closed(fresh)
        with self._store.write() as tx:
            tokens.put(tx, system, text)

    def renew(self, system: str, ended: str, ask: Ask) -> Tokens:
        """Return other tokens than the ended ones; see the port."""
        with self._turns[system], self._turn(system):
            seen = self._sealed(system)
            known = seen and self._opened(system, seen)
            if known is not None and known.access != ended:
                return known
            fresh = self._unstored.pop((system, seen), None) or ask(known)
            return self._stored(system, fresh, seen)

    def _stored(self, system: str, fresh: Tokens, seen: Sealed | None) -> Tokens:
        self._unstored[system, seen] = fresh
        text = self._closed(fresh)
        with self._store.write() as tx:
            first = tokens.replace(tx, system, text, seen)
        del self._unstored[system, seen]
        # Whoever was faster, our turn having lapsed, has newer ones.
        return fresh if first else self.get(system) or fresh

    @contextmanager
    def _turn(self, system: str) -> Generator[None]:
        """Wait until no other process is getting tokens of this system."""
        name, holder = f"token {system}", str(uuid4())
        until = self._clock.monotonic() + PATIENCE
        while not self._take(name, holder):
            if self._clock.monotonic() >= until:
                raise TryLater(f"another process is getting tokens of {system} and has not got any yet")
            self._sleep(_LOOK_AGAIN)
        try:
            yield
        finally:
            with self._store.write() as tx:
                leases.give_up(tx, name, holder)

    def _take(self, name: str, holder: str) -> bool:
        with self._store.write() as tx:
            return leases.take(tx, name, holder, LEASE)

    def _sealed(self, system: str) -> Sealed | None:
        with self._store.read() as tx:
            return tokens.get(tx, system)

    def _closed(self, fresh: Tokens) -> str:
        told = {name: getattr(fresh, name) for name in Tokens.__dataclass_fields__}
        return self._seal().encrypt(orjson.dumps(told)).decode()

    def _opened(self, system: str, sealed: Sealed) -> Tokens:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415  # only where there are tokens

        try:
            told = orjson.loads(self._seal().decrypt(sealed.text))
        except InvalidToken:
            raise Misconfigured(
                f"the tokens of {system} were sealed with another key than token_key in [hub] now names; "
                "add that one to it behind a blank, or log in anew"
            ) from None
        ends = {name: datetime.fromisoformat(told[name]) for name in ENDS if told.get(name)}
        return Tokens(**told | ends)

    def _seal(self) -> Any:
        try:
            from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415  # only where there are tokens
        except ModuleNotFoundError as missing:
            raise Misconfigured(f"{missing.name} is missing; mend: pip install 'hubwerk[web]'") from None
        try:
            return MultiFernet([Fernet(each) for each in resolve(self._key).split()])
        except ValueError:
            raise Misconfigured(
                f"token_key in [hub]: {self._key} does not hold 32 bytes in base64; make one: {NEW_KEY}"
            ) from None
