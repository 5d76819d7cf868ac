from pathlib import Path

import pytest

import hub.store
from hub.store import migrate
from hub.store.migrate import NEWEST


def test_the_schema_this_program_needs_is_its_last_migration():
    versions = Path(hub.store.__file__).parent / "migrations" / "versions"
    last = max(path.stem for path in versions.glob("v*.py"))
    assert last.startswith(f"v{NEWEST}_")


def test_a_program_may_lie_in_a_folder_with_a_per_cent_sign(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(migrate, "__file__", str(tmp_path / "100%" / "migrate.py"))
    assert migrate._configuration().get_main_option("script_location") == str(tmp_path / "100%" / "migrations")
