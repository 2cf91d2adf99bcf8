"""The `[discord]` section of `dateline.toml`."""

from typing import ClassVar

from pydantic import Field

from index_store import Section


class DiscordSettings(Section):
    """
    How the bot reaches Discord. The token is never in the file: it is read from `DISCORD_TOKEN`.

    Attributes:
        api: Base address of Discord's REST API; empty for Discord's own.
        gateway: Address of Discord's gateway; empty for the one that Discord names.
        queue_limit: Most questions waiting for an answer; more are told that the bot is busy.
    """

    name: ClassVar[str] = "discord"
    api: str = ""
    gateway: str = ""
    queue_limit: int = Field(32, ge=1, le=1_000)
