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
        user_queue_limit: Most of them from one person.
        user_questions: Most questions of one person within `user_questions_within_s` seconds.
        stop_within_s: Seconds that the bot may take to end after SIGTERM.
        log_format: How a line of the log is written.
        log_questions: Whether the log holds what people ask.
        monitoring_port: Loopback port of `/healthz` and `/metrics`; 0 for none.
    """

    name: ClassVar[str] = "discord"
    api: str = ""
    gateway: str = ""
    queue_limit: int = Field(32, ge=1, le=1_000)
    user_queue_limit: int = Field(3, ge=1, le=1_000)
    user_questions: int = Field(10, ge=1, le=1_000)
    user_questions_within_s: float = Field(60, ge=1, le=86_400)
    stop_within_s: float = Field(9, ge=1, le=300)
    log_format: Literal["text", "json"] = "text"
    log_questions: bool = False
    monitoring_port: int = Field(0, ge=0, le=65_535)
