"""What the environment says of colours and of what a terminal can draw; light, since every start asks."""

import os
from collections.abc import Mapping


def colours_wanted(environment: Mapping[str, str] = os.environ) -> bool | None:
    """Tell whether colours are wanted, wherever output goes; None for at terminals alone."""
    if environment.get("NO_COLOR"):  # https://no-color.org
        return False
    if is_forced(environment):
        return True
    return False if is_poor(environment) else None


def is_forced(environment: Mapping[str, str]) -> bool:
    """Whether FORCE_COLOR makes a screen of anything."""
    return environment.get("FORCE_COLOR", "") not in ("", "0")


def is_poor(environment: Mapping[str, str]) -> bool:
    """Whether the terminal draws letters and nothing else."""
    return environment.get("TERM", "") in ("dumb", "unknown")
