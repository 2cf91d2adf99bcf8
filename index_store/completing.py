"""
What a shell offers while a command is typed: publishers and articles, read from the catalog alone.

Nothing is offered where there is no index, and nothing is ever complained of: a half-typed line must stay as it is.
"""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.configuration import AnySection, StoreSettings, load_alone
from index_store.errors import DatelineError
from index_store.formats import day

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem[str]]"]
Offers = Callable[[Catalog, str], Iterable[tuple[str, str]]]

_MOST_OFFERED = 200


def offered(values: Iterable[tuple[str, str]], typed: str) -> "list[CompletionItem[str]]":
    """
    Choose the values that begin with what was typed, in whatever case; each comes with what a shell tells of it.

    Strangers named publishers and articles: a value of more than one line, or with control characters, is left out.
    """
    from click.shell_completion import CompletionItem  # only while something is typed

    fitting = [(value, told) for value, told in values if value.casefold().startswith(typed.casefold())]
    shown = [(value, told) for value, told in fitting if value.isprintable()]
    return [CompletionItem(value, help=_on_one_line(told) or None) for value, told in shown[:_MOST_OFFERED]]


def _on_one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def settings_while_typing(context: click.Context, kind: type[AnySection]) -> AnySection:
    """
    Read a section as the half-typed command would.

    Raises:
        SettingsError: If it cannot be read.
    """
    data_dir, config = _given(context, "data_dir"), _given(context, "config")
    flags = {"data_dir": data_dir} if data_dir is not None and kind is StoreSettings else {}
    return load_alone(kind, file=None if config is None else Path(config), flags=flags)


def _given(context: click.Context, name: str) -> Any:  # noqa: ANN401 - as click keeps it
    """Return what the command was given, or the program before it."""
    value, parent = context.params.get(name), context.parent
    return value if value is not None or parent is None else _given(parent, name)


def from_catalog(read: Offers) -> Completer:
    """Make of a function, which reads values and what is told of them, what click asks while somebody types."""

    def complete(context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
        try:
            folder = settings_while_typing(context, StoreSettings).data_dir
            with closing(Catalog.open(folder / CATALOG)) as catalog:
                return offered(read(catalog, typed), typed)
        except (DatelineError, sqlite3.Error, OSError):
            return []

    return complete


def complete_files(_context: click.Context, _parameter: click.Parameter, typed: str) -> "list[CompletionItem[str]]":
    """Leave it to the shell to complete the name of a file or folder."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


def _publishers(catalog: Catalog, _typed: str) -> Iterable[tuple[str, str]]:
    return ((name, "") for name in catalog.publishers())


def _articles(catalog: Catalog, typed: str) -> Iterable[tuple[str, str]]:
    for summary in catalog.articles_beginning(typed.lower(), limit=_MOST_OFFERED):
        yield summary.article_id, f"{day(summary.published_at)} · {summary.title}"


complete_publishers = from_catalog(_publishers)
complete_articles = from_catalog(_articles)
