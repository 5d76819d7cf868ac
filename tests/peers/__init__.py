"""Real systems for the hub to talk to: an ERP and three shops, each with data of its own on a port of the loopback.

`start(name)` installs and fills what is not in the cache yet (a minute or two, once), and starts a fresh copy in seconds.
The cache is `.cache/peers` in the repository, or the folder that HUB_PEERS_CACHE names.
By hand: `python -m tests.peers`.
"""

from tests.peers.peer import Peer, lay_out
from tests.peers.systems import SYSTEMS

__all__ = ["SYSTEMS", "Peer", "start"]


def start(name: str) -> Peer:
    """Start a fresh copy of a system; it ends with `close()`, or with this process. Raises ServerFailed."""
    peer = lay_out(SYSTEMS[name])
    try:
        peer.start()
    except BaseException:
        peer.close()
        raise
    return peer
