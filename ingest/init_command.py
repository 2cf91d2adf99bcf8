"""The command `init`."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from index_store import Configuration, ConfigurationLoader, SettingsError, SourceError, StoreSettings, counted
from ingest.crawl.inspection import Inspection, inspect_sources
from ingest.first_settings import Wanted, first_settings
from ingest.settings import FetchSettings, IngestSettings, SourceSettings
from ingest.source_list import write_settings
from ingest.source_listing import readable_inspection
from ingest.starters import OWN_LIST, Starter, choose_topics, read_starters, topics_of
from ingest.workers import open_workers

_FIRST_TOPICS = ("world", "science", "technology")
_NO_FEED = frozenset({"page", "pdf", "docx", "text"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the new file goes, and what the program was given to find it again."""

    file: Path
    data_dir: str | None
    is_named: bool

    def command(self, rest: str) -> str:
        """Write a command that finds the file."""
        return f"dateline --config {shlex.quote(str(self.file))} {rest}" if self.is_named else f"dateline {rest}"


@click.command("init")
@click.option("--topics", metavar="NAMES", help="Topics of the feeds to begin with, with commas; all, or none.")
@click.option("--data-dir", type=click.Path(file_okay=False), help="Folder of the index.")
@click.option("--discord/--no-discord", default=None, help="Whether a Discord bot will answer, too.")
@click.option("--time-zone", metavar="NAME", help="Where days begin, as Europe/Zurich; the machine's if not given.")
@click.option("--yes", is_flag=True, help="Ask nothing; take the default of what is not given.")
@click.option("--no-check", is_flag=True, help="Write the feeds without trying them.")
@click.option("--force", is_flag=True, help="Write over a settings file that is there.")
@click.option("--starters", type=click.Path(path_type=Path, dir_okay=False), help="Another list of feeds by topic.")
@click.option("--private-host", "private_hosts", multiple=True, metavar="HOST", help="May be asked, though private.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file to write.")
@click.pass_context
def init_command(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - what the options hold
    """
    Write a first dateline.toml: asks three questions, tries some public feeds, and says what to run next.

    It asks which topics you care for, where the index goes, and whether a Discord bot will answer; an option answers
    its question beforehand. Feeds that cannot be read are commented out, with the reason. Nothing is indexed yet.

    \b
    Examples:
      dateline init
      dateline init --topics world,science --yes
      dateline init --topics all --data-dir news --discord --no-check --yes
      dateline init --starters our-feeds.toml --private-host intranet.example
    """
    place = _place(context, given["config"], given["data_dir"])
    if place.file.exists() and not given["force"]:
        raise SettingsError(
            f"{place.file} is there already, and was left as it is.",
            remedy=f"Add feeds with `{place.command('sources add ADDRESS')}`, or write it anew with --force.",
        )
    wanted = _wanted(place, given)
    configuration = _checked(context.obj, place, wanted)
    problems = {} if given["no_check"] else _try(configuration, wanted.starters)
    write_settings(place.file, first_settings(wanted, problems))
    _tell(place, wanted, problems)


def _place(context: click.Context, config: Path | None, data_dir: str | None) -> _Place:
    program = context.find_root().params
    named = config or program.get("config")
    return _Place((named or Path("dateline.toml")).absolute(), data_dir or program.get("data_dir"), named is not None)


def _wanted(place: _Place, given: dict[str, Any]) -> Wanted:
    """Ask what the options did not say."""
    starters, default = read_starters(given["starters"] or OWN_LIST), StoreSettings()
    may_ask = not given["yes"]
    topics = _topics(given["topics"], topics_of(starters), may_ask=may_ask)
    folder = place.data_dir
    if folder is None and may_ask:
        folder = _ask("Folder of the index", default=str(default.data_dir))
    discord = given["discord"]
    if discord is None:
        discord = may_ask and _ask("Will a Discord bot answer, too", default=False)
    chosen: dict[str, Starter] = {}
    for one in starters:
        if one.topic in topics:
            chosen.setdefault(one.location, one)
    return Wanted(
        tuple(chosen.values()),
        _as_written(folder, place.file.parent) if folder not in (None, str(default.data_dir)) else None,
        str(default.data_dir),
        discord,
        given["time_zone"],
        given["private_hosts"],
    )


def _topics(named: str | None, known: tuple[str, ...], *, may_ask: bool) -> tuple[str, ...]:
    first = ",".join(topic for topic in known if topic in _FIRST_TOPICS) or "all"
    if named is not None or not may_ask:
        try:
            return choose_topics(first if named is None else named, known)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="'--topics'") from error

    def read(text: str) -> tuple[str, ...]:
        try:
            return choose_topics(text, known)
        except ValueError as error:
            raise click.UsageError(str(error)) from error

    click.echo(f"Topics: {', '.join(known)}; all, or none.", err=True)
    chosen: tuple[str, ...] = _ask("Which of them", default=first, value_proc=read)
    return chosen


