"""The `[bot]` and `[discord]` sections of `dateline.toml`."""

from typing import ClassVar

from pydantic import Field

from index_store import Section


class BotSettings(Section):
    """
    What `dateline bot` does beside answering.

    Attributes:
        reindex: Whether it also keeps the index up to date, as `dateline reindex --watch` does.
    """

    name: ClassVar[str] = "bot"
    reindex: bool = False


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
