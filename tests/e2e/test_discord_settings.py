"""What a server's managers decide, with the real bot and a real index: everywhere it applies, and after a restart."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from discord_interactions import GUILD_ID, ROLE_ID, SECOND_CHANNEL_ID, Interaction
from discord_talk import CHANNEL_ID, DIRECT_CHANNEL_ID, OTHER, TalkingDiscord, text_of
from test_discord_talk import ME, bot_in

MANAGE_GUILD = 1 << 5
THERE = f"<#{SECOND_CHANNEL_ID}>"
DOHA, GLACIER = "Who led the Doha talks?", "Who led the survey of the Valdren glacier?"


@pytest.fixture
def folder(indexed_folder: Path) -> Path:
    """The shared index, without what another test's bot remembers."""
    for file in indexed_folder.glob("discord.sqlite*"):
        file.unlink()
    return indexed_folder


async def settle(discord: TalkingDiscord, setting: str, **options: Any) -> str:
    """Use `/settings` as a manager; only they see what is told."""
    reply = await discord.use(f"settings {setting}", permissions=MANAGE_GUILD, **options)
    assert reply.ephemeral
    return reply.text


def test_channels_private_answers_and_sources(folder: Path) -> None:
    """A manager decides, others may not; it holds for a bot that was started anew, and never in direct messages."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with bot_in(folder, discord):
                assert int(discord.commands["settings"]["default_member_permissions"]) == MANAGE_GUILD
                earlier = await discord.ask(GLACIER)
                assert f"**channels**: everywhere → **{THERE}**" in await settle(
                    discord, "channels", add=SECOND_CHANNEL_ID
                )
                assert "only who asks" in await settle(discord, "answers", seen_by="private")
                assert [one["value"] for one in await discord.complete("settings sources", "add", "wi")] == [
                    "Example Wire"
                ]
                assert "all publishers → **Example Wire**" in await settle(discord, "sources", add="example wire")
                assert "Did you mean Example Wire?" in await settle(discord, "sources", add="Exampel Wire")
                assert "everywhere" in await settle(discord, "channels", remove=SECOND_CHANNEL_ID)
                assert "Nothing was chosen" in await settle(discord, "channels")
                refused = await discord.use("settings answers", user=OTHER, seen_by="public")
                assert refused.ephemeral
                assert "Manage Server" in refused.text
            async with bot_in(folder, discord):
                await forbidden_here(discord, earlier)
                await private_there(discord)
                direct = await discord.ask_aloud(GLACIER, channel_id=DIRECT_CHANNEL_ID)
                assert "Science Courier" in text_of(direct)
                shown = await settle(discord, "show")
                assert f"**/settings channels** – {THERE}" in shown
                assert shown.count("by <@4001>") == 3
                await settle(discord, "reset")
                assert (await settle(discord, "history")).count("<@4001>") == 6
                again = await discord.ask_aloud(f"{ME} {GLACIER}")
                assert (again["channel_id"], "Science Courier" in text_of(again)) == (CHANNEL_ID, True)
            assert discord.violations == []

    asyncio.run(scenario())


async def forbidden_here(discord: TalkingDiscord, earlier: Interaction) -> None:
    """In a channel that is not named every way to an answer leads to a private word on where; a mention, directly."""
    for reply in (
        await discord.ask(DOHA),
        await discord.use("timeline", topic="Doha talks"),
        await discord.use("digest", since="2025-01-01"),
        await discord.use("changes", topic="Doha talks", since="2025-01-01"),
        await discord.choose("Ask about this", DOHA),
        await discord.press(earlier, "newer"),
        await discord.press(earlier, "timeline"),
    ):
        assert reply.ephemeral
        assert f"Answers are allowed in {THERE}" in reply.text
    assert "Science Courier" in (await discord.press(earlier, "why")).text
    hint = await discord.ask_aloud(f"{ME} {DOHA}")
    assert hint["channel_id"] == DIRECT_CHANNEL_ID
    assert f"Answers are allowed in {THERE}" in text_of(hint)


async def private_there(discord: TalkingDiscord) -> None:
    """Where answers are allowed only the asker sees them, from the server's sources unless another is named."""
    answer = await discord.use("ask", question=DOHA, private=False, used_in=SECOND_CHANNEL_ID)
    assert answer.ephemeral
    assert "Boehler" in answer.text
    assert "answers are private" in answer.text
    declined = await discord.use("ask", question=GLACIER, used_in=SECOND_CHANNEL_ID)
    assert "from Example Wire" in declined.text
    named = await discord.use("ask", question=GLACIER, source="Science Courier", used_in=SECOND_CHANNEL_ID)
    assert "Science Courier" in named.text
    digest = await discord.use("digest", since="2025-01-01", used_in=SECOND_CHANNEL_ID)
    assert digest.ephemeral
    assert "**1 article**" in digest.text
    assert "science.example" not in (await discord.use("latest")).text
    before = len(discord.posted)
    await discord.say(f"{ME} {DOHA}", channel_id=SECOND_CHANNEL_ID)  # told already a moment ago: not again
    hint = await discord.ask_aloud(f"{ME} {DOHA}", channel_id=SECOND_CHANNEL_ID, user=OTHER)
    assert "Answers on this server are private" in text_of(hint)
    assert len(discord.posted) == before + 1


def test_threads_length_dates_and_adders(folder: Path) -> None:
    """A thread under each answer, in which asking goes on though only its channel is named; dates; who may add."""

    async def scenario() -> None:
        async with TalkingDiscord() as discord:
            async with bot_in(folder, discord):
                await settle(discord, "threads", opened="always")
                await settle(discord, "channels", add=CHANNEL_ID)
                assert "de" in [one["value"] for one in await discord.complete("settings dates", "language", "deut")]
                assert "German" in await settle(discord, "dates", language="de")
                assert "on offer" in await settle(discord, "dates", language="klingon")
                assert "short" in await settle(discord, "length", shown="short")
                answer = await discord.use("ask", question=GLACIER)
                greeting = await discord.next_posted(0)
                ((thread_id, _),) = discord.threads.items()
                assert greeting["channel_id"] == thread_id == discord.shown(answer)["id"]
                assert "Searched as" in text_of(
                    await discord.ask_aloud(f"{ME} What did she call the loss?", channel_id=thread_id)
                )
                timeline = await discord.use("timeline", topic="Valdren glacier", used_in=thread_id)
                assert not timeline.ephemeral
                assert "**20. Februar 2025**" in timeline.text
                await discord.use("ask", question="Who won the Narvala regatta?")
                await discord.use("ask", question=DOHA, thread=False)
                assert len(discord.threads) == 1
            async with bot_in(folder, discord):
                again = await discord.ask_aloud(f"{ME} And how did she measure the ice?", channel_id=thread_id)
                assert again["channel_id"] == thread_id
                await settle(discord, "threads", opened="never")
                refused = await discord.use("ask", question=DOHA, thread=True)
                while not refused.followups:
                    await asyncio.sleep(0.02)
                assert "no threads" in str(refused.followups)
                assert f"<@&{ROLE_ID}>" in await settle(discord, "adders", role=ROLE_ID)
                for roles, told in (((), "Manage Messages"), ((ROLE_ID,), "has no link")):
                    added = await discord.choose("Add this article", "look at this", roles=roles)
                    assert told in added.text
                assert "Everybody has this role" in await settle(discord, "adders", role=GUILD_ID)
                await settle(discord, "adders", otherwise="nobody")
                assert (
                    "Manage Messages"
                    in (await discord.choose("Add this article", "look at this", roles=(ROLE_ID,))).text
                )
            assert discord.violations == []

    asyncio.run(scenario())
