"""The options of commands that choose articles, as they are typed → filters."""

import asyncio
from dataclasses import dataclass

from bot.discord.shelf import Shelf
from index_store import DiscordError, Filters, UnreadableDateError, parse_when


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
