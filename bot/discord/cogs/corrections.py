"""Answers whose articles were corrected or withdrawn since: their messages say so."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from discord.ext import commands

from bot.corrections import corrections
from bot.discord.cogs.looping import Looping
from bot.discord.desk import Desk
from bot.discord.edits import edit_message
from bot.discord.embeds import embed_of
from bot.discord.kept import KeptAnswer
from bot.discord.refusals import UNDELIVERED, passes
from bot.discord.shelf import Shelf
from bot.render.discord import answer_message, with_line
from bot.render.discord_corrections import correction_lines

_MOST_EDITS = 200  # of one look, so that what changes meanwhile is not kept waiting
_FAILURES_IN_A_ROW = 5  # then Discord, or the way to it, has a bad time

_Outcome = Literal["settled", "edited", "closed", "failed"]

logger = logging.getLogger(__name__)


class Corrections(Looping):
    """
    Looks from time to time whether articles that answers quote have changed, and edits the messages of those answers.

    What a message says is kept with its answer, so that nothing is said twice, and what happened while the bot was
    down is said once it is back. If it is killed in between, the same text is put there again.
    """

    def __init__(self, bot: commands.Bot, desk: Desk, shelf: Shelf, *, every_s: float) -> None:
        super().__init__(bot, every_s=every_s)
        self._desk = desk
        self._shelf = shelf
        self._looked: tuple[int | None, int | None] | None = None  # generation and answers sent, at the last look

    async def look(self) -> None:
        """Bring messages up to date if anything was indexed, or any answer sent, since the last look."""
        now = (await self._shelf.generation(), await self._desk.remember(lambda memory: memory.sent_count))
        if now[0] is not None and now != self._looked and await self._bring_up_to_date():
            self._looked = now

    async def _bring_up_to_date(self) -> bool:
        """Edit the messages that no longer agree with the index; returns whether none is left."""
        compared = await self._desk.remember(lambda memory: memory.compared())
        if compared is None:
            return False
        live = await self._shelf.live_numbers(compared)
        moved = {one: number for one, number in live.items() if (number, number) != compared[one]}
        behind = await self._desk.remember(lambda memory: memory.behind(moved)) if moved else ()
        return behind is not None and await self._settle_all(behind)

    async def _settle_all(self, answer_ids: Iterable[int]) -> bool:
        """Make messages agree with the index, as many as there is time for; returns whether all do."""
        came, in_a_row = Counter[_Outcome](), 0
        for answer_id in answer_ids:
            if in_a_row == _FAILURES_IN_A_ROW or came["edited"] == _MOST_EDITS:
                return False
            outcome = await self._settle(answer_id)
            came[outcome] += 1
            in_a_row = in_a_row + 1 if outcome == "failed" else 0
        return not came["failed"]

    async def _settle(self, answer_id: int) -> _Outcome:
        """Make an answer's message agree with the index, or give it up for good; "failed" for a later look."""
        found = await self._desk.remember(lambda memory: (memory.answer(answer_id),))
        if found is None:
            return "failed"
        (kept,) = found
        if kept is None:  # too old, or written by another version of Dateline
            await self._desk.remember(lambda memory: memory.leave(answer_id))
            return "settled"
        fates = await self._shelf.fates({one.article_id for one in kept.answer.citations})
        told = correction_lines(corrections(kept.answer, kept.given_at, fates))
        outcome = await self._show(kept, told) if told != kept.told else "settled"
        if outcome == "closed":
            await self._desk.remember(lambda memory: memory.leave(answer_id))
        elif outcome != "failed":
            numbers = {one: fate.number for one, fate in fates.items()}
            await self._desk.remember(lambda memory: memory.agrees(answer_id, numbers, told))
        return outcome

    async def _show(self, kept: KeptAnswer, told: str) -> _Outcome:
        """Show an answer anew in its message; say in the log where that cannot be, now or ever."""
        style = replace(self._desk.style_in(kept.place), short=False)  # what is corrected must be there to be seen
        message = answer_message(kept.answer, style)
        embed = embed_of(with_line(message, told) if told else message)
        try:
            await edit_message(self._bot, kept.place.channel_id, kept.message_id or 0, embed)
        except UNDELIVERED as error:
            if passes(error):
                logger.warning("a correction has to wait: %r", error)
                return "failed"
            logger.warning("a correction cannot be shown in channel %d (%s)", kept.place.channel_id, error)
            return "closed"
        return "edited"
