"""
The `dateline` command: names the commands of all three folders and loads each only when it is called.

This is the one file that knows `ingest`, `index_store` and `bot`.
"""

import errno
import importlib
import os
import sys
from functools import partial
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.colours import colours_wanted

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from index_store import Configuration

# name → (module, attribute, one line for --help); loading them to ask would cost more than most commands do.
COMMANDS = {
    "init": ("ingest.init_command", "init_command", "Write a first dateline.toml, with public feeds that were tried."),
    "index": ("ingest.commands", "index", "Read articles from files, folders, feeds and pages, and index what is new."),
    "reindex": ("ingest.commands", "reindex", "Bring the index up to date with every source in dateline.toml."),
    "ask": ("bot.commands", "ask", "Answer a question from the indexed articles, with quotes."),
    "chat": ("bot.chat.command", "chat_command", "Talk with the articles; follow-up questions are understood."),
    "read": ("bot.reading", "read_command", "Show an article to be read, with a quoted span marked."),
    "timeline": ("bot.overviews.commands", "timeline_command", "Tell what happened in a matter, by date, with quotes."),
    "digest": ("bot.overviews.commands", "digest_command", "Tell the main stories of a day or a week."),
    "changes": ("bot.overviews.commands", "changes_command", "Tell what is new, corrected or withdrawn in a matter."),
    "search": ("index_store.commands", "search", "Show the passages that match best, one an article."),
    "articles": ("index_store.commands", "articles", "List, show and remove what is indexed."),
    "sources": ("ingest.source_commands", "sources", "List, try, add and remove what `dateline reindex` reads."),
    "extract": (
        "ingest.extract_command",
        "extract",
        "Show what the indexer would read from pages, without indexing them.",
    ),
    "stats": ("index_store.care.commands", "stats", "Show what is indexed, in numbers."),
    "doctor": (
        "index_store.care.commands",
        "doctor",
        "Check the data folder, and say what to run if something is wrong.",
    ),
    "rebuild": ("index_store.care.commands", "rebuild", "Make Chroma and Tantivy anew, without embedding again."),
    "compact": ("index_store.care.commands", "compact", "Give disk space back, and forget old texts if wanted."),
    "backup": ("index_store.care.transfer_commands", "backup", "Write the index into one file, while others use it."),
    "restore": ("index_store.care.transfer_commands", "restore", "Unpack a backup into an empty data folder."),
    "export": ("index_store.care.transfer_commands", "export", "Write the articles as JSON lines."),
    "eval": (
        "bot.evaluation_command",
        "evaluate_command",
        "Ask questions whose answers are known, and score what is said.",
    ),
    "completion": (
        "bot.completion_command",
        "completion_command",
        "Print the script that lets bash, zsh or fish complete commands and names.",
    ),
    "bot": ("bot.discord.command", "bot_command", "Answer questions on Discord, until stopped with Ctrl-C."),
}

EPILOG = """\b
Start here:
  dateline init                        write a first dateline.toml, with public feeds
  dateline index articles.jsonl        fill the index
  dateline ask "who led the Doha talks?"
  dateline ask --help                  more examples

Settings come from dateline.toml in the working folder, then from DATELINE_*
environment variables, then from options. See docs/configuration.md.
"""


class LazyCommands(click.Group):
    """A group that imports a command's module when it is called, not to list it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Offer commands and options, without loading the commands."""
        from click.shell_completion import CompletionItem

        named = [CompletionItem(name, help=line) for name, (_, _, line) in COMMANDS.items()]
        fitting = [item for item in named if item.value.startswith(incomplete)]
        return [*fitting, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one is told its nearest neighbour."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from index_store import did_you_mean  # only for a typing error

            ctx.fail(f"No such command “{args[0]}”. {did_you_mean(args[0], COMMANDS)}".rstrip())
        return super().resolve_command(ctx, args)


@click.group(cls=LazyCommands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", type=click.Path(file_okay=False), help="Folder of the index.")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file; dateline.toml if there is one."
)
@click.version_option(version("dateline-news"), prog_name="dateline")
@click.pass_context
def dateline(ctx: click.Context, data_dir: str | None, config: Path | None) -> None:
    """Answers questions over news articles: short, dated, and every claim with the passage it comes from."""
    ctx.color = colours_wanted()
    ctx.obj = partial(_load, default_data_dir=data_dir, default_config=config)


def _load(
    *, data_dir: str | None, config: Path | None, default_data_dir: str | None, default_config: Path | None
) -> "Configuration":
    """Check all settings, whichever command runs; its own options come before those given to the program."""
    from bot.settings import BotSettings, DiscordSettings, LlmSettings  # settings need pydantic, and --help does not
    from index_store import StoreSettings, load_configuration
    from ingest import FetchSettings, IngestSettings

    folder = default_data_dir if data_dir is None else data_dir
    flags = {} if folder is None else {"store": {"data_dir": folder}}
    kinds = (StoreSettings, IngestSettings, FetchSettings, BotSettings, DiscordSettings, LlmSettings)
    return load_configuration(kinds, file=config or default_config, flags=flags)


def _comes_from_sqlite(error: Exception) -> bool:
    sqlite = sys.modules.get("sqlite3")  # never loaded for this
    return sqlite is not None and isinstance(error, sqlite.DatabaseError)


def _drop_output() -> None:
    """Lead what is not written yet to nowhere: Python would try it again as it ends, and tell of a second failure."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def main() -> None:
    """Run the program; a failure that people can act on is told in one message, with exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # half a character in a name must not end a batch
    if "_DATELINE_COMPLETE" in os.environ:  # a shell asks what can be typed next
        from bot.shells import teach_click

        teach_click()
    try:
        dateline(prog_name="dateline")
    except Exception as error:
        from index_store import DatelineError  # only on failure

        if _comes_from_sqlite(error):
            error = DatelineError(
                f"The catalog cannot be read: {error}.",
                remedy="Run `dateline doctor`; if it is damaged, restore a backup.",
            )
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _drop_output()
            error = DatelineError("The disk is full, or the output's.", remedy="Make room and run the command again.")
        if not isinstance(error, DatelineError):
            raise
        click.echo(f"{click.style('Error:', fg='red', bold=True)} {error.message}", err=True, color=colours_wanted())
        if error.remedy:
            click.echo(error.remedy, err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
