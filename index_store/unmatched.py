"""What is told where filters let no article pass."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from index_store.catalog import Catalog
from index_store.catalog_file import CATALOG
from index_store.formats import did_you_mean
from index_store.records import Filters

_MOST_NAMED = 3


def nothing_passes(catalog: Catalog, filters: Filters) -> str:
    """Say that no article passes, and for each publisher that has none at all, whose names are nearest."""
    return " ".join(("No indexed article passes these filters.", *unknown_publishers(catalog, filters)))


def unknown_publishers(catalog: Catalog, filters: Filters) -> tuple[str, ...]:
    """Say of each wanted publisher that has no article at all whose names are nearest."""
    known = catalog.publishers()
    folded = {name.casefold() for name in known}
    return tuple(_unknown(name, known) for name in filters.publishers if name.casefold() not in folded)


def tell_unknown_publishers(data_dir: Path, filters: Filters) -> None:
    """Say on standard error which wanted publishers have no article, beside an answer that may stand without them."""
    if filters.publishers:
        with closing(Catalog.open(data_dir / CATALOG)) as catalog:
            for told in unknown_publishers(catalog, filters):
                click.echo(told, err=True)


def _unknown(name: str, known: Sequence[str]) -> str:
    nearest = did_you_mean(name, known, most=_MOST_NAMED) or "`dateline stats` names those that are."
    return f"No publisher is called “{name}”. {nearest}"
