"""An old sheet is called damaged only if it is: not because the process that tries it out was ended."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import xlwt

from adapters.files import trial
from adapters.files.intake import MOST_KILLED
from adapters.files.rows import FileRefused
from adapters.files.trial import try_elsewhere
from adapters.warehouse import FilesConnector
from hub.connector import Page
from hub.errors import TryLater
from tests.unit.warehouse_samples import connector, put, read, rows_of, stock_csv, stock_format


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A sheet with little in it, whose cells take 480 MB: its reader reserves those between."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("S")
    sheet.write(0, 0, "A")
    sheet.write(59_999, 249, "B")
    workbook.save(str(tmp_path / "good.xls"))
    return tmp_path / "good.xls"


def preceded(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Have something happen to the process before it reads."""
    monkeypatch.setattr(trial, "TRIAL", "\n".join(["import os, signal, sys", *lines, trial.TRIAL]))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "SIGBUS"])
def test_a_sheet_whose_trial_is_ended_from_outside_is_read_later(
    good: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    # Whoever starts the tests may have it ignored (nohup), and children inherit that.
    handler = {"SIGINT": "default_int_handler"}.get(name, "SIG_DFL")
    heeded = [] if name == "SIGKILL" else [f"signal.signal(signal.{name}, signal.{handler})"]
    preceded(monkeypatch, *heeded, f"os.kill(os.getpid(), signal.{name})")
    with pytest.raises(OSError, match=name):
        try_elsewhere(good)


def test_a_sheet_is_not_damaged_where_memory_is_short(good: Path, monkeypatch: pytest.MonkeyPatch):
    preceded(monkeypatch, "import resource", "resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))")
    with pytest.raises(OSError, match="memory allocation"):
        try_elsewhere(good)


def test_a_sheet_that_takes_much_memory_is_not_damaged_where_there_is_enough(good: Path):
    try_elsewhere(good)


def stock_sheet() -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("S")
    for row, cells in enumerate([("Indeks", "Magazyn", "Stan"), ("A1", "MAG1", 5)]):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    workbook.save(content := io.BytesIO())
    return content.getvalue()


def reading(source: FilesConnector, since: Mapping[str, Any] | None) -> tuple[list[Page], bool]:
    """Read until the run would be tried later; returns the pages, which are stored, and whether it would."""
    pages: list[Page] = []
    try:
        pages.extend(source.read("stock", since))
    except TryLater:
        return pages, True
    return pages, False


def killed(source: FilesConnector, times: int) -> Mapping[str, Any] | None:
    """Have what reads a file killed some times; returns the checkpoint."""
    checkpoint = None
    for _ in range(times):
        pages, later = reading(source, checkpoint)
        assert later
        checkpoint = json.loads(json.dumps(pages[-1].checkpoint))
    return checkpoint


def test_a_file_whose_reader_is_killed_each_time_is_put_aside_and_the_next_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path / "in", "STAN_1.xls", stock_sheet(), age=200)
    put(tmp_path / "in", "STAN_2.csv", stock_csv(3), age=100)
    source = connector(tmp_path / "in", stock_format())
    preceded(monkeypatch, "os.kill(os.getpid(), signal.SIGKILL)")
    pages, later = reading(source, killed(source, MOST_KILLED - 1))
    changes, unreadable = rows_of(pages)
    assert (later, len(changes), [each.cause for each in unreadable]) == (False, 3, ["reader-killed"])
    assert "SIGKILL" in unreadable[0].message
    assert [path.name.split("_", 1)[1] for path in (tmp_path / "in" / "failed").glob("*.xls")] == ["STAN_1.xls"]


def test_a_good_file_is_taken_once_there_is_memory_and_is_not_counted_against_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path / "in", "STAN_1.xls", stock_sheet())
    source = connector(tmp_path / "in", stock_format())
    with monkeypatch.context() as short:
        preceded(short, "os.kill(os.getpid(), signal.SIGKILL)")
        checkpoint = killed(source, MOST_KILLED - 1)
    pages, later = reading(source, checkpoint)
    assert (later, [each.key for each in rows_of(pages)[0]]) == (False, ["A1|MAG1"])
    assert not [page for page in pages if (page.checkpoint["file"] or {}).get("killed")]


