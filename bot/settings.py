"""The `[bot]`, `[discord]` and `[llm]` sections of `dateline.toml`."""

from datetime import tzinfo
from typing import ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from index_store import Section, SettingsError


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
    How the bot reaches Discord. The token is never in the settings: `bot/discord_token.py` reads it.

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
        conversation: Which messages continue a conversation: those that mention the bot or reply to it ("mentions"),
            also those in its threads ("threads", which needs the privileged intent Message Content), or none ("off").
        keep_days: How long answers and votes on them are kept, in days; until then their buttons work.
        corrections_every_s: How often it is checked whether articles that answers quote were corrected (seconds).
        add_role: Name or id of a role whose members may add articles; members with Manage Messages always may.
        subscriptions_every_s: How often what is due of subscriptions is looked for (seconds).
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
    conversation: Literal["off", "mentions", "threads"] = "mentions"
    keep_days: int = Field(30, ge=1, le=3_650)
    corrections_every_s: float = Field(60, ge=1, le=86_400)
    add_role: str = Field("", max_length=100)
    subscriptions_every_s: float = Field(60, ge=1, le=3_600)


class LlmSettings(Section):
    """
    The language model that words answers; off unless a provider is named. Its key is never in the file.

    Attributes:
        provider: What speaks to it; empty for no model.
        base_url: Address of its API; empty for the provider's own.
        model: Its name there.
        api_key_env: Name of the environment variable that holds the key. Empty for the provider's usual one at the
            provider's own address, and for none at another: a key goes nowhere that nobody named.
        timeout_s: Longest wait for a whole reply (seconds); after that the answer is quoted.
        max_tokens: Longest reply that is asked for.
    """

    name: ClassVar[str] = "llm"
    provider: Literal["", "openai-compatible", "anthropic"] = ""
    base_url: str = Field("", pattern=r"^(https?://[^\s@?#]+)?$", repr=False)
    model: str = Field("", max_length=200)
    api_key_env: str = Field("", pattern=r"^([A-Za-z_][A-Za-z0-9_]{0,79})?$", repr=False)
    timeout_s: float = Field(20, ge=1, le=600)
    max_tokens: int = Field(300, ge=16, le=4_096)

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.provider and not self.model.strip():
            raise SettingsError("Setting llm.model is missing.", remedy="Name the model that is to word the answers.")
        if self.api_key_env.startswith("DATELINE_"):
            raise SettingsError(
                "Setting llm.api_key_env names a variable that begins with DATELINE_.",
                remedy="Those are settings; keep the key in a variable of another name.",
            )
        return self

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key; "" where none is sent."""
        if self.api_key_env or self.base_url:
            return self.api_key_env
        return {"openai-compatible": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}.get(self.provider, "")
