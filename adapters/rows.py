"""What lists are made of."""

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
"""One record as the system's answer has it."""
Spot = Mapping[str, Any]
"""A place in a list, from which a reading goes on: JSON-ready, kept as a checkpoint."""
