"""An order is handed out whole, and once, wherever it breaks off (PAINS S6)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from adapters.erp.files.connector import ErpFilesConnector
from adapters.erp.files.handing import Handing
from adapters.erp.files.ledger import FOLDER, Entry, Handed, Ledger, digest
from adapters.erp.files.options import ErpFilesOptions
from adapters.erp.files.order_files import OrderFiles
from hub.clock import SystemClock
from hub.connector import Write
from hub.errors import Refused, TryLater

NAME, REFERENCE, KEY = "S-1", "hub-1", "shop|1"


class PowerCutError(BaseException):
    """Ends a process between two steps."""


@pytest.fixture
def handing(tmp_path: Path) -> Handing:
    for folder in ("orders", "taken", "errors"):
        (tmp_path / folder).mkdir()
    told = {"type": "csv", "columns": {"Nr": "number"}, "archive": "taken", "errors": "errors"}
    return Handing(tmp_path, OrderFiles.model_validate(told))


def lying(handing: Handing) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in handing.folder.iterdir() if each.name[0] != "."}


def hand_out_as_the_hub_does(handing: Handing, content: bytes = b"whole") -> None:
    """Look first, then write, as every run does with what was not answered."""
    entry = handing.known(NAME)
    if entry is None:
        handing.hand_out(NAME, REFERENCE, KEY, content)
    else:
        handing.finish(entry)


STEPS = ((Path, "open"), (os, "fsync"), (os, "link"), (Path, "rename"), (Path, "replace"))
"""What the file system is asked for."""


@contextmanager
def breaking_off(monkeypatch: pytest.MonkeyPatch, after: int) -> Iterator[list[int]]:
    """End the process, as it were, before the step after so many; yields where it has ended."""
    left, cut = after, []

    def breaking(call):
        def made(*args, **more):
            nonlocal left
            if left == 0:
                cut.append(after)
                raise PowerCutError
            left -= 1
            return call(*args, **more)

        return made

    with monkeypatch.context() as patched, suppress(PowerCutError):
        for owner, name in STEPS:
            patched.setattr(owner, name, breaking(getattr(owner, name)))
        yield cut


@pytest.mark.parametrize("step", range(15))
@pytest.mark.parametrize("erp_takes", [True, False])
def test_s06_a_crash_at_any_step_ends_as_none_would_have(handing: Handing, monkeypatch, step: int, erp_takes: bool):
    """The process ends before one of its steps; an ERP takes what it sees meanwhile, and keeps nothing."""
    seen: list[bytes] = []
    with breaking_off(monkeypatch, step) as cut:
        hand_out_as_the_hub_does(handing)
    assert bool(cut) == (step < 14), "all steps, and the last one behind them"
    for _ in range(2):
        if erp_takes:
            seen += lying(handing).values()
            for each in lying(handing):
                (handing.folder / each).unlink()
        hand_out_as_the_hub_does(handing)
    seen += lying(handing).values()
    assert seen == [b"whole"]


@pytest.mark.parametrize("step", range(15))
def test_s06_a_crash_while_a_change_is_handed_out_leaves_one_version_of_it(handing: Handing, monkeypatch, step: int):
    handing.hand_out(NAME, REFERENCE, KEY, b"1")
    with breaking_off(monkeypatch, step) as cut:
        hand_again(handing, b"2")
    assert bool(cut) == (step < 14)
    for _ in range(2):
        hand_again(handing, b"2")
    assert lying(handing) == {"S-1.csv": b"1", "S-1_v2.csv": b"2"}


def hand_again(handing: Handing, content: bytes) -> None:
    entry = handing.known(NAME)
    assert entry is not None
    handing.finish(entry)
    if entry.last.digest != digest(content):
        handing.hand_again(entry, content)


def noted(call, into: list[str]):
    def made(*args, **more):
        into.append(call.__name__)
        return call(*args, **more)

    return made


def test_s06_the_steps_that_are_tested_are_all_there_are(handing: Handing, monkeypatch):
    made: list[str] = []
    for owner, name in STEPS:
        monkeypatch.setattr(owner, name, noted(getattr(owner, name), made))
    handing.hand_out(NAME, REFERENCE, KEY, b"whole")
    assert [each for each in made if each in ("link", "rename")] == ["link", "rename"]
    assert made.index("fsync") < made.index("link") < made.index("rename")
    assert len(made) <= 12


def test_s06_of_two_who_hand_it_out_at_once_one_does(handing: Handing, monkeypatch):
    link = os.link

    def slowly(*args):
        """Another process does all of it between our look and our entry, and the ERP takes the file at once."""
        monkeypatch.setattr(os, "link", link)
        handing.hand_out(NAME, REFERENCE, KEY, b"theirs")
        (handing.folder / f"{NAME}.csv").unlink()
        link(*args)

    monkeypatch.setattr(os, "link", slowly)
    handing.hand_out(NAME, REFERENCE, KEY, b"ours")
    assert [each.name for each in handing.folder.iterdir()] == []


def test_s06_without_a_ledger_a_file_that_lies_somewhere_tells(handing: Handing):
    for folder in ("orders", "taken", "errors"):
        path = handing.source / folder / f"{NAME}.csv"
        path.write_bytes(b"x")
        entry = handing.known(NAME)
        assert entry is not None
        assert entry.reference == ""
        path.unlink()
    assert handing.known(NAME) is None


def test_a_change_is_another_version_after_the_last(handing: Handing):
    handing.hand_out(NAME, REFERENCE, KEY, b"1")
    for content in (b"2", b"3"):
        entry = handing.known(NAME)
        assert entry is not None
        handing.hand_again(entry, content)
    assert lying(handing) == {"S-1.csv": b"1", "S-1_v2.csv": b"2", "S-1_v3.csv": b"3"}


def test_a_file_system_that_cannot_now_is_tried_later_and_nothing_is_left(handing: Handing):
    handing.folder.rmdir()
    with pytest.raises(TryLater, match="no such file or directory"):
        handing.hand_out(NAME, REFERENCE, KEY, b"1")
    assert handing.known(NAME) is None


def test_a_ledger_without_links_still_takes_one_of_two(tmp_path: Path, monkeypatch):
    def no_links(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", no_links)
    ledger = Ledger(tmp_path / FOLDER)
    entry = Entry(NAME, REFERENCE, KEY, (Handed("S-1.csv", "d"),))
    assert ledger.begin(entry)
    assert not ledger.begin(entry)
    assert ledger.get(NAME) == entry


def test_an_entry_that_is_damaged_is_never_taken_for_none(tmp_path: Path):
    (tmp_path / f"{NAME}.json").write_text("{")
    with pytest.raises(Refused, match="damaged"):
        Ledger(tmp_path).get(NAME)


@pytest.mark.parametrize("number", ["NUL", "con", "Com1", "LPT9.2"])
def test_an_order_that_is_called_as_a_device_of_windows_is_refused(tmp_path: Path, number: str):
    (tmp_path / "orders").mkdir()
    told = {"type": "csv", "name": "number", "columns": {"Nr": "number"}}
    options = ErpFilesOptions.model_validate({"source": str(tmp_path), "orders": told})
    connector = ErpFilesConnector("erp", options, tmp_path, SystemClock())
    [written] = connector.write("orders", [Write(KEY, {}, {"number": number})])
    assert (written.outcome, written.cause) == ("refused", "unfit-name")
    assert list((tmp_path / "orders").iterdir()) == []
