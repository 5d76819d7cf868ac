"""The statuses of an order: which may follow which."""

_STEPS = ("pending", "confirmed", "processing", "shipped", "completed")
_CANCELLED = "cancelled"


def moves_forward(old: str | None, new: str | None) -> bool:
    """Tell whether an order's status may become another; a late report of an earlier one may not set it back."""
    if new is None or old in {"completed", _CANCELLED}:
        return False
    if old is None or new == _CANCELLED:
        return True
    return _STEPS.index(new) > _STEPS.index(old)
