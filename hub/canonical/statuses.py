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


def goes_on_after_all(old: str | None, new: str | None) -> bool:
    """Tell whether an order that was cancelled goes on: for whoever has cancelled it to say, and nobody else.

    Shops take up again what they cancelled for want of payment, when that comes late (WooCommerce: OrderStatus,
    PAYMENT_COMPLETE_STATUSES).
    """
    return old == _CANCELLED and new in _STEPS