def _ask(question: str, **how: Any) -> Any:  # noqa: ANN401 - click's
    """Ask at the terminal; where nobody can answer, say how it goes without."""
    try:
        if isinstance(how["default"], bool):
            return click.confirm(question, err=True, **how)
        return click.prompt(question, err=True, **how)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise SettingsError(
            "There is nobody to ask.", remedy="Give --yes, and what differs from the defaults: `dateline init --help`."
        ) from None


def _as_written(folder: str, beside: Path) -> str:
    """Write a folder as it must stand in the file, where paths begin at the file and not at the working folder."""
    is_relative = not Path(folder).expanduser().is_absolute()
    return str(Path(folder).absolute()) if is_relative and beside != Path.cwd() else folder


def _checked(load: ConfigurationLoader, place: _Place, wanted: Wanted) -> Configuration:
    """Read the new settings as every command will, before anything is written over."""
    draft = place.file.with_name(f"{place.file.name}.draft")
    write_settings(draft, first_settings(wanted, {}))
    try:
        return load(data_dir=None, config=draft)
    finally:
        draft.unlink()


def _try(configuration: Configuration, starters: Sequence[Starter]) -> dict[str, str]:
    """Try feeds, telling each as it answers; returns why some cannot be read, by location."""
    wanted = [SourceSettings(location=one.location) for one in starters]
    problems = {}
    if wanted:
        click.echo(f"Trying {counted(len(wanted), 'feed')} ...", err=True)
    settings, fetching = configuration.section(IngestSettings), configuration.section(FetchSettings)
    with open_workers() as workers:
        seen = inspect_sources(wanted, settings=settings, fetching=fetching, workers=workers)
        for count, one in enumerate(seen, 1):
            for line in readable_inspection(one):
                click.echo(f"{count:>3}/{len(wanted)} {line}", err=True)
            problem = _problem(one)
            if problem:
                problems[one.location] = problem
    return problems


def _problem(seen: Inspection) -> str | None:
    return seen.problem or (f"is no feed but a {seen.kind}" if seen.kind in _NO_FEED else None)


def _tell(place: _Place, wanted: Wanted, problems: dict[str, str]) -> None:
    """Say what was written and what to run next; where no feed can be read, how to try again."""
    left_out = sum(one.location in problems for one in wanted.starters)
    told = f"Wrote {place.file} with {counted(len(wanted.starters) - left_out, 'feed')}"
    click.echo(f"{told}; {left_out} more commented out, with the reason." if left_out else f"{told}.")
    if wanted.starters and left_out == len(wanted.starters):
        raise SourceError(
            "No feed can be read now.",
            remedy="Check the connection, then try again with --force; --no-check writes the feeds untried.",
        )
    fill = place.command("reindex" if wanted.starters else "index articles.jsonl")
    click.echo(f'\nNext, read the articles and ask:\n  {fill}\n  {place.command("ask")} "what happened today?"')
    if wanted.discord:
        click.echo(f"Then, for Discord (docs/discord.md):\n  export DISCORD_TOKEN=the-token\n  {place.command('bot')}")
