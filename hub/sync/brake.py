"""The brake on deletions: so many at once are asked about first (PAINS S16). Pure."""

BRAKE = "brake"
"""The cause in quarantine of what would be taken away from a system."""
FEW = 10
"""Of so few records, all may go at once."""


def too_many(going: int, there: int, brake: int) -> bool:
    """Tell whether so many deletions of so many records have to be asked about: above the brake, or one in twenty."""
    return going > brake or (going > FEW and going * 20 > there)
