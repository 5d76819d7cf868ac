"""What `make demo` does: lets a warehouse send its files to a hub in this very process, and tells what came of it.

The example is copied to the folder `demo`, so that files can be changed there and watched as they come in.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = Path("demo")

NEXT = """
  Try next, while `make demo` runs, in another terminal in the folder {folder}:
    {hub} quarantine                    what waits, by cause; `quarantine list` row by row
    {hub} plan depot                    what files that lie in incoming/ would do, before they do it
    correct a row in {sample} and save it as incoming/{sample}: it comes in as an update
    {hub} runs, {hub} jobs, {hub} records stock, {hub} check
"""


def prepare() -> None:
    """Lay the example out anew. The files seem to have lain there for a while: nobody is still writing them."""
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    shutil.copytree(HERE / "incoming", FOLDER / "incoming")
    shutil.copy(HERE / "hub.toml", FOLDER)
    shutil.copy(HERE / "incoming" / "STAN_MAG1.csv", FOLDER)
    an_hour_ago = time.time() - 3600
    for file in (FOLDER / "incoming").iterdir():
        os.utime(file, (an_hour_ago, an_hour_ago))


def main() -> int:
    """Run the hub on the example; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the first import")
    once = parser.parse_args().once
    prepare()
    hub = Path(sys.executable).with_name("hub.exe" if os.name == "nt" else "hub")
    command = [str(hub), "up", *(["--until-idle"] if once else [])]
    if not once:
        print(NEXT.format(folder=FOLDER, hub=os.path.relpath(hub, FOLDER), sample="STAN_MAG1.csv"), flush=True)
    # The hub hears Ctrl-C itself, and drains; we only wait for it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = subprocess.call(command, cwd=FOLDER)  # noqa: S603 - the hub of this very environment
    if once:
        print(NEXT.format(folder=FOLDER, hub=os.path.relpath(hub, FOLDER), sample="STAN_MAG1.csv"))
    return code


if __name__ == "__main__":
    sys.exit(main())
