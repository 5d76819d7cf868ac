import errno
import io
import json
import sys
import tempfile
from pathlib import Path

import pytest

from hub.cli import show
from hub.cli.main import main, run
from hub.errors import HubError, LeaseLost, Misconfigured, TryLater


def failing(error: BaseException):
    def call(_arguments: list[str]) -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Misconfigured("write it like 06:00"), 2, "hub: write it like 06:00\n"),
        (TryLater("the broker is away"), 3, "hub: the broker is away\n"),
        (LeaseLost(), 1, f"hub: {LeaseLost.__doc__}\n"),
        (HubError("so it is"), 1, "hub: so it is\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_an_error_is_one_line_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
):
    assert run(["jobs"], failing(error)) == code
    assert capsys.readouterr().err == said


def test_an_unexpected_error_leaves_its_story_in_a_file_without_passwords(
    tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    broken = failing(ZeroDivisionError("amqp://hub:very-secret@host/"))
    assert run(["jobs"], broken) == 1
    (story,) = tmp_path.iterdir()
    said = capsys.readouterr().err
    assert said.startswith("This should not happen: ZeroDivisionError: amqp://hub:***@host/")
    assert str(story) in said
    text = story.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "very-secret" not in text + said
    assert run(["jobs", "--debug"], broken) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_argument_that_is_not_utf_8_is_told(capsys: pytest.CaptureFixture[str]):
    assert run(["runs", "--job", "\udcff"], lambda arguments: arguments[2].encode()) == 2
    assert "is not UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["nosuch"], "No such command"), (["runs", "--most", "x"], "--most x: it is"), (["runs", "show"], "RUN")],
)
def test_a_command_that_is_wrong_is_told_as_json_to_programs(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
):
    assert run([*arguments, "--json"]) == 2
    assert told in json.loads(capsys.readouterr().out)["error"]


def test_json_is_valid_whatever_text_is_told():
    told = show.as_json({"error": "there is no job \udcff\0"}, 0)
    assert json.loads(told) == {"error": "there is no job ?\ufffd"}


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_who_closes_a_stream_does_not_want_to_see_it(monkeypatch: pytest.MonkeyPatch, closed: str):
    monkeypatch.setattr(sys, "argv", ["hub", "--version"])
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(sys, closed, None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


class Full(io.StringIO):
    """A stream to a disk that takes no more, which says so when it is written, or only when it is flushed."""

    def __init__(self, when: str, place: io.FileIO):
        super().__init__()
        self.when, self.place = when, place

    def fileno(self):
        return self.place.fileno()

    def write(self, text: str):
        return self.fail() if self.when == "written" else super().write(text)

    def flush(self):
        if self.when == "flushed":
            self.fail()

    def fail(self) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("when", ["written", "flushed"])
def test_a_full_disk_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, when: str
):
    monkeypatch.setattr(sys, "argv", ["hub", "--version"])
    with io.FileIO(tmp_path / "full", "w") as place:
        monkeypatch.setattr(sys, "stdout", Full(when, place))
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "hub: the answer cannot be written: no space left on device\n"
