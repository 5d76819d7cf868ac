"""Commands whose standard streams are closed, or cannot show every letter."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.commands import ROOT

TEXT = '# Świt\n[hub]\ntimezone = "Europe/Warsaw"\n'
WITHOUT_INPUT = "import sys; sys.stdin = None; sys.argv = ['hub', 'apply']; from hub.cli import main; main()"


def python(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hub.toml").write_text(TEXT, encoding="utf-8", newline="")
    return tmp_path


def test_who_closes_standard_input_is_not_asked(folder: Path):
    assert python(folder, "-c", WITHOUT_INPUT).returncode == 0


def test_what_is_exported_is_utf8_whatever_the_console_can_show(folder: Path):
    assert python(folder, "-m", "hub.cli", "apply", "--yes").returncode == 0
    exported = python(folder, "-m", "hub.cli", "config", "export", PYTHONIOENCODING="cp1252")
    assert (exported.returncode, exported.stdout) == (0, TEXT.encode())
