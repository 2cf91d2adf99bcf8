"""How Discord and the network refuse: for now, for good, or because a thread is archived."""

import aiohttp
import discord

NETWORK = (aiohttp.ClientError, OSError)  # TimeoutError is an OSError
UNDELIVERED = (discord.HTTPException, *NETWORK)

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
UNKNOWN_MESSAGE, ARCHIVED = 10008, 50083


def passes(error: Exception) -> bool:
    """Whether the same may succeed later: the network failed, or Discord has enough for now or a bad time itself."""
    return not isinstance(error, discord.HTTPException) or error.status == 429 or error.status >= 500
