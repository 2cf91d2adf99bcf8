"""What a server's managers have decided: a frozen record with its defaults and limits, and what follows from it."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal, Self, TypeVar

from bot.languages import ENGLISH, LANGUAGES
from index_store import DiscordError, counted

MOST_CHANNELS = 25  # named in one message, each with 22 characters
MOST_SOURCES = 10
_LONGEST_SOURCE_CHARS = 100  # as long as Discord lets a choice be
NO_ROLE = 0

Item = TypeVar("Item")


class ElsewhereError(DiscordError):
    """
    The bot may not answer in this channel.

    Attributes:
        channels: Where it may.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__("The managers of this server allow answers in other channels only.")
        self.channels = channels


class AnswersArePrivateError(DiscordError):
    """A message asks aloud where only the asker may see the answer."""

    def __init__(self) -> None:
        super().__init__(
            "Answers on this server are private.", remedy="Ask there with /ask: only you will see the answer."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildRules:
    """
    The settings of one server; as they are where nobody has set anything, and in direct messages.

    Attributes:
        channels: Where the bot may answer, their threads included; everywhere where none is named.
        adders: Role whose members may add articles, beside those with Manage Messages: None for the one that the
            operator names, `NO_ROLE` for none.
        sources: Publishers that answers are drawn from where the asker names none; all where none is named.
        dates: Language of the dates that the bot writes: a code of `LANGUAGES`.
        answers: Whether others see them.
        threads: When a thread is opened under an answer to /ask.
        length: Whether an answer shows its gist or all its claims.
    """

    channels: tuple[int, ...] = ()
    adders: int | None = None
    sources: tuple[str, ...] = ()
    dates: str = ENGLISH
    answers: Literal["public", "private"] = "public"
    threads: Literal["never", "asked", "always"] = "asked"
    length: Literal["short", "normal"] = "normal"

    def __post_init__(self) -> None:
        """
        Check the limits.

        Raises:
            DiscordError: If one is not kept.
        """
        if len(self.channels) > MOST_CHANNELS:
            raise _too_many(counted(MOST_CHANNELS, "channel"))
        if len(self.sources) > MOST_SOURCES or any(len(one) > _LONGEST_SOURCE_CHARS for one in self.sources):
            raise _too_many(counted(MOST_SOURCES, "publisher"))
        if self.dates not in LANGUAGES:
            raise DiscordError("Dates cannot be written in this language.", remedy="Choose one of those on offer.")

    def with_channel(self, channel_id: int) -> Self:
        """Let the bot answer in one more channel."""
        return replace(self, channels=_with(self.channels, channel_id))

    def without_channel(self, channel_id: int) -> Self:
        """
        Take a channel off the list.

        Raises:
            DiscordError: If it is not on it, or the only one: an empty list would mean everywhere.
        """
        rest = _without(self.channels, channel_id, "This channel is not on the list.")
        if not rest:
            raise DiscordError(
                "This is the only channel on the list; without it the bot would answer everywhere.",
                remedy="Add another one first, or choose `everywhere`.",
            )
        return replace(self, channels=rest)

    def with_source(self, publisher: str) -> Self:
        """Draw answers from one more publisher."""
        return replace(self, sources=_with(self.sources, publisher))

    def without_source(self, publisher: str) -> Self:
        """
        Take a publisher off the list.

        Raises:
            DiscordError: If it is not on it.
        """
        named = {one.casefold(): one for one in self.sources}
        told = "This publisher is not on the list."
        return replace(self, sources=_without(self.sources, named.get(publisher.casefold(), publisher), told))

    def admits(self, channel_id: int, parent_id: int | None) -> bool:
        """Whether a channel or thread, or the channel that a thread hangs under, is one of those named, if any is."""
        return not self.channels or not {channel_id, parent_id}.isdisjoint(self.channels)

    def admit(self, channel_id: int, parent_id: int | None, *, aloud: bool = False) -> None:
        """
        Make sure that the bot may answer there.

        Args:
            channel_id: The channel or thread.
            parent_id: The channel that a thread hangs under.
            aloud: Whether everybody there would see the answer.

        Raises:
            ElsewhereError: If it may answer in other channels only.
            AnswersArePrivateError: If it may not answer aloud.
        """
        if not self.admits(channel_id, parent_id):
            raise ElsewhereError(self.channels)
        if aloud and self.answers == "private":
            raise AnswersArePrivateError

    def differing(self, other: Self) -> tuple[str, ...]:
        """Name the settings in which two differ."""
        return tuple(one for one in SETTINGS if getattr(self, one) != getattr(other, one))


SETTINGS = tuple(field.name for field in fields(GuildRules))


@dataclass(frozen=True, slots=True)
class Change:
    """
    One setting of a server that was changed.

    Attributes:
        setting: Which: a name of `SETTINGS`.
        old, new: Settings that agree with the server's, before and after, in this one.
        user_id: Who changed it; None once that person's traces were deleted.
        changed_at: When (UTC).
    """

    setting: str
    old: GuildRules
    new: GuildRules
    user_id: int | None
    changed_at: datetime


def _with(items: tuple[Item, ...], item: Item) -> tuple[Item, ...]:
    return tuple(dict.fromkeys((*items, item)))


def _without(items: tuple[Item, ...], item: Item, otherwise: str) -> tuple[Item, ...]:
    if item not in items:
        raise DiscordError(otherwise, remedy="/settings show has what is.")
    return tuple(one for one in items if one != item)


def _too_many(most: str) -> DiscordError:
    return DiscordError(f"At most {most} can be named.", remedy="Take one off the list first, or clear it.")
