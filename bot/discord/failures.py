"""What ends the bot, in words: one line about what happened, and one about what to change."""

from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import discord

from bot.settings import DiscordSettings
from index_store import DiscordError

_PORTAL = "https://discord.com/developers/applications"
_UPDATE = "Update Dateline and discord.py: pip install --upgrade dateline-news discord.py"

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
_CLOSE_CODES = {
    4004: (
        "Discord refused the token in DISCORD_TOKEN.",
        f"Copy a fresh one from {_PORTAL} (Bot → Reset Token).",
    ),
    4010: ("Discord refused the bot's shard (code 4010).", _UPDATE),
    4011: (
        "The bot is in more servers than one connection may serve (code 4011).",
        "Run a second bot, with a token of its own, for some of them: Dateline does not shard.",
    ),
    4012: ("Discord no longer speaks the bot's version of its gateway (code 4012).", _UPDATE),
    4013: ("Discord does not know the intents that the bot asked for (code 4013).", _UPDATE),
}
_PRIVILEGED = {
    "presences": "Presence Intent",
    "members": "Server Members Intent",
    "message_content": "Message Content Intent",
}


@contextmanager
def translated_errors(settings: DiscordSettings, intents: discord.Intents) -> Iterator[None]:
    """Turn what stops the bot into a `DiscordError` that says what to change."""
    try:
        yield
    except discord.LoginFailure as error:
        raise _closed(4004) from error
    except discord.PrivilegedIntentsRequired as error:
        raise _intents_refused(intents) from error
    except discord.ConnectionClosed as error:
        raise _closed(error.code) from error
    except discord.Forbidden as error:
        remedy = f"Invite it again, with the scopes bot and applications.commands: {_PORTAL} (Installation)."
        raise DiscordError(
            f"Discord does not let the bot start: {error.text or 'forbidden'}.", remedy=remedy
        ) from error
    except discord.DiscordServerError as error:
        raise DiscordError(
            f"Discord fails at present (status {error.status}).", remedy="See https://discordstatus.com; start again."
        ) from error
    except discord.DiscordException as error:
        raise DiscordError(f"Discord refused the bot: {error}.", remedy=_UPDATE) from error
    except (aiohttp.ClientError, OSError) as error:
        where = settings.api or "https://discord.com"
        raise DiscordError(f"Discord cannot be reached at {where}.", remedy="Check the network.") from error


def _closed(code: int) -> DiscordError:
    message, remedy = _CLOSE_CODES.get(
        code, (f"Discord closed the connection with code {code}.", "Start the bot again.")
    )
    return DiscordError(message, remedy=remedy)


def _intents_refused(intents: discord.Intents) -> DiscordError:
    names = " and ".join(words for name, words in _PRIVILEGED.items() if getattr(intents, name)) or "privileged intents"
    off = 'or set conversation = "mentions" in [discord]' if intents.message_content else "or off in dateline.toml"
    remedy = f"Switch it on at {_PORTAL} (Bot → Privileged Gateway Intents), {off}."
    return DiscordError(f"Discord does not grant the bot the {names} (code 4014).", remedy=remedy)
