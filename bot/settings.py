"""The `[bot]` and `[discord]` sections of `dateline.toml`."""

from datetime import tzinfo
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from index_store import Section


class BotSettings(Section):
    """
    Who asks, and what `dateline bot` does beside answering.

    Attributes:
        reindex: Whether it also keeps the index up to date, as `dateline reindex --watch` does.
        time_zone: Where days begin for those who ask ("Europe/Zurich"); empty for the machine's own.
    """

    name: ClassVar[str] = "bot"
    reindex: bool = False
    time_zone: str = ""

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name and not _zone(name):
            raise ValueError(f"“{name[:60]}” is no time zone; write one such as Europe/Zurich, or UTC")
        return name

    @property
    def zone(self) -> tzinfo | None:
        """The time zone; None for the machine's own."""
        return _zone(self.time_zone) if self.time_zone else None


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, or not even a name
        return None


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
