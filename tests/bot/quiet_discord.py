"""discord.py, imported without the warning that its voice part gives on Python 3.11 and 3.12."""

import warnings

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import discord

__all__ = ["discord"]
