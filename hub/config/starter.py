"""The file that `hub init` writes."""

from importlib.resources import files


def starter() -> str:
    """Return a commented configuration to start from; it is valid as it is."""
    return files("hub.config").joinpath("starter.toml").read_text(encoding="utf-8")
