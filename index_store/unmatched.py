"""What is told where filters let no article pass."""

from contextlib import closing
from difflib import get_close_matches
from pathlib import Path

import click

from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.records import Filters

_MOST_NAMED = 3


def nothing_passes(catalog: Catalog, filters: Filters) -> str:
    """Say that no article passes, and for each publisher that has none at all, whose names are nearest."""
    return " ".join(("No indexed article passes these filters.", *unknown_publishers(catalog, filters)))


def unknown_publishers(catalog: Catalog, filters: Filters) -> tuple[str, ...]:
    """Say of each wanted publisher that has no article at all whose names are nearest."""
    known = {name.casefold(): name for name in catalog.publishers()}
    return tuple(_unknown(name, known) for name in filters.publishers if name.casefold() not in known)


def tell_unknown_publishers(data_dir: Path, filters: Filters) -> None:
    """Say on standard error which wanted publishers have no article, beside an answer that may stand without them."""
    if filters.publishers:
        with closing(Catalog.open(data_dir / CATALOG)) as catalog:
            for told in unknown_publishers(catalog, filters):
                click.echo(told, err=True)


def _unknown(name: str, known: dict[str, str]) -> str:
    close = get_close_matches(name.casefold(), known, n=_MOST_NAMED)
    if close:
        return f"No publisher is called “{name}”; did you mean {' or '.join(known[one] for one in close)}?"
    return f"No publisher is called “{name}”; `dateline stats` names those that are."
