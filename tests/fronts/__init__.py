"""Real systems with a server of ours in front of them: what a fake is for systems that cannot be run here.

What goes through may meet any fault of `tests.fakes.faults`; all else is answered by the system itself.
"""

from tests.fronts.front import Front

__all__ = ["Front"]
