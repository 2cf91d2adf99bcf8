"""A first dateline.toml, with comments for people to go on from. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from string import Template

from ingest.cleaning import single_line
from ingest.starters import Starter

_LONGEST_REASON_CHARS = 200
_FORM = Template("""\
# Settings of Dateline. What stands behind a # is a comment. All settings: docs/configuration.md
# Paths are relative to this file; DATELINE_... variables and options go before it.

[store]
# Folder of the index.
$data_dir

[bot]
# Where days begin for those who ask: "today" and "since Monday" are read there. Default: the machine's.
$time_zone
# Whether `dateline bot` also keeps the index up to date; else `dateline reindex --watch` does.
reindex = $reindex
# The bot's token is never in this file: export DISCORD_TOKEN=the-token, then run `dateline bot`.

[fetch]
# How publishers know you. Add an address where you can be reached.
# user_agent = "Dateline/0.1 (news archive reader; you@example.org)"
# Hosts of your own network that may be asked all the same.
$private_hosts

[ingest]
# Minutes between two visits to a source with `dateline reindex --watch`, where nothing else is said.
every_minutes = 30

# What `dateline reindex` reads. `dateline sources add LOCATION` adds more: the feed of your local paper,
# a page, a sitemap, a file or a folder. `dateline sources check` tries all of them.
$sources
""")


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What a new settings file is to say.

    Attributes:
        starters: Feeds, those of one topic together.
        data_dir: Folder of the index as it is to be written; None leaves the default, which `default_dir` names.
        default_dir: The folder that is taken where none is named.
        discord: Whether the bot is to keep the index up to date.
        time_zone: Where days begin; None leaves it to the machine.
        private_hosts: Hosts of one's own network that may be asked.
    """

    starters: tuple[Starter, ...]
    data_dir: str | None
    default_dir: str
    discord: bool
    time_zone: str | None = None
    private_hosts: tuple[str, ...] = ()


def first_settings(wanted: Wanted, problems: Mapping[str, str]) -> str:
    """
    Write the file; feeds with a problem are commented out, with the reason.

    Args:
        wanted: What it says.
        problems: Why feeds cannot be read, by location, completing "it …".
    """
    return _FORM.substitute(
        data_dir=_setting("data_dir", wanted.data_dir, otherwise=wanted.default_dir),
        time_zone=_setting("time_zone", wanted.time_zone, otherwise="Europe/Zurich"),
        reindex=str(wanted.discord).lower(),
        private_hosts=_hosts(wanted.private_hosts),
        sources="\n".join(_sources(wanted.starters, problems)),
    )


def _setting(key: str, value: str | None, *, otherwise: str) -> str:
    return f"# {key} = {_quoted(otherwise)}" if value is None else f"{key} = {_quoted(value)}"


def _hosts(hosts: tuple[str, ...]) -> str:
    return f"private_hosts = [{', '.join(map(_quoted, hosts))}]" if hosts else '# private_hosts = ["intranet.example"]'


def _quoted(text: str) -> str:
    """Write a string as TOML does."""
    import tomlkit  # only for a new file

    return tomlkit.string(text).as_string()


def _sources(starters: tuple[Starter, ...], problems: Mapping[str, str]) -> Iterator[str]:
    for topic, feeds in groupby(starters, key=lambda one: one.topic):
        yield from ("", f"# --- {topic} ---")
        for feed in feeds:
            problem = problems.get(feed.location)
            mark = "" if problem is None else "# "
            yield ""
            if problem is not None:
                yield f"# Left out when it was tried: it {single_line(problem, limit_chars=_LONGEST_REASON_CHARS)}"
            yield f"{mark}[[ingest.sources]]"
            yield f"{mark}location = {_quoted(feed.location)}"
            yield f"{mark}publisher = {_quoted(feed.publisher)}"
