import tempfile

import pytest

from hub.cli.main import run
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
