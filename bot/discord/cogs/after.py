"""What the buttons under an answer do: its sources, why, a timeline, newer, and votes."""

import asyncio
from dataclasses import replace

import discord
from discord.ext import commands, tasks

from bot.answering import Answer, Question
from bot.answering.follow_ups import topic_of
from bot.corrections import corrections
from bot.discord.buttons import HANDLER, ComplaintForm, Deed, complaint_in, page_view
from bot.discord.cogs.ask import show
from bot.discord.cogs.overviews import timeline_for
from bot.discord.desk import Desk
from bot.discord.embeds import apology, deliver, embed_of, in_words
from bot.discord.kept import KeptAnswer
from bot.discord.replies import Reply
from bot.discord.shelf import Shelf
from bot.render.discord import AnswerMessage, with_line
from bot.render.discord_corrections import correction_lines
from bot.render.discord_details import notice, source_message, what_changed, why_message

_FORGOTTEN = (
    "Your questions, their answers and your votes are deleted. The subscriptions that you made are ended, in every "
    "channel. Settings of servers that you changed stay as they are, and it is forgotten that it was you."
)
_NOT_FORGOTTEN = "That failed, and nothing is deleted; it has been logged. Please try again later."
_MEMORY_WITHIN_S = 1.0  # of the three in which Discord wants a first reply
NOT_KEPT = "This answer is not kept any more. Ask again with /ask."