def test_a_reader_that_somebody_ends_is_not_counted_against_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path / "in", "STAN_1.xls", stock_sheet())
    source = connector(tmp_path / "in", stock_format())
    preceded(monkeypatch, "signal.signal(signal.SIGTERM, signal.SIG_DFL)", "os.kill(os.getpid(), signal.SIGTERM)")
    assert [reading(source, None) for _ in range(MOST_KILLED + 1)] == [([], True)] * (MOST_KILLED + 1)


def test_a_file_whose_trial_was_cut_off_is_taken_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    put(tmp_path / "in", "STAN_1.xls", stock_sheet())
    source = connector(tmp_path / "in", stock_format())
    with monkeypatch.context() as cut_off:
        preceded(cut_off, "os.kill(os.getpid(), signal.SIGINT)")
        with pytest.raises(TryLater, match=r"STAN_1\.xls cannot be read: it could not be tried out \(SIGINT"):
            read(source)
    changes, unreadable = rows_of(read(source))
    assert ([each.key for each in changes], unreadable) == (["A1|MAG1"], [])


@pytest.mark.parametrize("fault", ["ImportError", "MemoryError", "OSError"])
def test_a_sheet_is_not_damaged_where_the_process_that_tries_it_fails(
    good: Path, monkeypatch: pytest.MonkeyPatch, fault: str
):
    preceded(monkeypatch, f"raise {fault}('told')")
    with pytest.raises(OSError, match=f"{fault}: told"):
        try_elsewhere(good)


def test_a_sheet_that_has_gone_is_not_damaged(tmp_path: Path):
    with pytest.raises(OSError, match="No such file"):
        try_elsewhere(tmp_path / "gone.xls")


def test_a_machine_that_stands_still_makes_no_sheet_damaged(good: Path, monkeypatch: pytest.MonkeyPatch):
    preceded(monkeypatch, "os.kill(os.getpid(), signal.SIGSTOP)")
    monkeypatch.setattr(trial, "PATIENCE", 1)
    with pytest.raises(OSError, match="more than 1 second"):
        try_elsewhere(good)


def test_a_sheet_that_keeps_its_reader_busy_is_refused(good: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trial, "TRIAL", trial.TRIAL.replace("import python_calamine", "while True: pass"))
    monkeypatch.setattr(trial, "SECONDS", 1)
    with pytest.raises(FileRefused, match="more than 1 second"):
        try_elsewhere(good)


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGILL", "SIGFPE"])
def test_a_sheet_that_ends_its_reader_is_damaged(good: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    # Whoever starts the tests may have it ignored (nohup), and children inherit that.
    handler = {"SIGINT": "default_int_handler"}.get(name, "SIG_DFL")
    heeded = [] if name == "SIGKILL" else [f"signal.signal(signal.{name}, signal.{handler})"]
    preceded(monkeypatch, *heeded, f"os.kill(os.getpid(), signal.{name})")
    with pytest.raises(FileRefused) as refused:
        try_elsewhere(good)
    assert refused.value.cause == "file-damaged"


def test_a_sheet_on_which_its_reader_panics_is_damaged(good: Path, monkeypatch: pytest.MonkeyPatch):
    panics = "class PanicException(BaseException): pass\ndef panic(*given): raise PanicException\n"
    replaced = trial.TRIAL.replace(
        "try:\n    with open", f"{panics}python_calamine.CalamineWorkbook = panic\ntry:\n    with open"
    )
    monkeypatch.setattr(trial, "TRIAL", replaced.replace("CalamineWorkbook.from_filelike", "CalamineWorkbook"))
    with pytest.raises(FileRefused, match="damaged"):
        try_elsewhere(good)


@pytest.mark.parametrize(
    ("code", "said", "damaged"),
    [
        (-6, "thread '<unnamed>' panicked at src/xls.rs:1:2\nthread panicked while processing panic. aborting.", True),
        (-6, "", False),
        (0xC0000005, "", True),
        (0xC00000FD, "", True),
        (0xC0000409, "memory allocation of 137438953472 bytes failed", True),
        (0xC0000409, "memory allocation of 480000000 bytes failed", False),
        (0xC000013A, "", False),
        (1, "", False),
        (0x40010004, "", False),
    ],
    ids=["panics", "abort", "access", "stack", "huge", "memory", "Ctrl-C", "ended by another", "shutdown"],
)
def test_only_how_a_reader_breaks_by_itself_makes_a_file_damaged(code: int, said: str, *, damaged: bool):
    """On Windows exit codes say it, on POSIX signals."""
    assert trial.is_the_files(code, said) is damaged
