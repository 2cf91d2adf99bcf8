"""What cogs share that look for something again and again, for as long as the bot is connected."""

import logging
import sqlite3

from discord.ext import commands, tasks

from index_store import DatelineError

logger = logging.getLogger(__name__)


class Looping(commands.Cog):
    """Looks from time to time, from when the bot is connected until it is stopped; no look that fails is the last."""

    def __init__(self, bot: commands.Bot, *, every_s: float) -> None:
        """
        Prepare to look.

        Args:
            bot: The client.
            every_s: Seconds between two looks.
        """
        self._bot = bot
        self._again.change_interval(seconds=every_s)

    async def look(self) -> None:
        """Look once."""
        raise NotImplementedError

    async def cog_load(self) -> None:
        """Begin to look."""
        self._again.start()

    async def cog_unload(self) -> None:
        """Look no more."""
        self.stop()

    def stop(self) -> None:
        """Look no more; what `Replies.keep` does for a look that is under way is done to its end."""
        self._again.cancel()

    @tasks.loop()
    async def _again(self) -> None:
        try:
            await self.look()
        except (DatelineError, sqlite3.Error, OSError) as error:
            logger.warning("%s could not be looked for: %s", self.qualified_name.lower(), error)
        except Exception:  # a loop that ends here would never be missed
            logger.exception("%s could not be looked for", self.qualified_name.lower())

    @_again.before_loop
    async def _connected(self) -> None:
        await self._bot.wait_until_ready()
