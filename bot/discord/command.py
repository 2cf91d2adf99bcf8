"""The command `dateline bot`."""

import os
from contextlib import closing
from functools import partial

import click

from bot.discord_token import read_token
from bot.settings import BotSettings, DiscordSettings
from index_store import Configuration, StoreSettings, configured, open_catalog


@click.command("bot")
@configured
def bot_command(configuration: Configuration) -> None:
    """
    Answer questions on Discord, until stopped with Ctrl-C.

    \b
    To create the bot, once:
      1. Open https://discord.com/developers/applications and choose
         New Application; give it a name.
      2. On its Bot page choose Reset Token and copy the token. Leave the
         privileged intents off: none is needed (docs/discord.md tells of
         the mode that needs one).
      3. On its Installation page allow Guild Install with the scopes
         "bot" and "applications.commands". For conversations give it the
         permissions Send Messages, Send Messages in Threads, Create Public
         Threads, Embed Links and Read Message History; /ask needs none.
      4. Open the install link shown there and add the bot to your server.
      5. Start it here, where the index is:
           export DISCORD_TOKEN=the-token
           dateline bot
    Then type /ask in any channel of your server, or mention the bot.

    The token is read from the environment variable DISCORD_TOKEN, or from the
    file that DISCORD_TOKEN_FILE names. Whoever has it controls the bot: keep it
    out of files that others read.

    \b
    To keep the index up to date at the same time, write into dateline.toml:
      [bot]
      reindex = true
    """
    token = read_token(os.environ)
    from bot.answering import Answerer, LateAnswerer
    from bot.discord.app import Home, run_bot
    from bot.llm import open_wording
    from bot.reindexing import dateline_command, keep_reindexing, reindex_command

    discord, wording = configuration.section(DiscordSettings), open_wording(configuration)
    zone = configuration.section(BotSettings).zone
    home = Home(configuration.section(StoreSettings).data_dir, tuple(dateline_command(configuration)), zone)
    run = partial(run_bot, settings=discord, token=token, home=home, indexed_at=partial(_indexed_at, configuration))
    if configuration.section(BotSettings).reindex:
        with closing(LateAnswerer(configuration, wording)) as late:
            command, relayed = reindex_command(configuration), discord.log_format == "json"
            run(late, beside=keep_reindexing(command, relayed=relayed))
    else:
        with closing(Answerer.open(configuration, resident=True, wording=wording)) as answerer:
            run(answerer)


def _indexed_at(configuration: Configuration) -> float | None:
    """Return when an article was last added or replaced; on a connection of its own, for any thread."""
    with closing(open_catalog(configuration.section(StoreSettings).data_dir)) as catalog:
        return catalog.indexed_at()
