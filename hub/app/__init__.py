"""The composition root: the only part that knows all others, and wires them.

`hub.py` opens what a configuration names, `configuration.py` follows the revision in force, `applying.py` makes a new
one, `process.py` puts the roles of a process together.
"""

from hub.app.applying import Applied, apply, revert
from hub.app.configuration import Configuration
from hub.app.hub import Hub, open_hub
from hub.app.process import Process, Roles

__all__ = ["Applied", "Configuration", "Hub", "Process", "Roles", "apply", "open_hub", "revert"]
