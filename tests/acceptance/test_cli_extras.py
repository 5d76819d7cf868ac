"""A hub that was installed with some of its extras: `pip install '.[files]'`, as `make demo` does."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.acceptance.commands import ROOT

MODULES = {
    "charset-normalizer": "charset_normalizer",
    "psycopg[binary]": "psycopg",
    "python-calamine": "python_calamine",
}
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv.pop(1).split(",")))
"""
CALL = "from hub.cli import main; main()"
LOAD_ALL = "from hub.cli.commands import COMMANDS, load; [load(each) for each in COMMANDS]"
SHOP = """
[systems.shop]
kind = "eshop"
connector = "woocommerce"
url = "https://shop.example"
key = "env:SHOP_KEY"
secret = "env:SHOP_SECRET"
"""


def modules_of(extras: set[str]) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages: list[str] = [each.split(">")[0] for extra in extras for each in project["optional-dependencies"][extra]]
    return {MODULES.get(each, each) for each in packages}


def hub(folder: Path, *arguments: str, extras: set[str], then: str = CALL) -> subprocess.CompletedProcess[str]:
    absent = modules_of({"rabbitmq", "postgres", "files", "web", "server", "sql"}) - modules_of(extras)
    command = [sys.executable, "-c", WITHOUT + then, ",".join(absent), *arguments]
    given = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=60, check=False)


def test_every_command_is_there_without_any_extra(tmp_path: Path):
    done = hub(tmp_path, extras=set(), then=LOAD_ALL)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_hub_with_files_alone_imports_them(tmp_path: Path):
    assert hub(tmp_path, "init", extras={"files"}).returncode == 0
    for command in (("check",), ("plan", "depot"), ("up", "--until-idle"), ("systems",)):
        done = hub(tmp_path, *command, extras={"files"})
        assert (done.returncode, done.stderr) == (0, ""), command


@pytest.mark.parametrize("command", [("config", "check"), ("apply", "--yes"), ("plan", "shop"), ("up", "--until-idle")])
def test_what_a_connector_lacks_is_named_with_how_to_get_it(tmp_path: Path, command: tuple[str, ...]):
    (tmp_path / "hub.toml").write_text(SHOP, encoding="utf-8")
    done = hub(tmp_path, *command, extras={"files"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "hub: a Python package is missing: httpx2; mend: pip install 'hubwerk[all]'\n"
