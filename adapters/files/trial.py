"""Opens a sheet in a process of its own first, where nothing else tells what its reader will make of it.

An old XLS that is damaged can make its reader end the whole process: a flipped bit moves a cell to the far end of the
sheet, and the reader reserves memory for all the cells between.
What the trial survives, the adapter survives: reading is the same each time.
"""

import re
import signal
import subprocess
import sys
from pathlib import Path

from adapters.files.rows import FileRefused
from hub.counting import counted

SECONDS = 120
"""Of a processor's time, for a file of the largest size on a slow machine."""
PATIENCE = 600
"""Seconds by the clock: the machine may be busy, or stand still."""
MEMORY = 4 << 30
MOST_AT_ONCE = 1 << 30
"""Bytes. The largest sheet of an XLS, 65,536 rows of 256 columns ("Excel specifications and limits"), takes half of it:
32 bytes a cell."""
LONGEST = 200

_DATA_ERROR = 65
"""EX_DATAERR of sysexits.h; Python itself ends with 1, and so does what Windows is told to end."""
_CRASHED = {
    *(-number for number in (signal.SIGSEGV, signal.SIGILL, signal.SIGFPE)),
    0xC0000005,  # access violation
    0xC00000FD,  # stack overflow
    0xC000001D,  # illegal instruction
    0xC0000374,  # heap corruption
}
"""How a process ends that breaks by itself: minus the signal, or on Windows its NTSTATUS ([MS-ERREF] 2.3)."""
_WANTED = re.compile("memory allocation of ([0-9]+) bytes failed")
"""What Rust says before it ends the process (`std::alloc::handle_alloc_error`)."""
_PANIC = "panicked at"
"""What Rust says of a fault in the reader, which a second one may turn into the process's end."""
_SIGNALS = {-each: each.name for each in signal.Signals}

TRIAL = """
import sys
for name, most in zip(("RLIMIT_AS", "RLIMIT_CPU"), map(int, sys.argv[2:])):
    try:
        import resource
        limit = getattr(resource, name)
        resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))
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
except (OSError, MemoryError, KeyboardInterrupt):
    raise
except BaseException:
    sys.exit(65)
"""


class OutOfMemory(OSError):
    """The process that tries a file out was killed, or found no memory: as others need it, or the file asks for too much."""


def try_elsewhere(path: Path) -> None:
    """Raise FileRefused where opening the file would end the process that does it; OSError where that is not known.

    Raises OutOfMemory where it may be the file's fault all the same, if it is so each time.
    """
    command = [sys.executable, "-P", "-c", TRIAL, str(path), str(MEMORY), str(SECONDS)]
    try:
        tried = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603 - our own text
    except subprocess.TimeoutExpired:
        raise OSError(f"its trial took more than {counted(PATIENCE, 'second')}") from None
    if tried.returncode == 0:
        return
    said = tried.stderr.decode(errors="replace")
    if _SIGNALS.get(tried.returncode) == "SIGXCPU":
        raise FileRefused("file-damaged", f"reading the file takes more than {counted(SECONDS, 'second')}")
    if is_the_files(tried.returncode, said):
        raise FileRefused("file-damaged", "the file is damaged; open it and save it again, as XLSX if possible")
    kind = OutOfMemory if _wants_memory(tried.returncode, said) else OSError
    raise kind(f"it could not be tried out ({_ended(tried.returncode, said)})")


def is_the_files(code: int, said: str) -> bool:
    """Return whether a process ended because of what the file holds; an operator or want of memory may end it as well."""
    wanted = _WANTED.search(said)
    too_much = wanted is not None and int(wanted[1]) > MOST_AT_ONCE
    return too_much or code in _CRASHED or code == _DATA_ERROR or _PANIC in said


def _wants_memory(code: int, said: str) -> bool:
    """Tell whether memory is what was missing; the kernel that needs it back (the OOM killer) says nothing but SIGKILL."""
    return _SIGNALS.get(code) == "SIGKILL" or bool(_WANTED.search(said)) or "MemoryError" in said


def _ended(code: int, said: str) -> str:
    """Return how a process ended, and the line of what it said that tells why."""
    wanted = _WANTED.search(said)
    line = wanted.group() if wanted else said.strip().rpartition("\n")[2][:LONGEST]
    return ": ".join(filter(None, [_SIGNALS.get(code, f"exit code {code:#x}"), line]))
