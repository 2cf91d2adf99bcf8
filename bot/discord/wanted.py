"""The options of commands that choose articles, as they are typed → filters; and what is offered meanwhile."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from discord import app_commands

from bot.discord.shelf import Shelf
from bot.render.markup import units, visible
from bot.topics import completing
from index_store import DatelineError, DiscordError, Filters, UnreadableDateError, parse_when

_MOST_CHOICES = 25
_LONGEST_CHOICE_CHARS = 100
_SHORTEST_TOPIC_CHARS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options that choose articles, as they were typed."""

    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    source: str | None = None

    async def filters(self, shelf: Shelf) -> Filters:
        """
        Read the options.

        Raises:
            DiscordError: If one cannot be read, or they leave no time, or no such publisher is indexed.
        """
        publishers = (await shelf.publisher(self.source),) if self.source else ()
        return await asyncio.to_thread(_filters, self, publishers)  # reading dates may load a library


async def publisher_choices(shelf: Shelf, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the publishers whose name holds what was typed, those that begin with it first."""
    try:
        publishers = await shelf.publishers()
    except DatelineError:  # while somebody types there is no place for an error
        return []
    return choices_from({name: name for name in publishers}, typed)


def choices_from(names: Mapping[str, str], typed: str) -> list[app_commands.Choice[str]]:
    """Offer the values whose name holds what was typed, those that begin with it first."""
    sought = typed.casefold().strip()
    fitting = [value for value, name in names.items() if sought in name.casefold()]
    fitting.sort(key=lambda value: not names[value].casefold().startswith(sought))
    shown = [(visible(names[value])[:_LONGEST_CHOICE_CHARS], value) for value in fitting]
    fit = [(label, value) for label, value in shown if label and 0 < len(value) <= _LONGEST_CHOICE_CHARS]
    return [app_commands.Choice(name=label, value=value) for label, value in fit][:_MOST_CHOICES]


async def topic_choices(shelf: Shelf, typed: str) -> list[app_commands.Choice[str]]:
    """Offer the names in indexed headlines that hold what was typed, those that begin with it first."""
    shown = (visible(name) for name in completing(await shelf.topics(), typed))
    fitting = [name for name in shown if _SHORTEST_TOPIC_CHARS <= units(name) <= _LONGEST_CHOICE_CHARS]
    return [app_commands.Choice(name=name, value=name) for name in fitting[:_MOST_CHOICES]]


def _filters(wanted: Wanted, publishers: tuple[str, ...]) -> Filters:
    try:
        since = parse_when(wanted.since, last_moment=False) if wanted.since else None
        until = parse_when(wanted.until, last_moment=True) if wanted.until else None
        as_of = parse_when(wanted.as_of, last_moment=True) if wanted.as_of else None
    except UnreadableDateError as error:
        raise DiscordError(str(error)) from error
    for bound, name in ((until, "until"), (as_of, "as_of")):
        if since and bound and since > bound:
            raise DiscordError(
                f"`since` ({since:%Y-%m-%d}) is later than `{name}` ({bound:%Y-%m-%d}): no article lies between them.",
                remedy="Change one of them.",
            )
    return Filters(since=since, until=until, as_of=as_of, publishers=publishers)