class After(commands.Cog, name=HANDLER):
    """Answers presses of buttons; what they were pressed under is looked up by the kept answer's number."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf

    async def cog_load(self) -> None:
        """Begin to delete what has been kept long enough, which a bot that nobody asks would keep for ever."""
        self.prune.start()

    async def cog_unload(self) -> None:
        """Stop that."""
        self.prune.cancel()

    @tasks.loop(hours=6)
    async def prune(self) -> None:
        """Delete what has been kept long enough."""
        await self._desk.remember(lambda memory: memory.prune())

    async def press(self, interaction: discord.Interaction, deed: Deed, answer_id: int) -> None:
        """Do what a button under an answer says."""
        if deed == "down":  # a form must come first: nothing can be deferred before it
            await self._desk.replies.keep(self._vote_down(interaction, answer_id))
        else:
            await self._desk.replies.keep(self._press(interaction, deed, answer_id))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take the form behind 👎, which may have been opened before the bot was started anew."""
        complaint = complaint_in(interaction)
        if complaint:
            await self._desk.replies.keep(self._take_complaint(interaction, *complaint))

    async def turn(self, interaction: discord.Interaction, answer_id: int, page: int) -> None:
        """Turn to another source, in the message that shows one."""
        await self._desk.replies.keep(self._turn(interaction, answer_id, page))

    async def forget(self, interaction: discord.Interaction) -> None:
        """Delete what is kept about whoever asks for it, and say so in the place of what was shown."""
        await self._desk.replies.keep(self._forget(interaction))

    async def _forget(self, interaction: discord.Interaction) -> None:
        reply = await self._edited(interaction)
        user_id = interaction.user.id
        forgotten = await self._desk.remember(lambda memory: memory.forget(user_id))
        await deliver(reply, notice(_NOT_FORGOTTEN if forgotten is None else _FORGOTTEN))

    async def _turn(self, interaction: discord.Interaction, answer_id: int, page: int) -> None:
        await self._show_source(interaction, await self._edited(interaction), answer_id, page)

    async def _edited(self, interaction: discord.Interaction) -> Reply:
        """Acknowledge a press whose outcome takes the place of the message that it was pressed under."""
        await interaction.response.defer()
        return await self._desk.replies.acknowledge(interaction, private=True)

    async def _press(self, interaction: discord.Interaction, deed: Deed, answer_id: int) -> None:
        reply = await self._desk.replies.acknowledge(interaction, private=True)
        if deed == "sources":
            await self._show_source(interaction, reply, answer_id, 0)
            return
        kept = await self._kept(interaction, answer_id)
        if kept is None:
            await deliver(reply, notice(NOT_KEPT))
        elif deed == "why":
            await deliver(reply, await in_words(self._why(kept)))
        elif deed == "timeline":
            await deliver(reply, await in_words(self._timeline(interaction, kept.answer)))
        elif deed == "newer":
            await self._ask_again(interaction, reply, kept)
        else:
            await self._vote(interaction, reply, answer_id, good=True)

    async def _kept(self, interaction: discord.Interaction, answer_id: int) -> KeptAnswer | None:
        """Look the answer up; one that was given elsewhere, or to somebody else alone, is none."""
        kept = await self._desk.remember(lambda memory: memory.answer(answer_id))
        allowed = kept is not None and kept.may_be_seen_by(interaction.user.id, interaction.channel_id)
        return kept if allowed else None

    async def _show_source(self, interaction: discord.Interaction, reply: Reply, answer_id: int, page: int) -> None:
        kept = await self._kept(interaction, answer_id)
        if kept is None or not 0 <= page < len(kept.answer.citations):
            await deliver(reply, notice(NOT_KEPT))
            return
        view = page_view(answer_id, page, of=len(kept.answer.citations))
        await deliver(reply, await in_words(self._source(kept, page)), view)

    async def _source(self, kept: KeptAnswer, page: int) -> AnswerMessage:
        citations = kept.answer.citations
        quoted = await self._shelf.quoted(citations[page])
        return source_message(
            quoted.citation, quoted.version, newest=quoted.newest, stands=quoted.stands, of=len(citations)
        )

    async def _why(self, kept: KeptAnswer) -> AnswerMessage:
        """Explain an answer, and say what of it was corrected since: a private answer's own message cannot."""
        fates = await self._shelf.fates({one.article_id for one in kept.answer.citations})
        lines = correction_lines(corrections(kept.answer, kept.given_at, fates))
        message = why_message(kept.answer, self._desk.style_in(kept.place))
        return with_line(message, lines) if lines else message

    async def _timeline(self, interaction: discord.Interaction, answer: Answer) -> AnswerMessage:
        """Tell what happened in the matter of an answer, from the articles that it was drawn from."""
        question = answer.standalone_question
        place = self._desk.place(interaction, private=True)
        return await timeline_for(self._desk, topic_of(question) or question, answer.question.filters, place)

    async def _ask_again(self, interaction: discord.Interaction, reply: Reply, kept: KeptAnswer) -> None:
        """Ask the question as it was searched, with the same filters; only who pressed sees the answer."""
        place = self._desk.place(interaction, private=True)
        question = Question(kept.answer.standalone_question, kept.answer.question.filters)
        said = await self._desk.answer(question, place)
        if said.answer:
            changed = what_changed(kept.answer, said.answer, kept.given_at)
            said = replace(said, message=with_line(said.message, changed))
        await show(self._desk, reply, said)

    async def _vote(
        self, interaction: discord.Interaction, reply: Reply, answer_id: int, *, good: bool, complaint: str = ""
    ) -> None:
        user_id = interaction.user.id
        taken = await self._desk.remember(
            lambda memory: memory.vote(answer_id, user_id, good=good, complaint=complaint)
        )
        if taken is None:  # it could not be written, which is in the log
            await deliver(reply, apology())
        else:
            await deliver(reply, notice("Thank you, your vote is kept with the answer." if taken else NOT_KEPT))

    async def _vote_down(self, interaction: discord.Interaction, answer_id: int) -> None:
        """Ask what was wrong, and take the vote: whoever closes the form has voted, too."""
        kept, user_id, is_known = None, interaction.user.id, True
        try:
            async with asyncio.timeout(_MEMORY_WITHIN_S):
                kept = await self._kept(interaction, answer_id)
        except TimeoutError:  # somebody else holds the file; it is looked up again when the form comes back
            is_known = False
        if is_known and kept is None:
            await interaction.response.send_message(embed=embed_of(notice(NOT_KEPT)), ephemeral=True)
            return
        await interaction.response.send_modal(ComplaintForm(answer_id))
        if kept:
            await self._desk.remember(lambda memory: memory.vote(answer_id, user_id, good=False))

    async def _take_complaint(self, interaction: discord.Interaction, answer_id: int, complaint: str) -> None:
        reply = await self._desk.replies.acknowledge(interaction, private=True)
        if await self._kept(interaction, answer_id) is None:
            await deliver(reply, notice(NOT_KEPT))
        else:
            await self._vote(interaction, reply, answer_id, good=False, complaint=complaint)
