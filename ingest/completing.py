"""What a shell offers where a source of dateline.toml is typed."""

from typing import TYPE_CHECKING

import click

from index_store import DatelineError, complete_files, offered, settings_while_typing
from ingest.cleaning import shown_location
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def complete_sources(context: click.Context, parameter: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
    """Offer the sources that are named, none with its password; files where none begins so."""
    try:
        named = settings_while_typing(context, IngestSettings).sources
    except DatelineError:
        return []
    open_ones = [one for one in named if shown_location(one.location) == one.location]
    return offered(((one.location, one.publisher or "") for one in open_ones), typed) or complete_files(
        context, parameter, typed
    )
