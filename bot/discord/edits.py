"""Messages of the bot's own that are brought up to date, long after they were sent."""

import discord

from bot.discord.refusals import ARCHIVED


async def edit_message(client: discord.Client, channel_id: int, message_id: int, embed: discord.Embed) -> None:
    """
    Show another embed in a message, which keeps its buttons; an archived thread is opened for it.

    Raises:
        discord.HTTPException: If Discord refuses that, or fails.
        aiohttp.ClientError: If the network fails.
        OSError: The same.
    """
    message = client.get_partial_messageable(channel_id).get_partial_message(message_id)
    silent = discord.AllowedMentions.none()
    try:
        await message.edit(embed=embed, allowed_mentions=silent)
    except discord.HTTPException as error:
        if error.code != ARCHIVED:
            raise
        thread = await client.fetch_channel(channel_id)
        if not isinstance(thread, discord.Thread):
            raise
        await thread.edit(archived=False)
        await message.edit(embed=embed, allowed_mentions=silent)
