"""The commands `timeline`, `digest` and `changes`."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

import click

from bot.overviews import MOST_EVENTS, MOST_NEW, MOST_STORIES, changes, digest, timeline
from bot.overviews.completing import complete_topics
from bot.render.overviews_json import changes_json, digest_json, timeline_json
from bot.render.overviews_terminal import changes_text, digest_text, timeline_text
from bot.render.screen import is_looked_at
from index_store import (
    Configuration,
    Filters,
    NewsIndex,
    StoreSettings,
    configured,
    filter_options,
    filters_from,
    open_index,
    question_from,
    tell_unknown_publishers,
)

_LIMITS = click.IntRange(1, 100)


def _overview_options(*, most: int, of: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options that all overviews have, and the settings in force."""

    def give(command: Callable[..., None]) -> Callable[..., None]:
        count = click.option("-n", "limit", type=_LIMITS, default=most, show_default=True, help=f"Most {of} to show.")
        as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
        return count(as_json(filter_options(configured(command))))

    return give


@click.command("timeline")
@click.argument("topic", shell_complete=complete_topics)
@_overview_options(most=MOST_EVENTS, of="events")
def timeline_command(
    configuration: Configuration,
    /,
    topic: str,
    *,
    limit: int,
    as_json: bool,
    **wanted: Any,  # noqa: ANN401 - the four values of filter_options
) -> None:
    """
    Tell what happened in TOPIC, oldest first: dated events, each in a quoted sentence, none twice.

    An event is dated by the day that its sentence names ("on Tuesday" is counted from the publication), or else by the
    publication of its article. It is confirmed where articles of several publishers bear it out.

    \b
    Examples:
      dateline timeline "Doha talks"
      dateline timeline "port strike" --since 2024-09-01 --until 2024-12-31
      dateline timeline "rate cut" -n 5 --json
    """
    asked, filters = question_from(topic, None), filters_from(**wanted)
    with _opened(configuration, filters) as index:
        told = timeline(index, asked, filters, limit=limit)
    click.echo(_json(timeline_json(told)) if as_json else timeline_text(told))


@click.command("digest")
@click.argument("topic", required=False, shell_complete=complete_topics)
@_overview_options(most=MOST_STORIES, of="stories")
def digest_command(
    configuration: Configuration,
    /,
    topic: str | None,
    *,
    limit: int,
    as_json: bool,
    **wanted: Any,  # noqa: ANN401 - the four values of filter_options
) -> None:
    """
    Tell the main stories of the last 24 hours, or since --since: those of most independent sources first.

    A story is what several articles report together. Copies of one report are one source, and so are several articles
    of one publisher.

    \b
    Examples:
      dateline digest
      dateline digest --since "7 days ago" -n 20
      dateline digest "trade tariffs" --since 2025-03-01 --as-of 2025-03-07
    """
    asked = None if topic is None else question_from(topic, None)
    filters = filters_from(**wanted)
    with _opened(configuration, filters) as index:
        told = digest(index, asked, filters, limit=limit)
    click.echo(_json(digest_json(told)) if as_json else digest_text(told, bars=is_looked_at(sys.stdout)))


@click.command("changes")
@click.argument("topic", shell_complete=complete_topics)
@_overview_options(most=MOST_NEW, of="new claims")
def changes_command(
    configuration: Configuration,
    /,
    topic: str,
    *,
    limit: int,
    as_json: bool,
    **wanted: Any,  # noqa: ANN401 - the four values of filter_options
) -> None:
    """
    Tell what has changed in TOPIC since --since: new claims, and articles that were corrected or withdrawn.

    A claim is new where no older article told it. What a corrected article no longer says is quoted from its old
    version, which `dateline articles show ID --version N` still shows.

    \b
    Examples:
      dateline changes "Doha talks" --since yesterday
      dateline changes "Harbour bridge" --since 2025-03-01 --json
    """
    asked, filters = question_from(topic, None), filters_from(**wanted)
    if filters.since is None:
        raise click.UsageError('Say from when on, as in --since yesterday or --since "7 days ago".')
    with _opened(configuration, filters) as index:
        told = changes(index, asked, filters, limit=limit)
    click.echo(_json(changes_json(told)) if as_json else changes_text(told))


def _opened(configuration: Configuration, filters: Filters) -> "closing[NewsIndex]":
    store = configuration.section(StoreSettings)
    opened = closing(open_index(store))
    tell_unknown_publishers(store.data_dir, filters)
    return opened


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)
