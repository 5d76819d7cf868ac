"""The command line: one module a command group, loaded when it is called, so that `hub --help` answers at once.

Read main.py (errors and exit codes), then commands.py (what there is), then any module. Nothing imports this package.
"""

from hub.cli.main import main

__all__ = ["main"]
