"""Opens a sheet in a process of its own first, where nothing else tells what its reader will make of it.

An old XLS that is damaged can make its reader end the whole process: a flipped bit moves a cell to the far end of the
sheet, and the reader reserves memory for all the cells between.
What the trial survives, the adapter survives: reading is the same each time.
"""

import subprocess
import sys
from pathlib import Path

from adapters.files.rows import FileRefused

SECONDS = 120
"""For a file of the largest size on a slow machine."""

_TRIAL = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
except (ImportError, ValueError, OSError):
    pass
import python_calamine
try:
    with open(sys.argv[1], "rb") as file:
        workbook = python_calamine.CalamineWorkbook.from_filelike(file)
    for position in range(len(workbook.sheet_names)):
        for row in workbook.get_sheet_by_index(position).iter_rows():
            pass
except python_calamine.CalamineError:
    pass
"""


def try_elsewhere(path: Path) -> None:
    """Raise FileRefused where opening the file would end the process that does it."""
    command = [sys.executable, "-P", "-c", _TRIAL, str(path)]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own text
    except subprocess.TimeoutExpired:
        raise FileRefused("file-damaged", f"reading the file takes more than {SECONDS} seconds") from None
    if tried.returncode != 0:
        raise FileRefused("file-damaged", "the file is damaged; open it and save it again, as XLSX if possible")
