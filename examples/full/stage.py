"""The stage of `make demo-full`: an ERP and two shops of its own, relays that count the calls, and a hub between them."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests import peers
from tests.peers import Peer
from tests.peers.calls import Calls
from tests.peers.faults import Link
from tests.peers.systems import SYSTEMS

HERE = Path(__file__).parent
PRODUCT_OF = {"erp": "tryton", "shop-a": "vendure", "shop-b": "oscar"}
SHOPS_BEGIN = "# ---- The first shop."
"""In hub.toml: what stands before it is the ERP alone."""
LOOK_AGAIN = 0.3
PATIENCE = 120.0
"""Seconds until something that was done in one system must be seen in another."""


class NotSo(Exception):
    """The walk-through did not come to what it promises."""


def say(text: str = "") -> None:
    """Tell whoever watches."""
    print(text, flush=True)


class Stage:
    """Systems, relays and the hub; all that was started ends with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.systems: Mapping[str, Peer] = {}
        self.calls: Mapping[str, Calls] = {name: Calls() for name in PRODUCT_OF}
        self._links: Mapping[str, Link] = {}
        self._up: subprocess.Popen[bytes] | None = None
        self._stack = ExitStack()

    def start_systems(self) -> None:
        """Install what is absent, and start the ERP and the shops side by side."""
        began = time.monotonic()
        with ThreadPoolExecutor() as threads:
            started = dict(zip(PRODUCT_OF, threads.map(_start, PRODUCT_OF), strict=True))
        self.systems = {name: self._stack.enter_context(peer) for name, (peer, _) in started.items()}
        self._links = {
            name: self._stack.enter_context(Link(peer.port, watch=self.calls[name]))
            for name, peer in self.systems.items()
        }
        for name, (peer, seconds) in started.items():
            title = SYSTEMS[PRODUCT_OF[name]].title.partition(",")[0]
            say(f"  {name:8}{title:20}{peer.url:36}{seconds:6.1f} s")
        say(f"  All are there after {time.monotonic() - began:.1f} s.")

    def lay_out(self) -> None:
        """Make the folder anew, with the secrets in a file for who wants to give commands beside the demo."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        lines = [f"export {name}={value}" for name, value in self._secrets().items()]
        (self.folder / "secrets.env").write_text("\n".join([*lines, ""]), encoding="utf-8")

    def configure(self, *, shops: bool) -> None:
        """Write hub.toml with the addresses of today: the ERP alone, or all."""
        text = (HERE / "hub.toml").read_text(encoding="utf-8")
        for name, link in self._links.items():
            table = re.compile(rf'(\[systems\.{name}\][^\[]*?\nurl = )"[^"]*"')
            text, found = table.subn(rf'\1"{link.through(self.systems[name].url)}"', text)
            assert found == 1, f"hub.toml has no address of {name}"
        text = text if shops else text.partition(SHOPS_BEGIN)[0]
        (self.folder / "hub.toml").write_text(text, encoding="utf-8")

    def hub_up(self) -> None:
        """Start the hub: one process, everything in it."""
        with (self.folder / "hub-up.txt").open("wb") as out:
            self._up = subprocess.Popen(  # noqa: S603  # the hub of this very environment
                [*_hub(), "up"],
                cwd=self.folder,
                env=self._environment(),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def hub(self, *arguments: str) -> str:
        """Run a command of the hub's; returns what it says. Raises NotSo if it does not go well."""
        done = subprocess.run(  # noqa: S603  # likewise
            [*_hub(), *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise NotSo(f"hub {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def hub_json(self, *arguments: str) -> Any:
        """Run a command of the hub's for programs."""
        return json.loads(self.hub(*arguments, "--json"))

    def count(self, statement: str, *values: object) -> int:
        """Return a number from the hub's database; a command of the hub's would take a second."""
        with closing(sqlite3.connect(f"{(self.folder / 'hub.db').as_uri()}?mode=ro", uri=True)) as database:
            return database.execute(statement, values).fetchone()[0] or 0

    def wait(self, what: str, ready: Callable[[], Any]) -> float:
        """Wait until something has come true; returns the seconds. Raises NotSo if it does not."""
        began = time.monotonic()
        while not _is_so(ready):
            if time.monotonic() - began > PATIENCE:
                raise NotSo(f"waited {PATIENCE:g} s for {what}; see hub.log and hub-up.txt in {self.folder}")
            if self._up is not None and self._up.poll() is not None:
                raise NotSo(f"hub up ended with {self._up.returncode}; see hub-up.txt in {self.folder}")
            time.sleep(LOOK_AGAIN)
        return time.monotonic() - began

    def taken(self) -> dict[str, int]:
        """Return the calls and the writes that the hub made since the last time."""
        told = [calls.taken() for calls in self.calls.values()]
        return {what: sum(each[what] for each in told) for what in ("calls", "writes")}

    def stay(self) -> int:
        """Wait until the hub ends, which Ctrl-C brings about; returns its exit code."""
        assert self._up is not None, "the hub has not been started"
        try:
            return self._up.wait()
        except KeyboardInterrupt:
            return self._end_hub()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end_hub()
        self._stack.close()

    def _end_hub(self) -> int:
        if self._up is None:
            return 0
        if self._up.poll() is None:
            self._up.terminate()
        try:
            return self._up.wait(40)
        except subprocess.TimeoutExpired:
            self._up.kill()
            return self._up.wait()

    def _secrets(self) -> dict[str, str]:
        return {
            "ERP_KEY": self.systems["erp"]["rest_key"],
            "ERP_PASSWORD": self.systems["erp"]["password"],
            "SHOP_A_PASSWORD": self.systems["shop-a"]["password"],
            "SHOP_B_PASSWORD": self.systems["shop-b"]["password"],
        }

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        return {**inherited, **self._secrets(), "COLUMNS": "118", "PYTHONUTF8": "1"}


def _is_so(ready: Callable[[], Any]) -> bool:
    """Ask; what is not made yet is no answer."""
    try:
        return bool(ready())
    except (sqlite3.OperationalError, KeyError):
        return False


def _start(name: str) -> tuple[Peer, float]:
    began = time.monotonic()
    return peers.start(PRODUCT_OF[name]), time.monotonic() - began


def _hub() -> list[str]:
    """Return the command of the hub in this very environment."""
    return [sys.executable, "-m", "hub.cli"]
