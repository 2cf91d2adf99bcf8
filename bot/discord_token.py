"""The bot's token: from the environment, or from a file that the environment names. Nothing else holds or shows it."""

import os
from collections.abc import Mapping
from pathlib import Path

from index_store import DiscordError

_TOKEN, _FILE = "DISCORD_TOKEN", "DISCORD_TOKEN_FILE"
_LONGEST_FILE = 4_096  # bytes; a token has about 70


def read_token(environment: Mapping[str, str]) -> str:
    """
    Return the token that `DISCORD_TOKEN` is, or that the file named in `DISCORD_TOKEN_FILE` holds.

    Raises:
        DiscordError: If there is none, the file cannot be read, or what is there cannot be a token.
    """
    token, file = environment.get(_TOKEN, "").strip(), environment.get(_FILE, "").strip()
    if not token and not file:
        raise DiscordError(f"{_TOKEN} is not set.", remedy="`dateline bot --help` shows how to get a token.")
    name = _TOKEN if token else f"The file in {_FILE}"
    token = token or _read(Path(file))
    if not token or not (token.isascii() and token.isprintable() and " " not in token):
        raise DiscordError(f"{name} is no token.", remedy="Copy it again: `dateline bot --help` shows from where.")
    return token


def environment_without_token() -> dict[str, str]:
    """Return the environment for processes beside the bot, whose business the token is not."""
    return {name: value for name, value in os.environ.items() if name not in (_TOKEN, _FILE)}


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_LONGEST_FILE).decode("utf-8", errors="replace").strip()
    except OSError as error:
        raise DiscordError(
            f"The file in {_FILE}, {file}, cannot be read: {error.strerror}.",
            remedy="Name a file that the bot's user may read and that holds the token alone.",
        ) from error
