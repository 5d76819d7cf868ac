"""The systems that can be started, by name."""

from tests.peers.medusa.system import MEDUSA
from tests.peers.oscar.system import OSCAR
from tests.peers.system import System
from tests.peers.tryton.system import TRYTON
from tests.peers.vendure.system import VENDURE

SYSTEMS: dict[str, System] = {system.name: system for system in (TRYTON, VENDURE, MEDUSA, OSCAR)}
