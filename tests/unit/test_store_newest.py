from pathlib import Path

import hub.store
from hub.store.migrate import NEWEST


def test_the_schema_this_program_needs_is_its_last_migration():
    versions = Path(hub.store.__file__).parent / "migrations" / "versions"
    last = max(path.stem for path in versions.glob("v*.py"))
    assert last.startswith(f"v{NEWEST}_")
