"""The `[bot]` and `[discord]` sections of `dateline.toml`."""

from typing import ClassVar, Literal

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
        conversation: Which messages continue a conversation: those that mention the bot or reply to it ("mentions"),
            also those in its threads ("threads", which needs the privileged intent Message Content), or none ("off").
        keep_days: How long answers and votes on them are kept, in days; until then their buttons work.
        add_role: Name or id of a role whose members may add articles; members with Manage Messages always may.
    """

    name: ClassVar[str] = "discord"
    api: str = ""
    gateway: str = ""
    queue_limit: int = Field(32, ge=1, le=1_000)
    conversation: Literal["off", "mentions", "threads"] = "mentions"
    keep_days: int = Field(30, ge=1, le=3_650)
    add_role: str = Field("", max_length=100)
