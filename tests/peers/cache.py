"""The cache: what is installed and filled once, and under which conditions it still counts."""

import hashlib
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from tests.peers.install import PUBLISHED_BEFORE
from tests.peers.system import System

ROOT = Path(__file__).parents[2]


def cache() -> Path:
    """Return the folder of all that is kept."""
    return Path(os.environ.get("HUB_PEERS_CACHE") or ROOT / ".cache" / "peers").resolve()


@contextmanager
def locked(name: str) -> Generator[Path]:
    """Hold a system's folder, alone among all processes; the others wait."""
    folder = cache() / name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        yield folder


def is_current(folder: Path, stamp: str) -> bool:
    """Tell whether the folder was completed under the same conditions."""
    written = folder.with_suffix(".stamp")
    return written.exists() and written.read_text(encoding="utf-8") == stamp


def forget(folder: Path) -> None:
    """Have the folder count for nothing until it is completed: whoever makes it anew may be interrupted."""
    folder.with_suffix(".stamp").unlink(missing_ok=True)


def note(folder: Path, stamp: str) -> None:
    """Note under which conditions the folder was completed."""
    folder.with_suffix(".stamp").write_text(stamp, encoding="utf-8")


def app_stamp(system: System) -> str:
    """Return what an installation depends on: the packages asked for, their date, and this Python with its place."""
    return digest(
        sys.version, str(cache()), PUBLISHED_BEFORE, *texts(system.folder, ("requirements.txt", "package.json"))
    )


def template_stamp(system: System) -> str:
    """Return what a template depends on: the installation, the system's files, and the year, which Tryton's books have."""
    return digest(app_stamp(system), str(datetime.now(UTC).year), *texts(system.folder, ("*.py", "*.js")))


def texts(folder: Path, patterns: tuple[str, ...]) -> list[str]:
    """Return the texts of the files below the folder that match."""
    paths = sorted(path for pattern in patterns for path in folder.rglob(pattern))
    return [path.read_text(encoding="utf-8") for path in paths]


def digest(*parts: str) -> str:
    """Return a short name for the parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]
